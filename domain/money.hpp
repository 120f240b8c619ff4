// Exact money: integer minor units of an ISO 4217 currency. No floating point anywhere.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orderflow {

/// An ISO 4217 code of three capital letters.
struct currency {
  std::array<char, 3> code{'X', 'X', 'X'};
  auto operator<=>(const currency&) const = default;
  [[nodiscard]] std::string_view name() const { return {code.data(), code.size()}; }
};

/// The currency of that code, or nothing when ISO 4217 (list of 2024) does not know it.
[[nodiscard]] std::optional<currency> find_currency(std::string_view code);

/// Digits after the point: JPY 0, USD 2, KWD 3.
[[nodiscard]] int exponent_of(currency c);

/// Minor units of one currency, which the context names (an order has exactly one).
using minor_units = int64_t;

/// a + b, a * b, or nothing on overflow.
[[nodiscard]] std::optional<minor_units> checked_add(minor_units a, minor_units b);
[[nodiscard]] std::optional<minor_units> checked_multiply(minor_units a, int64_t b);

/// Why a number's text is no amount of the currency.
enum class amount_error : uint8_t { none = 0, not_a_number = 1, too_many_digits = 2, too_large = 3 };

struct parsed_amount {
  minor_units amount = 0;
  amount_error error = amount_error::none;
};

/// Reads a JSON number's own text ("89800.0", "100.50", "1e3" is refused). Trailing zeros of the fraction do not count as digits.
[[nodiscard]] parsed_amount parse_amount(std::string_view text, currency c);

/// "100.50" for USD, "179600" for JPY: all digits of the exponent.
[[nodiscard]] std::string fixed_text(minor_units amount, currency c);

/// "100.5" for USD 100.50, "179600.0" for JPY: as few digits as possible, at least one.
[[nodiscard]] std::string shortest_text(minor_units amount, currency c);

}  // namespace orderflow
