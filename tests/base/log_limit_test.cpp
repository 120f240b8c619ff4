#include "base/log_limit.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace orderflow;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

const log_limit::time_point start{std::chrono::hours{1}};

// How many of the lines of a flood are written, one each millisecond, and how many are counted with them.
struct flood_result {
  uint64_t written = 0;
  uint64_t told_suppressed = 0;
};

flood_result flood(log_limit& limit, log_limit::time_point from, seconds length) {
  flood_result result;
  for (milliseconds at{0}; at < length; ++at)
    if (const auto left_out = limit.admit(from + at)) {
      ++result.written;
      result.told_suppressed += *left_out;
    }
  return result;
}

}  // namespace

TEST_CASE("a flood of ten minutes is some twenty lines, and every other one is counted") {
  log_limit limit;
  const auto result = flood(limit, start, seconds{600});
  CHECK(result.written <= 22);
  const auto at_last = limit.admit(start + seconds{600} + log_limit::longest_pause - seconds{1});
  REQUIRE(at_last);
  CHECK(result.written + result.told_suppressed + *at_last == 600'000);
}

TEST_CASE("after a quiet minute an event begins anew") {
  log_limit limit;
  CHECK(flood(limit, start, seconds{2}).written == log_limit::lines_at_once + 1);
  CHECK(flood(limit, start + seconds{2} + log_limit::longest_pause, seconds{1}).written == log_limit::lines_at_once);
}

TEST_CASE("what was left out at the end of a flood is told once, when the flood has ended") {
  log_limit limit;
  REQUIRE(flood(limit, start, seconds{1}).written == log_limit::lines_at_once);
  CHECK(limit.ended_with(start + milliseconds{999}) == 0);
  CHECK(limit.ended_with(start + seconds{3}) == 1000 - log_limit::lines_at_once);
  CHECK(limit.ended_with(start + seconds{4}) == 0);
}
