#include "http/tls.hpp"

#include <openssl/ssl.h>

#include <stdexcept>

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

}  // namespace

std::unique_ptr<ssl::context> make_tls_context(const tls_files& from) {
  auto made = std::make_unique<ssl::context>(ssl::context::tls_server);
  auto* native = made->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(native, &choose_protocol, nullptr);
  error_code failed;
  made->use_certificate_chain_file(from.certificate, failed);
  check(failed, "tls.certificate " + from.certificate + " cannot be used");
  made->use_private_key_file(from.key, ssl::context::pem, failed);
  check(failed, "tls.key " + from.key + " cannot be used with " + from.certificate);
  if (SSL_CTX_check_private_key(native) != 1)
    throw std::invalid_argument{"tls.key " + from.key + " does not belong to tls.certificate " + from.certificate};
  return made;
}

}  // namespace orderflow
