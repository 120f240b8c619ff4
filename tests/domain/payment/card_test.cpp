#include "domain/payment/card.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

namespace orderflow {

TEST_CASE("a card number has its check digit") {
  for (const char* right : {"4111111111111111", "4242424242424242", "4000000000009995", "5555555555554444", "378282246310005"})
    CHECK(is_card_number(right));
  for (const char* wrong : {"4111111111111112", "4111 1111 1111 1111", "", "0", "411111111111111a", "42424242424242424242"})
    CHECK_FALSE(is_card_number(wrong));
}

TEST_CASE("one wrong digit is always found") {
  const std::string right = "4242424242424242";
  for (size_t at = 0; at < right.size(); ++at) {
    for (char digit = '0'; digit <= '9'; ++digit) {
      auto typed = right;
      typed[at] = digit;
      CHECK(is_card_number(typed) == (digit == right[at]));
    }
  }
}

TEST_CASE("the brand is read off the issuer's digits") {
  CHECK(card_brand("4242424242424242") == "visa");
  CHECK(card_brand("5555555555554444") == "mastercard");
  CHECK(card_brand("2223003122003222") == "mastercard");
  CHECK(card_brand("378282246310005") == "amex");
  CHECK(card_brand("6011111111111117") == "discover");
  CHECK(card_brand("3530111333300000") == "jcb");
  CHECK(card_brand("9999999999999999").empty());
  CHECK(card_brand("42424").empty());
}

TEST_CASE("an expiry date is a month and a year") {
  CHECK(parse_card_expiry("12/25") == card_expiry{12, 2025});
  CHECK(parse_card_expiry("01/2031") == card_expiry{1, 2031});
  for (const char* wrong : {"13/25", "00/25", "1/25", "12-25", "12/025", "12/0025", "ab/cd", "", "12/2", "12/25 "})
    CHECK_FALSE(parse_card_expiry(wrong).has_value());
}

TEST_CASE("a CVV is three or four digits") {
  CHECK(is_card_cvv("123"));
  CHECK(is_card_cvv("1234"));
  for (const char* wrong : {"", "12", "12345", "12a"}) CHECK_FALSE(is_card_cvv(wrong));
}

}  // namespace orderflow
