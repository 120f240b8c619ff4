#include "domain/payment/card.hpp"

#include <algorithm>

namespace orderflow {
namespace {

bool all_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

int number_of(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

/// Every second digit from the right is doubled; the digits of all of it sum up to a multiple of ten.
bool check_digit_is_right(std::string_view digits) {
  int sum = 0;
  bool doubled = false;
  for (auto at = digits.rbegin(); at != digits.rend(); ++at, doubled = !doubled) {
    const int digit = *at - '0';
    const int twice = digit * 2;
    sum += doubled ? twice / 10 + twice % 10 : digit;
  }
  return sum % 10 == 0;
}

}  // namespace

bool is_card_number(std::string_view digits) {
  return digits.size() >= 12 && digits.size() <= 19 && all_digits(digits) && check_digit_is_right(digits);
}

std::string_view card_brand(std::string_view digits) {
  if (digits.size() < 6 || !all_digits(digits.substr(0, 6))) return {};
  const int two = number_of(digits.substr(0, 2));
  const int four = number_of(digits.substr(0, 4));
  if (digits[0] == '4') return "visa";
  if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return "mastercard";
  if (two == 34 || two == 37) return "amex";
  if (four == 6011 || two == 65) return "discover";
  if (four >= 3528 && four <= 3589) return "jcb";
  return {};
}

std::optional<card_expiry> parse_card_expiry(std::string_view text) {
  if ((text.size() != 5 && text.size() != 7) || text[2] != '/') return std::nullopt;
  const auto month = text.substr(0, 2);
  const auto year = text.substr(3);
  if (!all_digits(month) || !all_digits(year)) return std::nullopt;
  const int century = year.size() == 2 ? 2000 : 0;
  const card_expiry when{static_cast<uint8_t>(number_of(month)), static_cast<uint16_t>(century + number_of(year))};
  return is_card_expiry(when) ? std::optional{when} : std::nullopt;
}

bool is_card_expiry(card_expiry when) { return when.month >= 1 && when.month <= 12 && when.year >= 1000 && when.year <= 9999; }

bool is_card_cvv(std::string_view text) { return (text.size() == 3 || text.size() == 4) && all_digits(text); }

}  // namespace orderflow
