#include "domain/order/attention.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace orderflow {
namespace {

std::vector<std::string_view> commands_for(const order& now, operator_reason reason) {
  switch (reason) {
    case operator_reason::refund_refused: return {"settle_refund"};
    case operator_reason::capture_under_other_name: return {"settle_capture"};
    case operator_reason::booking_refused:
      // Only a paid order can still be booked for or given up.
      if (now.status == order_status::paid) return {"ship", "cancel", "settle_matter"};
      return {"settle_matter"};
    case operator_reason::none:
    case operator_reason::capture_of_wrong_amount:
    case operator_reason::booked_after_cancel:
    case operator_reason::capture_of_other_figure: return {"settle_matter"};
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

std::vector<attention> attention_of(const order& now) {
  auto matters = now.matters;
  add_unnumbered_refunds(now, matters);
  if (matters.empty() && now.needs_operator != operator_reason::none)
    matters.push_back({0, now.needs_operator, {}, 0, 0, now.updated_at});
  std::vector<attention> list;
  for (auto& one : matters) {
    auto commands = commands_for(now, one.reason);
    list.push_back({std::move(one), std::move(commands)});
  }
  return list;
}

}  // namespace orderflow
