#include "actors/notices.hpp"

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

std::string_view to_string(notice_kind kind) {
  switch (kind) {
    case notice_kind::order_confirmation: return "ORDER_CONFIRMATION";
    case notice_kind::order_shipped: return "ORDER_SHIPPED";
    case notice_kind::order_cancelled: return "ORDER_CANCELLED";
    case notice_kind::order_timeout_alert: return "ORDER_TIMEOUT_ALERT";
    case notice_kind::payment_failed: return "PAYMENT_FAILED";
    case notice_kind::refunded: return "REFUNDED";
  }
  return "";
}

notice_text write_notice(notice_kind kind, const order& now) {
  auto number = std::to_string(now.id.value);
  auto amount = shortest_text(now.total, now.money) + " " + std::string{now.money.name()};
  auto dear = now.who.name.empty() ? std::string{"Hello,\n\n"} : "Dear " + now.who.name + ",\n\n";
  switch (kind) {
    case notice_kind::order_confirmation:
      return {"Your order " + number + " is confirmed", dear + "thank you. We have received " + amount + " for your order " + number + ".\n"};
    case notice_kind::order_shipped:
      return {"Your order " + number + " is on its way", dear + "your order " + number + " has been shipped; its tracking number is " + now.parcel.tracking + ".\n"};
    case notice_kind::order_cancelled:
      return {"Your order " + number + " is cancelled", dear + "your order " + number + " has been cancelled. Money that we received is returned to you.\n"};
    case notice_kind::order_timeout_alert:
      return {"Your order " + number + " is waiting", dear + "we have not received the payment of " + amount + " for your order " + number + " yet.\n"};
    case notice_kind::payment_failed:
      return {"The payment of your order " + number + " failed", dear + "the payment of " + amount + " for your order " + number + " was declined. You can try again.\n"};
    case notice_kind::refunded:
      return {"Money of your order " + number + " was returned", dear + "a refund for your order " + number + " is on its way to you.\n"};
  }
  return {};
}

}  // namespace orderflow
