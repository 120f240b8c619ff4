#include "http/server/tls.hpp"

#include <openssl/ssl.h>
#include <sys/stat.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "codec/json.hpp"

namespace orderflow {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

namespace {

constexpr unsigned char spoken[] = "\x08http/1.1";

/// A client that offers protocols must hear which one it got; one that offers none gets HTTP/1.1 without a word.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered, unsigned offered_size,
                    void*) {
  unsigned char* found = nullptr;
  const int result = SSL_select_next_proto(&found, size, spoken, sizeof spoken - 1, offered, offered_size);
  *chosen = found;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

void check(const error_code& failed, const std::string& what) {
  if (failed) throw std::invalid_argument{what + ": " + failed.message()};
}

/// With ECDHE, so that a key that is lost later opens nothing that was recorded before.
constexpr const char* ciphers_of_1_2 = "ECDHE+AESGCM:ECDHE+CHACHA20";

void check_privacy(const std::string& key) {
  struct stat found {};
  if (::stat(key.c_str(), &found) != 0) return;  // Told when it is read.
  if ((found.st_mode & (S_IRWXO | S_IWGRP)) != 0)
    throw std::invalid_argument{"tls.key " + key +
                                " is a secret and others than its owner and group may read or write it; run: chmod 640 " + key};
}

/// By the words that PEM has for it: those of PKCS#8 and of the older form.
bool is_encrypted(const std::string& key) {
  std::ifstream file{key};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  return text.find("ENCRYPTED") != std::string::npos;
}

timestamp time_of(const ASN1_TIME* from) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(from, &parts) != 1) return {};
  return timestamp{std::chrono::seconds{::timegm(&parts)}};
}

}  // namespace

std::unique_ptr<ssl::context> make_tls_context(const tls_files& from) {
  auto made = std::make_unique<ssl::context>(ssl::context::tls_server);
  auto* native = made->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_cipher_list(native, ciphers_of_1_2);
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);  // Sessions are resumed by what clients keep: tickets.
  SSL_CTX_set_alpn_select_cb(native, &choose_protocol, nullptr);
  check_privacy(from.key);
  // OpenSSL's own would ask on the terminal and stop every listener until somebody types.
  SSL_CTX_set_default_passwd_cb(native, [](char*, int, int, void*) { return -1; });
  error_code failed;
  made->use_certificate_chain_file(from.certificate, failed);
  check(failed, "tls.certificate " + from.certificate + " cannot be used");
  made->use_private_key_file(from.key, ssl::context::pem, failed);
  if (failed && is_encrypted(from.key))
    throw std::invalid_argument{
        "tls.key " + from.key +
        " is encrypted, and a server that starts by itself cannot ask for its pass phrase; write it in the "
        "clear, for its owner alone: openssl pkey -in " +
        from.key + " -out plain.key && chmod 600 plain.key"};
  check(failed, "tls.key " + from.key + " cannot be used with " + from.certificate);
  if (SSL_CTX_check_private_key(native) != 1)
    throw std::invalid_argument{"tls.key " + from.key + " does not belong to tls.certificate " + from.certificate};
  return made;
}

certificate_span validity_of(ssl::context& context) {
  const auto* leaf = SSL_CTX_get0_certificate(context.native_handle());
  if (leaf == nullptr) return {};
  certificate_span span{time_of(X509_get0_notBefore(leaf)), time_of(X509_get0_notAfter(leaf))};
  STACK_OF(X509)* others = nullptr;
  SSL_CTX_get0_chain_certs(context.native_handle(), &others);
  for (int n = 0; n < sk_X509_num(others); ++n) {
    span.from = std::max(span.from, time_of(X509_get0_notBefore(sk_X509_value(others, n))));
    span.until = std::min(span.until, time_of(X509_get0_notAfter(sk_X509_value(others, n))));
  }
  return span;
}

std::string validity_fault(const certificate_span& span, const std::string& certificate, timestamp now) {
  const auto told = [&](const char* what, timestamp at) {
    return "tls.certificate " + certificate + what + to_rfc3339(to_ms(at)) + "; clients refuse it. Put a valid one in its place";
  };
  if (now >= span.until) return told(" expired at ", span.until);
  if (now < span.from) return told(" is not valid before ", span.from);
  return {};
}

}  // namespace orderflow
