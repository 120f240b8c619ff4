// Keys that tests sign with, and tokens made by hand: also those that no issuer of ours would make.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "http/auth/keys.hpp"
#include "http/auth/mac.hpp"

namespace orderflow {

inline const std::string first_secret = "first-secret-of-the-tests-0123456789";
inline const std::string second_secret = "second-secret-of-the-tests-012345678";
inline const std::string demo_secret = "signing-secret-of-the-client-demo-01";
inline const std::string hook_secret = "webhook-secret-of-the-tests-01234567";
inline const std::string old_hook_secret = "webhook-secret-of-last-year-01234567";

inline std::string sample_keys_toml() {
  return "[[token_key]]\nid = \"k1\"\nsecret = \"" + first_secret + "\"\n[[token_key]]\nid = \"k2\"\nsecret = \"" +
         second_secret + "\"\n[[client]]\nid = \"demo\"\nsigning_secret = \"" + demo_secret +
         "\"\n[[webhook_secret]]\nid = \"new\"\nsecret = \"" + hook_secret + "\"\n[[webhook_secret]]\nid = \"old\"\nsecret = \"" +
         old_hook_secret + "\"\n";
}

inline shared_keys read_sample(const std::string& toml) {
  auto read = parse_keys(toml, "keys.toml");
  if (const auto* wrong = std::get_if<key_errors>(&read)) throw std::runtime_error{wrong->sentences.front()};
  return std::get<shared_keys>(read);
}

inline shared_keys sample_keys() { return read_sample(sample_keys_toml()); }

/// Header and claims as given, signed with `key` by HMAC-SHA256.
inline std::string token_by_hand(const std::string& header, const std::string& claims, const std::string& key = first_secret) {
  const auto text = to_base64url(header) + "." + to_base64url(claims);
  return text + "." + to_base64url(hmac_sha256(secret<std::string>{key}, text));
}

/// A key pair of an issuer.
class issuer_key {
 public:
  /// `type`: "ED25519" or "EC" (P-256).
  explicit issuer_key(const std::string& type)
      : pair_(type == "EC" ? EVP_EC_gen("P-256") : EVP_PKEY_Q_keygen(nullptr, nullptr, type.c_str()), &EVP_PKEY_free) {}

  [[nodiscard]] std::string pem() const {
    const std::unique_ptr<BIO, decltype(&BIO_free)> out{BIO_new(BIO_s_mem()), &BIO_free};
    PEM_write_bio_PUBKEY(out.get(), pair_.get());
    char* text = nullptr;
    const auto size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<size_t>(size)};
  }

  /// OpenSSL's own form: for ECDSA that is DER.
  [[nodiscard]] std::string sign(const std::string& text, const EVP_MD* digest) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
    EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, pair_.get());
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    size_t size = 0;
    EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size());
    std::string made(size, '\0');
    EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(made.data()), &size, bytes, text.size());
    made.resize(size);
    return made;
  }

 private:
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> pair_;
};

inline std::string public_key_toml(const std::string& id, const std::string& algorithm, const std::string& pem) {
  return "[[token_public_key]]\nid = \"" + id + "\"\nalgorithm = \"" + algorithm + "\"\npem = \"\"\"\n" + pem + "\"\"\"\n";
}

}  // namespace orderflow
