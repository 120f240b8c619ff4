// The order path: what is durable before anybody is told, what runs ahead, and what it costs.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "codec/order_json.hpp"
#include "tests/actors/fixture.hpp"

namespace orderflow::test {

namespace {

using names = std::vector<std::string>;

bool has_event(const append_request& append, const std::string& name) {
  return append.stream.kind == stream_kind::order &&
         std::ranges::any_of(append.events, [&](const stored_event& one) { return name_of_order_event(one.type) == name; });
}

}  // namespace

TEST_CASE("a paid order of tracked goods costs exactly two commits and is answered after the second") {
  fixture on;
  on.stock_up(10);
  on.placed();  // Ids are reserved, everybody is awake.
  auto before = on.db.counts().batches;
  uint64_t answered_after = 0;
  auto answer = on.create({.tracked = 2});
  on.db.on_batch(
      [&](const batch&) { answered_after = answer->answered() ? answered_after : on.db.counts().batches + 1 - before; });
  on.run();
  REQUIRE(answer->reply);
  CHECK(answer->reply->outcome == order_outcome::done);
  CHECK(answer->reply->now->status == order_status::paid);
  CHECK(answered_after == 2);
  CHECK(on.events_of(answer->reply->now->id) == names{"order_placed", "stock_held", "payment_started", "payment_captured"});
}

TEST_CASE("before the commit nobody is answered, nothing is charged and nobody is told") {
  fixture on;
  on.stock_up(10);
  on.placed();
  auto sent = on.world.mail.sent.size();
  auto charges = on.world.payments.charges_asked;
  auto settled = on.create({.tracked = 2});
  auto accepted = on.create({.when = answer_when::committed});
  on.run_up_to_the_journal();
  CHECK_FALSE(settled->answered());
  CHECK_FALSE(accepted->answered());
  CHECK(on.world.payments.charges_asked == charges);
  CHECK(on.world.mail.sent.size() == sent);
  on.run();
  CHECK(settled->reply);
  CHECK(accepted->reply);
  CHECK(on.world.payments.charges_asked == charges + 2);
}

TEST_CASE("an answer when committed shows the order as it was committed, not as it is going to be") {
  fixture on;
  auto answer = on.create({.when = answer_when::committed});
  on.run();
  REQUIRE(answer->reply);
  CHECK(answer->reply->now->status == order_status::payment_processing);
  CHECK(on.stored(answer->reply->now->id).status == order_status::paid);
}

TEST_CASE("the inventory's answer runs ahead of its commit, and the order's append names it as its cause") {
  fixture on;
  on.stock_up(10);
  on.placed();
  std::optional<append_request> reserving;
  std::optional<append_request> holding;
  bool together = false;
  on.db.on_batch([&](const batch& work) {
    for (const auto* one : work.appends) {
      if (one->stream == main_warehouse) reserving = *one;
      if (has_event(*one, "stock_held")) holding = *one, together = reserving.has_value();
    }
  });
  auto id = on.placed({.tracked = 2});
  REQUIRE(reserving);
  REQUIRE(holding);
  CHECK(together);
  REQUIRE(reserving->after);
  CHECK(reserving->after->stream == stream_of(id));
  CHECK(reserving->after->seq == 1);
  REQUIRE(holding->after);
  CHECK(holding->after->stream == main_warehouse);
  CHECK(holding->after->of == reserving->of);
  CHECK(holding->after->seq == reserving->expected_seq + reserving->events.size());
}

TEST_CASE("a read waits until what it shows is durable") {
  fixture on;
  auto id = on.placed({.pay_with = std::nullopt});
  auto command = on.command(id, cancel_order{});
  on.run_up_to_the_journal();
  auto read = on.look(id);
  on.run_up_to_the_journal();
  CHECK_FALSE(read->answered());
  on.run();
  REQUIRE(read->reply);
  CHECK(read->reply->now->status == order_status::cancelled);
}

TEST_CASE("a rule that refuses a command changes nothing and is told with the present state") {
  fixture on;
  auto id = on.placed({.pay_with = std::nullopt});
  auto version = on.stored(id).version;
  auto answer = on.command(id, ship_order{});
  on.run();
  REQUIRE(answer->reply);
  CHECK(answer->reply->outcome == order_outcome::refused);
  CHECK(answer->reply->why == refusal::order_must_be_paid);
  CHECK(answer->reply->now->version == version);
  CHECK(on.stored(id).version == version);
}

TEST_CASE("an order that does not exist, a negative number and another's order are all told alike") {
  fixture on;
  auto id = on.placed();
  principal other{"bob", "shop", role::customer};
  principal other_shop{"eve", "mall", role::operator_};
  principal owner{"ann", "shop", role::customer};
  principal clerk{"tom", "shop", role::merchant};
  auto missing = on.look(order_id{64'000});
  auto negative = on.look(order_id{-1});
  auto bobs = on.look_as(id, other);
  order_request cancel;
  cancel.order = id;
  cancel.command = order_command{cancel_order{}, on.time->now()};
  cancel.from = other_shop;
  auto eves = on.ask(cancel);
  auto anns = on.look_as(id, owner);
  auto toms = on.look_as(id, clerk);
  on.run();
  for (const auto& one : {missing, negative, bobs, eves}) {
    REQUIRE(one->reply);
    CHECK(one->reply->outcome == order_outcome::refused);
    CHECK(one->reply->why == refusal::order_must_exist);
    CHECK(one->reply->now == nullptr);
  }
  CHECK(anns->reply->now->id == id);
  CHECK(toms->reply->now->id == id);
  CHECK(on.stored(id).status == order_status::paid);
}

TEST_CASE("a command for another version of the order is not carried out") {
  fixture on;
  auto id = on.placed({.pay_with = std::nullopt});
  order_request command;
  command.order = id;
  command.command = order_command{cancel_order{}, on.time->now()};
  command.if_version = version_condition{std::vector<uint64_t>{7}};
  auto differs = on.ask(command);
  on.run();
  CHECK(differs->reply->outcome == order_outcome::version_differs);
  CHECK(on.stored(id).status == order_status::pending);
  command.if_version = version_condition{std::nullopt, {on.stored(id).version}};
  auto excluded = on.ask(command);
  on.run();
  CHECK(excluded->reply->outcome == order_outcome::version_is_excluded);
  CHECK(on.stored(id).status == order_status::pending);
  command.if_version = version_condition{std::vector<uint64_t>{7, on.stored(id).version}, {7}};
  auto fits = on.ask(command);
  on.run();
  CHECK(fits->reply->outcome == order_outcome::done);
  CHECK(on.stored(id).status == order_status::cancelled);
}

TEST_CASE("an order that costs nothing is paid in its first commit without the gateway") {
  fixture on;
  auto id = on.placed({.price = 0});
  CHECK(on.stored(id).status == order_status::paid);
  CHECK(on.world.payments.charges_asked == 0);
  CHECK(on.events_of(id) == names{"order_placed", "payment_started", "payment_captured"});
}

TEST_CASE("what the house does not have is not sold") {
  fixture on;
  on.stock_up(3);
  auto first = on.create({.tracked = 2});
  auto second = on.create({.tracked = 2});
  on.run();
  REQUIRE(first->reply);
  REQUIRE(second->reply);
  auto paid = first->reply->now->status == order_status::paid;
  auto& lucky = paid ? first : second;
  auto& unlucky = paid ? second : first;
  CHECK(lucky->reply->now->status == order_status::paid);
  CHECK(unlucky->reply->now->status == order_status::cancelled);
  CHECK(unlucky->reply->now->cancelled_because == cancel_reason::out_of_stock);
  CHECK(on.level() == stock_level{3, 2});
  CHECK(on.world.payments.captured(unlucky->reply->now->id) == 0);
}

TEST_CASE("cancelling a paid order gives the money and the goods back, each once") {
  fixture on;
  on.stock_up(5);
  auto id = on.placed({.tracked = 2});
  CHECK(on.level() == stock_level{5, 2});
  auto first = on.command(id, cancel_order{});
  auto again = on.command(id, cancel_order{});
  on.run();
  CHECK(first->reply->outcome == order_outcome::done);
  CHECK(again->reply->outcome == order_outcome::done);
  CHECK(on.stored(id).status == order_status::cancelled);
  CHECK(on.level() == stock_level{5, 0});
  CHECK(on.world.payments.captured(id) == 2000);
  CHECK(on.world.payments.refunded(id) == 2000);
  CHECK(on.world.payments.refunds_asked == 1);
  CHECK(pending_effects(on.stored(id)).empty());
}

TEST_CASE("a decline that cancels gives the goods back") {
  fixture on;
  on.stock_up(5);
  auto id = on.placed({.pay_with = "declined", .tracked = 2, .decline_cancels = true});
  CHECK(on.stored(id).status == order_status::cancelled);
  CHECK(on.stored(id).cancelled_because == cancel_reason::declined);
  CHECK(on.level() == stock_level{5, 0});
}

TEST_CASE("after a decline the goods stay reserved and another method pays") {
  fixture on;
  on.stock_up(5);
  auto id = on.placed({.pay_with = "declined", .tracked = 2});
  CHECK(on.stored(id).pending_for(pending_reason::awaiting_payment));
  CHECK(on.level() == stock_level{5, 2});
  auto answer = on.command(id, pay_order{"ok"}, answer_when::settled);
  on.run();
  CHECK(answer->reply->now->status == order_status::paid);
  CHECK(on.world.payments.captured(id) == 2000);
}

TEST_CASE("shipped goods leave the house") {
  fixture on;
  on.stock_up(5);
  auto id = on.placed({.tracked = 2});
  auto shipped = on.command(id, ship_order{}, answer_when::settled);
  on.run();
  REQUIRE(shipped->reply);
  CHECK(shipped->reply->now->status == order_status::shipped);
  CHECK(shipped->reply->now->shipment.tracking == on.world.shipments.shipments.at("ship/" + std::to_string(id.value)));
  CHECK(on.level() == stock_level{3, 0});
  auto delivered = on.command(id, deliver_order{});
  on.run();
  CHECK(delivered->reply->now->status == order_status::delivered);
}

TEST_CASE("a part of the money is given back once and the order stays paid") {
  fixture on;
  auto id = on.placed();
  auto answer = on.command(id, refund_order{300});
  on.run();
  CHECK(answer->reply->outcome == order_outcome::done);
  CHECK(on.stored(id).status == order_status::paid);
  CHECK(on.world.payments.refunded(id) == 300);
  auto too_much = on.command(id, refund_order{701});
  on.run();
  CHECK(too_much->reply->why == refusal::refund_must_not_exceed_capture);
}

TEST_CASE("orders are counted by status as they change") {
  fixture on;
  auto level = [&](order_status status) { return on.all().figures->orders_by_status[static_cast<size_t>(status)]->value(); };
  auto first = on.placed();
  on.placed({.pay_with = std::nullopt});
  CHECK(level(order_status::paid) == 1);
  CHECK(level(order_status::pending) == 1);
  CHECK(level(order_status::payment_processing) == 0);
  on.command(first, cancel_order{});
  on.run();
  CHECK(level(order_status::paid) == 0);
  CHECK(level(order_status::cancelled) == 1);
  on.crash();
  on.start();
  CHECK(level(order_status::cancelled) == 1);
  CHECK(level(order_status::pending) == 1);
}

}  // namespace orderflow::test
