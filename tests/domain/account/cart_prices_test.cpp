// What a customer was told of his cart's prices, and how that compares with what it costs.
#include "domain/account/cart_prices.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>

namespace orderflow {
namespace {

const account_key ann{"shop", "ann"};
const currency usd = *find_currency("USD");

quoted_price told(const char* product, minor_units price) { return {{product}, usd, price}; }
order_line line(const char* product, int64_t quantity, minor_units price) { return {{product}, product, quantity, price, true}; }

account after(account now, const std::vector<account_command>& commands) {
  for (const auto& command : commands)
    for (const auto& event : decide(now, ann, command).events) evolve(now, event);
  return now;
}

}  // namespace

TEST_CASE("a cart remembers the price that was told last of each product in it") {
  auto now = after({}, {add_to_cart{{"A"}, 2, told("A", 100)}, add_to_cart{{"B"}, 1, told("B", 50)}});
  CHECK(now.told == std::vector{told("A", 100), told("B", 50)});
  now = after(now, {add_to_cart{{"A"}, 1, told("A", 120)}});
  CHECK(now.told == std::vector{told("A", 120), told("B", 50)});
  // The same quantity again, but the customer is shown another price.
  now = after(now, {set_in_cart{{"B"}, 1, told("B", 60)}});
  CHECK(now.told == std::vector{told("A", 120), told("B", 60)});
  CHECK(decide(now, ann, set_in_cart{{"B"}, 1, told("B", 60)}).events.empty());
}

TEST_CASE("what leaves the cart takes its price along") {
  const auto now = after({}, {add_to_cart{{"A"}, 2, told("A", 100)}, add_to_cart{{"B"}, 1, told("B", 50)}});
  CHECK(after(now, {set_in_cart{{"A"}, 0, told("A", 100)}}).told == std::vector{told("B", 50)});
  CHECK(after(now, {clear_cart{}}).told.empty());
  CHECK(after(now, {settle_cart{1, {7}, true, {{{"A"}, 2}}}}).told == std::vector{told("B", 50)});
  CHECK(after(now, {settle_cart{1, {7}, true, {{{"A"}, 1}}}}).told == now.told);
  CHECK(after(now, {settle_cart{1, {7}, false, {{{"A"}, 2}}}}).told == now.told);
}

TEST_CASE("prices are compared line by line and in all") {
  const auto found = compare_prices({told("A", 100), told("B", 50)}, usd, {line("A", 2, 120), line("B", 1, 50)});
  REQUIRE(found);
  CHECK(found->total == 290);
  CHECK(found->told == 250);
  REQUIRE(found->changed.size() == 1);
  CHECK(found->changed[0].line.product == product_id{"A"});
  CHECK(found->changed[0].told == 100);
}

TEST_CASE("what was never told, or in another currency, counts as it costs now") {
  const quoted_price yen{{"A"}, *find_currency("JPY"), 1};
  const auto found = compare_prices({yen}, usd, {line("A", 2, 120), line("C", 1, 50)});
  REQUIRE(found);
  CHECK(found->total == 290);
  CHECK(found->told == 290);
  CHECK(found->changed.empty());
}

TEST_CASE("a total that no order may have is none") {
  CHECK_FALSE(compare_prices({}, usd, {line("A", 2, std::numeric_limits<minor_units>::max())}));
}

}  // namespace orderflow
