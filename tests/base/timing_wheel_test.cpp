#include "base/timing_wheel.hpp"

#include <rapidcheck.h>

#include <catch2/catch_test_macros.hpp>
#include <map>

using namespace orderflow;
using namespace std::chrono_literals;

namespace {

using wheel = timing_wheel<int, timestamp>;

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

TEST_CASE("armed no later than, the earlier of the two times counts, whichever came first") {
  wheel armed{start};
  armed.arm(1, start + 10ms);
  armed.arm_no_later(1, start + 5h);
  armed.arm(2, start + 5h);
  armed.arm_no_later(2, start + 10ms);
  armed.arm_no_later(3, start + 10ms);
  CHECK(keys_of(armed.advance(start + 1h)) == std::vector{1, 2, 3});
  CHECK(armed.size() == 0);
}

TEST_CASE("an item that is moved leaves its neighbours in the slot where they are") {
  wheel armed{start};
  for (int key = 0; key < 5; ++key) armed.arm(key, start + 1min);
  for (const int key : {0, 2, 4}) armed.arm(key, start + 1h);
  CHECK(keys_of(armed.advance(start + 1min)) == std::vector{1, 3});
  CHECK(keys_of(armed.advance(start + 1h)) == std::vector{0, 2, 4});
}

TEST_CASE("a time that has passed is due at the next advance") {
  wheel armed{start};
  armed.arm(1, start - 1h);
  armed.arm(2, start);
  armed.arm(3, from_ms(-5));
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
  CHECK(keys_of(armed.advance(timestamp::max())) == std::vector{1});
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
        case 3: {
          const auto at = now + *any_distance();
          armed.arm_no_later(key, at);
          const auto [place, fresh] = model.try_emplace(key, at);
          if (!fresh) place->second = std::min(place->second, at);
          break;
        }
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
    }
  }));
}
