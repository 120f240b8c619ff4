// TLS of a listener: certificate and key in, a context out.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "base/time.hpp"

namespace orderflow {

/// Files in PEM; the certificate may be a chain.
struct tls_files {
  std::string certificate;
  std::string key;
  bool operator==(const tls_files&) const = default;
};

/// TLS 1.2 and 1.3, HTTP/1.1, only ciphers that authenticate what they encrypt. Throws std::invalid_argument with a sentence
/// that names the file and what is wrong with it, also where others may read the key.
[[nodiscard]] std::unique_ptr<boost::asio::ssl::context> make_tls_context(const tls_files& from);

/// When every certificate of a context's chain is valid.
struct certificate_span {
  timestamp from;
  timestamp until;
};
[[nodiscard]] certificate_span validity_of(boost::asio::ssl::context& context);
/// A sentence, or empty where the chain is valid at `now`.
[[nodiscard]] std::string validity_fault(const certificate_span& span, const std::string& certificate, timestamp now);

}  // namespace orderflow
