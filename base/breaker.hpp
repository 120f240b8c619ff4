// Circuit breaker: after a row of failures a dependency is left alone for a while, then tried with a few calls. Pure: time
// comes in. A few rather than one, so that a handful of calls that fail for reasons of their own cannot hold all others back.
#pragma once

#include <cstdint>

#include "base/time.hpp"

namespace orderflow {

class breaker {
 public:
  struct limits {
    uint32_t failures = 20;                           ///< In a row: opens.
    milliseconds open_for = std::chrono::seconds{1};  ///< Then `trials` calls are let through, and so on each time.
    uint32_t trials = 10;
  };

  breaker() = default;
  explicit breaker(limits to) : limits_(to) {}

  /// Whether a call may be made now. In the half-open state the first ones asking get the places.
  [[nodiscard]] bool allows(monotonic_time now) {
    if (!open()) return true;
    if (now >= try_at_) {
      try_at_ = now + limits_.open_for;
      trials_left_ = limits_.trials;
    }
    if (trials_left_ == 0) return false;
    --trials_left_;
    return true;
  }

  void succeeded() { row_ = 0; }

  /// A trial that fails takes nothing from the other trials and starts no new pause: the pace of an open breaker is fixed.
  void failed(monotonic_time now) {
    if (open() || ++row_ < limits_.failures) return;
    try_at_ = now + limits_.open_for;
    trials_left_ = 0;
  }

  [[nodiscard]] bool open() const { return row_ >= limits_.failures; }

 private:
  limits limits_{};
  uint32_t row_ = 0;
  uint32_t trials_left_ = 0;
  monotonic_time try_at_{};
};

}  // namespace orderflow
