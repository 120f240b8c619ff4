// How the sandbox gateway behaves, by method token.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace orderflow {

enum class sandbox_token : uint8_t {
  ok = 1,                  ///< Captured at once.
  insufficient_funds = 2,  ///< Declined.
  declined = 3,            ///< Declined.
  expired_card = 4,        ///< Declined.
  slow = 5,                ///< In progress; captured by report after two seconds.
  lost_reply = 6,          ///< Captured, but the first reply never comes.
  never = 7,               ///< No answer to the charge and to the first query; the second query says declined.
  error_500 = 8,           ///< Fails three times, then captured.
  unknown_method = 9,      ///< Any other word: declined.
};

[[nodiscard]] std::string_view to_string(sandbox_token token);

/// The token of the table, or nothing. "unknown_method" is no token of the table.
[[nodiscard]] std::optional<sandbox_token> find_sandbox_token(std::string_view word);

/// How the test card with that number behaves; nothing for any other card.
[[nodiscard]] std::optional<sandbox_token> find_sandbox_card(std::string_view number);

}  // namespace orderflow
