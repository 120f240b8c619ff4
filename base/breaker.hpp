// Circuit breaker: after a row of failures a dependency is left alone for a while, then tried with one call. Pure: time comes in.
#pragma once

#include <cstdint>

#include "base/time.hpp"

namespace orderflow {

class breaker {
 public:
  struct limits {
    uint32_t failures = 20;                           ///< In a row: opens.
    milliseconds open_for = std::chrono::seconds{1};  ///< Then one call is let through.
  };

  breaker() = default;
  explicit breaker(limits to) : limits_(to) {}

  /// Whether a call may be made now. In the half-open state the first one asking gets the only place.
  [[nodiscard]] bool allows(timestamp now) {
    if (row_ < limits_.failures) return true;
    if (now < try_at_) return false;
    try_at_ = now + limits_.open_for;
    return true;
  }

  void succeeded() { row_ = 0; }

  void failed(timestamp now) {
    if (row_ < limits_.failures) ++row_;
    if (row_ >= limits_.failures) try_at_ = now + limits_.open_for;
  }

  [[nodiscard]] bool open() const { return row_ >= limits_.failures; }

 private:
  limits limits_{};
  uint32_t row_ = 0;
  timestamp try_at_{};
};

}  // namespace orderflow
