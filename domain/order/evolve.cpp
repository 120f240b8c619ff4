#include "domain/order/evolve.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "domain/order/money_totals.hpp"
#include "domain/order/rules.hpp"

namespace orderflow {
namespace {

void move_to(order& now, order_status next) {
  ORDERFLOW_ASSERT(may_follow(now.status, next));
  now.status = next;
}

void wait_for(order& now, pending_reason reason) {
  ORDERFLOW_ASSERT(now.status == order_status::pending);
  now.reason = reason;
}

void begin_stock(order& now, uint32_t round) {
  now.stock = round == 0 ? stock_status::none : stock_status::requested;
  if (round != 0) now.round = round;
  wait_for(now, round == 0 ? pending_reason::awaiting_payment : pending_reason::awaiting_stock);
}

/// Money that went back counts against unmatched captures first, then as a granted part of the accepted one. So what is kept and
/// what was refunded never add up to more than what was captured, also when somebody returned money without us.
void grant_what_went_back(order& now) {
  const auto of_the_accepted = std::min(now.accepted, refunded_sum(now) - unmatched_sum(now));
  now.granted = std::max(now.granted, of_the_accepted);
}

payment_attempt& attempt_of(order& now, uint32_t number) {
  ORDERFLOW_ASSERT(number >= 1 && number <= now.attempts.size());
  return now.attempts[number - 1];
}

refund_record& refund_of(order& now, uint32_t number) {
  ORDERFLOW_ASSERT(number >= 1 && number <= now.refunds.size());
  return now.refunds[number - 1];
}

/// One reason is shown at a time, that of the matter which came up last. Without matters (they were not always kept) what is
/// settled gives way to a refused refund, which only a person can get through.
void look_for_other_needs(order& now) {
  if (!now.matters.empty()) {
    now.needs_operator = now.matters.back().reason;
    return;
  }
  const auto refused = [](const refund_record& one) { return one.status == refund_status::refused; };
  now.needs_operator = std::ranges::any_of(now.refunds, refused) ? operator_reason::refund_refused : operator_reason::none;
}

void close_matters(order& now, auto&& resolved) {
  if (std::erase_if(now.matters, resolved) > 0) look_for_other_needs(now);
}

void stop_needing(order& now, operator_reason reason, uint32_t about = 0) {
  close_matters(now, [&](const operator_matter& one) { return one.reason == reason && one.about == about; });
  if (now.needs_operator == reason) look_for_other_needs(now);
}

/// What becomes of the refund is known.
void stop_needing_for_refund(order& now, uint32_t number) {
  stop_needing(now, operator_reason::refund_refused, number);
  stop_needing(now, operator_reason::refund_unknown_to_gateway, number);
}

// Placing.

void evolve_one(order& now, const cart_opened& e, timestamp at) {
  ORDERFLOW_ASSERT(!now.exists());
  now.id = e.id;
  now.source = e.source;
  now.who = e.who;
  now.money = e.money;
  now.lines = e.lines;
  now.total = e.total;
  now.timers = e.timers;
  now.tax_policy = e.tax;
  now.tax = e.tax_amount;
  now.from_cart = true;
  now.created_at = at;
  wait_for(now, pending_reason::awaiting_checkout);
}

void evolve_one(order& now, const cart_changed& e, timestamp) {
  if (now.round != 0 && (now.former.empty() || now.former.back().last_round < now.round)) {
    former_lines asked{now.round, {}};
    std::ranges::copy_if(now.lines, std::back_inserter(asked.lines), &order_line::tracked);
    now.former.push_back(std::move(asked));
  }
  now.lines = e.lines;
  now.total = e.total;
  now.tax = e.tax_amount;
}

void evolve_one(order& now, const order_placed& e, timestamp at) {
  ORDERFLOW_ASSERT(!now.exists());
  now.id = e.id;
  now.source = e.source;
  now.who = e.who;
  now.money = e.money;
  now.lines = e.lines;
  now.total = e.total;
  now.timers = e.timers;
  now.tax_policy = e.tax;
  now.tax = e.tax_amount;
  now.requested_method = e.pay_with;
  now.decline_cancels = e.decline_cancels;
  now.cart = e.cart;
  now.created_at = at;
  now.placed_at = at;
  begin_stock(now, e.round);
}

void evolve_one(order& now, const cart_settled&, timestamp) { now.cart_settled = true; }

void evolve_one(order& now, const cart_checked_out& e, timestamp at) {
  now.who = e.who;
  now.requested_method = e.pay_with;
  // Every timer counts from placing, so a second checkout starts them all again.
  now.placed_at = at;
  now.alerts = {};
  begin_stock(now, e.round);
}

// Stock.

void evolve_one(order& now, const stock_held&, timestamp) {
  now.stock = stock_status::held;
  wait_for(now, pending_reason::awaiting_payment);
}

void evolve_one(order& now, const stock_refused& e, timestamp) {
  now.stock = stock_status::refused;
  now.short_of = e.short_of;
  if (!e.reopened) return;
  now.requested_method.reset();
  now.invoiced = false;
  wait_for(now, pending_reason::awaiting_checkout);
}

void evolve_one(order& now, const stock_came_late& e, timestamp) { now.late_rounds.push_back(e.round); }

void evolve_one(order& now, const stock_released& e, timestamp) {
  std::erase(now.late_rounds, e.round);
  if (now.stock != stock_status::releasing || now.round != e.round) return;
  now.stock = stock_status::released;
  now.stock_was_held = false;
}

void evolve_one(order& now, const stock_consumed&, timestamp) { now.stock = stock_status::consumed; }

// Payment.

void evolve_one(order& now, const payment_requested& e, timestamp) { now.requested_method = e.method; }

void evolve_one(order& now, const payment_started& e, timestamp at) {
  move_to(now, order_status::payment_processing);
  now.requested_method.reset();
  payment_attempt attempt;
  attempt.method = e.method;
  attempt.started_at = at;
  now.attempts.push_back(std::move(attempt));
}

void evolve_one(order& now, const payment_captured& e, timestamp at) {
  move_to(now, order_status::paid);
  auto& attempt = attempt_of(now, now.current_attempt());
  attempt.status = attempt_status::captured;
  attempt.transaction = e.transaction;
  attempt.settled_at = at;
  now.accepted = e.amount;
  now.paid_at = at;
  now.expiry_requested = false;
  stop_needing(now, operator_reason::charge_unknown_to_gateway, now.current_attempt());
  grant_what_went_back(now);
}

void evolve_one(order& now, const payment_declined& e, timestamp at) {
  auto& attempt = attempt_of(now, e.attempt);
  attempt.status = attempt_status::declined;
  attempt.reason = e.reason;
  attempt.settled_at = at;
  stop_needing(now, operator_reason::charge_unknown_to_gateway, e.attempt);
  move_to(now, order_status::pending);
  now.reason = pending_reason::awaiting_payment;
}

void evolve_one(order& now, const payment_unknown& e, timestamp) { attempt_of(now, e.attempt).status = attempt_status::unknown; }

void evolve_one(order& now, const charge_question_opened& e, timestamp) { attempt_of(now, e.attempt).asked_about = true; }

void evolve_one(order& now, const charge_question_closed& e, timestamp) { attempt_of(now, e.attempt).asked_about = false; }

void evolve_one(order& now, const early_capture_recorded& e, timestamp) {
  now.early_capture = e.transaction;
  now.accepted = e.amount;
  grant_what_went_back(now);
}

void evolve_one(order& now, const unmatched_capture_recorded& e, timestamp at) {
  // What was recorded without a reason folds into what it was then.
  const auto known = e.why != unmatched_reason::none;
  now.unmatched.push_back({e.transaction, e.amount, known ? e.attempt : 0, e.why, known ? at : timestamp{}});
}

void evolve_one(order& now, const foreign_capture_recorded& e, timestamp at) {
  const auto is_it = [&](const foreign_capture& one) { return one.transaction == e.transaction && one.money == e.money; };
  const auto known = std::ranges::find_if(now.foreign_captures, is_it);
  if (known != now.foreign_captures.end())
    known->amount = e.amount;
  else
    now.foreign_captures.push_back({e.transaction, e.amount, e.money, e.attempt, at});
}

// Refunds.

void evolve_one(order& now, const refund_granted& e, timestamp) {
  now.granted += e.amount;
  ORDERFLOW_ASSERT(now.granted <= now.accepted);
}

void evolve_one(order& now, const refund_started& e, timestamp at) {
  refund_record refund;
  refund.amount = e.amount;
  refund.started_at = at;
  now.refunds.push_back(refund);
}

void evolve_one(order& now, const refund_settled& e, timestamp at) {
  auto& refund = refund_of(now, e.number);
  refund.status = refund_status::settled;
  refund.settled_at = at;
  now.refunded_by_gateway = std::max(now.refunded_by_gateway, e.cumulative);
  stop_needing_for_refund(now, e.number);
  grant_what_went_back(now);
}

void evolve_one(order& now, const refund_refused& e, timestamp at) {
  auto& refund = refund_of(now, e.number);
  refund.status = refund_status::refused;
  refund.settled_at = at;
  stop_needing(now, operator_reason::refund_unknown_to_gateway, e.number);
}

void evolve_one(order& now, const refund_replaced& e, timestamp) {
  refund_of(now, e.number).status = refund_status::replaced;
  stop_needing_for_refund(now, e.number);
}

void evolve_one(order& now, const refund_made_otherwise& e, timestamp at) {
  auto& refund = refund_of(now, e.number);
  refund.status = refund_status::by_other_means;
  refund.settled_at = at;
  stop_needing_for_refund(now, e.number);
  grant_what_went_back(now);
}

void evolve_one(order& now, const external_refund_recorded& e, timestamp at) {
  now.refunded_by_gateway = std::max(now.refunded_by_gateway, e.cumulative);
  if (e.amount > 0) now.external_refunds.push_back({e.amount, at});
  grant_what_went_back(now);
}

// Cancelling.

void evolve_one(order& now, const cancel_requested&, timestamp) { now.cancel_requested = true; }

void evolve_one(order& now, const expiry_requested&, timestamp) { now.expiry_requested = true; }

void evolve_one(order& now, const order_cancelled& e, timestamp) {
  move_to(now, order_status::cancelled);
  now.cancelled_because = e.reason;
  now.cancel_requested = false;
  now.expiry_requested = false;
  now.requested_method.reset();
  stop_needing(now, operator_reason::booking_refused);
  if (now.stock == stock_status::requested || now.stock == stock_status::held) {
    now.stock_was_held = now.stock == stock_status::held;
    now.stock = stock_status::releasing;
  }
}

// Shipping.

void evolve_one(order& now, const shipment_requested& e, timestamp) {
  if (e.who != customer{}) now.who = e.who;
  now.shipment.status = shipment_status::requested;
  stop_needing(now, operator_reason::booking_refused);
}

void evolve_one(order& now, const order_shipped& e, timestamp) {
  move_to(now, order_status::shipped);
  now.shipment = {shipment_status::booked, e.tracking};
  now.cancel_requested = false;
  stop_needing(now, operator_reason::booking_refused);
}

void evolve_one(order& now, const late_booking_recorded& e, timestamp) { now.shipment = {shipment_status::booked, e.tracking}; }

void evolve_one(order& now, const booking_refused&, timestamp) { now.shipment = {}; }

void evolve_one(order& now, const order_delivered&, timestamp) { move_to(now, order_status::delivered); }

void evolve_one(order& now, const invoice_issued& e, timestamp) {
  now.who = e.who;
  now.invoiced = true;
}

// Alerts and people.

void evolve_one(order& now, const payment_reminded&, timestamp) { now.alerts.payment_reminder = true; }
void evolve_one(order& now, const payment_alert_raised&, timestamp) { now.alerts.payment_alert = true; }
void evolve_one(order& now, const stock_alert_raised&, timestamp) { now.alerts.stock_alert = true; }
void evolve_one(order& now, const shipping_alert_raised&, timestamp) { now.alerts.shipping_alert = true; }
void evolve_one(order& now, const operator_needed& e, timestamp at) {
  now.needs_operator = e.reason;
  if (e.number == 0) return;
  now.matters.push_back({e.number, e.reason, e.detail, e.amount, e.about, at, e.money});
  now.last_matter = e.number;
}
void evolve_one(order& now, const matter_closed& e, timestamp) {
  close_matters(now, [&](const operator_matter& one) { return one.number == e.number; });
}
void evolve_one(order& now, const operator_resolved&, timestamp) { look_for_other_needs(now); }

}  // namespace

bool may_follow(order_status before, order_status after) {
  using enum order_status;
  switch (before) {
    case pending: return after == payment_processing || after == cancelled;
    case payment_processing: return after == paid || after == pending;
    case paid: return after == shipped || after == cancelled;
    case shipped: return after == delivered;
    case delivered:
    case cancelled: return false;
  }
  ORDERFLOW_UNREACHABLE("order_status");
}

void evolve(order& now, const order_event& event, timestamp at) {
  std::visit([&](const auto& one) { evolve_one(now, one, at); }, event);
  ++now.version;
  now.updated_at = at;
}

void evolve(order& now, const recorded_event& recorded) { evolve(now, recorded.event, recorded.at); }

}  // namespace orderflow
