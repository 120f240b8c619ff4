// TLS of a listener: certificate and key in, a context out.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

namespace orderflow {

/// Files in PEM; the certificate may be a chain.
struct tls_files {
  std::string certificate;
  std::string key;
  bool operator==(const tls_files&) const = default;
};

/// TLS 1.2 and 1.3, HTTP/1.1. Throws std::invalid_argument with a sentence that names the file and what is wrong with it.
[[nodiscard]] std::unique_ptr<boost::asio::ssl::context> make_tls_context(const tls_files& from);

}  // namespace orderflow
