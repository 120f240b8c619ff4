#include "base/breaker.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace orderflow;
using namespace std::chrono_literals;

namespace {

constexpr monotonic_time start{std::chrono::hours{1}};
constexpr breaker::limits three{3, 1s, 2};

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

TEST_CASE("an open breaker lets a few calls through when its pause has ended") {
  breaker one = opened();
  CHECK_FALSE(one.allows(start + 999ms));
  CHECK(one.allows(start + 1s));
  CHECK(one.allows(start + 1s));
  CHECK_FALSE(one.allows(start + 1s));
  CHECK(one.open());
}

TEST_CASE("an answer to a trial closes the breaker") {
  breaker one = opened();
  REQUIRE(one.allows(start + 1s));
  one.succeeded();
  CHECK_FALSE(one.open());
  CHECK(one.allows(start + 1s));
}

TEST_CASE("trials that fail or stay unanswered neither lengthen the pause nor end it early") {
  breaker one = opened();
  REQUIRE(one.allows(start + 1s));
  REQUIRE(one.allows(start + 1s));
  one.failed(start + 1500ms);
  CHECK_FALSE(one.allows(start + 1999ms));
  CHECK(one.allows(start + 2s));
  CHECK(one.allows(start + 2s));
  CHECK_FALSE(one.allows(start + 2s));
}
