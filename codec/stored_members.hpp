// What is stored of each struct, and under which name: the one list that writer, reader and a curious operator go by.
// Stored format: add, never change. A member that has the value on the right of its line (none there: 0, false, empty text,
// empty list, nothing) is left out, and a missing one is read as that value; these values are constants of the format and stay
// as they are when a default of the domain changes. Instants are milliseconds since the epoch, durations milliseconds, enums
// their numbers, amounts minor units. The bindings name every field, so that a field added to a struct does not compile until
// it has been added here.
// The second name is what clients are shown of an event (codec/event_view.hpp); a member without one is not shown.
#pragma once

#include <type_traits>

#include "codec/stored_account_members.hpp"
#include "codec/stored_stock_members.hpp"
#include "domain/order/events.hpp"

namespace orderflow {

/// Events that say all by their type.
template <class T>
requires std::is_empty_v<T>
void members(auto&, T&) {}

// Parts.

void members(auto& with, form_of<customer> auto& who) {
  auto& [id, email, name, phone, address] = who;
  with({"i", "id"}, id);
  with({"e", "email"}, email);
  with({"n", "name"}, name);
  with({"p", "phone"}, phone);
  with({"a", "address"}, address);
}

void members(auto& with, form_of<provenance> auto& source) {
  auto& [owner, tenant, origin, external_id, batch_id, csv_source, import_group, creator, tenant_number] = source;
  with({"o", "owner"}, owner);
  with({"t", "tenant"}, tenant);
  with({"g", "dialect"}, origin);
  with({"x", "external_id"}, external_id);
  with({"b", "batch_id"}, batch_id);
  with({"c", "csv_source"}, csv_source);
  with({"m", "import_group"}, import_group);
  with({"y", "created_by"}, creator);
  with("w", tenant_number, int64_t{1});
}

void members(auto& with, form_of<order_line> auto& line) {
  auto& [product, name, quantity, unit_price, tracked] = line;
  with({"p", "product"}, product);
  with({"n", "name"}, name);
  with({"q", "quantity"}, quantity);
  with({"u", "unit_price"}, unit_price);
  with({"t", "tracked"}, tracked);
}

void members(auto& with, form_of<timer_policy> auto& timers) {
  auto& [payment_reminder, payment_alert, payment_due, stock_confirm, cart_expiry, shipping_overdue] = timers;
  with({"r", "payment_reminder"}, payment_reminder, milliseconds{600'000});
  with({"a", "payment_alert"}, payment_alert, milliseconds{1'200'000});
  with({"d", "payment_due"}, payment_due, milliseconds{1'800'000});
  with({"s", "stock_confirm"}, stock_confirm, milliseconds{30'000});
  with({"c", "cart_expiry"}, cart_expiry, milliseconds{86'400'000});
  with({"o", "shipping_overdue"}, shipping_overdue, milliseconds{172'800'000});
}

void members(auto& with, form_of<tax_policy> auto& tax) {
  auto& [mode, rate_ppm] = tax;
  with({"m", "mode"}, mode, tax_mode::none);
  with({"r", "rate_ppm"}, rate_ppm);
}

void members(auto& with, form_of<cart_claim> auto& claim) {
  auto& [user, round] = claim;
  with({"u", "user"}, user);
  with({"r", "round"}, round);
}

// Events of an order.

void members(auto& with, form_of<cart_opened> auto& event) {
  auto& [id, source, who, money, lines, total, timers, tax, tax_amount] = event;
  with({"i", "order_id"}, id);
  with({"f", "source"}, source);
  with({"w", "customer"}, who);
  with({"m", "currency"}, money);
  with({"l", "lines"}, lines);
  with({"t", "total"}, total);
  with({"d", "timers"}, timers);
  with({"x", "tax"}, tax);
  with({"y", "tax_amount"}, tax_amount);
}

void members(auto& with, form_of<cart_changed> auto& event) {
  auto& [lines, total, tax_amount] = event;
  with({"l", "lines"}, lines);
  with({"t", "total"}, total);
  with({"y", "tax_amount"}, tax_amount);
}

void members(auto& with, form_of<order_placed> auto& event) {
  auto& [id, source, who, money, lines, total, timers, pay_with, decline_cancels, round, tax, tax_amount, cart] = event;
  with({"i", "order_id"}, id);
  with({"f", "source"}, source);
  with({"w", "customer"}, who);
  with({"m", "currency"}, money);
  with({"l", "lines"}, lines);
  with({"t", "total"}, total);
  with({"d", "timers"}, timers);
  with({"p", "payment_method"}, pay_with);
  with({"c", "decline_cancels"}, decline_cancels);
  with({"r", "round"}, round);
  with({"x", "tax"}, tax);
  with({"y", "tax_amount"}, tax_amount);
  with({"k", "cart"}, cart);
}

void members(auto& with, form_of<cart_checked_out> auto& event) {
  auto& [who, pay_with, round] = event;
  with({"w", "customer"}, who);
  with({"p", "payment_method"}, pay_with);
  with({"r", "round"}, round);
}

void members(auto& with, form_of<stock_held, stock_came_late, stock_released, stock_consumed> auto& event) {
  auto& [round] = event;
  with({"r", "round"}, round);
}

void members(auto& with, form_of<stock_refused> auto& event) {
  auto& [round, reopened, short_of] = event;
  with({"r", "round"}, round);
  with({"o", "reopened"}, reopened);
  with({"s", "short_of"}, short_of);
}

void members(auto& with, form_of<payment_requested, payment_started> auto& event) {
  auto& [method] = event;
  with({"m", "method"}, method);
}

void members(auto& with, form_of<payment_captured, early_capture_recorded> auto& event) {
  auto& [transaction, amount] = event;
  with({"t", "transaction"}, transaction);
  with({"a", "amount"}, amount);
}

void members(auto& with, form_of<payment_declined> auto& event) {
  auto& [attempt, reason] = event;
  with({"k", "attempt"}, attempt);
  with({"r", "reason"}, reason);
}

void members(auto& with, form_of<payment_unknown, charge_question_opened, charge_question_closed> auto& event) {
  auto& [attempt] = event;
  with({"k", "attempt"}, attempt);
}

void members(auto& with, form_of<unmatched_capture_recorded> auto& event) {
  auto& [attempt, transaction, amount, why] = event;
  with({"k", "attempt"}, attempt);
  with({"t", "transaction"}, transaction);
  with({"a", "amount"}, amount);
  with({"y", "reason"}, why, unmatched_reason::none);
}

void members(auto& with, form_of<refund_granted, refund_started> auto& event) {
  auto& [amount] = event;
  with({"a", "amount"}, amount);
}

void members(auto& with, form_of<refund_settled> auto& event) {
  auto& [number, cumulative] = event;
  with({"n", "number"}, number);
  with({"c", "cumulative"}, cumulative);
}

void members(auto& with, form_of<refund_refused> auto& event) {
  auto& [number, reason] = event;
  with({"n", "number"}, number);
  with({"r", "reason"}, reason);
}

void members(auto& with, form_of<external_refund_recorded> auto& event) {
  auto& [cumulative, amount] = event;
  with({"c", "cumulative"}, cumulative);
  with({"a", "amount"}, amount);
}

void members(auto& with, form_of<order_cancelled> auto& event) {
  auto& [reason] = event;
  with({"r", "reason"}, reason, cancel_reason::none);
}

void members(auto& with, form_of<order_shipped> auto& event) {
  auto& [tracking, cancel_request_dropped] = event;
  with({"t", "tracking"}, tracking);
  with({"w", "cancel_request_dropped"}, cancel_request_dropped);
}

void members(auto& with, form_of<late_booking_recorded> auto& event) {
  auto& [tracking] = event;
  with({"t", "tracking"}, tracking);
}

void members(auto& with, form_of<booking_refused> auto& event) {
  auto& [reason] = event;
  with({"r", "reason"}, reason);
}

void members(auto& with, form_of<operator_needed> auto& event) {
  auto& [reason, detail, number, amount, about, money] = event;
  with({"r", "reason"}, reason, operator_reason::none);
  with({"d", "detail"}, detail);
  with({"n", "number"}, number);
  with({"a", "amount"}, amount);
  with({"o", "about"}, about);
  with({"m", "currency"}, money);
}

void members(auto& with, form_of<operator_resolved> auto& event) {
  auto& [what, why, by] = event;
  with({"w", "what"}, what);
  with({"y", "reason"}, why);
  with({"b", "by"}, by);
}

void members(auto& with, form_of<refund_replaced, refund_made_otherwise, matter_closed> auto& event) {
  auto& [number] = event;
  with({"n", "number"}, number);
}

void members(auto& with, form_of<foreign_capture_recorded> auto& event) {
  auto& [attempt, transaction, amount, money] = event;
  with({"k", "attempt"}, attempt);
  with({"t", "transaction"}, transaction);
  with({"a", "amount"}, amount);
  with({"m", "currency"}, money);
}

void members(auto& with, form_of<shipment_requested, invoice_issued> auto& event) {
  auto& [who] = event;
  with({"w", "customer"}, who);
}

// The folded order.

void members(auto& with, form_of<payment_attempt> auto& attempt) {
  auto& [method, status, reason, transaction, started_at, settled_at, asked_about] = attempt;
  with("m", method);
  with("s", status, attempt_status::started);
  with("r", reason);
  with("t", transaction);
  with("b", started_at);
  with("e", settled_at);
  with("q", asked_about);
}

void members(auto& with, form_of<unmatched_capture> auto& unmatched) {
  auto& [transaction, amount, attempt, why, at] = unmatched;
  with("t", transaction);
  with("a", amount);
  with("k", attempt);
  with("y", why, unmatched_reason::none);
  with("e", at);
}

void members(auto& with, form_of<external_refund> auto& refund) {
  auto& [amount, at] = refund;
  with("a", amount);
  with("e", at);
}

void members(auto& with, form_of<operator_matter> auto& matter) {
  auto& [number, reason, detail, amount, about, since, money] = matter;
  with("n", number);
  with("r", reason, operator_reason::none);
  with("d", detail);
  with("a", amount);
  with("o", about);
  with("e", since);
  with("m", money);
}

void members(auto& with, form_of<foreign_capture> auto& capture) {
  auto& [transaction, amount, money, attempt, at] = capture;
  with("t", transaction);
  with("a", amount);
  with("m", money);
  with("k", attempt);
  with("e", at);
}

void members(auto& with, form_of<refund_record> auto& refund) {
  auto& [amount, status, started_at, settled_at] = refund;
  with("a", amount);
  with("s", status, refund_status::started);
  with("b", started_at);
  with("e", settled_at);
}

void members(auto& with, form_of<shipment_record> auto& shipment) {
  auto& [status, tracking] = shipment;
  with("s", status, shipment_status::none);
  with("t", tracking);
}

void members(auto& with, form_of<former_lines> auto& former) {
  auto& [last_round, lines] = former;
  with("r", last_round);
  with("l", lines);
}

void members(auto& with, form_of<raised_alerts> auto& alerts) {
  auto& [payment_reminder, payment_alert, stock_alert, shipping_alert] = alerts;
  with("r", payment_reminder);
  with("a", payment_alert);
  with("s", stock_alert);
  with("o", shipping_alert);
}

void members(auto& with, form_of<order> auto& now) {
  auto& [id, version, status, reason, source, who, money, lines, total, from_cart, decline_cancels, timers, alerts, created_at,
         updated_at, placed_at, paid_at, stock, round, attempts, requested_method, accepted, early_capture, unmatched, granted,
         refunded_by_gateway, refunds, shipment, cancel_requested, expiry_requested, cancelled_because, needs_operator,
         stock_was_held, late_rounds, former, tax_policy, tax, invoiced, cart, cart_settled, short_of, external_refunds, matters,
         last_matter, foreign_captures] = now;
  with("i", id);
  with("v", version);
  with("s", status, order_status::pending);
  with("q", reason, pending_reason::awaiting_checkout);
  with("f", source);
  with("w", who);
  with("m", money);
  with("l", lines);
  with("t", total);
  with("fc", from_cart);
  with("dc", decline_cancels);
  with("d", timers);
  with("al", alerts);
  with("ca", created_at);
  with("ua", updated_at);
  with("pl", placed_at);
  with("pa", paid_at);
  with("st", stock, stock_status::none);
  with("r", round);
  with("at", attempts);
  with("p", requested_method);
  with("ac", accepted);
  with("ec", early_capture);
  with("sc", unmatched);
  with("g", granted);
  with("gr", refunded_by_gateway);
  with("rf", refunds);
  with("sh", shipment);
  with("cw", cancel_requested);
  with("ew", expiry_requested);
  with("cb", cancelled_because, cancel_reason::none);
  with("no", needs_operator, operator_reason::none);
  with("sw", stock_was_held);
  with("lr", late_rounds);
  with("fl", former);
  with("tp", tax_policy);
  with("tx", tax);
  with("in", invoiced);
  with("ct", cart);
  with("cs", cart_settled);
  with("so", short_of);
  with("or", external_refunds);
  with("om", matters);
  with("lm", last_matter);
  with("fo", foreign_captures);
}

}  // namespace orderflow
