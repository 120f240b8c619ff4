// The few primitives of signatures and tokens, over OpenSSL.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/secret.hpp"

namespace orderflow {

/// HMAC-SHA256, 32 raw bytes.
[[nodiscard]] std::string hmac_sha256(const secret<std::string>& key, std::string_view text);

/// Lower-case hex.
[[nodiscard]] std::string to_hex(std::string_view bytes);

/// Takes as long whatever the texts are; their lengths are no secret.
[[nodiscard]] bool same_in_constant_time(std::string_view a, std::string_view b);

/// RFC 4648 §5 without padding.
[[nodiscard]] std::string to_base64url(std::string_view bytes);
/// Strict: no padding, no other characters, unused bits zero, so that a text has one spelling only.
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text);

/// Throws std::runtime_error where the system has no randomness.
[[nodiscard]] std::string random_bytes(size_t count);

}  // namespace orderflow
