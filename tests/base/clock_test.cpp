#include "base/clock.hpp"

#include <catch2/catch_test_macros.hpp>
#include <thread>
#include <vector>

using namespace orderflow;
using namespace std::chrono_literals;

TEST_CASE("the machine's clock is the wall clock, and its monotonic time never runs backwards, from any thread") {
  const auto wall_before = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  const machine_clock time;
  const auto first = time.now();
  const auto wall_after = std::chrono::system_clock::now();
  CHECK(first >= wall_before);
  CHECK(first <= wall_after);

  std::atomic<bool> backwards{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i)
    readers.emplace_back([&] {
      auto last = time.monotonic();
      for (int turn = 0; turn < 20'000; ++turn) {
        const auto next = time.monotonic();
        if (next < last) backwards = true;
        last = next;
      }
    });
  for (auto& reader : readers) reader.join();
  CHECK_FALSE(backwards);
}

TEST_CASE("the machine's clocks keep pace with each other") {
  const machine_clock time;
  const auto steady_start = std::chrono::steady_clock::now();
  const auto start = time.monotonic();
  while (time.monotonic() < start + 20ms) REQUIRE(std::chrono::steady_clock::now() < steady_start + 5s);
  // Both readings are cut to whole milliseconds, hence the one that may be missing.
  CHECK(std::chrono::steady_clock::now() - steady_start >= 19ms);
}

TEST_CASE("the machine's clock follows the wall clock when that is set, and its deadlines are early by neither clock") {
  constexpr auto start = from_ms(1'700'000'000'000);
  milliseconds passed{0};
  milliseconds stepped{0};
  const machine_clock time{[&] { return wall_steps::reading{start + passed + stepped, monotonic_time{passed}}; }};
  const auto due = start + 30min;
  const auto has_come = [&] { return time.now() >= time.not_before(start, due); };
  SECTION("two hours ahead") {
    passed = 5min;
    stepped = 2h;
    CHECK(time.now() == start + 2h + 5min);
    CHECK(time.monotonic() == monotonic_time{5min});
    CHECK_FALSE(has_come());
    passed = 30min - 1ms;
    CHECK_FALSE(has_come());
    passed = 30min;
    CHECK(has_come());
    CHECK(time.not_before(start + 2h + 10min, start + 3h) == start + 3h);  // Set after the step.
  }
  SECTION("two hours back") {
    passed = 5min;
    stepped = -2h;
    CHECK(time.now() == start - 115min);
    CHECK_FALSE(has_come());
    passed = 30min;
    CHECK_FALSE(has_come());
    passed = 150min - 1ms;
    CHECK_FALSE(has_come());
    passed = 150min;
    CHECK(has_come());
  }
  SECTION("a machine that was suspended for two hours is later by both") {
    passed = 2h;
    CHECK(has_come());
    CHECK(time.note_step() == 0ms);
  }
  SECTION("a step is told once") {
    stepped = 2h;
    CHECK(time.note_step() == 2h);
    CHECK(time.note_step() == 0ms);
    CHECK(time.unstepped(5min) == start);
    passed = 10min;
    CHECK(time.unstepped(5min) == start + 2h + 10min);
  }
}

TEST_CASE("the manual clock stands still until it is moved") {
  manual_clock time{from_ms(1'000)};
  CHECK(time.now() == from_ms(1'000));
  time.advance(250ms);
  CHECK(time.now() == from_ms(1'250));
  time.set(from_ms(7));
  CHECK(time.now() == from_ms(7));
}

TEST_CASE("a manual clock that is stepped measures the same durations as before") {
  manual_clock time{from_ms(1'000'000)};
  const auto began = time.monotonic();
  time.step(2h);
  CHECK(time.now() == from_ms(1'000'000) + 2h);
  CHECK(time.monotonic() == began);
  time.step(-4h);
  time.advance(3s);
  CHECK(time.monotonic() == began + 3s);
}
