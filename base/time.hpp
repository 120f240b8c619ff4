// Points in time and the one clock everything reads.
#pragma once

#include <chrono>
#include <cstdint>

namespace orderflow {

using std::chrono::milliseconds;

/// A point in time with the resolution that is stored, published and compared: milliseconds since the Unix epoch.
using timestamp = std::chrono::sys_time<milliseconds>;

/// Finer than any time that is shown: what lists are sorted by, so that nothing is ever listed at the time of something before
/// it.
using list_time = std::chrono::sys_time<std::chrono::microseconds>;

inline constexpr int64_t to_us(list_time at) { return at.time_since_epoch().count(); }
inline constexpr list_time from_us(int64_t us) { return list_time{std::chrono::microseconds{us}}; }

inline constexpr int64_t to_ms(timestamp at) { return at.time_since_epoch().count(); }
inline constexpr timestamp from_ms(int64_t ms) { return timestamp{milliseconds{ms}}; }

/// Where actors and sessions ask for the time. Thread rule: `now` may be called from any thread.
/// A step of the machine's wall clock must not make a deadline early, so the real one (`base/clock.hpp`) reads the wall
/// clock once, at start, and counts monotonic time from there; tests put a clock that they move by hand in its place.
class clock {
 public:
  virtual ~clock() = default;
  [[nodiscard]] virtual timestamp now() const = 0;
};

}  // namespace orderflow
