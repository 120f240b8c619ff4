#include <catch2/catch_test_macros.hpp>
#include <set>

#include "codec/order_json.hpp"

using namespace orderflow;

namespace {

/// The words of the numbers up to 255, and how many there are; each is its own.
template <class Enum>
std::set<std::string_view> words_of(size_t expected) {
  std::set<std::string_view> words;
  size_t known = 0;
  for (int number = 0; number < 256; ++number) {
    const std::string_view word = to_string(static_cast<Enum>(number));
    if (word.empty()) continue;
    ++known;
    words.insert(word);
    CHECK(word.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos);
  }
  CHECK(known == expected);
  CHECK(words.size() == expected);
  return words;
}

}  // namespace

TEST_CASE("every member of a closed set has a word of its own, and other numbers have none") {
  CHECK(words_of<order_status>(6) ==
        std::set<std::string_view>{"pending", "payment_processing", "paid", "shipped", "delivered", "cancelled"});
  words_of<pending_reason>(3);
  words_of<stock_status>(7);
  words_of<attempt_status>(4);
  words_of<refund_status>(5);
  words_of<shipment_status>(3);
  words_of<cancel_reason>(6);
  words_of<operator_reason>(10);
  words_of<unmatched_reason>(6);
  words_of<deadline_kind>(6);
  words_of<tax_mode>(4);
}

TEST_CASE("a status is read in any case, and nothing else is") {
  CHECK(parse_order_status("pending") == order_status::pending);
  CHECK(parse_order_status("PAYMENT_PROCESSING") == order_status::payment_processing);
  CHECK(parse_order_status("Paid") == order_status::paid);
  CHECK(parse_order_status("shipped") == order_status::shipped);
  CHECK(parse_order_status("dELIVERED") == order_status::delivered);
  CHECK(parse_order_status("CANCELLED") == order_status::cancelled);
  for (const char* other : {"", "pendin", "pendingx", "payment processing", "payment-processing", " paid", "1", "none"}) {
    INFO(other);
    CHECK_FALSE(parse_order_status(other).has_value());
  }
}

TEST_CASE("a way to reckon tax is read by its word") {
  CHECK(parse_tax_mode("of_total") == tax_mode::of_total);
  CHECK(parse_tax_mode("none") == tax_mode::none);
  CHECK_FALSE(parse_tax_mode("some").has_value());
}

TEST_CASE("an event's name is found by its number too") {
  CHECK(name_of(order_event{cart_opened{}}) == "cart_opened");
  CHECK(name_of(order_event{operator_resolved{}}) == "operator_settled");
  CHECK(name_of_order_event(3) == "order_placed");
  CHECK(name_of_order_event(0).empty());
  CHECK(name_of_order_event(std::variant_size_v<order_event> + 1).empty());
  std::set<std::string_view> names;
  for (uint16_t type = 1; type <= std::variant_size_v<order_event>; ++type) names.insert(name_of_order_event(type));
  CHECK(names.size() == std::variant_size_v<order_event>);
}
