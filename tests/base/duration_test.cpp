#include "base/duration.hpp"

#include <rapidcheck.h>

#include <catch2/catch_test_macros.hpp>
#include <limits>

using namespace orderflow;
using namespace std::chrono_literals;

namespace {

void check_read(const char* text, milliseconds expected) {
  INFO(text);
  const auto parsed = parse_duration(text);
  CHECK(parsed.error.empty());
  CHECK(parsed.value == expected);
}

std::string why_not(const char* text) { return parse_duration(text).error; }

}  // namespace

TEST_CASE("a duration is a whole number and a unit") {
  check_read("250ms", 250ms);
  check_read("5s", 5s);
  check_read("15m", 15min);
  check_read("2h", 2h);
  check_read("1d", 24h);
  check_read("0s", 0ms);
  check_read("106751991167d", milliseconds{106'751'991'167 * 86'400'000});
}

TEST_CASE("a text that is no duration is refused with the reason and the right form") {
  CHECK(why_not("15").find("\"15\" has no unit; write a whole number and a unit (ms, s, m, h or d), such as 15m") == 0);
  CHECK(why_not("").find("does not begin with a number") != std::string::npos);
  CHECK(why_not("m").find("does not begin with a number") != std::string::npos);
  CHECK(why_not("-5s").find("does not begin with a number") != std::string::npos);
  CHECK(why_not(" 5s").find("does not begin with a number") != std::string::npos);
  CHECK(why_not("1.5h").find("has a fraction") != std::string::npos);
  CHECK(why_not("5 s").find("has an unknown unit") != std::string::npos);
  CHECK(why_not("5S").find("has an unknown unit") != std::string::npos);
  CHECK(why_not("5w").find("has an unknown unit") != std::string::npos);
  CHECK(why_not("106751991168d").find("is too long a time") != std::string::npos);
  CHECK(why_not("99999999999999999999ms").find("is too long a time") != std::string::npos);
}

TEST_CASE("a duration is printed in the largest unit that says it exactly") {
  CHECK(to_text(0ms) == "0s");
  CHECK(to_text(90s) == "90s");
  CHECK(to_text(120s) == "2m");
  CHECK(to_text(48h) == "2d");
  CHECK(to_text(1500ms) == "1500ms");
}

TEST_CASE("what was printed is read as the same duration") {
  CHECK(rc::check([] {
    const auto value =
        milliseconds{*rc::gen::inRange<int64_t>(0, std::numeric_limits<int64_t>::max()) >> *rc::gen::inRange(0, 62)};
    const auto parsed = parse_duration(to_text(value));
    RC_ASSERT(parsed.error.empty());
    RC_ASSERT(parsed.value == value);
  }));
}
