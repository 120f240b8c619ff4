#include "http/pipeline/admission.hpp"

namespace orderflow {

namespace {

/// From this part of the in-flight limit on there is a queue. A disk that stands still for a moment makes the few who are there
/// wait, and turning others away would not help them.
constexpr size_t queue_begins_at = 64;

/// Share of the limits, in quarters, that a class may use up.
unsigned quarters_of(load_class what) {
  switch (what) {
    case load_class::create: return 4;
    case load_class::ordinary: return 5;
    case load_class::operation:
    case load_class::probe: return 6;
  }
  return 4;
}

}  // namespace

std::optional<shed_reason> admission_control::refuses(load_class what, bool writes) {
  if (what == load_class::probe) return std::nullopt;
  const auto load = gauge_();
  const auto quarters = quarters_of(what);
  const bool in_line = load.in_flight * queue_begins_at >= limits_.in_flight;
  const bool slow = in_line && load.queue_delay * 4 >= limits_.queue_delay * quarters;
  const bool full = load.in_flight * 4 >= limits_.in_flight * quarters;
  std::optional<shed_reason> why;
  if (load.store_away && (writes || full))
    why = shed_reason::store_away;
  else if (!load.store_away && (slow || full))
    why = shed_reason::load;
  else if (what == load_class::create && load.unsettled_payments >= limits_.unsettled_payments)
    why = shed_reason::payments;
  if (why) count(*why);
  return why;
}

bool admission_control::enter_wait() {
  if (waiting_ >= limits_.waiters) return false;
  ++waiting_;
  return true;
}

}  // namespace orderflow
