#include "domain/order/decide.hpp"

#include <algorithm>
#include <type_traits>

#include "domain/order/allowed.hpp"
#include "domain/order/money_totals.hpp"
#include "domain/order/rules.hpp"

namespace orderflow {
namespace {

template <class Action>
inline constexpr bool makes_an_order = std::is_same_v<Action, open_cart> || std::is_same_v<Action, place_order>;

/// The part of `order_action` that may be refused; the rest are reports.
template <class Action>
inline constexpr bool is_request =
    makes_an_order<Action> || std::is_same_v<Action, replace_lines> || std::is_same_v<Action, checkout> ||
    std::is_same_v<Action, pay_order> || std::is_same_v<Action, cancel_order> || std::is_same_v<Action, refund_order> ||
    std::is_same_v<Action, ship_order> || std::is_same_v<Action, deliver_order> || std::is_same_v<Action, resolve_attempt> ||
    std::is_same_v<Action, resolve_shipment> || std::is_same_v<Action, resolve_refund> ||
    std::is_same_v<Action, resolve_capture> || std::is_same_v<Action, resolve_matter> || std::is_same_v<Action, issue_invoice>;

template <class Action>
decision decide_by_rule(const order& now, const Action& action, timestamp at) {
  if (!now.exists() && !makes_an_order<Action>) return is_request<Action> ? refuse(refusal::order_must_exist) : as_before();
  return decide_one(now, action, at);
}

decision rule(const order& now, const order_command& command) {
  return std::visit([&](const auto& action) { return decide_by_rule(now, action, command.at); }, command.action);
}

/// What the resulting state owes is started by the same decision, so that no appended state has a debt that nobody works on.
void settle_pending_refunds(const order& now, timestamp at, decision& result) {
  if (result.events.empty()) return;
  const auto shared = std::make_shared<order>(now);
  order& after = *shared;
  for (const auto& event : result.events) evolve(after, event, at);
  const auto add = [&](order_event event) {
    evolve(after, event, at);
    result.events.push_back(std::move(event));
  };
  const auto all_went_back = after.status == order_status::paid && after.accepted > 0 && after.granted == after.accepted;
  if (all_went_back && !after.cancel_requested)
    for (auto& event : cancel_paid(after, cancel_reason::refunded).events) add(std::move(event));
  // Somebody was faster than our refund, which no longer fits: that explains the refusal, and the rest goes back as another one.
  const auto is_external = [](const order_event& event) { return std::holds_alternative<external_refund_recorded>(event); };
  if (std::ranges::any_of(result.events, is_external)) {
    for (uint32_t number = 1; number <= after.refunds.size(); ++number) {
      const auto& one = after.refunds[number - 1];
      if (one.status == refund_status::refused && one.amount > left_to_return(after)) add(refund_replaced{number});
    }
  }
  if (const auto amount = pending_refund(after); amount > 0) add(refund_started{amount});
  ORDERFLOW_ASSERT(pending_refund(after) == 0);
  result.after = shared;
}

}  // namespace

decision decide(const order& now, const order_command& command) {
  auto result = rule(now, command);
  settle_pending_refunds(now, command.at, result);
  return result;
}

/// Refunds are settled after what was granted, so they do not decide whether it is. What was requested already and takes effect
/// later is granted again, but nothing more would come of it.
bool is_allowed(const order& now, const order_command& command) {
  const auto decided = rule(now, command);
  return decided.refused == refusal::none && !decided.events.empty();
}

}  // namespace orderflow
