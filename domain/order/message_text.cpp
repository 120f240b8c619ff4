#include "domain/order/message_text.hpp"

#include <algorithm>
#include <cstdio>

#include "base/assert.hpp"
#include "base/overloaded.hpp"
#include "domain/order/money_totals.hpp"
#include "domain/order/order_number.hpp"
#include "domain/order/payment_return.hpp"
#include "domain/order/stage.hpp"
#include "domain/payment/decline_reason.hpp"

namespace orderflow {
namespace {

std::string money_text(minor_units amount, const order& now) {
  return fixed_text(amount, now.money) + " " + std::string{now.money.name()};
}

/// "2025-12-01 10:30 UTC".
std::string minute_text(timestamp at) {
  using namespace std::chrono;
  const auto day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss time{floor<minutes>(at - day)};
  char text[48];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u %02d:%02d UTC", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()));
  return text;
}

std::string due_text(const order& now) { return minute_text(now.placed_at + now.timers.payment_due); }

std::string foreign_text(const order& now) {
  std::string sums;
  for (const auto& one : now.foreign_captures)
    sums += (sums.empty() ? "" : ", ") + fixed_text(one.amount, one.money) + " " + std::string{one.money.name()};
  return sums;
}

/// Where none of the order's own money came.
std::string nothing_charged(const order& now) {
  if (now.foreign_captures.empty()) return " You have not been charged.";
  return " " + foreign_text(now) + " was taken, which is not the currency of the order; we are looking into it.";
}

/// What became of the customer's money when the order was given up; empty where there was never anything to pay. `returned`: what
/// goes back because of that, where something had gone back before; nothing of that is left where all of it had.
std::string money_after_cancelling(const order& now, std::optional<minor_units> returned) {
  const auto captured = captured_sum(now);
  const auto under_way = payment_return_of(now) == payment_return::under_way;
  const auto by_this = returned.value_or(0) > 0 ? *returned : (under_way ? captured - refunded_sum(now) : captured);
  const auto sum = by_this >= captured ? money_text(captured, now)
                                       : "other " + money_text(by_this, now) + " of the " + money_text(captured, now);
  switch (payment_return_of(now)) {
    case payment_return::none: return now.total > 0 ? nothing_charged(now) : "";
    case payment_return::under_way: return " We are returning the " + sum + " that you paid.";
    case payment_return::done: return " The " + sum + " that you paid has been returned to you.";
  }
  ORDERFLOW_UNREACHABLE("payment_return");
}

std::string names_short(const order& now) {
  std::string names;
  for (const auto& line : now.lines) {
    if (std::ranges::find(now.short_of, line.product) == now.short_of.end()) continue;
    names += (names.empty() ? "" : ", ") + (line.name.empty() ? line.product.value : line.name);
  }
  return names;
}

std::string why_cancelled(const order& now) {
  switch (now.cancelled_because) {
    case cancel_reason::customer: return ", as requested";
    case cancel_reason::out_of_stock: {
      const auto names = names_short(now);
      return names.empty() ? " because there is not enough in stock" : " because there is not enough in stock of: " + names;
    }
    case cancel_reason::expired: return " because its payment was not completed in time";
    case cancel_reason::declined: {
      const auto reason = now.attempts.empty() ? std::string{} : now.attempts.back().reason;
      return " because its payment was declined: " + decline_clause(reason);
    }
    case cancel_reason::refunded: return " because its payment was refunded";
    case cancel_reason::none: return "";
  }
  ORDERFLOW_UNREACHABLE("cancel_reason");
}

message_text cancelled(const order& now, const std::string& number, std::optional<minor_units> returned) {
  const bool only_a_cart = now.placed_at == timestamp{};
  if (only_a_cart && now.cancelled_because == cancel_reason::expired)
    return {"Your cart " + number + " has expired",
            "Your cart " + number + " has expired because it was not ordered in time. You have not been charged.\n"};
  const auto what = only_a_cart ? "our cart " + number : "our order " + number;
  return {"Y" + what + " is cancelled",
          "Y" + what + " has been cancelled" + why_cancelled(now) + "." + money_after_cancelling(now, returned) + "\n"};
}

message_text payment_failed(const order& now, const std::string& number) {
  const auto again = " You can pay again until " + due_text(now) + "; after that the order is cancelled.\n";
  const auto& reason = now.attempts.empty() ? std::string{} : now.attempts.back().reason;
  const auto subject = "The payment of your order " + number + " failed";
  if (captured_sum(now) > refunded_sum(now))
    return {subject, "For your order " + number + " another amount was taken than the " + money_text(now.total, now) +
                         " that are due. We are returning " + money_text(captured_sum(now) - refunded_sum(now), now) + "." +
                         again};
  return {subject, "The payment of " + money_text(now.total, now) + " for your order " + number +
                       " was declined: " + decline_clause(reason) + "." + nothing_charged(now) + again};
}

message_text overdue(const order& now, const std::string& number) {
  const auto subject = "Your order " + number + " is waiting";
  if (now.pending_for(pending_reason::awaiting_stock))
    return {subject, "Your order " + number +
                         " is delayed: its stock is not confirmed yet. You need not do anything; we will "
                         "write to you as soon as it is.\n"};
  if (now.status == order_status::payment_processing)
    return {subject, "The payment of " + money_text(now.total, now) + " for your order " + number +
                         " is not confirmed yet. You "
                         "need not do anything; we will write to you as soon as it is.\n"};
  return {subject, "We have not received the payment of " + money_text(now.total, now) + " for your order " + number +
                       " yet. Please pay until " + due_text(now) + "; after that the order is cancelled.\n"};
}

message_text written(message_kind kind, const order& now, std::optional<minor_units> returned) {
  const auto number = order_word(now);
  switch (kind) {
    case message_kind::order_confirmation:
      return {"Your order " + number + " is confirmed",
              "Thank you. " +
                  (now.total > 0 ? "We have received " + money_text(now.total, now) + " for your order " + number
                                 : "Your order " + number + " is confirmed; there is nothing to pay") +
                  ".\n"};
    case message_kind::order_shipped:
      return {"Your order " + number + " is on its way",
              "Your order " + number + " has been shipped; its tracking number is " + now.shipment.tracking + ".\n"};
    case message_kind::order_cancelled: return cancelled(now, number, returned);
    case message_kind::order_timeout_alert: return overdue(now, number);
    case message_kind::payment_failed: return payment_failed(now, number);
    case message_kind::refunded:
      return {"A refund of your order " + number, "We have returned " + money_text(returned.value_or(refunded_sum(now)), now) +
                                                      " of your order " + number +
                                                      " to you. It can take some days until your bank shows it.\n"};
    case message_kind::payment_reminder:
      return {"Please pay your order " + number, "Your order " + number + " is reserved for you and waits for your payment of " +
                                                     money_text(now.total, now) + ". Please pay until " + due_text(now) +
                                                     "; after that the order is cancelled.\n"};
  }
  ORDERFLOW_UNREACHABLE("notice_kind");
}

/// What had gone back, or was on its way, before that moment.
minor_units returned_before(const order& now, timestamp at) {
  minor_units sum = 0;
  for (const auto& one : now.refunds)
    if (one.status != refund_status::replaced && one.started_at < at) sum = saturating_add(sum, one.amount);
  for (const auto& one : now.external_refunds)
    if (one.at < at) sum = saturating_add(sum, one.amount);
  return sum;
}

}  // namespace

message_text write_message(message_kind kind, const order& now, std::optional<minor_units> returned) {
  auto text = written(kind, now, returned);
  text.body.insert(0, now.who.name.empty() ? "Hello,\n\n" : "Dear " + now.who.name + ",\n\n");
  return text;
}

std::optional<minor_units> returned_by(const recorded_event& recorded, const order& now) {
  const auto amount_of = [&](uint32_t number) -> std::optional<minor_units> {
    if (number < 1 || number > now.refunds.size()) return std::nullopt;
    return now.refunds[number - 1].amount;
  };
  using sum = std::optional<minor_units>;
  return std::visit(overloaded{[&](const refund_settled& e) { return amount_of(e.number); },
                               [&](const refund_made_otherwise& e) { return amount_of(e.number); },
                               [&](const external_refund_recorded& e) -> sum { return e.amount; },
                               [&](const orderflow::order_cancelled&) -> sum {
                                 return captured_sum(now) - std::min(captured_sum(now), returned_before(now, recorded.at));
                               },
                               [](const auto&) -> sum { return std::nullopt; }},
                    recorded.event);
}

}  // namespace orderflow
