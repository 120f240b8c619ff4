// The clocks: the machine's, and one that tests move by hand.
#pragma once

#include <atomic>
#include <functional>

#include "base/wall_steps.hpp"

namespace orderflow {

/// A clock whose wall time can be stepped, and that remembers by how much. Thread rule: any thread.
class stepping_clock : public clock {
 public:
  [[nodiscard]] timestamp now() const override { return read().wall; }
  [[nodiscard]] monotonic_time monotonic() const override { return read().monotonic; }
  [[nodiscard]] timestamp not_before(timestamp from, timestamp due) const final;
  [[nodiscard]] timestamp unstepped(milliseconds span) const final;

  /// Compares the clocks and remembers a step; to be called every now and then. What it was since the last one; 0: none.
  milliseconds note_step() const;

 protected:
  explicit stepping_clock(const wall_steps::reading& first) : steps_(first) {}
  [[nodiscard]] virtual wall_steps::reading read() const = 0;

 private:
  template <class F>
  auto with_steps(F what) const;

  mutable std::atomic_flag busy_ = ATOMIC_FLAG_INIT;  ///< Held for some comparisons, once per deadline.
  mutable wall_steps steps_;
};

/// The machine's: the wall clock as it is at each moment, and CLOCK_BOOTTIME.
class machine_clock final : public stepping_clock {
 public:
  machine_clock() : stepping_clock(read_machine()) {}
  /// Readings from elsewhere, for tests.
  explicit machine_clock(std::function<wall_steps::reading()> readings)
      : stepping_clock(readings()), readings_(std::move(readings)) {}

  [[nodiscard]] timestamp now() const override;
  [[nodiscard]] monotonic_time monotonic() const override;
  [[nodiscard]] static wall_steps::reading read_machine();

 private:
  [[nodiscard]] wall_steps::reading read() const override { return readings_ ? readings_() : read_machine(); }

  std::function<wall_steps::reading()> readings_;  ///< Empty: the machine's.
};

/// For how long the machine was suspended, in all, since it was started.
[[nodiscard]] milliseconds time_suspended();

/// Stands still until it is moved.
class manual_clock : public stepping_clock {
 public:
  explicit manual_clock(timestamp start = from_ms(1'700'000'000'000))
      : stepping_clock({start, monotonic_time{start.time_since_epoch()}}), wall_ms_(to_ms(start)), monotonic_ms_(to_ms(start)) {}

  /// Time passes; for the machine, awake or suspended.
  void advance(milliseconds by) {
    wall_ms_.fetch_add(by.count());
    monotonic_ms_.fetch_add(by.count());
  }
  /// Somebody sets the wall clock.
  void step(milliseconds by) { wall_ms_.fetch_add(by.count()); }
  void set(timestamp to) { wall_ms_.store(to_ms(to)); }

 private:
  [[nodiscard]] wall_steps::reading read() const override {
    return {from_ms(wall_ms_.load()), monotonic_time{milliseconds{monotonic_ms_.load()}}};
  }

  std::atomic<int64_t> wall_ms_;
  std::atomic<int64_t> monotonic_ms_;
};

}  // namespace orderflow
