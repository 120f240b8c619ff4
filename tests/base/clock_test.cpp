#include "base/clock.hpp"

#include <catch2/catch_test_macros.hpp>
#include <thread>
#include <vector>

using namespace orderflow;
using namespace std::chrono_literals;

TEST_CASE("the real clock begins with the wall clock and never runs backwards, from any thread") {
  const auto wall_before = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  const anchored_clock time;
  const auto first = time.now();
  const auto wall_after = std::chrono::system_clock::now();
  CHECK(first >= wall_before);
  CHECK(first <= wall_after);

  std::atomic<bool> backwards{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i)
    readers.emplace_back([&] {
      auto last = time.now();
      for (int turn = 0; turn < 20'000; ++turn) {
        const auto next = time.now();
        if (next < last) backwards = true;
        last = next;
      }
    });
  for (auto& reader : readers) reader.join();
  CHECK_FALSE(backwards);
}

TEST_CASE("the real clock keeps pace with monotonic time") {
  const anchored_clock time;
  const auto steady_start = std::chrono::steady_clock::now();
  const auto start = time.now();
  while (time.now() < start + 20ms) REQUIRE(std::chrono::steady_clock::now() < steady_start + 5s);
  // Both readings are cut to whole milliseconds, hence the one that may be missing.
  CHECK(std::chrono::steady_clock::now() - steady_start >= 19ms);
}

TEST_CASE("the manual clock stands still until it is moved") {
  manual_clock time{from_ms(1'000)};
  CHECK(time.now() == from_ms(1'000));
  time.advance(250ms);
  CHECK(time.now() == from_ms(1'250));
  time.set(from_ms(7));
  CHECK(time.now() == from_ms(7));
}
