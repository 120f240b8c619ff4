// Certificates and keys made for a test.
#pragma once

#include <string>

#include "http/server/tls.hpp"

namespace orderflow {

/// Writes NAME.crt and NAME.key into the directory; the key is its owner's only. `from` and `until` count from now.
[[nodiscard]] tls_files make_certificate(const std::string& directory, const std::string& name,
                                         std::chrono::seconds from = std::chrono::hours{-1},
                                         std::chrono::seconds until = std::chrono::hours{1});

/// Writes the key again with a pass phrase.
void encrypt_key(const std::string& key);

}  // namespace orderflow
