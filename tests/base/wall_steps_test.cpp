#include "base/wall_steps.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace orderflow;
using namespace std::chrono_literals;

namespace {

constexpr auto start = from_ms(1'700'000'000'000);

wall_steps::reading at(milliseconds passed, milliseconds stepped = 0ms) {
  return {start + passed + stepped, monotonic_time{10h + passed}};
}

}  // namespace

TEST_CASE("time that passes is no step, a difference of the two clocks is") {
  wall_steps steps{at(0ms)};
  CHECK(steps.step_to(at(48h)) == 0ms);
  CHECK(steps.step_to(at(1h, 49ms)) == 0ms);
  CHECK(steps.step_to(at(1h, 2h)) == 2h);
  CHECK(steps.step_to(at(1h, -2h)) == -2h);
  steps.note(at(1h, 2h));
  CHECK(steps.step_to(at(5h, 2h)) == 0ms);
  CHECK(steps.step_to(at(5h)) == -2h);
}

TEST_CASE("a step forward counts for what was set before it, and for nothing that is set after it") {
  wall_steps steps{at(0ms)};
  steps.note(at(1h, 2h));
  CHECK(steps.forward_since(start) == 2h);
  CHECK(steps.forward_since(start + 1h) == 2h);
  CHECK(steps.forward_since(start - 24h) == 2h);  // By an earlier process.
  CHECK(steps.forward_since(start + 3h) == 0ms);
  CHECK(steps.forward_since(start + 4h) == 0ms);
}

TEST_CASE("a step back counts for nothing: the wall clock has to come there again") {
  wall_steps steps{at(3h)};
  steps.note(at(4h, -2h));
  CHECK(steps.forward_since(start + 3h) == 0ms);
  CHECK(steps.forward_since(start + 2h + 10min) == 0ms);
}

TEST_CASE("steps add up, and one that is taken back leaves nothing") {
  wall_steps steps{at(0ms)};
  steps.note(at(1h, 2h));
  steps.note(at(2h, 5h));
  CHECK(steps.forward_since(start) == 5h);
  CHECK(steps.forward_since(start + 3h + 30min) == 3h);
  CHECK(steps.forward_since(start + 8h) == 0ms);
  steps.note(at(3h));
  CHECK(steps.forward_since(start) == 0ms);
  CHECK(steps.within(90min, monotonic_time{13h}) == -2h);
  CHECK(steps.within(24h, monotonic_time{13h}) == 0ms);
  CHECK(steps.within(1min, monotonic_time{14h}) == 0ms);
}

TEST_CASE("a machine whose clock never rests is remembered no further than is useful") {
  wall_steps steps{at(0ms)};
  for (int n = 1; n <= 1000; ++n) steps.note(at(n * 1s, n * 1h));
  CHECK(steps.forward_since(start + 999s + 999h) == 1h);
  CHECK(steps.forward_since(start) > 0h);
}
