// What can be told from a card's digits alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace orderflow {

/// 12 to 19 digits whose check digit is right (ISO/IEC 7812-1, the Luhn sum).
[[nodiscard]] bool is_card_number(std::string_view digits);

/// "visa", "mastercard", "amex", "discover", "jcb", or empty: read off the issuer's digits.
[[nodiscard]] std::string_view card_brand(std::string_view digits);

struct card_expiry {
  uint8_t month = 0;  ///< 1 … 12.
  uint16_t year = 0;  ///< Four digits.
  bool operator==(const card_expiry&) const = default;
};

/// "12/25", "12/2025". Whether the date has passed is for the gateway to say.
[[nodiscard]] std::optional<card_expiry> parse_card_expiry(std::string_view text);

/// A month from 1 to 12 and a year of four digits.
[[nodiscard]] bool is_card_expiry(card_expiry when);

/// Three or four digits.
[[nodiscard]] bool is_card_cvv(std::string_view text);

}  // namespace orderflow
