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

std::optional<sandbox_token> find_sandbox_card(std::string_view number) {
  struct test_card {
    std::string_view number;
    sandbox_token token;
  };
  constexpr test_card cards[] = {
      {"4111111111111111", sandbox_token::ok},
      {"4242424242424242", sandbox_token::ok},
      {"4000000000009995", sandbox_token::insufficient_funds},
      {"4000000000000002", sandbox_token::declined},
      {"4000000000000069", sandbox_token::expired_card},
      {"4000000000003220", sandbox_token::slow},
      {"4000000000000341", sandbox_token::lost_reply},
      {"4000000000000119", sandbox_token::never},
      {"4000000000006975", sandbox_token::error_500},
  };
  for (const auto& card : cards)
    if (card.number == number) return card.token;
  return std::nullopt;
}

}  // namespace orderflow
