// The way to the payment gateway: unknown outcomes, joined calls, limits, the breaker, and money that comes late.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "tests/actors/fixture.hpp"

namespace orderflow::test {

namespace {

using std::chrono::seconds;

std::string charge_key(order_id id, int attempt = 1) {
  return "charge/" + std::to_string(id.value) + "/" + std::to_string(attempt);
}

order_id accepted(fixture& on, order_options command) {
  command.when = answer_when::committed;
  return on.placed(command);
}

auto has_status(fixture& on, order_id id, order_status status) {
  return [&on, id, status] { return on.stored(id).status == status; };
}

}  // namespace

TEST_CASE("a reply that is lost makes the outcome unknown, and a question tells the one capture") {
  fixture on;
  auto id = accepted(on, {.pay_with = "lost_reply"});
  on.advance(milliseconds{1900});
  CHECK(on.count_event(id, "payment_unknown") == 0);
  on.advance(milliseconds{200});
  CHECK(on.count_event(id, "payment_unknown") == 1);
  CHECK(on.within(seconds{2}, has_status(on, id, order_status::paid)));
  CHECK(on.world.payments.charges_asked == 1);
  CHECK(on.world.payments.captured(id) == 1000);
  CHECK(on.count_event(id, "payment_unknown") == 1);
}

TEST_CASE("a charge that never arrived is sent again with its key to a gateway that honours keys") {
  fixture on;
  auto id = accepted(on, {.pay_with = "lost_request"});
  CHECK(on.within(seconds{10}, has_status(on, id, order_status::paid)));
  CHECK(on.world.payments.charges_asked == 2);
  CHECK(on.world.payments.captured(id) == 1000);
}

TEST_CASE("a gateway that does not honour keys is never sent a charge twice; a person settles it") {
  fixture on;
  on.world.payments.keys_are_honoured = false;
  auto id = accepted(on, {.pay_with = "lost_request"});
  on.advance(seconds{60});
  CHECK(on.stored(id).status == order_status::payment_processing);
  on.crash();
  on.start();
  on.advance(seconds{60});
  CHECK(on.world.payments.charges_asked == 1);
  CHECK(on.world.payments.queries_asked > 1);
  CHECK(on.stored(id).needs_operator == operator_reason::charge_unknown_to_gateway);
  CHECK(on.count_event(id, "operator_needed") == 1);
  CHECK(on.all().figures->orders_needing_operator[8]->value() == 1);
  auto answer = on.command(id, resolve_attempt{"", "the bank says no", "tom"});
  on.run();
  REQUIRE(answer->reply);
  CHECK(on.stored(id).pending_for(pending_reason::awaiting_payment));
  CHECK(on.stored(id).needs_operator == operator_reason::none);
  CHECK(on.all().figures->orders_needing_operator[8]->value() == 0);
}

TEST_CASE("a charge that never left this machine is sent when the gateway can be reached, keys honoured or not") {
  fixture on;
  on.world.payments.keys_are_honoured = false;
  auto id = accepted(on, {.pay_with = "unreachable"});
  CHECK(on.within(seconds{30}, has_status(on, id, order_status::paid)));
  CHECK(on.world.payments.queries_asked == 0);
  CHECK(on.count_event(id, "payment_unknown") == 0);
  CHECK(on.world.payments.count(ledger_kind::capture, charge_key(id)) == 1);
}

TEST_CASE("after a restart a charge is asked for before it is sent again") {
  fixture on;
  on.world.payments.holds_answers = true;
  auto id = accepted(on, {});
  on.crash();
  on.world.payments.holds_answers = false;
  on.start();
  CHECK(on.within(seconds{10}, has_status(on, id, order_status::paid)));
  CHECK(on.world.payments.charges_asked == 1);
  CHECK(on.world.payments.queries_asked == 1);
}

TEST_CASE("a capture in another currency pays for nothing: it is recorded at once, and an operator is called once") {
  fixture on;
  auto id = accepted(on, {.pay_with = "other_currency"});
  CHECK(on.stored(id).needs_operator == operator_reason::capture_in_other_currency);
  on.advance(seconds{20});
  CHECK(on.stored(id).status == order_status::payment_processing);
  CHECK(on.count_event(id, "payment_unknown") == 1);
  CHECK(on.count_event(id, "foreign_capture_recorded") == 1);
  CHECK(on.count_event(id, "operator_needed") == 1);
  CHECK(on.world.payments.charges_asked == 1);
  CHECK(on.world.payments.queries_asked > 1);
  REQUIRE(on.stored(id).foreign_captures.size() == 1);
  CHECK(on.stored(id).foreign_captures[0].money.name() == "JPY");
  CHECK(on.all().figures->orders_needing_operator[7]->value() == 1);
}

TEST_CASE("money in another currency that comes after the order was given up stays with the operator") {
  fixture on;
  auto id = on.placed({.pay_with = "declined", .decline_cancels = true});
  caf::anon_send(on.all().payments,
                 charge_answer{charge_key(id), charge_status::captured, "yen-1", 1500, {}, currency{{'J', 'P', 'Y'}}});
  on.run();
  CHECK(on.stored(id).status == order_status::cancelled);
  CHECK(on.stored(id).needs_operator == operator_reason::capture_in_other_currency);
  CHECK(captured_sum(on.stored(id)) == 0);
  CHECK(on.world.payments.refunds_asked == 0);
}

TEST_CASE("errors of the gateway are tried again until one capture stands") {
  fixture on;
  auto id = accepted(on, {.pay_with = "error"});
  CHECK(on.within(seconds{30}, has_status(on, id, order_status::paid)));
  CHECK(on.world.payments.captured(id) == 1000);
}

TEST_CASE("the gateway's own report settles a charge in progress, and a second one changes nothing") {
  fixture on;
  auto id = accepted(on, {.pay_with = "in_progress"});
  CHECK(on.stored(id).status == order_status::payment_processing);
  on.world.payments.settle(charge_key(id), true);
  on.run();
  CHECK(on.stored(id).status == order_status::paid);
  auto version = on.stored(id).version;
  on.report(id, money_was_captured{1, on.stored(id).attempts[0].transaction, 1000});
  on.run();
  CHECK(on.stored(id).version == version);
}

TEST_CASE("charges with one key are joined into one call") {
  fixture on;
  on.world.payments.holds_answers = true;
  auto id = accepted(on, {});
  for (int i = 0; i < 3; ++i) caf::anon_send(on.all().payments, charge_order{id, 1, 1000, *find_currency("USD"), "ok", true});
  on.run();
  CHECK(on.world.payments.charges_asked == 1);
  on.world.payments.answer_held();
  on.run();
  CHECK(on.stored(id).status == order_status::paid);
}

TEST_CASE("at most so many calls are under way, and one that hangs gives its place away") {
  fixture on{{.payments_in_flight = 2}};
  on.world.payments.holds_answers = true;
  std::vector<order_id> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(accepted(on, {}));
  CHECK(on.world.payments.charges_asked == 2);
  CHECK(on.all().figures->payments_in_flight->value() == 2);
  CHECK(on.all().figures->payments_waiting->value() == 3);
  on.world.payments.answer_held(0);
  on.run();
  CHECK(on.world.payments.charges_asked == 3);
  // Nobody answers: after the timeout the others get their turn.
  on.advance(milliseconds{2100});
  CHECK(on.world.payments.charges_asked == 5);
  on.world.payments.holds_answers = false;
  on.world.payments.answer_held();
  on.run();
  CHECK(on.within(seconds{10}, [&] {
    for (auto id : ids)
      if (on.stored(id).status != order_status::paid) return false;
    return true;
  }));
  for (auto id : ids) CHECK(on.world.payments.captured(id) == 1000);
  CHECK(on.all().figures->payments_in_flight->value() == 0);
  CHECK(on.all().figures->payments_waiting->value() == 0);
}

TEST_CASE("a gateway that keeps failing is left alone for a while, and found again when it is back") {
  fixture on;
  on.world.payments.down = true;
  std::vector<order_id> ids;
  for (int i = 0; i < 30; ++i) ids.push_back(accepted(on, {}));
  auto asked = [&] { return on.world.payments.charges_asked + on.world.payments.queries_asked; };
  CHECK(asked() == 20);
  auto before = asked();
  on.advance(seconds{20});
  CHECK(asked() - before <= 20 * 10);  // ten trials a second, however many orders wait
  on.world.payments.down = false;
  CHECK(on.within(seconds{60}, [&] {
    for (auto id : ids)
      if (on.stored(id).status != order_status::paid) return false;
    return true;
  }));
  for (auto id : ids) CHECK(on.world.payments.count(ledger_kind::capture, charge_key(id)) == 1);
}

TEST_CASE("a gateway that fails every charge and answers every question is away, until it takes one") {
  fixture on;
  std::vector<order_id> ids;
  for (int n = 0; n < 10; ++n) ids.push_back(accepted(on, {.pay_with = "error"}));
  const auto& health = on.all().figures->payment_gateway;
  CHECK(on.within(seconds{10}, [&] { return health.outage().has_value(); }));
  CHECK(health.outage()->reason.find("takes no charges") != std::string::npos);
  CHECK(on.within(seconds{30}, [&] { return !health.outage(); }));
  for (auto id : ids) CHECK(on.within(seconds{30}, has_status(on, id, order_status::paid)));
}

TEST_CASE("charges whose replies are lost have been taken, so the gateway is not away") {
  fixture on;
  for (int n = 0; n < 30; ++n) {
    accepted(on, {.pay_with = "lost_reply"});
    on.advance(seconds{3});
    CHECK_FALSE(on.all().figures->payment_gateway.outage());
  }
}

TEST_CASE("a cancellation during the payment waits for its end: captured means paid, cancelled and refunded") {
  fixture on;
  on.stock_up(5);
  auto id = accepted(on, {.pay_with = "in_progress", .tracked = 2});
  auto answer = on.command(id, cancel_order{});
  on.run();
  CHECK(answer->reply->outcome == order_outcome::accepted);
  CHECK(on.stored(id).status == order_status::payment_processing);
  on.world.payments.settle(charge_key(id), true);
  on.run();
  CHECK(on.stored(id).status == order_status::cancelled);
  CHECK(on.count_event(id, "payment_captured") == 1);
  CHECK(on.world.payments.refunded(id) == 2000);
  CHECK(on.level() == stock_level{5, 0});
}

TEST_CASE("a cancellation during the payment waits for its end: declined means cancelled") {
  fixture on;
  on.stock_up(5);
  auto id = accepted(on, {.pay_with = "in_progress", .tracked = 2});
  on.command(id, cancel_order{});
  on.run();
  on.world.payments.settle(charge_key(id), false);
  on.run();
  CHECK(on.stored(id).status == order_status::cancelled);
  CHECK(on.world.payments.refunded(id) == 0);
  CHECK(on.level() == stock_level{5, 0});
}

TEST_CASE("money that comes for a cancelled order that has left memory goes back, once") {
  fixture on;
  auto id = on.placed({.pay_with = "declined", .decline_cancels = true});
  on.advance(seconds{10});
  CHECK(on.in_memory() == 0);
  on.world.payments.capture_late(id, charge_key(id), 1000);
  on.run();
  CHECK(on.stored(id).status == order_status::cancelled);
  CHECK(on.world.payments.refunded(id) == 1000);
  CHECK(on.world.payments.refunds_asked == 1);
}

TEST_CASE("money that comes after its decline pays for an order that still waits for it") {
  fixture on;
  auto id = on.placed({.pay_with = "declined"});
  on.world.payments.capture_late(id, charge_key(id), 1000);
  on.run();
  CHECK(on.stored(id).status == order_status::paid);
  CHECK(on.world.payments.refunded(id) == 0);
}

TEST_CASE("a capture of another amount does not pay: it goes back and a person is asked to look") {
  fixture on;
  auto id = on.placed({.pay_with = "wrong_amount"});
  CHECK(on.stored(id).pending_for(pending_reason::awaiting_payment));
  CHECK(on.stored(id).needs_operator == operator_reason::capture_of_wrong_amount);
  CHECK(on.world.payments.captured(id) == 1001);
  CHECK(on.world.payments.refunded(id) == 1001);
}

TEST_CASE("a refund is tried until it is through, and made once") {
  fixture on;
  auto id = on.placed();
  on.world.payments.down = true;
  on.command(id, cancel_order{});
  on.advance(seconds{5});
  CHECK(on.world.payments.refunded(id) == 0);
  on.world.payments.down = false;
  CHECK(on.within(seconds{20}, [&] { return pending_effects(on.stored(id)).empty(); }));
  CHECK(on.world.payments.refunded(id) == 1000);
}

TEST_CASE("a refund that the gateway refuses is not tried for ever: a person is asked to look") {
  fixture on;
  auto id = on.placed();
  on.world.payments.refuses_refunds = true;
  on.command(id, cancel_order{});
  on.advance(seconds{30});
  CHECK(on.world.payments.refunds_asked == 1);
  CHECK(on.stored(id).needs_operator == operator_reason::refund_refused);
}

TEST_CASE("an answer with a key that is not ours is only noted") {
  fixture on;
  on.placed();
  for (const auto* key : {"", "charge/", "charge/x/1", "charge/7", "charge/7/1x", "charge/-64/1", "charge/0/1", "refund/7/1"})
    caf::anon_send(on.all().payments, charge_answer{key, charge_status::captured, "t", 5, {}});
  on.run();
  CHECK(on.orders_stored() == 1);
  CHECK_FALSE(on.flags().broken);
}

TEST_CASE("questions about charges that hang do not take the places of new charges") {
  fixture on{{.payments_in_flight = 2, .payment_queries_in_flight = 1}};
  on.world.payments.mute = true;
  for (int n = 0; n < 4; ++n) accepted(on, {});
  on.advance(milliseconds{5500});
  CHECK(on.world.payments.charges_asked == 4);
  CHECK(on.world.payments.queries_asked >= 1);
  CHECK(on.all().figures->payments_in_flight->value() <= 1);
  on.world.payments.mute = false;
  auto id = accepted(on, {});
  CHECK(on.stored(id).status == order_status::paid);
}

TEST_CASE("what is unsettled is counted until it is settled") {
  fixture on;
  const auto unsettled = [&] {
    const auto& figures = *on.all().figures;
    return figures.payments_in_flight->value() + figures.payments_waiting->value();
  };
  auto id = accepted(on, {.pay_with = "in_progress"});
  on.advance(seconds{5});
  CHECK(unsettled() == 1);
  on.world.payments.settle(charge_key(id), true);
  on.run();
  CHECK(unsettled() == 0);
}

}  // namespace orderflow::test
