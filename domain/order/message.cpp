#include "domain/order/message.hpp"

#include "base/assert.hpp"
#include "base/overloaded.hpp"
#include "domain/order/payment_return.hpp"
#include "domain/order/stage.hpp"

namespace orderflow {
namespace {

/// Its customer has not paid, and is to.
bool has_to_be_paid(const order& now) { return now.total > 0 && waits_for_money(now); }

bool was_declined(const order& now) { return !now.attempts.empty() && now.attempts.back().status == attempt_status::declined; }

bool is_paid(const order& now) {
  switch (now.status) {
    case order_status::paid:
    case order_status::shipped:
    case order_status::delivered: return payment_return_of(now) == payment_return::none;
    case order_status::pending:
    case order_status::payment_processing:
    case order_status::cancelled: return false;
  }
  ORDERFLOW_UNREACHABLE("order_status");
}

/// Somebody has returned all of it at the gateway, which cancelled the order: one message tells both.
bool is_told_by_cancelling(const order_event& event, const order& now) {
  const auto* external_services = std::get_if<external_refund_recorded>(&event);
  return external_services != nullptr && now.cancelled_because == cancel_reason::refunded &&
         external_services->cumulative >= captured_sum(now);
}

}  // namespace

std::optional<message_kind> message_of(const order_event& event) {
  using kind = std::optional<message_kind>;
  return std::visit(overloaded{[](const payment_captured&) -> kind { return message_kind::order_confirmation; },
                               [](const orderflow::order_shipped&) -> kind { return message_kind::order_shipped; },
                               [](const orderflow::order_cancelled&) -> kind { return message_kind::order_cancelled; },
                               [](const payment_reminded&) -> kind { return message_kind::payment_reminder; },
                               [](const payment_alert_raised&) -> kind { return message_kind::order_timeout_alert; },
                               [](const payment_declined&) -> kind { return message_kind::payment_failed; },
                               [](const refund_settled&) -> kind { return message_kind::refunded; },
                               [](const refund_made_otherwise&) -> kind { return message_kind::refunded; },
                               // Recorded before amounts were, it says nothing that could be told.
                               [](const external_refund_recorded& e) -> kind {
                                 return e.amount > 0 ? kind{message_kind::refunded} : std::nullopt;
                               },
                               [](const auto&) -> kind { return std::nullopt; }},
                    event);
}

bool is_true_of(const order& now, message_kind kind) {
  switch (kind) {
    case message_kind::order_confirmation: return is_paid(now);
    case message_kind::order_shipped: return now.status == order_status::shipped || now.status == order_status::delivered;
    case message_kind::order_cancelled: return now.status == order_status::cancelled;
    case message_kind::order_timeout_alert: return has_to_be_paid(now);
    case message_kind::payment_failed: return now.pending_for(pending_reason::awaiting_payment) && was_declined(now);
    case message_kind::refunded: return refunded_sum(now) > 0;
    // Whoever is being charged, or waits for stock, has nothing to do.
    case message_kind::payment_reminder: return now.pending_for(pending_reason::awaiting_payment) && has_to_be_paid(now);
  }
  ORDERFLOW_UNREACHABLE("notice_kind");
}

bool may_become_true_of(const order& now, message_kind kind) {
  if (is_true_of(now, kind)) return false;
  const auto unpaid = now.status == order_status::pending || now.status == order_status::payment_processing;
  switch (kind) {
    case message_kind::order_shipped: return now.status != order_status::cancelled;
    case message_kind::order_cancelled: return unpaid || now.status == order_status::paid;
    case message_kind::refunded: return now.status != order_status::cancelled || captured_sum(now) > 0;
    case message_kind::order_confirmation:
    case message_kind::order_timeout_alert:
    case message_kind::payment_failed:
    case message_kind::payment_reminder: return unpaid;
  }
  ORDERFLOW_UNREACHABLE("notice_kind");
}

std::optional<message_kind> message_of(const order_event& event, const order& now) {
  const auto kind = message_of(event);
  if (!kind) return std::nullopt;
  const auto* declined = std::get_if<payment_declined>(&event);
  if (declined != nullptr && declined->attempt != now.current_attempt()) return std::nullopt;
  // Whoever has been told that the payment is missing is not reminded of it afterwards.
  if (std::holds_alternative<payment_reminded>(event) && now.alerts.payment_alert) return std::nullopt;
  if (is_told_by_cancelling(event, now)) return std::nullopt;
  // The events of what is final are enough.
  const bool is_final = *kind == message_kind::order_cancelled || *kind == message_kind::refunded;
  return is_final || is_true_of(now, *kind) ? kind : std::nullopt;
}

const std::vector<uint16_t>& told_event_types() {
  static const std::vector<uint16_t> types = [] {
    std::vector<uint16_t> found;
    auto add = [&](const order_event& example) { found.push_back(static_cast<uint16_t>(example.index() + 1)); };
    add(payment_captured{});
    add(orderflow::order_shipped{});
    add(orderflow::order_cancelled{});
    add(payment_reminded{});
    add(payment_alert_raised{});
    add(payment_declined{});
    add(refund_settled{});
    add(refund_made_otherwise{});
    add(external_refund_recorded{});
    return found;
  }();
  return types;
}

}  // namespace orderflow
