#include "tests/domain/order/given.hpp"

#include <algorithm>
#include <stdexcept>

#include "base/overloaded.hpp"

namespace orderflow::given {
namespace {

std::string text_of(cancel_reason reason) {
  switch (reason) {
    case cancel_reason::none: return "none";
    case cancel_reason::customer: return "customer";
    case cancel_reason::out_of_stock: return "out_of_stock";
    case cancel_reason::expired: return "expired";
    case cancel_reason::declined: return "declined";
    case cancel_reason::refunded: return "refunded";
  }
  return "?";
}

std::string text_of(operator_reason reason) {
  switch (reason) {
    case operator_reason::none: return "none";
    case operator_reason::capture_of_wrong_amount: return "capture_of_wrong_amount";
    case operator_reason::refund_refused: return "refund_refused";
    case operator_reason::booking_refused: return "booking_refused";
    case operator_reason::booked_after_cancel: return "booked_after_cancel";
    case operator_reason::capture_under_other_name: return "capture_under_other_name";
    case operator_reason::capture_of_other_figure: return "capture_of_other_figure";
    case operator_reason::capture_in_other_currency: return "capture_in_other_currency";
    case operator_reason::charge_unknown_to_gateway: return "charge_unknown_to_gateway";
    case operator_reason::refund_unknown_to_gateway: return "refund_unknown_to_gateway";
  }
  return "?";
}

std::string with(const char* name, const std::string& detail) { return std::string{name} + '(' + detail + ')'; }
std::string with(const char* name, int64_t detail) { return with(name, std::to_string(detail)); }

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  std::string text;
  for (const auto& part : parts) text.append(text.empty() ? std::string_view{} : between).append(part);
  return text;
}

}  // namespace

currency usd() { return *find_currency("USD"); }

customer somebody() { return {"u1", "u1@example.com", "Ann", "", ""}; }

std::vector<order_line> tracked_lines() { return {{product_id{"A"}, "apple", 2, 50, true}}; }
std::vector<order_line> untracked_lines() { return {{product_id{}, "thing", 2, 50, false}}; }
std::vector<order_line> free_lines() { return {{product_id{"A"}, "apple", 2, 0, true}}; }

place_order placing(std::vector<order_line> lines) {
  place_order command;
  command.id = number;
  command.who = somebody();
  command.money = usd();
  command.lines = std::move(lines);
  return command;
}

place_order placing(std::vector<order_line> lines, std::string pay_with) {
  auto command = placing(std::move(lines));
  command.pay_with = std::move(pay_with);
  return command;
}

open_cart a_cart() {
  open_cart command;
  command.id = number;
  command.who = somebody();
  command.money = usd();
  command.lines = tracked_lines();
  return command;
}

order_action some_checkout(uint8_t which) {
  if (which % 4 == 3) return issue_invoice{somebody()};
  return checkout{somebody(), which % 2 == 0 ? std::optional<std::string>{"card"} : std::nullopt};
}

order after(order now, const std::vector<order_action>& actions, timestamp at) {
  for (const auto& action : actions) {
    const auto decision = decide(now, {action, at});
    if (decision.refused != refusal::none) throw std::runtime_error{"refused: " + std::string{to_string(decision.refused)}};
    for (const auto& event : decision.events) evolve(now, {event, at});
  }
  return now;
}

