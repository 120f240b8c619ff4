// One rule per command: the rows of the state table. Internal to domain/order; `decide` is the way in.
#pragma once

#include "base/assert.hpp"
#include "domain/order/decide.hpp"
#include "domain/order/stage.hpp"

namespace orderflow {

// Each looks at the state and says what follows from the command itself; what the money of the resulting state owes is added
// by `decide`. Requests are told that there is no order before their rule is asked, and reports about nothing are dropped,
// so only the two commands that make an order meet `stage::nothing`.

// decide_placing.cpp
[[nodiscard]] decision decide_one(const order& now, const open_cart& command, timestamp at);
[[nodiscard]] decision decide_one(const order& now, const replace_lines& command, timestamp at);
[[nodiscard]] decision decide_one(const order& now, const place_order& command, timestamp at);
[[nodiscard]] decision decide_one(const order& now, const checkout& command, timestamp at);
[[nodiscard]] decision decide_one(const order& now, const issue_invoice& command, timestamp at);
[[nodiscard]] decision decide_one(const order& now, const cart_was_settled& report, timestamp at);

// decide_stock.cpp
[[nodiscard]] decision decide_one(const order& now, const stock_was_reserved& report, timestamp at);
[[nodiscard]] decision decide_one(const order& now, const stock_was_refused& report, timestamp at);
[[nodiscard]] decision decide_one(const order& now, const stock_was_released& report, timestamp at);
[[nodiscard]] decision decide_one(const order& now, const stock_was_consumed& report, timestamp at);

// decide_payment.cpp
[[nodiscard]] decision decide_one(const order& now, const pay_order& command, timestamp at);
[[nodiscard]] decision decide_one(const order& now, const resolve_attempt& command, timestamp at);
[[nodiscard]] decision decide_one(const order& now, const money_was_captured& report, timestamp at);
[[nodiscard]] decision decide_one(const order& now, const payment_was_declined& report, timestamp at);
[[nodiscard]] decision decide_one(const order& now, const payment_has_no_answer& report, timestamp at);
[[nodiscard]] decision decide_one(const order& now, const payment_was_not_found& report, timestamp at);
[[nodiscard]] decision decide_one(const order& now, const charge_is_unknown& report, timestamp at);

// decide_refund.cpp
[[nodiscard]] decision decide_one(const order& now, const cancel_order& command, timestamp at);
[[nodiscard]] decision decide_one(const order& now, const refund_order& command, timestamp at);
[[nodiscard]] decision decide_one(const order& now, const refund_was_settled& report, timestamp at);
[[nodiscard]] decision decide_one(const order& now, const refund_was_refused& report, timestamp at);
[[nodiscard]] decision decide_one(const order& now, const refund_was_not_shown& report, timestamp at);
[[nodiscard]] decision decide_one(const order& now, const refund_was_seen& report, timestamp at);
[[nodiscard]] decision decide_one(const order& now, const refund_is_unknown& report, timestamp at);

// decide_shipping.cpp
[[nodiscard]] decision decide_one(const order& now, const ship_order& command, timestamp at);
[[nodiscard]] decision decide_one(const order& now, const deliver_order& command, timestamp at);
[[nodiscard]] decision decide_one(const order& now, const resolve_shipment& command, timestamp at);
[[nodiscard]] decision decide_one(const order& now, const shipment_was_booked& report, timestamp at);
[[nodiscard]] decision decide_one(const order& now, const booking_was_refused& report, timestamp at);

// decide_settlement.cpp
[[nodiscard]] decision decide_one(const order& now, const resolve_refund& command, timestamp at);
[[nodiscard]] decision decide_one(const order& now, const resolve_capture& command, timestamp at);
[[nodiscard]] decision decide_one(const order& now, const resolve_matter& command, timestamp at);

// decide_deadline.cpp
[[nodiscard]] decision decide_one(const order& now, const deadline_has_come& report, timestamp at);

/// "=": nothing new, the same answer.
[[nodiscard]] inline decision as_before() { return {}; }
[[nodiscard]] inline decision refuse(refusal why) { return {{}, why, false}; }
template <class... Events>
[[nodiscard]] decision follows(Events&&... events) {
  decision result;
  result.events.reserve(sizeof...(events) + 1);
  (result.events.emplace_back(std::forward<Events>(events)), ...);
  return result;
}

/// Payment may begin: what an order does whose stock is held, or that needs none. `total` and `pay_wish` are given because
/// the event that sets them may be part of the same decision.
void begin_payment(minor_units total, const std::optional<std::string>& requested_method, std::vector<order_event>& events);

/// `named` counts; what it leaves out stays as it was known.
[[nodiscard]] customer merged(customer known, const customer& named);

/// The paid order is given up: at once, or as a request while a booking at the carrier is outstanding.
[[nodiscard]] decision cancel_paid(const order& now, cancel_reason reason);

/// A person has to look: the next matter. `about`: the attempt or the refund.
[[nodiscard]] operator_needed next_matter(const order& now, operator_reason reason, std::string detail, minor_units amount = 0,
                                          uint32_t about = 0);

/// Folds an event without wrapping it into a fact.
void evolve(order& now, const order_event& event, timestamp at);

}  // namespace orderflow
