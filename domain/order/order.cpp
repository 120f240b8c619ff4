#include "domain/order/order.hpp"

#include <algorithm>

#include "domain/order/money_totals.hpp"

namespace orderflow {
namespace {

minor_units sum_of_refunds(const order& now, auto&& counts) {
  minor_units sum = 0;
  for (const auto& refund : now.refunds)
    if (counts(refund.status)) sum = saturating_add(sum, refund.amount);
  return sum;
}

/// What of the accepted capture stays with us as the order stands.
minor_units kept(const order& now) {
  switch (now.status) {
    case order_status::pending: return now.reason == pending_reason::awaiting_stock ? now.accepted - now.granted : 0;
    case order_status::paid:
    case order_status::shipped:
    case order_status::delivered: return now.accepted - now.granted;
    case order_status::payment_processing:
    case order_status::cancelled: return 0;
  }
  ORDERFLOW_UNREACHABLE("order_status");
}

}  // namespace

bool order::tracks_stock() const { return std::ranges::any_of(lines, &order_line::tracked); }

const std::string& customer_of(const order& now) {
  if (!now.source.creator.empty()) return now.source.owner;
  // An owner of before may be who wrote the order down.
  if (!now.who.id.empty()) return now.who.id;
  return now.who.email.empty() ? now.source.owner : now.who.email;
}

minor_units unmatched_sum(const order& now) {
  minor_units sum = 0;
  for (const auto& unmatched : now.unmatched) sum = saturating_add(sum, unmatched.amount);
  return sum;
}

minor_units explained_refunds(const order& now) {
  auto sum = saturating_add(settled_refunds(now), started_refunds(now));
  for (const auto& one : now.external_refunds) sum = saturating_add(sum, one.amount);
  return sum;
}

minor_units left_to_return(const order& now, minor_units told) {
  return captured_sum(now) - std::max(now.refunded_by_gateway, told);
}

minor_units settled_refunds(const order& now) {
  return sum_of_refunds(now, [](refund_status status) { return status == refund_status::settled; });
}

minor_units started_refunds(const order& now) {
  return sum_of_refunds(now, [](refund_status status) { return status == refund_status::started; });
}

minor_units captured_sum(const order& now) { return saturating_add(now.accepted, unmatched_sum(now)); }

minor_units refunded_sum(const order& now) {
  const auto by_hand = sum_of_refunds(now, [](refund_status status) { return status == refund_status::by_other_means; });
  return saturating_add(std::max(now.refunded_by_gateway, settled_refunds(now)), by_hand);
}

minor_units refunded_with(const order& now, uint32_t number) {
  auto sum = std::max(now.refunded_by_gateway, settled_refunds(now));
  for (uint32_t at = 0; at < number && at < now.refunds.size(); ++at)
    if (now.refunds[at].status == refund_status::started) sum = saturating_add(sum, now.refunds[at].amount);
  return sum;
}

minor_units pending_refund(const order& now) {
  const auto in_flight = sum_of_refunds(
      now, [](refund_status status) { return status == refund_status::started || status == refund_status::refused; });
  // One at a time and floored each time, so that sums near the end of the range cannot wrap.
  auto rest = captured_sum(now) - kept(now);
  rest = std::max<minor_units>(0, rest - refunded_sum(now));
  return std::max<minor_units>(0, rest - in_flight);
}

bool owes_its_cart(const order& now) {
  if (!now.cart || now.cart_settled) return false;
  switch (now.status) {
    case order_status::pending:
    case order_status::payment_processing: return false;
    case order_status::paid:
    case order_status::shipped:
    case order_status::delivered:
    case order_status::cancelled: return true;
  }
  ORDERFLOW_UNREACHABLE("order_status");
}

bool settled(const order& now) {
  if (now.pending_for(pending_reason::awaiting_stock) || owes_its_cart(now)) return false;
  return now.status != order_status::payment_processing && now.shipment.status != shipment_status::requested;
}

}  // namespace orderflow
