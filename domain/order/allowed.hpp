// "What may be done with this order now?": the rules' own answer, without what follows from it.
#pragma once

#include <string_view>
#include <vector>

#include "domain/order/commands.hpp"
#include "domain/order/order.hpp"

namespace orderflow {

/// `decide` would grant the request now, and something would come of it. Does not copy the order, as deciding does: whoever only
/// looks asks this for each command.
[[nodiscard]] bool is_allowed(const order& now, const order_command& command);

/// Names of the commands that are allowed now, as clients read them: checkout, pay, cancel, refund, ship, deliver, and an
/// operator's settle (an attempt), settle_shipment, settle_refund, settle_capture, settle_matter.
[[nodiscard]] std::vector<std::string_view> allowed_commands(const order& now);

}  // namespace orderflow
