#include "base/clock.hpp"

#include <ctime>
#include <thread>

namespace orderflow {

namespace {

/// Between the reads of the two clocks the thread may have been made to wait; then they do not belong together.
constexpr milliseconds read_together{5};
constexpr int most_tries = 10;

milliseconds read_clock(clockid_t which) {
  timespec now{};
  ::clock_gettime(which, &now);
  return std::chrono::floor<milliseconds>(std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec});
}

timestamp read_wall() { return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()); }

}  // namespace

template <class F>
auto stepping_clock::with_steps(F what) const {
  while (busy_.test_and_set(std::memory_order_acquire)) std::this_thread::yield();
  const auto result = what();
  busy_.clear(std::memory_order_release);
  return result;
}

milliseconds stepping_clock::note_step() const {
  return with_steps([&] {
    const auto now = read();
    const auto step = steps_.step_to(now);
    if (step.count() != 0) steps_.note(now);
    return step;
  });
}

timestamp stepping_clock::not_before(timestamp from, timestamp due) const {
  note_step();
  return due + with_steps([&] { return steps_.forward_since(from); });
}

timestamp stepping_clock::unstepped(milliseconds span) const {
  note_step();
  const auto present = read();
  return present.wall - with_steps([&] { return steps_.within(span, present.monotonic); });
}

timestamp machine_clock::now() const { return readings_ ? readings_().wall : read_wall(); }

monotonic_time machine_clock::monotonic() const {
  return readings_ ? readings_().monotonic : monotonic_time{read_clock(CLOCK_BOOTTIME)};
}

wall_steps::reading machine_clock::read_machine() {
  wall_steps::reading taken{};
  for (int tries = 0; tries < most_tries; ++tries) {
    const auto before = read_clock(CLOCK_BOOTTIME);
    taken = {read_wall(), monotonic_time{before}};
    if (read_clock(CLOCK_BOOTTIME) - before < read_together) break;
  }
  return taken;
}

milliseconds time_suspended() { return read_clock(CLOCK_BOOTTIME) - read_clock(CLOCK_MONOTONIC); }

}  // namespace orderflow
