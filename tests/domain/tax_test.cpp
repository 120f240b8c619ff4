#include "domain/tax.hpp"

#include <rapidcheck.h>

#include <catch2/catch_test_macros.hpp>
#include <limits>

namespace orderflow {

TEST_CASE("tax is split off a total as the policy says") {
  CHECK(split_tax(20'000, {}) == tax_split{20'000, 0, 20'000});
  CHECK(split_tax(20'000, {tax_mode::none, 180'000}) == tax_split{20'000, 0, 20'000});
  CHECK(split_tax(20'000, {tax_mode::of_total, 180'000}) == tax_split{16'400, 3'600, 20'000});
  CHECK(split_tax(11'800, {tax_mode::included, 180'000}) == tax_split{10'000, 1'800, 11'800});
  CHECK(split_tax(20'000, {tax_mode::added, 180'000}) == tax_split{20'000, 3'600, 23'600});
}

TEST_CASE("tax is rounded half up to minor units") {
  CHECK(split_tax(1, {tax_mode::of_total, 500'000})->tax == 1);
  CHECK(split_tax(1, {tax_mode::of_total, 499'999})->tax == 0);
  CHECK(split_tax(3, {tax_mode::of_total, 500'000})->tax == 2);
  CHECK(split_tax(3, {tax_mode::included, 1'000'000})->tax == 2);
  CHECK(split_tax(10, {tax_mode::added, 149'999})->tax == 1);
  CHECK(split_tax(10, {tax_mode::added, 150'000})->tax == 2);
}

TEST_CASE("a total that cannot be counted is none") {
  constexpr auto most = std::numeric_limits<minor_units>::max();
  CHECK_FALSE(split_tax(most, {tax_mode::added, 180'000}));
  CHECK(split_tax(most, {tax_mode::of_total, max_tax_ppm}) == tax_split{0, most, most});
  CHECK(split_tax(most, {tax_mode::added, 0}) == tax_split{most, 0, most});
}

TEST_CASE("subtotal and tax always add up to the total, and none is negative") {
  CHECK(rc::check([] {
    const auto sum = *rc::gen::inRange<minor_units>(0, 1'000'000'000'000);
    const tax_policy policy{static_cast<tax_mode>(*rc::gen::inRange(0, 4)), *rc::gen::inRange<uint32_t>(0, max_tax_ppm + 1)};
    const auto split = split_tax(sum, policy);
    RC_ASSERT(split.has_value());
    RC_ASSERT(split->subtotal + split->tax == split->total);
    RC_ASSERT(split->subtotal >= 0 && split->tax >= 0);
    RC_ASSERT((policy.mode == tax_mode::added ? split->subtotal : split->total) == sum);
  }));
}

}  // namespace orderflow
