// Idle orders leave memory, and nothing that comes for them is lost.
#include <catch2/catch_test_macros.hpp>

#include "tests/actors/fixture.hpp"

namespace orderflow::test {

namespace {

using std::chrono::seconds;

}  // namespace

TEST_CASE("an idle order leaves memory and comes back with the next request") {
  fixture on;
  auto id = on.placed();
  CHECK(on.in_memory() == 1);
  on.advance(seconds{3});
  CHECK(on.in_memory() == 1);
  on.advance(seconds{7});
  CHECK(on.in_memory() == 0);
  CHECK(on.all().figures->passivations->value() == 1);
  auto look = on.look(id);
  on.run();
  REQUIRE(look->reply);
  CHECK(look->reply->now->status == order_status::paid);
  CHECK(on.in_memory() == 1);
}

TEST_CASE("an order that is used stays in memory") {
  fixture on;
  auto id = on.placed();
  for (int i = 0; i < 10; ++i) {
    on.look(id);
    on.advance(seconds{2});
  }
  CHECK(on.all().figures->passivations->value() == 0);
}

TEST_CASE("an order that waits for its payment stays in memory") {
  fixture on;
  auto id = on.placed({.pay_with = "in_progress", .when = answer_when::committed});
  on.advance(seconds{60});
  CHECK(on.in_memory() == 1);
  on.world.payments.settle("charge/" + std::to_string(id.value) + "/1", true);
  on.advance(seconds{10});
  CHECK(on.in_memory() == 0);
  CHECK(on.stored(id).status == order_status::paid);
}

TEST_CASE("a request is not lost at whatever moment of the leaving it comes") {
  // The leaving takes a handful of steps; a request is put between each two of them.
  size_t respawns = 0;
  for (size_t moment = 0; moment < 40; ++moment) {
    fixture on;
    auto id = on.placed({.pay_with = std::nullopt});
    for (int i = 0; i < 6; ++i) on.advance(seconds{1}, seconds{1});
    on.time->advance(seconds{1});
    on.scheduler().advance_time(seconds{1});
    on.run_steps(moment);
    auto paying = on.command(id, pay_order{"ok"}, answer_when::settled);
    on.report(id, refund_was_seen{0});
    on.run();
    INFO("moment " << moment);
    REQUIRE(paying->reply);
    CHECK(paying->reply->now->status == order_status::paid);
    respawns += static_cast<size_t>(on.all().figures->passivations->value());
  }
  CHECK(respawns == 40);
}

TEST_CASE("word from the world is not lost at whatever moment of the leaving it comes") {
  for (size_t moment = 0; moment < 150; ++moment) {
    fixture on;
    auto id = on.placed({.pay_with = std::nullopt});
    for (int i = 0; i < 6; ++i) on.advance(seconds{1}, seconds{1});
    on.time->advance(seconds{1});
    on.scheduler().advance_time(seconds{1});
    on.run_steps(moment);
    on.report(id, money_was_captured{0, "from outside", 1000});
    on.run();
    INFO("moment " << moment);
    CHECK(on.stored(id).status == order_status::paid);
    CHECK(on.all().figures->passivations->value() == 1);
  }
}

TEST_CASE("an order that is asked to leave while a caller waits for it stays") {
  fixture on;
  auto id = on.placed({.pay_with = std::nullopt});
  on.command(id, pay_order{"in_progress"});
  auto waiting = on.look(id, answer_when::settled);
  on.advance(seconds{20});
  CHECK(on.in_memory() == 1);
  CHECK_FALSE(waiting->answered());
  on.world.payments.settle("charge/" + std::to_string(id.value) + "/1", true);
  on.run();
  CHECK(waiting->reply->now->status == order_status::paid);
}

TEST_CASE("what people ask about orders that do not exist leaves memory too") {
  fixture on;
  for (int i = 1; i < 50; ++i) on.look(order_id{1'000'000 + i});
  on.run();
  on.advance(seconds{10});
  CHECK(on.in_memory() == 0);
}

TEST_CASE("many orders leave nothing behind: no actor, no stream held open, no timer of their own") {
  fixture on;
  on.stock_up(1'000'000);
  auto actors = on.actors_alive();
  std::vector<asked_order> askers;
  for (int i = 0; i < 1000; ++i) {
    askers.push_back(
        on.create({.pay_with = i % 3 == 0 ? "declined" : "ok", .tracked = 1 + i % 3, .decline_cancels = i % 2 == 0}));
    if (i % 100 == 99) on.run();
  }
  for (const auto& one : askers) REQUIRE(one->reply);
  askers.clear();
  on.advance(seconds{15});
  CHECK(on.in_memory() == 0);
  CHECK(on.actors_alive() == actors);
  CHECK(on.all().figures->journal_open_streams->value() == 2);  // The inventory's and the catalogue's.
}

TEST_CASE(
    "an idle order is read past the journal while the store takes no writes, and is refused at once where it cannot be read") {
  fixture on;
  const auto id = on.placed();
  on.advance(on.all().limits.passivate_after + std::chrono::seconds{3});
  REQUIRE(on.in_memory() == 0);
  auto& store = on.all().figures->store;
  store.journal.failed("the lock is another's");
  const auto loads = on.db.counts().load_number;
  auto read = on.look(id);
  on.run();
  REQUIRE(read->reply);
  CHECK(read->reply->now->status == order_status::paid);
  CHECK(on.db.counts().load_number == loads);
  CHECK(on.in_memory() == 0);
  store.lookups.failed("the connection is lost");
  auto refused = on.look(id);
  on.run();
  REQUIRE(refused->error);
  CHECK(refused->error->code == errc::store_unavailable);
}

}  // namespace orderflow::test
