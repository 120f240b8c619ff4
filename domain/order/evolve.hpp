// Folding events. Total: a fact cannot be refused. Asserts that only the diagram's transitions happen (I7).
#pragma once

#include "domain/order/events.hpp"

namespace orderflow {

/// Folds one event, in place; `version` grows by one, `updated_at` becomes the fact's time.
void evolve(order& now, const recorded_event& recorded);

/// The diagram's transitions, DD-ORDER-001 §4 (and "from nothing" to pending).
[[nodiscard]] bool may_follow(order_status before, order_status after);

}  // namespace orderflow
