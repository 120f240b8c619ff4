#include "gateways/sandbox_tokens.hpp"

namespace orderflow {

std::string_view to_string(sandbox_token token) {
  switch (token) {
    case sandbox_token::ok: return "ok";
    case sandbox_token::insufficient_funds: return "insufficient_funds";
    case sandbox_token::declined: return "declined";
    case sandbox_token::expired_card: return "expired_card";
    case sandbox_token::slow: return "slow";
    case sandbox_token::lost_reply: return "lost_reply";
    case sandbox_token::never: return "never";
    case sandbox_token::error_500: return "error_500";
    case sandbox_token::unknown_method: return "unknown_method";
  }
  return "unknown_method";
}

std::optional<sandbox_token> find_sandbox_token(std::string_view word) {
  using enum sandbox_token;
  for (const auto token : {ok, insufficient_funds, declined, expired_card, slow, lost_reply, never, error_500})
    if (to_string(token) == word) return token;
  return std::nullopt;
}

}  // namespace orderflow
