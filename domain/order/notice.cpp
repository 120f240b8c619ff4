#include "domain/order/notice.hpp"

#include "base/overloaded.hpp"

namespace orderflow {

std::optional<notice_kind> notice_of(const order_event& event) {
  using kind = std::optional<notice_kind>;
  return std::visit(overloaded{[](const payment_captured&) -> kind { return notice_kind::order_confirmation; },
                               [](const orderflow::order_shipped&) -> kind { return notice_kind::order_shipped; },
                               [](const orderflow::order_cancelled&) -> kind { return notice_kind::order_cancelled; },
                               [](const payment_alert_raised&) -> kind { return notice_kind::order_timeout_alert; },
                               [](const payment_declined&) -> kind { return notice_kind::payment_failed; },
                               [](const refund_settled&) -> kind { return notice_kind::refunded; },
                               [](const auto&) -> kind { return std::nullopt; }},
                    event);
}

const std::vector<uint16_t>& told_event_types() {
  static const std::vector<uint16_t> types = [] {
    std::vector<uint16_t> found;
    auto add = [&](const order_event& example) { found.push_back(static_cast<uint16_t>(example.index() + 1)); };
    add(payment_captured{});
    add(orderflow::order_shipped{});
    add(orderflow::order_cancelled{});
    add(payment_alert_raised{});
    add(payment_declined{});
    add(refund_settled{});
    return found;
  }();
  return types;
}

}  // namespace orderflow
