// What clients are shown of an order's events: names and values of their own, so that the stored form may change without them.
// Amounts are numbers in the currency's own units, durations texts such as "10m", enums words. What is empty, zero or false is
// left out.
#pragma once

#include <string>

#include "domain/order/events.hpp"

namespace orderflow {

/// The event's `data` as a JSON object. `money` is the order's; an event about another currency says so itself.
[[nodiscard]] std::string view_of(const order_event& event, currency money);

}  // namespace orderflow
