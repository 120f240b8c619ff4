#include "base/breaker.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace orderflow;
using namespace std::chrono_literals;

namespace {

constexpr auto start = from_ms(1'700'000'000'000);
constexpr breaker::limits three{3, 1s};

breaker opened() {
  breaker one{three};
  for (int i = 0; i < 3; ++i) one.failed(start);
  return one;
}

}  // namespace

TEST_CASE("a breaker is closed until a row of failures opens it") {
  breaker one{three};
  one.failed(start);
  one.failed(start);
  CHECK(one.allows(start));
  one.succeeded();
  one.failed(start);
  one.failed(start);
  CHECK(one.allows(start));
  CHECK_FALSE(one.open());
  one.failed(start);
  CHECK(one.open());
  CHECK_FALSE(one.allows(start));
}

TEST_CASE("an open breaker lets one call through when its pause has ended") {
  breaker one = opened();
  CHECK_FALSE(one.allows(start + 999ms));
  CHECK(one.allows(start + 1s));
  CHECK_FALSE(one.allows(start + 1s));
  CHECK(one.open());
}

TEST_CASE("the one call decides: an answer closes the breaker, a failure opens it for another pause") {
  breaker well = opened();
  REQUIRE(well.allows(start + 1s));
  well.succeeded();
  CHECK_FALSE(well.open());
  CHECK(well.allows(start + 1s));

  breaker ill = opened();
  REQUIRE(ill.allows(start + 1s));
  ill.failed(start + 1500ms);
  CHECK_FALSE(ill.allows(start + 2499ms));
  CHECK(ill.allows(start + 2500ms));
}

TEST_CASE("a call of which nothing is heard does not keep the breaker open for ever") {
  breaker one = opened();
  REQUIRE(one.allows(start + 1s));
  CHECK_FALSE(one.allows(start + 1999ms));
  CHECK(one.allows(start + 2s));
}
