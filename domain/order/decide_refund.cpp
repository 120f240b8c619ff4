// Cancelling, and money that goes back.
#include "domain/order/books.hpp"
#include "domain/order/rules.hpp"

namespace orderflow {
namespace {

/// Granted, but carried out when something else has settled; asked again it is the same wish.
ruling wish_to_cancel(const order& now) {
  auto result = now.cancel_wish ? as_before() : follows(cancel_wished{});
  result.later = true;
  return result;
}

/// `amount` empty: all of the rest.
ruling refund_of_shipped(minor_units left, std::optional<minor_units> amount) {
  const auto grant = amount.value_or(left);
  return grant == 0 ? as_before() : follows(refund_granted{grant});
}

ruling refund_paid_for(const order& now, std::optional<minor_units> amount) {
  const auto left = now.accepted - now.granted;
  if (amount && *amount <= 0) return refuse(refusal::amount_must_be_positive);
  if (amount && *amount > left) return refuse(refusal::refund_must_not_exceed_capture);
  if (now.status != order_status::paid) return refund_of_shipped(left, amount);
  const auto part = amount && *amount < left;
  return part ? follows(refund_granted{*amount}) : cancel_paid(now, cancel_reason::refunded);
}

}  // namespace

ruling cancel_paid(const order& now, cancel_reason reason) {
  // The carrier may be booking at this moment: only its answer tells whether the parcel can still be kept.
  if (now.parcel.status == shipment_status::requested) return wish_to_cancel(now);
  return follows(order_cancelled{reason});
}

ruling decide_one(const order& now, const cancel_order&, timestamp) {
  switch (stage_of(now)) {
    case stage::awaiting_checkout:
    case stage::awaiting_stock:
    case stage::awaiting_payment: return follows(order_cancelled{cancel_reason::customer});
    case stage::payment_processing: return wish_to_cancel(now);
    case stage::paid: return cancel_paid(now, cancel_reason::customer);
    case stage::shipped:
    case stage::delivered: return refuse(refusal::order_must_not_be_shipped);
    case stage::nothing:
    case stage::cancelled: return as_before();
  }
  ORDERFLOW_UNREACHABLE("stage");
}

ruling decide_one(const order& now, const refund_order& wish, timestamp) {
  switch (stage_of(now)) {
    case stage::awaiting_checkout: return refuse(refusal::order_must_be_checked_out);
    case stage::nothing:
    case stage::awaiting_stock:
    case stage::awaiting_payment:
    case stage::payment_processing: return refuse(refusal::order_must_be_paid);
    case stage::paid:
    case stage::shipped:
    case stage::delivered: return refund_paid_for(now, wish.amount);
    case stage::cancelled: return wish.amount ? refuse(refusal::order_must_not_be_cancelled) : as_before();
  }
  ORDERFLOW_UNREACHABLE("stage");
}

ruling decide_one(const order& now, const refund_was_settled& report, timestamp at) {
  const auto ours = report.number >= 1 && report.number <= now.refunds.size();
  if (ours && now.refunds[report.number - 1].status != refund_status::settled)
    return follows(refund_settled{report.number, report.cumulative});
  return decide_one(now, refund_was_seen{report.cumulative}, at);
}

ruling decide_one(const order& now, const refund_was_refused& report, timestamp) {
  const auto ours = report.number >= 1 && report.number <= now.refunds.size();
  if (!ours || now.refunds[report.number - 1].status != refund_status::started) return as_before();
  return follows(refund_refused{report.number, report.reason}, operator_needed{operator_reason::refund_refused});
}

ruling decide_one(const order& now, const refund_was_seen& report, timestamp) {
  // Up to what we have asked for it may be our own refund, whose answer tells the rest.
  const auto asked_for = saturating_add(settled_refunds(now), started_refunds(now));
  const auto news = report.cumulative > asked_for && report.cumulative > now.refunded_by_gateway;
  return news ? follows(outside_refund_recorded{report.cumulative}) : as_before();
}

}  // namespace orderflow
