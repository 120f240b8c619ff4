#include "domain/catalogue/catalogue.hpp"

#include <catch2/catch_test_macros.hpp>

namespace orderflow {
namespace {

const currency usd = *find_currency("USD");
const currency jpy = *find_currency("JPY");

catalogue with_apple() {
  catalogue now;
  evolve(now, product_put{{product_id{"A"}, "Apple", usd, 250}});
  return now;
}

order_line line(const char* product, minor_units price) { return {product_id{product}, "client's name", 1, price, false}; }

refusal priced(order_line one, pricing_rules rules = {}, currency money = usd) {
  std::vector<order_line> lines{std::move(one)};
  return price_lines(with_apple(), money, rules, lines);
}

constexpr pricing_rules for_customers{true, false};
constexpr pricing_rules known_only{false, true};

}  // namespace

TEST_CASE("putting a product adds or replaces it and makes a new version") {
  auto now = with_apple();
  CHECK(now.version == 1);
  evolve(now, product_put{{product_id{"A"}, "Apple", usd, 300}});
  CHECK(now.version == 2);
  CHECK(now.products.size() == 1);
  CHECK(now.products.at(product_id{"A"}).price == 300);
}

TEST_CASE("a line of a known product is tracked and takes the catalogue's name and price") {
  std::vector<order_line> lines{line("A", price_of_catalogue), line("A", 250)};
  REQUIRE(price_lines(with_apple(), usd, for_customers, lines) == refusal::none);
  for (const auto& one : lines) {
    CHECK(one.tracked);
    CHECK(one.unit_price == 250);
    CHECK(one.name == "Apple");
  }
}

TEST_CASE("a client's price must be the catalogue's, and its currency too") {
  CHECK(priced(line("A", 249)) == refusal::price_must_be_the_catalogues);
  CHECK(priced(line("A", 0)) == refusal::price_must_be_the_catalogues);
  CHECK(priced(line("A", 250), {}, jpy) == refusal::currency_must_be_the_products);
}

TEST_CASE("a line that the catalogue does not know keeps the client's name and price and is not tracked") {
  std::vector<order_line> lines{line("", 70), line("B", 80)};
  lines[1].tracked = true;
  REQUIRE(price_lines(with_apple(), usd, {}, lines) == refusal::none);
  CHECK(lines[0].unit_price == 70);
  CHECK(lines[1].unit_price == 80);
  CHECK(lines[1].name == "client's name");
  CHECK_FALSE(lines[1].tracked);
}

TEST_CASE("an unknown product is refused where only known ones are sold, or where nobody gave it a price") {
  CHECK(priced(line("B", 80), known_only) == refusal::product_must_be_known);
  CHECK(priced(line("", 80), known_only) == refusal::none);
  CHECK(priced(line("B", price_of_catalogue)) == refusal::product_must_be_known);
  CHECK(priced(line("", price_of_catalogue)) == refusal::price_must_not_be_negative);
  CHECK(priced(line("B", -2)) == refusal::price_must_not_be_negative);
}

TEST_CASE("a customer must not set prices by leaving out the product") {
  CHECK(priced(line("", 1), for_customers) == refusal::price_must_come_from_the_catalogue);
  CHECK(priced(line("B", 1), for_customers) == refusal::price_must_come_from_the_catalogue);
  CHECK(priced(line("A", 250), for_customers) == refusal::none);
}

TEST_CASE("lines are priced all or not at all") {
  std::vector<order_line> lines{line("A", price_of_catalogue), line("A", 1)};
  const auto before = lines;
  CHECK(price_lines(with_apple(), usd, {}, lines) == refusal::price_must_be_the_catalogues);
  CHECK(lines == before);
}

}  // namespace orderflow
