// Steps of the wall clock, recognised by comparing it with monotonic time. Both run at the same pace, which NTP regulates; what
// moves one against the other is a step: by an operator, by NTP, of a virtual machine that was restored. Pure: readings come in.
#pragma once

#include <deque>

#include "base/time.hpp"

namespace orderflow {

class wall_steps {
 public:
  /// Both clocks at one moment.
  struct reading {
    timestamp wall;
    monotonic_time monotonic;
  };
  /// Below it a difference is the time between two reads.
  static constexpr milliseconds least{50};

  explicit wall_steps(const reading& first);

  /// By how much the wall clock was stepped since the last one noted; 0: not.
  [[nodiscard]] milliseconds step_to(const reading& now) const;
  /// To be called within a second of a step.
  void note(const reading& now);

  /// By how much more the wall clock has moved forward since `from` than time has passed. Never negative. Where `from` could
  /// have been said by the clock before a step and after it, the larger answer.
  [[nodiscard]] milliseconds forward_since(timestamp from) const;
  /// All steps noted in the `span` that ends at `now`, added up.
  [[nodiscard]] milliseconds within(milliseconds span, monotonic_time now) const;

 private:
  /// Between two steps the two clocks have one distance.
  struct stretch {
    timestamp begins;
    timestamp ends;  ///< By its own distance; of the last one unknown yet.
    monotonic_time began;
    milliseconds distance;
  };
  /// The oldest go first; that many are seen on no machine that is in order.
  static constexpr size_t most = 64;

  std::deque<stretch> stretches_;
};

}  // namespace orderflow
