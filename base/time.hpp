// Points in time, and the one clock everything reads. There are two kinds of time, of types that do not mix: the wall clock's,
// which people see, tokens carry and the store keeps, and which an operator or NTP may step; and monotonic time, for waiting and
// for durations, which nobody can step.
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

/// Names the kind of `monotonic_time`; it is read through `clock`.
struct monotonic_clock {
  using duration = milliseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<monotonic_clock>;
  static constexpr bool is_steady = true;
};
/// Counts on while the machine is suspended. Means nothing outside the process.
using monotonic_time = monotonic_clock::time_point;

/// Where actors and sessions ask for the time. Thread rule: all members may be called from any thread.
class clock {
 public:
  virtual ~clock() = default;
  /// What the wall says now.
  [[nodiscard]] virtual timestamp now() const = 0;
  [[nodiscard]] virtual monotonic_time monotonic() const { return monotonic_time{now().time_since_epoch()}; }

  /// When, by the wall clock as it goes now, a deadline may fire that was set at `from` for `due`. It is `due`, unless the wall
  /// clock was stepped forward since `from`: then it is later by as much, because no more time has really passed. Stepped
  /// back, the wall clock has to come to `due` again. So no deadline is early by either clock.
  [[nodiscard]] virtual timestamp not_before([[maybe_unused]] timestamp from, timestamp due) const { return due; }
  /// What the wall would say now without its steps of the last `span`.
  [[nodiscard]] virtual timestamp unstepped([[maybe_unused]] milliseconds span) const { return now(); }
  /// Less than `span` has passed since `at`, however the wall clock was stepped meanwhile.
  [[nodiscard]] bool is_recent(timestamp at, milliseconds span) const {
    const auto lies_within = [&](timestamp present) { return at <= present && present - at < span; };
    return lies_within(now()) || lies_within(unstepped(span));
  }
};

}  // namespace orderflow
