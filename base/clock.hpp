// The clocks: the real one, and one that tests move by hand.
#pragma once

#include <atomic>

#include "base/time.hpp"

namespace orderflow {

/// The process's clock: the wall clock read once, at construction, and monotonic time counted from there. A step of the wall
/// clock (an operator, NTP) therefore moves no deadline; it is seen at the next start. Thread rule: any thread, without a lock.
class anchored_clock final : public clock {
 public:
  anchored_clock();
  [[nodiscard]] timestamp now() const override;

 private:
  timestamp wall_at_start_;
  std::chrono::steady_clock::time_point steady_at_start_;
};

/// Stands still until it is moved. Thread rule: any thread, without a lock.
class manual_clock final : public clock {
 public:
  explicit manual_clock(timestamp start = from_ms(1'700'000'000'000)) : ms_(to_ms(start)) {}
  [[nodiscard]] timestamp now() const override { return from_ms(ms_.load()); }
  void advance(milliseconds by) { ms_.fetch_add(by.count()); }
  void set(timestamp to) { ms_.store(to_ms(to)); }

 private:
  std::atomic<int64_t> ms_;
};

}  // namespace orderflow
