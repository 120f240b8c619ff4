// Cancelling, and money that goes back.
#include <algorithm>
#include <iterator>

#include "domain/order/money_totals.hpp"
#include "domain/order/rules.hpp"

namespace orderflow {
namespace {

/// Granted, but carried out when something else has settled; asked again it is the same request.
decision request_to_cancel(const order& now) {
  auto result = now.cancel_requested ? as_before() : follows(cancel_requested{});
  result.accepted = true;
  return result;
}

/// `amount` empty: all of the rest.
decision refund_of_shipped(minor_units left, std::optional<minor_units> amount) {
  const auto grant = amount.value_or(left);
  return grant == 0 ? as_before() : follows(refund_granted{grant});
}

decision refund_paid_for(const order& now, std::optional<minor_units> amount) {
  const auto left = now.accepted - now.granted;
  if (amount && *amount <= 0) return refuse(refusal::amount_must_be_positive);
  if (amount && *amount > left) return refuse(refusal::refund_must_not_exceed_capture);
  if (now.status != order_status::paid) return refund_of_shipped(left, amount);
  const auto part = amount && *amount < left;
  return part ? follows(refund_granted{*amount}) : cancel_paid(now, cancel_reason::refunded);
}

const refund_record* refund_of(const order& now, uint32_t number) {
  return number >= 1 && number <= now.refunds.size() ? &now.refunds[number - 1] : nullptr;
}

/// The part of the gateway's figure that nobody has explained was returned without us.
void add_external_refund(minor_units cumulative, minor_units explained, std::vector<order_event>& events) {
  if (cumulative > explained) events.emplace_back(external_refund_recorded{cumulative, cumulative - explained});
}

/// What the gateway says it has returned, `without` a part of our refunds: less of it has an explanation then. Where none of ours
/// is under way besides, the figure is taken as it is: an operator's word on a refund comes without one.
void add_figure(const order& now, minor_units cumulative, minor_units without, std::vector<order_event>& events) {
  add_external_refund(cumulative, explained_refunds(now) - without, events);
  const auto is_known = cumulative <= std::max(now.refunded_by_gateway, settled_refunds(now));
  if (events.empty() && !is_known && started_refunds(now) == without) events.emplace_back(external_refund_recorded{cumulative});
}

bool fits(const order& now, const refund_record& one, minor_units cumulative) {
  return one.amount <= left_to_return(now, cumulative);
}

}  // namespace

decision cancel_paid(const order& now, cancel_reason reason) {
  // The carrier may be booking at this moment: only its answer tells whether the shipment can still be kept.
  if (now.shipment.status == shipment_status::requested) return request_to_cancel(now);
  return follows(order_cancelled{reason});
}

decision decide_one(const order& now, const cancel_order&, timestamp) {
  switch (stage_of(now)) {
    case stage::awaiting_checkout:
    case stage::awaiting_stock:
    case stage::awaiting_payment: return follows(order_cancelled{cancel_reason::customer});
    case stage::payment_processing: return request_to_cancel(now);
    case stage::paid: return cancel_paid(now, cancel_reason::customer);
    case stage::shipped:
    case stage::delivered: return refuse(refusal::order_must_not_be_shipped);
    case stage::nothing:
    case stage::cancelled: return as_before();
  }
  ORDERFLOW_UNREACHABLE("stage");
}

decision decide_one(const order& now, const refund_order& command, timestamp) {
  switch (stage_of(now)) {
    case stage::awaiting_checkout: return refuse(refusal::order_must_be_checked_out);
    case stage::nothing:
    case stage::awaiting_stock:
    case stage::awaiting_payment:
    case stage::payment_processing: return refuse(refusal::order_must_be_paid);
    case stage::paid:
    case stage::shipped:
    case stage::delivered: return refund_paid_for(now, command.amount);
    case stage::cancelled: return command.amount ? refuse(refusal::order_must_not_be_cancelled) : as_before();
  }
  ORDERFLOW_UNREACHABLE("stage");
}

decision decide_one(const order& now, const refund_was_settled& report, timestamp at) {
  const auto* refund = refund_of(now, report.number);
  const auto is_new = refund && (refund->status == refund_status::started || refund->status == refund_status::refused);
  if (!is_new) return decide_one(now, refund_was_seen{report.cumulative}, at);
  auto result = follows(refund_settled{report.number, report.cumulative});
  const auto asked = refund->status == refund_status::started ? 0 : refund->amount;
  add_external_refund(report.cumulative, saturating_add(explained_refunds(now), asked), result.events);
  return result;
}

decision decide_one(const order& now, const refund_was_refused& report, timestamp at) {
  const auto* refund = refund_of(now, report.number);
  if (!refund || refund->status != refund_status::started) return decide_one(now, refund_was_seen{report.cumulative}, at);
  auto result = follows(refund_refused{report.number, report.reason});
  std::vector<order_event> figure;
  add_figure(now, report.cumulative, refund->amount, figure);
  // Somebody was faster: that explains it, and what is left goes back as another one. Else only a person can find out.
  const auto explained = !figure.empty() && !fits(now, *refund, report.cumulative);
  std::ranges::move(figure, std::back_inserter(result.events));
  if (!explained)
    result.events.emplace_back(next_matter(now, operator_reason::refund_refused, report.reason, refund->amount, report.number));
  return result;
}

/// One that is neither made nor fits what is left will never be made: the rest goes back as another one.
decision decide_one(const order& now, const refund_was_not_shown& report, timestamp at) {
  const auto* refund = refund_of(now, report.number);
  if (!refund || refund->status != refund_status::started) return decide_one(now, refund_was_seen{report.cumulative}, at);
  auto result = as_before();
  add_figure(now, report.cumulative, refund->amount, result.events);
  if (!result.events.empty() && !fits(now, *refund, report.cumulative))
    result.events.emplace_back(refund_replaced{report.number});
  return result;
}

decision decide_one(const order& now, const refund_is_unknown& report, timestamp) {
  constexpr auto reason = operator_reason::refund_unknown_to_gateway;
  const auto* refund = refund_of(now, report.number);
  const auto is_open = [&](const operator_matter& one) { return one.reason == reason && one.about == report.number; };
  if (!refund || refund->status != refund_status::started || std::ranges::any_of(now.matters, is_open)) return as_before();
  return follows(next_matter(now, reason, {}, refund->amount, report.number));
}

decision decide_one(const order& now, const refund_was_seen& report, timestamp) {
  auto result = as_before();
  if (report.money && *report.money != now.money) return result;  // It is about money that is in none of our sums.
  add_figure(now, report.cumulative, 0, result.events);
  return result;
}

}  // namespace orderflow
