#include <rapidcheck.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <limits>

#include "codec/json.hpp"

using namespace orderflow;

TEST_CASE("instants are written in UTC, with milliseconds only where there are some") {
  CHECK(to_rfc3339(0) == "1970-01-01T00:00:00Z");
  CHECK(to_rfc3339(1'764'583'200'000) == "2025-12-01T10:00:00Z");
  CHECK(to_rfc3339(1'764'583'200'007) == "2025-12-01T10:00:00.007Z");
  CHECK(to_rfc3339(951'827'696'789) == "2000-02-29T12:34:56.789Z");
  CHECK(to_rfc3339(-1) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("instants that RFC 3339 cannot say become its first or last one") {
  CHECK(to_rfc3339(std::numeric_limits<int64_t>::min()) == "0000-01-01T00:00:00Z");
  CHECK(to_rfc3339(std::numeric_limits<int64_t>::max()) == "9999-12-31T23:59:59.999Z");
}

TEST_CASE("offsets, small letters, fractions and leap seconds are read") {
  CHECK(parse_rfc3339("2025-12-01T10:00:00Z") == 1'764'583'200'000);
  CHECK(parse_rfc3339("2025-12-01t10:00:00z") == 1'764'583'200'000);
  CHECK(parse_rfc3339("2025-12-01T19:00:00+09:00") == 1'764'583'200'000);
  CHECK(parse_rfc3339("2025-12-01T04:30:00-05:30") == 1'764'583'200'000);
  CHECK(parse_rfc3339("2025-12-01T10:00:00.5Z") == 1'764'583'200'500);
  CHECK(parse_rfc3339("2025-12-01T10:00:00.0079999Z") == 1'764'583'200'007);
  CHECK(parse_rfc3339("2016-12-31T23:59:60Z") == 1'483'228'800'000);
  CHECK(parse_rfc3339("2017-01-01T08:59:60+09:00") == 1'483'228'800'000);
  CHECK(parse_rfc3339("0000-01-01T00:00:00Z").has_value());
}

TEST_CASE("what is not an instant of RFC 3339 is refused") {
  const std::string text = GENERATE(
      "", "2025", "2025-12-01", "2025-12-01T10:00Z", "2025-12-01T10:00:00", "2025-12-01 10:00:00Z", "2025-12-01T10:00:00.Z",
      "2025-12-01T10:00:00,5Z", "2025-13-01T10:00:00Z", "2025-00-01T10:00:00Z", "2025-02-29T10:00:00Z", "2025-12-32T10:00:00Z",
      "2025-12-00T10:00:00Z", "2025-12-01T24:00:00Z", "2025-12-01T10:60:00Z", "2025-12-01T10:00:61Z", "2025-12-01T10:00:60Z",
      "2025-12-01T10:00:00+24:00", "2025-12-01T10:00:00+09:60", "2025-12-01T10:00:00+0900", "2025-12-01T10:00:00+09",
      "2025-12-01T10:00:00Zx", " 2025-12-01T10:00:00Z", "+025-12-01T10:00:00Z", "25-12-01T10:00:00Z", "12025-12-01T10:00:00Z",
      "2025-1-01T10:00:00Z", "2025-12-01T10:00:00.1", "1764583200000");
  CHECK_FALSE(parse_rfc3339(text).has_value());
}

TEST_CASE("what is written is read back exactly") {
  REQUIRE(rc::check([] {
    const auto ms = *rc::gen::inRange<int64_t>(-62'167'219'200'000, 253'402'300'800'000);
    RC_ASSERT(parse_rfc3339(to_rfc3339(ms)) == ms);
  }));
}
