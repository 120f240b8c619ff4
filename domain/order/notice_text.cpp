#include "domain/order/notice_text.hpp"

namespace orderflow {

notice_text write_notice(notice_kind kind, const order& now) {
  auto number = std::to_string(now.id.value);
  auto amount = shortest_text(now.total, now.money) + " " + std::string{now.money.name()};
  auto dear = now.who.name.empty() ? std::string{"Hello,\n\n"} : "Dear " + now.who.name + ",\n\n";
  switch (kind) {
    case notice_kind::order_confirmation:
      return {"Your order " + number + " is confirmed",
              dear + "thank you. We have received " + amount + " for your order " + number + ".\n"};
    case notice_kind::order_shipped:
      return {"Your order " + number + " is on its way",
              dear + "your order " + number + " has been shipped; its tracking number is " + now.parcel.tracking + ".\n"};
    case notice_kind::order_cancelled:
      return {"Your order " + number + " is cancelled",
              dear + "your order " + number + " has been cancelled. Money that we received is returned to you.\n"};
    case notice_kind::order_timeout_alert:
      return {"Your order " + number + " is waiting",
              dear + "we have not received the payment of " + amount + " for your order " + number + " yet.\n"};
    case notice_kind::payment_failed:
      return {"The payment of your order " + number + " failed",
              dear + "the payment of " + amount + " for your order " + number + " was declined. You can try again.\n"};
    case notice_kind::refunded:
      return {"Money of your order " + number + " was returned",
              dear + "a refund for your order " + number + " is on its way to you.\n"};
  }
  return {};
}

}  // namespace orderflow
