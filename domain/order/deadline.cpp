#include "domain/order/deadline.hpp"

#include "base/assert.hpp"
#include "domain/order/stage.hpp"

namespace orderflow {
namespace {

/// Keeps the earliest of what it is offered; of two at the same time the first.
class earliest {
 public:
  void offer(timestamp from, milliseconds after, deadline_kind kind) {
    const deadline candidate{from + after, kind, from};
    if (!found_ || candidate.at < found_->at) found_ = candidate;
  }
  [[nodiscard]] std::optional<deadline> found() const { return found_; }

 private:
  std::optional<deadline> found_;
};

void offer_payment_deadlines(const order& now, earliest& first) {
  // An early capture pays for the order: it waits for stock, not for its customer.
  if (now.accepted > 0) return;
  const auto ends_already = now.cancel_requested || now.expiry_requested;
  if (!ends_already) first.offer(now.placed_at, now.timers.payment_due, deadline_kind::payment_due);
  if (!now.alerts.payment_alert) first.offer(now.placed_at, now.timers.payment_alert, deadline_kind::payment_alert);
  if (!now.alerts.payment_reminder) first.offer(now.placed_at, now.timers.payment_reminder, deadline_kind::payment_reminder);
}

}  // namespace

std::optional<deadline> next_deadline(const order& now) {
  earliest first;
  switch (stage_of(now)) {
    case stage::awaiting_checkout: first.offer(now.updated_at, now.timers.cart_expiry, deadline_kind::cart_expiry); break;
    case stage::awaiting_stock:
      offer_payment_deadlines(now, first);
      if (!now.alerts.stock_alert) first.offer(now.placed_at, now.timers.stock_confirm, deadline_kind::stock_confirm);
      break;
    case stage::awaiting_payment:
    case stage::payment_processing: offer_payment_deadlines(now, first); break;
    case stage::paid:
      if (!now.alerts.shipping_alert) first.offer(now.paid_at, now.timers.shipping_overdue, deadline_kind::shipping_overdue);
      break;
    case stage::nothing:
    case stage::shipped:
    case stage::delivered:
    case stage::cancelled: break;
  }
  return first.found();
}

}  // namespace orderflow
