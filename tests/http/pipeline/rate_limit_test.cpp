#include "http/pipeline/rate_limit.hpp"

#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>

using namespace orderflow;
using std::chrono::seconds;

namespace {

const monotonic_time start{std::chrono::hours{1}};

}  // namespace

TEST_CASE("a bucket gives its burst at once and then its rate") {
  token_buckets buckets{{10, 3}};
  for (int i = 0; i < 3; ++i) CHECK_FALSE(buckets.take("a", start));
  CHECK(buckets.take("a", start) == 1);
  CHECK(buckets.take("a", start + milliseconds{99}) == 1);
  CHECK_FALSE(buckets.take("a", start + milliseconds{100}));
  CHECK(buckets.take("a", start + milliseconds{100}) == 1);
  for (int i = 0; i < 3; ++i) CHECK_FALSE(buckets.take("a", start + seconds{10}));
  CHECK(buckets.take("a", start + seconds{10}));
}

TEST_CASE("every name has a bucket of its own") {
  token_buckets buckets{{1, 1}};
  CHECK_FALSE(buckets.take("a", start));
  CHECK_FALSE(buckets.take("b", start));
  CHECK(buckets.take("a", start));
}

TEST_CASE("who is refused is told when there will be a token, and then there is one") {
  token_buckets buckets{{1, 5}};
  for (int i = 0; i < 5; ++i) CHECK_FALSE(buckets.take("a", start));
  const auto wait = buckets.take("a", start);
  REQUIRE(wait);
  CHECK_FALSE(buckets.take("a", start + seconds{*wait}));
}

TEST_CASE("asking while refused does not make the wait longer") {
  token_buckets buckets{{1, 1}};
  CHECK_FALSE(buckets.take("a", start));
  for (int i = 0; i < 1000; ++i) CHECK(buckets.take("a", start + milliseconds{i / 2}));
  CHECK_FALSE(buckets.take("a", start + seconds{1}));
}

TEST_CASE("a rate of nothing is no limit") {
  token_buckets buckets{{0, 1}};
  for (int i = 0; i < 1000; ++i) CHECK_FALSE(buckets.take("a", start));
  CHECK(buckets.is_off());
  CHECK(buckets.kept() == 0);
}

TEST_CASE("however many names there are, memory stays bounded, and full buckets are forgotten first") {
  token_buckets buckets{{1, 1}, 100};
  for (int i = 0; i < 10'000; ++i) {
    (void)buckets.take("name " + std::to_string(i), start + milliseconds{i});
    REQUIRE(buckets.kept() <= 100);
  }
  token_buckets few{{1, 1}, 10};
  for (int i = 0; i < 9; ++i) (void)few.take("old " + std::to_string(i), start);
  (void)few.take("busy", start + seconds{5});
  (void)few.take("new", start + seconds{5});
  CHECK(few.kept() == 2);
  CHECK(few.take("busy", start + seconds{5}));
}

TEST_CASE("no bucket ever gives more than its burst and its rate") {
  rc::check("bounded", [] {
    const auto rate = *rc::gen::inRange<uint32_t>(1, 500);
    const auto burst = *rc::gen::inRange<uint32_t>(1, 50);
    token_buckets buckets{{rate, burst}};
    int64_t elapsed_ms = 0;
    uint64_t given = 0;
    for (const auto step : *rc::gen::container<std::vector<int>>(200, rc::gen::inRange(0, 30))) {
      elapsed_ms += step;
      if (!buckets.take("a", start + milliseconds{elapsed_ms})) ++given;
    }
    // One microsecond of rounding per token.
    RC_ASSERT(given <= burst + static_cast<uint64_t>(elapsed_ms + 1) * rate / 1000 + 1);
  });
}

TEST_CASE("an IPv6 customer has one bucket for the whole network, an IPv4 address its own") {
  CHECK(bucket_of_address("2001:db8:1:2::1") == bucket_of_address("2001:db8:1:2:ffff::9"));
  CHECK(bucket_of_address("2001:db8:1:2::1") != bucket_of_address("2001:db8:1:3::1"));
  CHECK(bucket_of_address("10.0.0.1") != bucket_of_address("10.0.0.2"));
  CHECK(bucket_of_address("::ffff:10.0.0.1") != bucket_of_address("::ffff:10.0.0.2"));
  CHECK(bucket_of_address("") == "");
}
