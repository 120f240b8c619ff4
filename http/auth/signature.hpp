// Signatures over bodies with a shared secret (HMAC-SHA256): orders of D0, and callbacks in both directions. Compared in
// constant time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "http/auth/keys.hpp"
#include "http/pipeline/problem.hpp"

namespace orderflow {

struct signed_line {
  std::string product;
  int64_t quantity = 0;
};

/// What D0's `signature` covers. No field may hold a line break, no product ':' or ','; the decoder sees to it.
struct signed_order {
  std::string user;
  std::string token;
  std::string amount;  ///< The number's text as sent.
  std::vector<signed_line> lines;
  std::string timestamp{};  ///< As sent; both or neither.
  std::string nonce{};
};

/// The lines that are signed: `v1`, user, token, amount, `product:quantity,…`, and timestamp and nonce where given.
[[nodiscard]] std::string signed_text(const signed_order& of);

/// Lower-case hex.
[[nodiscard]] std::string sign_order(const signed_order& of, const secret<std::string>& key);

/// `client`: whose secret counts (claim azp of the token). False also where there is no such client.
[[nodiscard]] bool verify_order_signature(const signed_order& of, std::string_view signature, std::string_view client,
                                          const key_ring& keys);

/// How old or how far ahead a callback may be.
inline constexpr milliseconds webhook_window = std::chrono::seconds{300};

/// `X-Signature: t=<seconds>,v1=<hex>[,v1=…]` over `<t>.<body>`; any of the ring's secrets will do. Nothing: it is genuine and
/// fresh; else the 401.
[[nodiscard]] std::optional<problem> verify_webhook(std::string_view header, std::string_view body, const key_ring& keys,
                                                    timestamp now);

/// The header's value for a callback that we send.
[[nodiscard]] std::string sign_webhook(std::string_view body, const secret<std::string>& key, timestamp now);

}  // namespace orderflow
