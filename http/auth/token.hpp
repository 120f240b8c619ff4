// Bearer tokens: JSON Web Tokens (RFC 7519) in compact form, verified with OpenSSL. Stateless: a token counts until it expires.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/time.hpp"
#include "http/auth/keys.hpp"
#include "http/pipeline/problem.hpp"
#include "messages/values.hpp"

namespace orderflow {

/// Longer ones are refused unread.
inline constexpr size_t largest_token = 4096;
/// How far an issuer's clock may be ahead of ours: for `nbf` and `iat`. `exp` has no leeway.
inline constexpr milliseconds token_leeway = std::chrono::seconds{60};

/// A token that was verified.
struct verified_token {
  principal who;
  timestamp expires{};
};

/// Claims: sub, exp (needed); role (customer where absent), tenant (`usual_tenant` where absent), azp, nbf, iat. Header: alg as
/// the key's, kid (without one every HS256 key is tried). Anything else is a 401 that does not say more than it must.
[[nodiscard]] std::variant<verified_token, problem> read_token(std::string_view jwt, const key_ring& keys, timestamp now);
[[nodiscard]] std::variant<principal, problem> verify_token(std::string_view jwt, const key_ring& keys, timestamp now);

/// A token for `who`, signed with the ring's signing key; nothing where it has none. Times are cut to seconds.
[[nodiscard]] std::optional<std::string> issue_token(const principal& who, const key_ring& keys, timestamp now,
                                                     milliseconds lifetime);

/// The 401 of whatever is wrong with a token.
[[nodiscard]] problem token_problem(std::string detail);

}  // namespace orderflow
