// Charges and refunds that an operator settles while the way to the gateway still works on them, and refunds of a gateway that
// shows sums only.
#include <catch2/catch_test_macros.hpp>

#include "tests/actors/fixture.hpp"

namespace orderflow::test {

namespace {

using std::chrono::seconds;

std::string charge_key(order_id id, int attempt) { return "charge/" + std::to_string(id.value) + "/" + std::to_string(attempt); }

order_id accepted(fixture& on, order_options command) {
  command.when = answer_when::committed;
  return on.placed(command);
}

}  // namespace

TEST_CASE("a charge that was not sent is never sent once an operator has settled it") {
  for (const bool captured : {false, true}) {
    fixture on;
    on.world.payments.keys_are_honoured = captured;
    auto id = accepted(on, {.pay_with = "unreachable"});
    on.advance(milliseconds{50});
    REQUIRE(on.stored(id).status == order_status::payment_processing);
    auto answer = on.command(id, resolve_attempt{captured ? "T1" : "", "looked there", "tom"});
    on.run();
    REQUIRE(answer->reply);
    on.advance(seconds{60});
    CHECK(on.world.payments.captured(id) == 0);
    CHECK(pending_effects(on.stored(id)).empty());
    CHECK(on.count_event(id, "charge_question_closed") == 1);
  }
}

TEST_CASE("a charge that may have been sent is only asked about once an operator has settled it, also after a restart") {
  for (const bool restarts : {false, true}) {
    fixture on;
    auto id = accepted(on, {.pay_with = "lost_request"});
    on.command(id, resolve_attempt{"", "the bank says no", "tom"});
    on.run();
    if (restarts) {
      on.crash();
      on.start();
    }
    on.advance(seconds{60});
    CHECK(on.world.payments.charges_asked == 1);
    CHECK(on.world.payments.queries_asked > 1);
    CHECK(on.stored(id).pending_for(pending_reason::awaiting_payment));
    auto waiting = on.request<std::vector<effect_progress>>(on.all().payments, caf::get_atom_v);
    on.run();
    REQUIRE(waiting->reply);
    CHECK(waiting->reply->empty());
    // It is not asked about for ever.
    on.advance(std::chrono::minutes{11}, milliseconds{500});
    CHECK(pending_effects(on.stored(id)).empty());
    CHECK(on.world.payments.charges_asked == 1);
  }
}

TEST_CASE("money that an operator did not know of is found and goes back, also after a restart") {
  for (const bool restarts : {false, true}) {
    fixture on;
    on.world.payments.holds_answers = true;
    auto id = accepted(on, {.pay_with = "ok"});
    on.command(id, resolve_attempt{"", "the bank says no", "tom"});
    on.command(id, cancel_order{});
    on.run();
    CHECK(on.stored(id).status == order_status::cancelled);
    if (restarts) on.crash();
    on.world.payments.holds_answers = false;
    if (restarts) on.start();
    CHECK(on.within(seconds{20}, [&] { return on.world.payments.refunded(id) == 1000; }));
    CHECK(on.world.payments.charges_asked == 1);
    CHECK(on.within(seconds{5}, [&] { return pending_effects(on.stored(id)).empty(); }));
    CHECK(refunded_sum(on.stored(id)) == 1000);
  }
}

TEST_CASE("paying again after an operator's word takes the money once") {
  fixture on;
  on.world.payments.down = true;
  auto id = accepted(on, {});
  on.command(id, resolve_attempt{"", "it is down", "tom"});
  on.run();
  on.command(id, pay_order{"ok"});
  on.run();
  on.world.payments.down = false;
  CHECK(on.within(seconds{30}, [&] { return on.stored(id).status == order_status::paid; }));
  on.advance(seconds{30});
  CHECK(on.world.payments.captured(id) == 1000);
  CHECK(on.world.payments.count(ledger_kind::capture, charge_key(id, 2)) == 1);
}

TEST_CASE("a refund about which the gateway tells nothing is settled by an operator, and its call ends") {
  for (const bool returned : {false, true}) {
    fixture on;
    on.world.payments.keys_are_honoured = false;
    auto id = on.placed();
    on.world.payments.loses_refunds = true;
    on.command(id, cancel_order{});
    on.advance(seconds{20});
    const auto asked = on.world.payments.refunds_asked;
    CHECK(asked > 1);
    auto waiting = on.request<std::vector<effect_progress>>(on.all().payments, caf::get_atom_v);
    on.run();
    REQUIRE(waiting->reply);
    CHECK(waiting->reply->size() == 1);
    on.world.payments.loses_refunds = false;
    auto answer = on.command(id, resolve_refund{1, returned, "looked there", "tom"});
    on.run();
    REQUIRE(answer->reply);
    CHECK(answer->reply->outcome == order_outcome::done);
    CHECK(on.within(seconds{20}, [&] { return pending_effects(on.stored(id)).empty(); }));
    on.advance(seconds{20});
    // The first was never made. Where it goes on it is another one, sent once.
    CHECK(on.world.payments.refunded(id) == (returned ? 0 : 1000));
    CHECK(on.world.payments.refunds_asked <= asked + (returned ? 1 : 2));
    CHECK(refunded_sum(on.stored(id)) == 1000);
  }
}

TEST_CASE("a refund that is made after an operator had it tried again is money that went back") {
  fixture on;
  auto id = on.placed();
  on.world.payments.holds_answers = true;
  on.command(id, cancel_order{});
  on.run();
  CHECK(on.world.payments.held() == 1);
  on.command(id, resolve_refund{1, false, "it is not there", "tom"});
  on.run();
  on.world.payments.holds_answers = false;
  on.world.payments.answer_held();
  CHECK(on.within(seconds{20}, [&] { return pending_effects(on.stored(id)).empty(); }));
  CHECK(on.world.payments.refunded(id) == 1000);
  CHECK(refunded_sum(on.stored(id)) == 1000);
}

TEST_CASE("where the gateway shows sums only, what others returned before is not taken for our refund") {
  fixture on;
  on.world.payments.keys_are_honoured = false;
  auto id = on.placed();
  on.command(id, ship_order{});
  on.run();
  on.world.payments.external_refund(id, 300);
  on.world.payments.loses_refunds = true;
  on.command(id, refund_order{300});
  on.advance(seconds{20});
  on.world.payments.loses_refunds = false;
  on.advance(seconds{20});
  const auto now = on.stored(id);
  CHECK(now.refunds.at(0).status == refund_status::started);
  CHECK(now.external_refunds.size() == 1);
  CHECK(refunded_sum(now) == 300);
}

}  // namespace orderflow::test
