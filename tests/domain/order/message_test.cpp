// Every text that a customer can get, in every state in which it is sent.
#include "domain/order/message.hpp"

#include <catch2/catch_test_macros.hpp>

#include "domain/order/message_text.hpp"
#include "tests/domain/order/given.hpp"

namespace orderflow {
namespace {

using namespace given;

order cancel_requested_of(order now) { return after(std::move(now), {cancel_order{}}); }
order declined(const char* reason = "insufficient_funds") {
  return after(payment_processing(), {payment_was_declined{1, reason}});
}
order of_the_carts(place_order command) {
  command.decline_cancels = true;
  return after({}, {command, stock_was_reserved{1}});
}
order at_deadline(order now, deadline_kind kind, milliseconds later) {
  return after(std::move(now), {deadline_has_come{kind}}, start + later);
}
order expired(order now) { return at_deadline(std::move(now), deadline_kind::payment_due, std::chrono::minutes{30}); }
order free_order() { return after({}, {placing(free_lines(), "ok"), stock_was_reserved{1}}); }
order wrong_amount() { return after(payment_processing(), {money_was_captured{1, "T", 30}}); }

/// What the last command's events told, each message as "subject | body", in order.
std::vector<std::string> told(const order& before, const order_action& action, timestamp at = start) {
  const auto decided = decide(before, {action, at});
  auto now = before;
  for (const auto& event : decided.events) evolve(now, {event, at});
  std::vector<std::string> messages;
  for (const auto& event : decided.events)
    if (const auto kind = message_of(event, now)) {
      const auto text = write_message(*kind, now, returned_by({event, at}, now));
      messages.push_back(text.subject + " | " + text.body.substr(text.body.find("\n\n") + 2));
    }
  return messages;
}

using texts = std::vector<std::string>;

struct row {
  const char* name;
  order before;
  order_action action;
  texts expected;
  milliseconds later{0};
};

constexpr milliseconds ten = std::chrono::minutes{10};
constexpr milliseconds twenty = std::chrono::minutes{20};
constexpr milliseconds thirty = std::chrono::minutes{30};

std::vector<row> of_payments() {
  return {
      {"placed", {}, placing(tracked_lines(), "ok"), {}},
      {"paid",
       payment_processing(),
       money_was_captured{1, "T", price},
       {"Your order 7 is confirmed | Thank you. We have received 1.00 USD for your order 7.\n"}},
      {"paid, nothing was due",
       after({}, {placing(free_lines(), "ok")}),
       stock_was_reserved{1},
       {"Your order 7 is confirmed | Thank you. Your order 7 is confirmed; there is nothing to pay.\n"}},
      {"shipped",
       paid(),
       ship_order{"TRACK1"},
       {"Your order 7 is on its way | Your order 7 has been shipped; its tracking number is TRACK1.\n"}},
      {"delivered", shipped(), deliver_order{}, {}},
      {"declined",
       payment_processing(),
       payment_was_declined{1, "insufficient_funds"},
       {"The payment of your order 7 failed | The payment of 1.00 USD for your order 7 was declined: there is not enough money "
        "on "
        "the card or account. You have not been charged. You can pay again until 2025-12-01 10:30 UTC; after that the order is "
        "cancelled.\n"}},
      {"another amount was taken",
       payment_processing(),
       money_was_captured{1, "T", 30},
       {"The payment of your order 7 failed | For your order 7 another amount was taken than the 1.00 USD that are due. We are "
        "returning 0.30 USD. You can pay again until 2025-12-01 10:30 UTC; after that the order is cancelled.\n"}},
      {"that amount is back",
       wrong_amount(),
       refund_was_settled{1, 30},
       {"A refund of your order 7 | We have returned 0.30 USD of your order 7 to you. It can take some days until your bank "
        "shows "
        "it.\n"}},
  };
}

std::vector<row> of_cancellations() {
  return {
      {"cancelled unpaid",
       awaiting_payment(),
       cancel_order{},
       {"Your order 7 is cancelled | Your order 7 has been cancelled, as requested. You have not been charged.\n"}},
      {"cancelled, nothing was due",
       free_order(),
       cancel_order{},
       {"Your order 7 is cancelled | Your order 7 has been cancelled, as requested.\n"}},
      {"cancelled when paid",
       paid(),
       cancel_order{},
       {"Your order 7 is cancelled | Your order 7 has been cancelled, as requested. We are returning the 1.00 USD that you "
        "paid.\n"}},
      {"cancelled after a part went back",
       after(paid(), {refund_order{30}, refund_was_settled{1, 30}}),
       cancel_order{},
       {"Your order 7 is cancelled | Your order 7 has been cancelled, as requested. We are returning the other 0.70 USD of the "
        "1.00 USD that you paid.\n"},
       milliseconds{1}},
      {"cancelled after a part was returned at the gateway",
       after(paid(), {refund_was_seen{30}}),
       cancel_order{},
       {"Your order 7 is cancelled | Your order 7 has been cancelled, as requested. We are returning the other 0.70 USD of the "
        "1.00 USD that you paid.\n"},
       milliseconds{1}},
      {"the other part is returned at the gateway",
       after(paid(), {refund_was_seen{30}}),
       refund_was_seen{price},
       {"Your order 7 is cancelled | Your order 7 has been cancelled because its payment was refunded. The other 0.70 USD of the "
        "1.00 USD that you paid has been returned to you.\n"},
       milliseconds{1}},
      {"cancelled after another currency was taken",
       after(payment_processing(), {money_was_captured{1, "T", 1500, currency{{'J', 'P', 'Y'}}}, cancel_order{}}),
       payment_was_declined{1, "not captured"},
       {"Your order 7 is cancelled | Your order 7 has been cancelled, as requested. 1500 JPY was taken, which is not the "
        "currency "
        "of the order; we are looking into it.\n"}},
      {"cancelled by a refund",
       paid(),
       refund_order{},
       {"Your order 7 is cancelled | Your order 7 has been cancelled because its payment was refunded. We are returning the 1.00 "
        "USD that you paid.\n"}},
      {"cancelled by a refund at the gateway",
       paid(),
       refund_was_seen{price},
       {"Your order 7 is cancelled | Your order 7 has been cancelled because its payment was refunded. The 1.00 USD that you "
        "paid "
        "has been returned to you.\n"}},
  };
}

std::vector<row> of_refunds() {
  const auto given_up = after(paid(), {cancel_order{}});
  return {
      {"a part is returned at the gateway",
       paid(),
       refund_was_seen{30},
       {"A refund of your order 7 | We have returned 0.30 USD of your order 7 to you. It can take some days until your bank "
        "shows it.\n"}},
      {"a refused refund is returned by other means",
       after(paid(), {refund_order{30}, refund_was_refused{1, "card gone"}}),
       resolve_refund{1, true, "in cash", "op"},
       {"A refund of your order 7 | We have returned 0.30 USD of your order 7 to you. It can take some days until your bank "
        "shows it.\n"}},
      {"a part is back",
       after(paid(), {refund_order{30}}),
       refund_was_settled{1, 30},
       {"A refund of your order 7 | We have returned 0.30 USD of your order 7 to you. It can take some days until your bank "
        "shows "
        "it.\n"}},
      {"all is back",
       given_up,
       refund_was_settled{1, price},
       {"A refund of your order 7 | We have returned 1.00 USD of your order 7 to you. It can take some days until your bank "
        "shows "
        "it.\n"}},
  };
}

std::vector<row> of_what_could_not_be_done() {
  return {
      {"out of stock",
       awaiting_stock(),
       stock_was_refused{1, {product_id{"A"}}},
       {"Your order 7 is cancelled | Your order 7 has been cancelled because there is not enough in stock of: apple. You have "
        "not "
        "been charged.\n"}},
      {"cancelled while it is being charged, and the charge fails",
       cancel_requested_of(payment_processing()),
       payment_was_declined{1, "declined"},
       {"Your order 7 is cancelled | Your order 7 has been cancelled, as requested. You have not been charged.\n"}},
      {"cancelled while it is being charged, and the charge succeeds",
       cancel_requested_of(payment_processing()),
       money_was_captured{1, "T", price},
       {"Your order 7 is cancelled | Your order 7 has been cancelled, as requested. We are returning the 1.00 USD that you "
        "paid.\n"}},
      {"a decline that cancels",
       of_the_carts(placing(tracked_lines(), "ok")),
       payment_was_declined{1, "expired_card"},
       {"Your order 7 is cancelled | Your order 7 has been cancelled because its payment was declined: the card has expired. You "
        "have not been charged.\n"}},
  };
}

std::vector<row> of_deadlines() {
  return {
      {"reminded",
       awaiting_payment(),
       deadline_has_come{deadline_kind::payment_reminder},
       {"Please pay your order 7 | Your order 7 is reserved for you and waits for your payment of 1.00 USD. Please pay until "
        "2025-12-01 10:30 UTC; after that the order is cancelled.\n"},
       ten},
      {"nobody is reminded who is being charged",
       payment_processing(),
       deadline_has_come{deadline_kind::payment_reminder},
       {},
       ten},
      {"nobody is reminded who waits for stock", awaiting_stock(), deadline_has_come{deadline_kind::payment_reminder}, {}, ten},
      {"overdue",
       awaiting_payment(),
       deadline_has_come{deadline_kind::payment_alert},
       {"Your order 7 is waiting | We have not received the payment of 1.00 USD for your order 7 yet. Please pay until "
        "2025-12-01 "
        "10:30 UTC; after that the order is cancelled.\n"},
       twenty},
      {"overdue while it is being charged",
       payment_processing(),
       deadline_has_come{deadline_kind::payment_alert},
       {"Your order 7 is waiting | The payment of 1.00 USD for your order 7 is not confirmed yet. You need not do anything; we "
        "will "
        "write to you as soon as it is.\n"},
       twenty},
      {"overdue while it waits for stock",
       awaiting_stock(),
       deadline_has_come{deadline_kind::payment_alert},
       {"Your order 7 is waiting | Your order 7 is delayed: its stock is not confirmed yet. You need not do anything; we will "
        "write "
        "to you as soon as it is.\n"},
       twenty},
      {"overdue, but nothing is to be paid",
       after({}, {placing(free_lines())}),
       deadline_has_come{deadline_kind::payment_alert},
       {},
       twenty},
      {"expired",
       awaiting_payment(),
       deadline_has_come{deadline_kind::payment_due},
       {"Your order 7 is cancelled | Your order 7 has been cancelled because its payment was not completed in time. You have not "
        "been charged.\n"},
       thirty},
      {"expired while it is being charged, and the charge fails",
       expired(payment_processing()),
       payment_was_declined{1, "declined"},
       {"Your order 7 is cancelled | Your order 7 has been cancelled because its payment was not completed in time. You have not "
        "been charged.\n"},
       thirty},
      {"money came although it had expired", expired(awaiting_payment()), money_was_captured{1, "late", price}, {}, thirty},
      {"an open cart expires",
       awaiting_checkout(),
       deadline_has_come{deadline_kind::cart_expiry},
       {"Your cart 7 has expired | Your cart 7 has expired because it was not ordered in time. You have not been charged.\n"},
       std::chrono::hours{24}},
      {"an open cart is cancelled",
       awaiting_checkout(),
       cancel_order{},
       {"Your cart 7 is cancelled | Your cart 7 has been cancelled, as requested. You have not been charged.\n"}},
  };
}

}  // namespace

TEST_CASE("what happens to an order is told in plain words, once, and nothing is told that is not so") {
  for (const auto& rows : {of_payments(), of_cancellations(), of_refunds(), of_what_could_not_be_done(), of_deadlines()})
    for (const auto& each : rows) {
      INFO(each.name);
      CHECK(told(each.before, each.action, start + each.later) == each.expected);
    }
}

TEST_CASE("a message that is written later tells how things stand, or is not sent") {
  const auto kind_of = [](const order_event& event, const order& now) { return message_of(event, now); };
  CHECK_FALSE(kind_of(payment_declined{1, "declined"}, paid()));
  CHECK_FALSE(kind_of(payment_declined{1, "declined"}, after(declined(), {pay_order{"ok"}})));
  CHECK_FALSE(kind_of(payment_declined{1, "declined"}, cancel_requested_of(declined())));
  CHECK_FALSE(kind_of(payment_captured{"T", price}, cancel_requested_of(paid())));
  CHECK_FALSE(kind_of(payment_reminded{}, paid()));
  CHECK_FALSE(kind_of(payment_alert_raised{}, paid()));
  CHECK(kind_of(payment_captured{"T", price}, shipped()) == message_kind::order_confirmation);
  CHECK(kind_of(orderflow::order_shipped{"T", false}, delivered()) == message_kind::order_shipped);
}

TEST_CASE("a cancellation that is written later still names what it returned itself") {
  const auto partly = after(paid(), {refund_order{30}, refund_was_settled{1, 30}});
  const auto at = start + milliseconds{1};
  const auto back = after(after(partly, {cancel_order{}}, at), {refund_was_settled{2, price}}, at);
  const recorded_event recorded{orderflow::order_cancelled{cancel_reason::customer}, at};
  CHECK(returned_by(recorded, back) == 70);
  const auto text = write_message(message_kind::order_cancelled, back, returned_by(recorded, back)).body;
  CHECK(text.ends_with("The other 0.70 USD of the 1.00 USD that you paid has been returned to you.\n"));
  CHECK(write_message(message_kind::order_cancelled, back)
            .body.ends_with("The 1.00 USD that you paid has been returned to you.\n"));
}

TEST_CASE("a cancellation after all of the money had gone back names all of it") {
  const auto declined = after(payment_processing(), {money_was_captured{1, "T", 49}});
  const auto cancelled_at = start + milliseconds{1};
  const recorded_event recorded{orderflow::order_cancelled{cancel_reason::customer}, cancelled_at};
  const auto under_way = after(declined, {cancel_order{}}, cancelled_at);
  CHECK(write_message(message_kind::order_cancelled, under_way, returned_by(recorded, under_way))
            .body.ends_with("We are returning the 0.49 USD that you paid.\n"));
  const auto back = after(after(declined, {refund_was_settled{1, 49}}), {cancel_order{}}, cancelled_at);
  CHECK(write_message(message_kind::order_cancelled, back, returned_by(recorded, back))
            .body.ends_with("The 0.49 USD that you paid has been returned to you.\n"));
}

TEST_CASE("nobody is reminded to pay who has been told already that the payment is missing") {
  const auto late =
      at_deadline(at_deadline(payment_processing(), deadline_kind::payment_reminder, ten), deadline_kind::payment_alert, twenty);
  const auto waits = after(late, {payment_was_declined{1, "declined"}});
  CHECK_FALSE(message_of(payment_reminded{}, waits));
  CHECK(message_of(payment_alert_raised{}, waits) == message_kind::order_timeout_alert);
}

TEST_CASE("each template fits the states that it is true of, and no other") {
  struct state {
    const char* name;
    order now;
    std::vector<message_kind> fitting;
  };
  using enum message_kind;
  const auto given_up = after(paid(), {cancel_order{}});
  const state states[] = {
      {"open cart", awaiting_checkout(), {}},
      {"awaiting stock", awaiting_stock(), {order_timeout_alert}},
      {"awaiting payment", awaiting_payment(), {order_timeout_alert, payment_reminder}},
      {"declined", declined(), {order_timeout_alert, payment_failed, payment_reminder}},
      {"processing", payment_processing(), {order_timeout_alert}},
      {"paid", paid(), {order_confirmation}},
      {"a part went back", after(paid(), {refund_order{30}, refund_was_settled{1, 30}}), {order_confirmation, refunded}},
      {"shipped", shipped(), {order_confirmation, message_kind::order_shipped}},
      {"delivered", delivered(), {order_confirmation, message_kind::order_shipped}},
      {"shipped and refunded",
       after(shipped(), {refund_order{}, refund_was_settled{1, price}}),
       {message_kind::order_shipped, refunded}},
      {"cancelled", cancelled(), {message_kind::order_cancelled}},
      {"cancelled when paid", given_up, {message_kind::order_cancelled}},
      {"cancelled, all is back", after(given_up, {refund_was_settled{1, price}}), {message_kind::order_cancelled, refunded}},
  };
  for (const auto& each : states) {
    INFO(each.name);
    std::vector<message_kind> fitting;
    for (const auto kind : {order_confirmation, message_kind::order_shipped, message_kind::order_cancelled, order_timeout_alert,
                            payment_failed, refunded, payment_reminder})
      if (is_true_of(each.now, kind)) fitting.push_back(kind);
    CHECK(fitting == each.fitting);
  }
}

TEST_CASE("what may still become true of an order is told from what cannot any more") {
  using enum message_kind;
  CHECK(may_become_true_of(awaiting_payment(), order_confirmation));
  CHECK(may_become_true_of(paid(), message_kind::order_shipped));
  CHECK(may_become_true_of(paid(), message_kind::order_cancelled));
  CHECK(may_become_true_of(paid(), refunded));
  CHECK(may_become_true_of(after(paid(), {cancel_order{}}), refunded));
  CHECK_FALSE(may_become_true_of(paid(), order_confirmation));  // It is true.
  CHECK_FALSE(may_become_true_of(paid(), payment_reminder));
  CHECK_FALSE(may_become_true_of(shipped(), message_kind::order_cancelled));
  for (const auto kind :
       {order_confirmation, message_kind::order_shipped, order_timeout_alert, payment_failed, refunded, payment_reminder})
    CHECK_FALSE(may_become_true_of(cancelled(), kind));
}

TEST_CASE("a customer is addressed by name, and the order by the number that its document shows") {
  auto now = paid();
  now.who.name = "Ann";
  CHECK(write_message(message_kind::order_confirmation, now).body.starts_with("Dear Ann,\n\nThank you."));
  now.who.name.clear();
  CHECK(write_message(message_kind::order_confirmation, now).body.starts_with("Hello,\n\nThank you."));
  now.source.origin = "d0";
  CHECK(write_message(message_kind::order_confirmation, now).subject == "Your order ORD000007 is confirmed");
  now.source.external_id = "12345";
  CHECK(write_message(message_kind::order_confirmation, now).subject == "Your order 12345 is confirmed");
}

}  // namespace orderflow
