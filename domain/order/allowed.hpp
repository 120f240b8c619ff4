// "What may be done with this order now?": the rules' own answer, without what follows from it.
#pragma once

#include "domain/order/commands.hpp"
#include "domain/order/order.hpp"

namespace orderflow {

/// `decide` would grant the request now, and something would come of it. Does not copy the order, as deciding does: whoever only
/// looks asks this for each command.
[[nodiscard]] bool is_allowed(const order& now, const order_command& wish);

}  // namespace orderflow
