#include "base/backoff.hpp"

#include <rapidcheck.h>

#include <catch2/catch_test_macros.hpp>

using namespace orderflow;
using namespace std::chrono_literals;

TEST_CASE("the first pause lies between the shortest and three times the shortest") {
  constexpr backoff_limits limits{100ms, 10s};
  CHECK(next_pause(limits, 0ms, 0) == 100ms);
  CHECK(next_pause(limits, 0ms, 200) == 300ms);
  CHECK(next_pause(limits, 0ms, 201) == 100ms);
}

TEST_CASE("a pause grows from the last one and stops at the longest") {
  constexpr backoff_limits limits{100ms, 1s};
  CHECK(next_pause(limits, 300ms, 800) == 900ms);
  CHECK(next_pause(limits, 1s, 900) == 1s);
  CHECK(next_pause(limits, 1h, 900) == 1s);
}

TEST_CASE("whatever the numbers, a pause keeps within its limits") {
  CHECK(rc::check([] {
    const auto any = rc::gen::map(rc::gen::arbitrary<uint64_t>(), [](uint64_t n) { return static_cast<int64_t>(n >> 1); });
    const auto a = *any;
    const auto b = *any;
    const backoff_limits limits{milliseconds{std::min(a, b)}, milliseconds{std::max(a, b)}};
    const auto pause = next_pause(limits, milliseconds{*any}, *rc::gen::arbitrary<uint64_t>());
    RC_ASSERT(pause >= limits.first);
    RC_ASSERT(pause <= limits.most);
  }));
}
