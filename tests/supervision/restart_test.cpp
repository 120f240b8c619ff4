// Defects: the reply that waits is still given, the order is started again with a pause, and held back when that does not help.
#include <catch2/catch_test_macros.hpp>

#include "tests/actors/fixture.hpp"

namespace orderflow::test {

namespace {

using std::chrono::seconds;

/// A report that is in truth a request, and one that the rules refuse: reports never are, so this is a defect.
void break_it(fixture& on, order_id id) { on.report(id, deliver_order{}); }

std::vector<quarantine_note> held_back(fixture& on, order_id id) {
  auto notes = on.request<std::vector<quarantine_note>>(on.all().shard_of(id), caf::get_atom_v);
  on.run();
  return *notes->reply;
}

bool redrive(fixture& on, order_id id) {
  auto done = on.request<bool>(on.all().shard_of(id), redrive_atom_v, id);
  on.run();
  return *done->reply;
}

void damage(fixture& on, order_id id) { on.db.raw_tables().states.at(id).state = "{not json"; }

}  // namespace

TEST_CASE("an answer that waits for its commit is given although the order's next message meets a defect") {
  fixture on;
  auto id = on.placed({.pay_with = std::nullopt});
  auto paying = on.command(id, pay_order{"ok"});
  on.run_up_to_the_journal();
  break_it(on, id);
  auto refused = on.look(id);
  on.run();
  REQUIRE(paying->reply);
  CHECK(paying->reply->now->status == order_status::payment_processing);
  REQUIRE(refused->error);
  CHECK(refused->error->code == errc::reloading);
  on.advance(seconds{1});
  CHECK(on.all().figures->restarts->value() == 1);
  CHECK(on.stored(id).status == order_status::paid);
  CHECK(on.world.payments.captured(id) == 1000);
}

TEST_CASE("a defect on top of an append that is lost ends the order too") {
  fixture on;
  auto id = on.placed({.pay_with = std::nullopt});
  on.db.faults().failing_commits = 1;
  auto paying = on.command(id, pay_order{"ok"});
  on.run_up_to_the_journal();
  break_it(on, id);
  on.run();
  CHECK(paying->error);
  on.advance(seconds{1});
  auto again = on.command(id, pay_order{"ok"}, answer_when::settled);
  on.run();
  REQUIRE(again->reply);
  CHECK(again->reply->now->status == order_status::paid);
}

TEST_CASE("who waits for an order to settle is told when it meets a defect") {
  fixture on;
  auto id = on.placed({.pay_with = "in_progress", .when = answer_when::committed});
  auto waiting = on.look(id, answer_when::settled);
  on.run();
  CHECK_FALSE(waiting->answered());
  break_it(on, id);
  on.run();
  REQUIRE(waiting->error);
  CHECK(waiting->error->code == errc::outcome_unknown);
}

TEST_CASE("a crashed order is started again after a pause, and what came meanwhile is not lost") {
  fixture on;
  auto id = on.placed({.pay_with = "in_progress", .when = answer_when::committed});
  break_it(on, id);
  on.run();
  CHECK(on.in_memory() == 0);
  auto look = on.look(id);
  on.world.payments.settle("charge/" + std::to_string(id.value) + "/1", true);
  on.run();
  CHECK_FALSE(look->answered());
  on.advance(milliseconds{100});
  CHECK(look->reply);
  CHECK(on.stored(id).status == order_status::paid);
  CHECK(held_back(on, id).empty());
}

TEST_CASE("pauses between restarts grow") {
  fixture on;
  auto id = on.placed({.pay_with = std::nullopt});
  auto down_for = [&] {
    break_it(on, id);
    on.run();
    milliseconds passed{0};
    for (; on.in_memory() == 0; passed += milliseconds{10}) on.advance(milliseconds{10});
    return passed;
  };
  auto first = down_for();
  auto second = down_for();
  auto third = down_for();
  CHECK(second > first);
  CHECK(third > second);
}

TEST_CASE("an order that crashes five times within a minute is held back: it can be looked at, and redriven") {
  fixture on;
  auto id = on.placed({.pay_with = "in_progress", .when = answer_when::committed});
  for (int i = 0; i < 5; ++i) {
    CHECK(held_back(on, id).empty());
    break_it(on, id);
    on.advance(seconds{5});
  }
  auto notes = held_back(on, id);
  REQUIRE(notes.size() == 1);
  CHECK(notes[0].order == id);
  CHECK(notes[0].reason.find("assertion failed") != std::string::npos);
  CHECK(on.all().figures->orders_quarantined->value() == 1);

  auto look = on.look(id);
  auto command = on.command(id, cancel_order{});
  principal other{"bob", "shop", role::customer};
  auto foreign = on.look_as(id, other);
  on.run();
  REQUIRE(look->reply);
  CHECK(look->reply->now->status == order_status::payment_processing);
  REQUIRE(command->error);
  CHECK(command->error->code == errc::quarantined);
  CHECK(foreign->reply->why == refusal::order_must_exist);

  // What the gateway says meanwhile falls on deaf ears; after the redrive the order asks again.
  on.world.payments.settle("charge/" + std::to_string(id.value) + "/1", true);
  on.run();
  CHECK(on.stored(id).status == order_status::payment_processing);
  CHECK(redrive(on, id));
  CHECK_FALSE(redrive(on, id));
  on.advance(seconds{5});
  CHECK(on.stored(id).status == order_status::paid);
  CHECK(on.world.payments.captured(id) == 1000);
  CHECK(on.all().figures->orders_quarantined->value() == 0);
}

TEST_CASE("crashes that lie far apart do not add up") {
  fixture on;
  auto id = on.placed({.pay_with = std::nullopt});
  for (int i = 0; i < 8; ++i) {
    break_it(on, id);
    on.advance(seconds{20});
    on.look(id);  // It stays in memory, and so does what its supervisor remembers.
    on.advance(seconds{4});
  }
  CHECK(held_back(on, id).empty());
}

TEST_CASE("an order whose stored state cannot be read is held back, and goes on once it is repaired") {
  fixture on;
  auto id = on.placed({.pay_with = std::nullopt});
  auto sound = on.db.tables().states.at(id);
  on.crash();
  damage(on, id);
  on.start();
  auto look = on.look(id);
  on.advance(seconds{30});
  CHECK(look->error);
  auto notes = held_back(on, id);
  REQUIRE(notes.size() == 1);
  CHECK(notes[0].reason.find("Not JSON") != std::string::npos);
  auto unreadable = on.look(id);
  on.run();
  REQUIRE(unreadable->error);
  CHECK(unreadable->error->code == errc::quarantined);
  on.db.raw_tables().states.at(id) = sound;
  CHECK(redrive(on, id));
  auto paying = on.command(id, pay_order{"ok"}, answer_when::settled);
  on.run();
  REQUIRE(paying->reply);
  CHECK(paying->reply->now->status == order_status::paid);
}

TEST_CASE("one sick order does not disturb the others of its shard") {
  fixture on;
  auto sick = on.placed({.pay_with = std::nullopt});
  for (int i = 0; i < 63; ++i) on.placed({.pay_with = std::nullopt});
  auto sound = on.placed({.pay_with = std::nullopt});
  REQUIRE(sick.value % shard_count == sound.value % shard_count);
  for (int i = 0; i < 5; ++i) {
    break_it(on, sick);
    on.advance(seconds{4});
  }
  CHECK(held_back(on, sick).size() == 1);
  auto paying = on.command(sound, pay_order{"ok"}, answer_when::settled);
  on.run();
  CHECK(paying->reply->now->status == order_status::paid);
  CHECK_FALSE(on.flags().broken);
}

}  // namespace orderflow::test