std::string text_of(const order_event& event) {
  return std::visit(
      overloaded{
          [](const cart_opened&) -> std::string { return "cart_opened"; },
          [](const cart_changed& e) { return with("cart_changed", e.total); },
          [](const order_placed& e) { return with("order_placed", e.round); },
          [](const cart_checked_out& e) { return with("cart_checked_out", e.round); },
          [](const stock_held& e) { return with("stock_held", e.round); },
          [](const stock_refused& e) -> std::string { return e.reopened ? "stock_refused(reopened)" : "stock_refused"; },
          [](const stock_came_late& e) { return with("stock_came_late", e.round); },
          [](const stock_released& e) { return with("stock_released", e.round); },
          [](const stock_consumed& e) { return with("stock_consumed", e.round); },
          [](const payment_requested& e) { return with("payment_wished", e.method); },
          [](const payment_started& e) { return with("payment_started", e.method); },
          [](const payment_captured& e) { return with("payment_captured", e.amount); },
          [](const payment_declined& e) { return with("payment_declined", e.attempt); },
          [](const payment_unknown& e) { return with("payment_unknown", e.attempt); },
          [](const early_capture_recorded& e) { return with("early_capture_recorded", e.amount); },
          [](const unmatched_capture_recorded& e) { return with("stray_capture_recorded", e.amount); },
          [](const refund_granted& e) { return with("refund_granted", e.amount); },
          [](const refund_started& e) { return with("refund_started", e.amount); },
          [](const refund_settled& e) { return with("refund_settled", e.number); },
          [](const refund_refused& e) { return with("refund_refused", e.number); },
          [](const external_refund_recorded& e) { return with("outside_refund_recorded", e.cumulative); },
          [](const cancel_requested&) -> std::string { return "cancel_wished"; },
          [](const expiry_requested&) -> std::string { return "expiry_wished"; },
          [](const order_cancelled& e) { return with("order_cancelled", text_of(e.reason)); },
          [](const shipment_requested&) -> std::string { return "shipment_requested"; },
          [](const order_shipped& e) {
            return with("order_shipped", e.tracking + (e.cancel_request_dropped ? " wish_dropped" : ""));
          },
          [](const late_booking_recorded& e) { return with("late_booking_recorded", e.tracking); },
          [](const booking_refused&) -> std::string { return "booking_refused"; },
          [](const order_delivered&) -> std::string { return "order_delivered"; },
          [](const payment_reminded&) -> std::string { return "payment_reminded"; },
          [](const payment_alert_raised&) -> std::string { return "payment_alert_raised"; },
          [](const stock_alert_raised&) -> std::string { return "stock_alert_raised"; },
          [](const shipping_alert_raised&) -> std::string { return "shipping_alert_raised"; },
          [](const operator_needed& e) { return with("operator_needed", text_of(e.reason)); },
          [](const operator_resolved&) -> std::string { return "operator_settled"; },
          [](const invoice_issued&) -> std::string { return "invoice_issued"; },
          [](const cart_settled&) -> std::string { return "cart_settled"; },
          [](const refund_replaced& e) { return with("refund_replaced", e.number); },
          [](const refund_made_otherwise& e) { return with("refund_made_otherwise", e.number); },
          [](const matter_closed& e) { return with("matter_closed", e.number); },
          [](const charge_question_opened& e) { return with("charge_question_opened", e.attempt); },
          [](const charge_question_closed& e) { return with("charge_question_closed", e.attempt); },
          [](const foreign_capture_recorded& e) { return with("foreign_capture_recorded", e.amount); },
      },
      event);
}

std::string text_of(const effect& what) {
  return std::visit(overloaded{
                        [](const reserve_stock& e) { return "reserve " + std::to_string(e.round); },
                        [](const release_stock& e) { return "release " + std::to_string(e.round) + (e.was_held ? " held" : ""); },
                        [](const consume_stock& e) { return "consume " + std::to_string(e.round); },
                        [](const charge_payment& e) { return "charge " + std::to_string(e.attempt); },
                        [](const refund_payment& e) { return "refund " + std::to_string(e.number); },
                        [](const book_carrier&) -> std::string { return "book"; },
                        [](const settle_cart_of_order&) -> std::string { return "cart"; },
                        [](const ask_about_charge& e) { return "ask " + std::to_string(e.attempt); },
                    },
                    what);
}

std::string outcome(const order& now, const order_action& action, timestamp at) {
  const auto decision = decide(now, {action, at});
  if (decision.refused != refusal::none) return std::string{"! "}.append(to_string(decision.refused));
  order then = now;
  std::vector<std::string> events;
  for (const auto& event : decision.events) {
    evolve(then, {event, at});
    events.push_back(text_of(event));
  }
  if (events.empty()) events.emplace_back("=");
  if (decision.accepted) events.emplace_back("later");
  const auto pending_before = pending_effects(now);
  std::vector<std::string> fresh;
  for (const auto& what : pending_effects(then))
    if (std::ranges::find(pending_before, what) == pending_before.end()) fresh.push_back(text_of(what));
  auto text = joined(events, " ");
  if (!fresh.empty()) text.append(" [").append(joined(fresh, ", ")).append("]");
  return text;
}

order awaiting_checkout() { return after({}, {a_cart()}); }
order awaiting_stock() { return after({}, {placing(tracked_lines())}); }
order awaiting_payment() { return after(awaiting_stock(), {stock_was_reserved{1}}); }
order payment_processing() { return after(awaiting_payment(), {pay_order{"card"}}); }
order paid() { return after(payment_processing(), {money_was_captured{1, "t1", price}}); }
order shipped() { return after(paid(), {ship_order{}, shipment_was_booked{"123"}}); }
order delivered() { return after(shipped(), {deliver_order{}}); }
order cancelled() { return after(awaiting_payment(), {cancel_order{}}); }

}  // namespace orderflow::given
