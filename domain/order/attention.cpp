#include "domain/order/attention.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace orderflow {
namespace {

std::vector<std::string_view> commands_for(const order& now, const operator_matter& matter) {
  if (waits_for_its_attempt(now, matter)) return {"settle"};
  switch (matter.reason) {
    case operator_reason::refund_refused:
    case operator_reason::refund_unknown_to_gateway: return {"settle_refund"};
    case operator_reason::capture_under_other_name: return {"settle_capture"};
    case operator_reason::booking_refused:
      // Only a paid order can still be booked for or given up.
      if (now.status == order_status::paid) return {"ship", "cancel", "settle_matter"};
      return {"settle_matter"};
    case operator_reason::none:
    case operator_reason::capture_of_wrong_amount:
    case operator_reason::booked_after_cancel:
    case operator_reason::capture_of_other_figure:
    case operator_reason::capture_in_other_currency:
    case operator_reason::charge_unknown_to_gateway: return {"settle_matter"};
  }
  ORDERFLOW_UNREACHABLE("operator_reason");
}

/// Refunds that were refused before matters were kept.
void add_unnumbered_refunds(const order& now, std::vector<operator_matter>& matters) {
  for (uint32_t number = 1; number <= now.refunds.size(); ++number) {
    const auto& refund = now.refunds[number - 1];
    const auto is_it = [&](const operator_matter& one) {
      return one.reason == operator_reason::refund_refused && one.about == number;
    };
    if (refund.status == refund_status::refused && std::ranges::none_of(matters, is_it))
      matters.push_back({0, operator_reason::refund_refused, {}, refund.amount, number, refund.settled_at});
  }
}

}  // namespace

bool waits_for_its_attempt(const order& now, const operator_matter& matter) {
  switch (matter.reason) {
    case operator_reason::capture_in_other_currency:
    case operator_reason::charge_unknown_to_gateway:
      return now.status == order_status::payment_processing && matter.about == now.current_attempt();
    case operator_reason::none:
    case operator_reason::capture_of_wrong_amount:
    case operator_reason::refund_refused:
    case operator_reason::booking_refused:
    case operator_reason::booked_after_cancel:
    case operator_reason::capture_under_other_name:
    case operator_reason::capture_of_other_figure:
    case operator_reason::refund_unknown_to_gateway: return false;
  }
  ORDERFLOW_UNREACHABLE("operator_reason");
}

std::vector<attention> attention_of(const order& now) {
  auto matters = now.matters;
  add_unnumbered_refunds(now, matters);
  if (matters.empty() && now.needs_operator != operator_reason::none)
    matters.push_back({0, now.needs_operator, {}, 0, 0, now.updated_at});
  std::vector<attention> list;
  for (auto& one : matters) {
    auto commands = commands_for(now, one);
    list.push_back({std::move(one), std::move(commands)});
  }
  return list;
}

}  // namespace orderflow
