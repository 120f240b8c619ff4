#include "base/timing_wheel.hpp"

#include <rapidcheck.h>

#include <catch2/catch_test_macros.hpp>
#include <map>

using namespace orderflow;
using namespace std::chrono_literals;

namespace {

using wheel = timing_wheel<int>;

std::vector<std::pair<timestamp, int>> sorted(const std::vector<wheel::due_item>& due) {
  std::vector<std::pair<timestamp, int>> out;
  for (const auto& item : due) out.emplace_back(item.at, item.key);
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<int> keys_of(const std::vector<wheel::due_item>& due) {
  std::vector<int> out;
  for (const auto& item : due) out.push_back(item.key);
  std::sort(out.begin(), out.end());
  return out;
}

constexpr auto start = from_ms(1'700'000'000'123);

// Distances of every size, so that every level and every border between levels is met.
rc::Gen<milliseconds> any_distance() {
  return rc::gen::apply([](int64_t value, int shift) { return milliseconds{value >> shift}; },
                        rc::gen::inRange<int64_t>(0, int64_t{1} << 42), rc::gen::inRange(0, 42));
}

}  // namespace

TEST_CASE("an item is due at its millisecond, not before, and once") {
  wheel armed{start};
  armed.arm(7, start + 100ms);
  CHECK(armed.advance(start + 99ms).empty());
  CHECK(armed.advance(start + 100ms) == std::vector<wheel::due_item>{{7, start + 100ms}});
  CHECK(armed.advance(start + 200ms).empty());
  CHECK(armed.size() == 0);
}

TEST_CASE("arming a key again replaces what was armed for it") {
  wheel armed{start};
  armed.arm(1, start + 10ms);
  armed.arm(1, start + 5h);
  armed.arm(2, start + 5h);
  armed.arm(2, start + 10ms);
  CHECK(armed.size() == 2);
  CHECK(keys_of(armed.advance(start + 1h)) == std::vector{2});
  CHECK(keys_of(armed.advance(start + 6h)) == std::vector{1});
}

TEST_CASE("a cancelled item is never due, and its neighbours in the slot are") {
  wheel armed{start};
  for (int key = 0; key < 5; ++key) armed.arm(key, start + 1min);
  CHECK(armed.cancel(0));
  CHECK(armed.cancel(2));
  CHECK(armed.cancel(4));
  CHECK_FALSE(armed.cancel(4));
  CHECK_FALSE(armed.cancel(99));
  CHECK(armed.armed(1));
  CHECK_FALSE(armed.armed(2));
  CHECK(keys_of(armed.advance(start + 1min)) == std::vector{1, 3});
}

TEST_CASE("a time that has passed is due at the next advance") {
  wheel armed{start};
  armed.arm(1, start - 1h);
  armed.arm(2, start);
  armed.arm(3, from_ms(-5));
  CHECK(armed.next_due() == start);
  CHECK(keys_of(armed.advance(start)) == std::vector{1, 2, 3});
}

TEST_CASE("a jump of years brings everything that lies in it") {
  wheel armed{start};
  for (int day = 1; day <= 3'000; ++day) armed.arm(day, start + day * 24h);
  CHECK(armed.advance(start + 1'000 * 24h).size() == 1'000);
  CHECK(armed.advance(start + 4'000 * 24h).size() == 2'000);
}

TEST_CASE("a clock that steps back makes nothing early") {
  wheel armed{start};
  CHECK(armed.advance(start + 1h).empty());
  armed.arm(1, start + 30min);
  CHECK(armed.advance(start + 29min).empty());
  CHECK(keys_of(armed.advance(start + 1h)) == std::vector{1});
}

TEST_CASE("the furthest time there is can be armed and does not stand in the way") {
  wheel armed{start};
  armed.arm(1, timestamp::max());
  armed.arm(2, start + 1s);
  CHECK(keys_of(armed.advance(start + 24h)) == std::vector{2});
  CHECK(armed.armed(1));
  CHECK(keys_of(armed.advance(timestamp::max())) == std::vector{1});
}

TEST_CASE("following the hint leads to the item in a few turns, never past it") {
  wheel armed{start};
  const auto at = start + 37h + 123ms;
  armed.arm(1, at);
  int turns = 0;
  for (;;) {
    const auto hint = armed.next_due();
    REQUIRE(hint.has_value());
    REQUIRE(*hint <= at);
    REQUIRE(++turns <= 11);
    if (!armed.advance(*hint).empty()) break;
  }
  CHECK_FALSE(armed.next_due().has_value());
}

TEST_CASE("for every history the wheel says what a sorted map says") {
  CHECK(rc::check([] {
    auto now = start;
    wheel armed{now};
    std::map<int, timestamp> model;
    const auto turns = *rc::gen::inRange(0, 120);
    for (int turn = 0; turn < turns; ++turn) {
      const int key = *rc::gen::inRange(0, 25);
      switch (*rc::gen::inRange(0, 6)) {
        case 0:
        case 1:
        case 2: {
          const auto at = now + *any_distance() - (*rc::gen::inRange(0, 8) == 0 ? 1h : 0ms);
          armed.arm(key, at);
          model[key] = at;
          break;
        }
        case 3: RC_ASSERT(armed.cancel(key) == (model.erase(key) == 1)); break;
        default: {
          // Often exactly to a deadline or just before it: the borders are where a wheel goes wrong.
          now += *any_distance();
          const auto near = model.find(key);
          if (near != model.end() && near->second > now && *rc::gen::arbitrary<bool>())
            now = near->second - milliseconds{*rc::gen::inRange(0, 2)};
          std::vector<std::pair<timestamp, int>> expected;
          for (const auto& [one, at] : model)
            if (at <= now) expected.emplace_back(at, one);
          for (const auto& [at, one] : expected) model.erase(one);
          std::sort(expected.begin(), expected.end());
          RC_ASSERT(sorted(armed.advance(now)) == expected);
        }
      }
      RC_ASSERT(armed.size() == model.size());
      RC_ASSERT(armed.next_due().has_value() == !model.empty());
      for (const auto& [one, at] : model) RC_ASSERT(*armed.next_due() <= std::max(at, now));
    }
  }));
}
