#include "domain/money.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace orderflow {
namespace {

// ISO 4217, list one of 2024, without metals, test codes and units of account that have no minor unit. Each code takes
// three letters and a space.
constexpr std::string_view codes_without_fraction = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF ";
constexpr std::string_view codes_with_two_digits =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW "
    "CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS "
    "INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN "
    "NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC "
    "SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD YER ZAR ZMW ZWG ";
constexpr std::string_view codes_with_three_digits = "BHD IQD JOD KWD LYD OMR TND ";
constexpr std::string_view codes_with_four_digits = "CLF UYW ";

constexpr size_t letters = 26;
constexpr int8_t no_currency = -1;

/// The place of a code of three capital letters in a table of all such codes.
constexpr size_t place_of(std::string_view code) {
  const auto letter = [&](size_t i) { return static_cast<size_t>(code[i] - 'A'); };
  return (letter(0) * letters + letter(1)) * letters + letter(2);
}

using exponent_table = std::array<int8_t, letters * letters * letters>;

constexpr exponent_table make_exponents() {
  exponent_table table{};
  table.fill(no_currency);
  const auto enter = [&](std::string_view codes, int8_t exponent) {
    for (size_t at = 0; at + 3 < codes.size(); at += 4) table[place_of(codes.substr(at, 3))] = exponent;
  };
  enter(codes_without_fraction, 0);
  enter(codes_with_two_digits, 2);
  enter(codes_with_three_digits, 3);
  enter(codes_with_four_digits, 4);
  return table;
}

/// Every amount that is read or written asks for its currency's exponent, so it is looked up and not searched for.
constexpr exponent_table exponents = make_exponents();

/// −1: not a currency.
constexpr int exponent_of_code(std::string_view code) {
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (code.size() != 3 || !std::ranges::all_of(code, is_capital)) return no_currency;
  return exponents[place_of(code)];
}

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr bool all_digits(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_digit); }

/// The digits of a number's text, sorted into sign, whole part and fraction without its trailing zeros.
struct number_parts {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
};

/// JSON's own grammar, without an exponent: nobody writes money that way, and "1e400" must not become work.
std::optional<number_parts> split_number(std::string_view text) {
  number_parts parts;
  if (text.starts_with('-')) {
    parts.negative = true;
    text.remove_prefix(1);
  }
  const auto point = text.find('.');
  parts.whole = text.substr(0, point);
  if (!all_digits(parts.whole) || (parts.whole.size() > 1 && parts.whole.front() == '0')) return std::nullopt;
  if (point != std::string_view::npos) {
    parts.fraction = text.substr(point + 1);
    if (!all_digits(parts.fraction)) return std::nullopt;
    while (parts.fraction.ends_with('0')) parts.fraction.remove_suffix(1);
  }
  return parts;
}

std::optional<minor_units> append_digit(std::optional<minor_units> value, char digit) {
  if (value) value = checked_multiply(*value, 10);
  return value ? checked_add(*value, digit - '0') : std::nullopt;
}

}  // namespace

std::optional<currency> find_currency(std::string_view code) {
  if (exponent_of_code(code) < 0) return std::nullopt;
  return currency{{code[0], code[1], code[2]}};
}

int exponent_of(currency c) {
  const auto exponent = exponent_of_code(c.name());
  ORDERFLOW_ASSERT(exponent >= 0);
  return exponent;
}

std::optional<minor_units> checked_add(minor_units a, minor_units b) {
  minor_units sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return std::nullopt;
  return sum;
}

std::optional<minor_units> checked_multiply(minor_units a, int64_t b) {
  minor_units product = 0;
  if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
  return product;
}

parsed_amount parse_amount(std::string_view text, currency c) {
  const auto parts = split_number(text);
  if (!parts) return {0, amount_error::not_a_number};
  const auto exponent = static_cast<size_t>(exponent_of(c));
  if (parts->fraction.size() > exponent) return {0, amount_error::too_many_digits};
  std::optional<minor_units> value = 0;
  for (char digit : parts->whole) value = append_digit(value, digit);
  for (char digit : parts->fraction) value = append_digit(value, digit);
  for (size_t digits = parts->fraction.size(); digits < exponent; ++digits) value = append_digit(value, '0');
  if (!value) return {0, amount_error::too_large};
  return {parts->negative ? -*value : *value, amount_error::none};
}

std::string fixed_text(minor_units amount, currency c) {
  const auto exponent = static_cast<size_t>(exponent_of(c));
  // The magnitude of the smallest int64 has no int64.
  const auto magnitude = amount < 0 ? 0 - static_cast<uint64_t>(amount) : static_cast<uint64_t>(amount);
  auto text = std::to_string(magnitude);
  if (text.size() <= exponent) text.insert(0, exponent + 1 - text.size(), '0');
  if (exponent > 0) text.insert(text.size() - exponent, 1, '.');
  if (amount < 0) text.insert(text.begin(), '-');
  return text;
}

std::string shortest_text(minor_units amount, currency c) {
  auto text = fixed_text(amount, c);
  if (exponent_of(c) == 0) return text + ".0";
  while (text.ends_with('0') && text[text.size() - 2] != '.') text.pop_back();
  return text;
}

}  // namespace orderflow
