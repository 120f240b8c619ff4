#include "cli/clock_watch.hpp"

#include "base/log.hpp"

namespace orderflow {

namespace {

/// A shorter one is not told apart from the time between two reads, and explains nothing.
constexpr milliseconds suspension_worth_a_line{1000};

}  // namespace

void clock_watch::look() {
  time_.note_step();
  const auto now = machine_clock::read_machine();
  if (const auto step = seen_.step_to(now); step.count() != 0) {
    seen_.note(now);
    log_warn("clock-jumped", {{"by_ms", step.count()}, {"effect", "times that are shown follow it; no deadline comes early"}});
  }
  const auto suspended = time_suspended();
  if (suspended - suspended_ >= suspension_worth_a_line)
    log_warn("machine-was-suspended",
             {{"for_ms", (suspended - suspended_).count()}, {"effect", "deadlines that came meanwhile are met now"}});
  suspended_ = suspended;
}

}  // namespace orderflow
