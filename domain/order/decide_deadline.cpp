// Deadlines that have come. A timer may be late or of an older state, so each is judged anew: never early, once each.
#include "domain/order/rules.hpp"

namespace orderflow {
namespace {

template <class Event>
decision once(bool fits, bool raised) {
  return fits && !raised ? follows(Event{}) : as_before();
}

decision expire_unpaid(const order& now) {
  if (now.status != order_status::payment_processing) return follows(order_cancelled{cancel_reason::expired});
  // The money may be taken at this moment: only the gateway's answer tells.
  return now.expiry_requested || now.cancel_requested ? as_before() : follows(expiry_requested{});
}

}  // namespace

decision decide_one(const order& now, const deadline_has_come& report, timestamp at) {
  const auto since_placing = [&](milliseconds after) { return waits_for_money(now) && at >= now.placed_at + after; };
  switch (report.kind) {
    case deadline_kind::payment_reminder:
      return once<payment_reminded>(since_placing(now.timers.payment_reminder), now.alerts.payment_reminder);
    case deadline_kind::payment_alert:
      return once<payment_alert_raised>(since_placing(now.timers.payment_alert), now.alerts.payment_alert);
    case deadline_kind::payment_due: return since_placing(now.timers.payment_due) ? expire_unpaid(now) : as_before();
    case deadline_kind::stock_confirm: {
      const auto waits = now.pending_for(pending_reason::awaiting_stock) && at >= now.placed_at + now.timers.stock_confirm;
      return once<stock_alert_raised>(waits, now.alerts.stock_alert);
    }
    case deadline_kind::cart_expiry: {
      const auto idle = now.pending_for(pending_reason::awaiting_checkout) && at >= now.updated_at + now.timers.cart_expiry;
      return idle ? follows(order_cancelled{cancel_reason::expired}) : as_before();
    }
    case deadline_kind::shipping_overdue: {
      const auto waits = now.status == order_status::paid && at >= now.paid_at + now.timers.shipping_overdue;
      return once<shipping_alert_raised>(waits, now.alerts.shipping_alert);
    }
  }
  ORDERFLOW_UNREACHABLE("deadline_kind");
}

}  // namespace orderflow
