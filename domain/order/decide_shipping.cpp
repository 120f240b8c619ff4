// Handing the goods over: the carrier's bookings and what persons say about them.
#include <algorithm>

#include "domain/order/rules.hpp"

namespace orderflow {
namespace {

bool refund_in_progress(const order& now) {
  return std::ranges::any_of(now.refunds, [](const refund_record& one) { return one.status == refund_status::started; });
}

decision ship_paid(const order& now, const ship_order& command) {
  if (now.cancel_requested || refund_in_progress(now)) return refuse(refusal::refund_must_settle_first);
  if (!command.tracking.empty()) return follows(order_shipped{command.tracking, false});
  if (now.shipment.status == shipment_status::requested) return as_before();
  auto receiver = merged(now.who, command.to);
  return follows(shipment_requested{receiver == now.who ? customer{} : std::move(receiver)});
}

/// The booking did not take place: the request to cancel has waited for this.
decision booking_failed(const order& now, const std::string& reason) {
  if (now.cancel_requested) return follows(booking_refused{reason}, order_cancelled{cancel_reason::customer});
  return follows(booking_refused{reason}, next_matter(now, operator_reason::booking_refused, reason));
}

bool booking_is_open(const order& now) {
  return now.status == order_status::paid && now.shipment.status == shipment_status::requested;
}

}  // namespace

decision decide_one(const order& now, const ship_order& command, timestamp) {
  switch (stage_of(now)) {
    case stage::awaiting_checkout: return refuse(refusal::order_must_be_checked_out);
    case stage::nothing:
    case stage::awaiting_stock:
    case stage::awaiting_payment:
    case stage::payment_processing: return refuse(refusal::order_must_be_paid);
    case stage::paid: return ship_paid(now, command);
    case stage::shipped:
      return command.tracking.empty() || command.tracking == now.shipment.tracking ? as_before()
                                                                                   : refuse(refusal::tracking_must_be_the_same);
    case stage::delivered: return refuse(refusal::order_must_not_be_shipped);
    case stage::cancelled: return refuse(refusal::order_must_not_be_cancelled);
  }
  ORDERFLOW_UNREACHABLE("stage");
}

decision decide_one(const order& now, const deliver_order&, timestamp) {
  switch (stage_of(now)) {
    case stage::nothing:
    case stage::awaiting_checkout:
    case stage::awaiting_stock:
    case stage::awaiting_payment:
    case stage::payment_processing:
    case stage::paid: return refuse(refusal::order_must_be_shipped);
    case stage::shipped: return follows(order_delivered{});
    case stage::delivered: return as_before();
    case stage::cancelled: return refuse(refusal::order_must_not_be_cancelled);
  }
  ORDERFLOW_UNREACHABLE("stage");
}

decision decide_one(const order& now, const resolve_shipment& command, timestamp) {
  if (!booking_is_open(now)) return refuse(refusal::booking_must_be_open);
  auto outcome = booking_failed(now, command.why);
  outcome.events.insert(outcome.events.begin(), operator_resolved{"booking did not take place", command.why, command.by});
  return outcome;
}

decision decide_one(const order& now, const shipment_was_booked& report, timestamp) {
  switch (stage_of(now)) {
    case stage::paid: return follows(order_shipped{report.tracking, now.cancel_requested});
    case stage::cancelled: {
      const auto known = now.shipment.status == shipment_status::booked && now.shipment.tracking == report.tracking;
      if (known) return as_before();
      return follows(late_booking_recorded{report.tracking},
                     next_matter(now, operator_reason::booked_after_cancel, report.tracking));
    }
    case stage::nothing:
    case stage::awaiting_checkout:
    case stage::awaiting_stock:
    case stage::awaiting_payment:
    case stage::payment_processing:
    case stage::shipped:
    case stage::delivered: return as_before();
  }
  ORDERFLOW_UNREACHABLE("stage");
}

decision decide_one(const order& now, const booking_was_refused& report, timestamp) {
  return booking_is_open(now) ? booking_failed(now, report.reason) : as_before();
}

}  // namespace orderflow
