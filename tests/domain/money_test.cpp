#include "domain/money.hpp"

#include <rapidcheck.h>

#include <catch2/catch_test_macros.hpp>
#include <limits>

#include "base/assert.hpp"

namespace orderflow {
namespace {

constexpr auto largest = std::numeric_limits<minor_units>::max();
constexpr auto smallest = std::numeric_limits<minor_units>::min();

currency of(std::string_view code) { return find_currency(code).value(); }

minor_units amount(std::string_view text, std::string_view code) {
  const auto parsed = parse_amount(text, of(code));
  CHECK(parsed.error == amount_error::none);
  return parsed.amount;
}

amount_error error(std::string_view text, std::string_view code) { return parse_amount(text, of(code)).error; }

rc::Gen<currency> currencies() { return rc::gen::element(of("JPY"), of("USD"), of("KWD"), of("CLF")); }

}  // namespace

TEST_CASE("a currency is known by its code in capital letters and has the exponent of ISO 4217") {
  CHECK(exponent_of(of("JPY")) == 0);
  CHECK(exponent_of(of("USD")) == 2);
  CHECK(exponent_of(of("RUB")) == 2);
  CHECK(exponent_of(of("EUR")) == 2);
  CHECK(exponent_of(of("KWD")) == 3);
  CHECK(exponent_of(of("CLF")) == 4);
  CHECK(exponent_of(of("ZWG")) == 2);
  CHECK(of("JPY").name() == "JPY");
  for (const auto* code : {"", "US", "USDX", "usd", "XXX", "XAU", "HRK", "D A", "AED ", " AE"}) CHECK_FALSE(find_currency(code));
}

TEST_CASE("an amount without a currency is a bug") { CHECK_THROWS_AS(exponent_of(currency{}), bug); }

TEST_CASE("amounts are read from their own text") {
  CHECK(amount("100.50", "USD") == 10050);
  CHECK(amount("100.5", "USD") == 10050);
  CHECK(amount("0.05", "USD") == 5);
  CHECK(amount("0", "USD") == 0);
  CHECK(amount("-0", "USD") == 0);
  CHECK(amount("-1.5", "USD") == -150);
  CHECK(amount("89800.0", "JPY") == 89800);
  CHECK(amount("1.2500000000000000000000000", "USD") == 125);
  CHECK(amount("1.234", "KWD") == 1234);
  CHECK(amount("9223372036854775807", "JPY") == largest);
  CHECK(amount("92233720368547758.07", "USD") == largest);
}

TEST_CASE("digits beyond the currency's are refused, unless they are zeros") {
  CHECK(error("0.5", "JPY") == amount_error::too_many_digits);
  CHECK(error("1.005", "USD") == amount_error::too_many_digits);
  CHECK(error("1.0000000000000000000001", "USD") == amount_error::too_many_digits);
  CHECK(error("1.0050", "USD") == amount_error::too_many_digits);
  CHECK(error("1.00500", "KWD") == amount_error::none);
}

TEST_CASE("amounts outside the range of 64 bits are too large") {
  CHECK(error("9223372036854775808", "JPY") == amount_error::too_large);
  CHECK(error("92233720368547758.08", "USD") == amount_error::too_large);
  CHECK(error("92233720368547759", "USD") == amount_error::too_large);
  CHECK(error("-99999999999999999999999999", "USD") == amount_error::too_large);
}

TEST_CASE("what JSON does not take for a number, or writes with an exponent, is no amount") {
  for (const auto* text :
       {"", "-", ".", ".5", "5.", "1e3", "1E3", "01", "00", "+1", " 1", "1 ", "1,5", "0x1", "NaN", "--1", "1.2.3", "1.-5", "١"}) {
    INFO(text);
    CHECK(error(text, "USD") == amount_error::not_a_number);
  }
}

TEST_CASE("amounts are written with all digits of the exponent") {
  CHECK(fixed_text(10050, of("USD")) == "100.50");
  CHECK(fixed_text(5, of("USD")) == "0.05");
  CHECK(fixed_text(-150, of("USD")) == "-1.50");
  CHECK(fixed_text(-5, of("USD")) == "-0.05");
  CHECK(fixed_text(0, of("KWD")) == "0.000");
  CHECK(fixed_text(179600, of("JPY")) == "179600");
  CHECK(fixed_text(smallest, of("USD")) == "-92233720368547758.08");
}

TEST_CASE("amounts are written with as few digits as possible, but one") {
  CHECK(shortest_text(10050, of("USD")) == "100.5");
  CHECK(shortest_text(3600, of("USD")) == "36.0");
  CHECK(shortest_text(179600, of("JPY")) == "179600.0");
  CHECK(shortest_text(5, of("USD")) == "0.05");
  CHECK(shortest_text(0, of("JPY")) == "0.0");
}

TEST_CASE("sums and products are exact or nothing") {
  CHECK(checked_add(1, 2) == 3);
  CHECK_FALSE(checked_add(largest, 1));
  CHECK_FALSE(checked_add(smallest, -1));
  CHECK(checked_multiply(50, 3) == 150);
  CHECK_FALSE(checked_multiply(largest / 2 + 1, 2));
  CHECK_FALSE(checked_multiply(smallest, -1));
}

TEST_CASE("reading what was written gives the same amount (I13)") {
  CHECK(rc::check([] {
    const auto money = *currencies();
    const auto value = *rc::gen::oneOf(rc::gen::arbitrary<minor_units>(), rc::gen::inRange<minor_units>(-largest, largest));
    RC_PRE(value != smallest);
    for (const auto& text : {fixed_text(value, money), shortest_text(value, money)}) {
      const auto read = parse_amount(text, money);
      RC_ASSERT(read.error == amount_error::none);
      RC_ASSERT(read.amount == value);
    }
  }));
}

}  // namespace orderflow
