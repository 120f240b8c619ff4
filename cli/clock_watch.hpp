// Tells the log when the machine's wall clock was set, or the machine was suspended: both explain times that look wrong.
// Thread rule: one owner.
#pragma once

#include "base/clock.hpp"

namespace orderflow {

class clock_watch {
 public:
  explicit clock_watch(const machine_clock& time) : time_(time), seen_(machine_clock::read_machine()) {}

  /// To be called several times a second: deadlines, too, rely on steps being noted soon.
  void look();

 private:
  const machine_clock& time_;
  wall_steps seen_;
  milliseconds suspended_ = time_suspended();
};

}  // namespace orderflow
