#include "tests/http/certificate_samples.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <memory>

namespace orderflow {

namespace {

std::unique_ptr<FILE, int (*)(FILE*)> open(const std::string& path, const char* mode = "w") {
  return {std::fopen(path.c_str(), mode), &std::fclose};
}

}  // namespace

tls_files make_certificate(const std::string& directory, const std::string& name, std::chrono::seconds from,
                           std::chrono::seconds until) {
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key{EVP_EC_gen("P-256"), &EVP_PKEY_free};
  const std::unique_ptr<X509, void (*)(X509*)> made{X509_new(), &X509_free};
  REQUIRE((key && made));
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), from.count());
  X509_gmtime_adj(X509_getm_notAfter(made.get()), until.count());
  auto* subject = X509_get_subject_name(made.get());
  const auto* text = reinterpret_cast<const unsigned char*>(name.c_str());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, text, -1, -1, 0);
  X509_set_issuer_name(made.get(), subject);
  X509_set_pubkey(made.get(), key.get());
  REQUIRE(X509_sign(made.get(), key.get(), EVP_sha256()) > 0);
  tls_files files{directory + "/" + name + ".crt", directory + "/" + name + ".key"};
  REQUIRE(PEM_write_X509(open(files.certificate).get(), made.get()) == 1);
  REQUIRE(PEM_write_PrivateKey(open(files.key).get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  REQUIRE(::chmod(files.key.c_str(), 0600) == 0);
  return files;
}

void encrypt_key(const std::string& key) {
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> known{PEM_read_PrivateKey(open(key, "r").get(), nullptr, nullptr, nullptr),
                                                             &EVP_PKEY_free};
  REQUIRE(known);
  const unsigned char phrase[] = "secret";
  REQUIRE(PEM_write_PrivateKey(open(key).get(), known.get(), EVP_aes_128_cbc(), phrase, sizeof phrase - 1, nullptr, nullptr) ==
          1);
}

}  // namespace orderflow
