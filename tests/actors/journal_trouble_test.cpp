// What happens when the store does not take an append: the entity loads itself again in place, and nothing is done twice.
#include <catch2/catch_test_macros.hpp>

#include "tests/actors/fixture.hpp"

namespace orderflow::test {

namespace {

std::string charge_key(order_id id, int attempt = 1) {
  return "charge/" + std::to_string(id.value) + "/" + std::to_string(attempt);
}

/// Blames the next append of that stream, once.
void blame_once(fixture& on, stream_key stream) {
  on.db.faults().blame = [left = 1, stream](const append_request& one) mutable {
    return one.stream == stream && left-- > 0 ? append_status::conflict : append_status::committed;
  };
}

}  // namespace

TEST_CASE("a create that the store did not take is told so, leaves nothing behind and may be repeated at once") {
  fixture on;
  on.stock_up(10);
  on.placed();
  auto memory = on.in_memory();
  on.db.faults().failing_commits = 1;
  auto first = on.create({.tracked = 2, .key = "k1"});
  on.run();
  REQUIRE(first->error);
  CHECK(first->error->code == errc::store_unavailable);
  CHECK(on.orders_stored() == 1);
  CHECK(on.world.payments.charges_asked == 1);
  CHECK(on.in_memory() == memory);
  CHECK(on.level() == stock_level{10, 0});
  auto second = on.create({.tracked = 2, .key = "k1"});
  on.run();
  REQUIRE(second->reply);
  CHECK(second->reply->outcome == order_outcome::done);
  CHECK(second->reply->now->status == order_status::paid);
  CHECK(on.level() == stock_level{10, 2});
}

TEST_CASE("a command whose append is lost is told so, and the same actor goes on from the stored state") {
  fixture on;
  auto id = on.placed({.pay_with = std::nullopt});
  on.db.faults().failing_commits = 1;
  auto lost = on.command(id, pay_order{"ok"}, answer_when::settled);
  on.run();
  REQUIRE(lost->error);
  CHECK(lost->error->code == errc::store_unavailable);
  CHECK(on.world.payments.charges_asked == 0);
  CHECK(on.all().figures->reloads->value() == 1);
  CHECK(on.all().figures->restarts->value() == 0);
  CHECK(on.in_memory() == 1);
  auto again = on.command(id, pay_order{"ok"}, answer_when::settled);
  on.run();
  REQUIRE(again->reply);
  CHECK(again->reply->now->status == order_status::paid);
  CHECK(on.stored(id).attempts.size() == 1);
}

TEST_CASE("what was decided on top of a lost append is lost with it, and everybody is told") {
  fixture on;
  auto id = on.placed({.pay_with = std::nullopt});
  on.db.faults().failing_commits = 1;
  auto pay = on.command(id, pay_order{"ok"});
  auto cancel = on.command(id, cancel_order{});
  auto read = on.look(id);
  on.run();
  for (const auto& one : {pay, cancel, read}) {
    REQUIRE(one->error);
    CHECK(one->error->code == errc::store_unavailable);
  }
  CHECK(on.stored(id).status == order_status::pending);
  auto look = on.look(id);
  on.run();
  CHECK(look->reply->now->version == on.stored(id).version);
}

TEST_CASE("a capture whose append is lost is recorded after all, and taken once") {
  fixture on;
  on.world.payments.holds_answers = true;
  auto made = on.create({.when = answer_when::committed});
  on.run();
  auto id = made->reply->now->id;
  on.db.faults().failing_commits = 1;
  on.world.payments.holds_answers = false;
  on.world.payments.answer_held();
  on.run();
  CHECK(on.stored(id).status == order_status::paid);
  CHECK(on.world.payments.count(ledger_kind::capture, charge_key(id)) == 1);
}

TEST_CASE("a late capture whose append is lost is not forgotten: the money goes back") {
  fixture on;
  auto id = on.placed({.pay_with = "declined", .decline_cancels = true});
  on.db.faults().failing_commits = 2;
  on.world.payments.capture_late(id, charge_key(id), 1000);
  on.run();
  CHECK(on.within(std::chrono::seconds{5}, [&] { return on.world.payments.refunded(id) == 1000; }));
  CHECK(on.world.payments.captured(id) == 1000);
}

TEST_CASE("when the inventory's append is lost, orders that hung on it load again and ask again, and each reserves once") {
  fixture on;
  on.stock_up(10);
  on.placed();
  blame_once(on, main_warehouse);
  auto first = on.create({.tracked = 2, .when = answer_when::committed});
  auto second = on.create({.tracked = 3, .when = answer_when::committed});
  on.run();
  REQUIRE(first->reply);
  REQUIRE(second->reply);
  CHECK(on.within(std::chrono::seconds{1}, [&] {
    return on.stored(first->reply->now->id).status == order_status::paid &&
           on.stored(second->reply->now->id).status == order_status::paid;
  }));
  CHECK(on.level() == stock_level{10, 5});
  CHECK(on.db.tables().reservations.size() == 2);
  CHECK(on.all().figures->reloads->value() == 3);
}

TEST_CASE("when an order's append is lost, what the inventory reserved for it is lost too, and other orders are not") {
  fixture on;
  on.stock_up(10);
  auto id = on.placed();
  on.db.faults().blame = [](const append_request& one) {
    return one.stream.kind == stream_kind::order && one.expected_seq == 0 && one.rows.index() == 0 &&
                   std::get<order_rows>(one.rows).created->customer_email == "bob@x.org"
               ? append_status::conflict
               : append_status::committed;
  };
  auto lost = on.create({.tracked = 4, .email = "bob@x.org"});
  auto kept = on.create({.tracked = 2, .when = answer_when::committed});
  on.run();
  CHECK(lost->error);
  REQUIRE(kept->reply);
  CHECK(on.within(std::chrono::seconds{1}, [&] { return on.stored(kept->reply->now->id).status == order_status::paid; }));
  CHECK(on.level() == stock_level{10, 2});
  CHECK(on.stored(id).status == order_status::paid);
}

TEST_CASE("an answer that waits for its commit is given even when the inventory makes the order load again") {
  fixture on;
  on.stock_up(10);
  on.crash();
  on.db.faults().failing_loads = 1000;  // The inventory stays away, so the order waits for its stock.
  on.start();
  auto made = on.create({.tracked = 2, .when = answer_when::committed});
  on.run();
  REQUIRE(made->reply);
  auto id = made->reply->now->id;
  on.crash();
  on.db.faults().failing_loads = 0;
  on.start(false);
  on.db.faults().failing_reads = 2;  // The inventory's question about the key fails, and so does the check after it.
  auto cancel = on.command(id, cancel_order{});
  on.run();
  REQUIRE(cancel->reply);
  CHECK(cancel->reply->now->status == order_status::cancelled);
  CHECK(on.within(std::chrono::seconds{1}, [&] { return pending_effects(on.stored(id)).empty(); }));
  CHECK(on.level() == stock_level{10, 0});
}

TEST_CASE("a commit without an answer that had taken place is not repeated") {
  fixture on;
  on.db.faults().abort_answer = lost_answer::after_commit;
  on.db.faults().failing_resolves = 2;
  on.flags().stop_waiting = false;
  auto answer = on.create();
  on.run();
  REQUIRE(answer->reply);
  CHECK(answer->reply->now->status == order_status::paid);
  CHECK(on.orders_stored() == 1);
  CHECK(on.all().figures->journal_unknown->value() == 1);
  CHECK(on.world.payments.captured(answer->reply->now->id) == 1000);
}

TEST_CASE("a commit without an answer that had not taken place is made again") {
  fixture on;
  on.db.faults().abort_answer = lost_answer::before_commit;
  on.flags().stop_waiting = false;
  auto answer = on.create({.key = "k1"});
  on.run();
  REQUIRE(answer->reply);
  CHECK(answer->reply->now->status == order_status::paid);
  CHECK(on.orders_stored() == 1);
  CHECK(on.db.tables().keys.size() == 1);
}

TEST_CASE("while the store is away commands fail, and when it is back everything goes on by itself") {
  fixture on;
  on.stock_up(10);
  auto paying = on.placed({.pay_with = std::nullopt, .tracked = 1});
  auto other = on.placed({.pay_with = std::nullopt});
  on.db.faults().down = true;
  auto pay = on.command(paying, pay_order{"ok"});
  auto fresh = on.create({.key = "k1"});
  on.advance(std::chrono::seconds{5});
  REQUIRE(pay->error);
  CHECK(pay->error->code == errc::store_unavailable);
  REQUIRE(fresh->error);
  auto waiting = on.look(paying);
  on.advance(std::chrono::seconds{1});
  on.db.faults().down = false;
  CHECK(on.within(std::chrono::seconds{3}, [&] { return waiting->answered(); }));
  REQUIRE(waiting->reply);
  CHECK(waiting->reply->now->pending_for(pending_reason::awaiting_payment));
  auto again = on.command(paying, pay_order{"ok"}, answer_when::settled);
  auto also = on.command(other, pay_order{"ok"}, answer_when::settled);
  auto repeated = on.create({.key = "k1"});
  on.run();
  CHECK(again->reply->now->status == order_status::paid);
  CHECK(also->reply->now->status == order_status::paid);
  REQUIRE(repeated->reply);
  CHECK(repeated->reply->outcome == order_outcome::done);
  CHECK(on.orders_stored() == 3);
}

TEST_CASE("trouble that lasts does not keep the store busy") {
  fixture on;
  on.stock_up(10);
  on.placed({.pay_with = std::nullopt});
  on.db.on_batch(nullptr);
  // Loads work, but nothing of the inventory is ever committed.
  on.db.faults().blame = [](const append_request& one) {
    return one.stream == main_warehouse ? append_status::conflict : append_status::committed;
  };
  on.create({.tracked = 1, .when = answer_when::committed});
  on.run();
  auto load_number = on.db.counts().load_number;
  on.advance(std::chrono::seconds{10});
  CHECK(on.db.counts().load_number - load_number < 60);
  on.db.faults().blame = nullptr;
  CHECK(on.within(std::chrono::seconds{10}, [&] { return on.level().reserved == 1; }));
}

TEST_CASE("an append that the store refuses without a reason ends its order alone") {
  fixture on;
  auto sick = on.placed({.pay_with = std::nullopt});
  auto sound = on.placed({.pay_with = std::nullopt});
  on.db.faults().spoil = [&](const append_request& one) { return one.stream == stream_of(sick); };
  auto bad = on.command(sick, pay_order{"ok"}, answer_when::settled);
  auto good = on.command(sound, pay_order{"ok"}, answer_when::settled);
  on.run();
  REQUIRE(bad->error);
  REQUIRE(good->reply);
  CHECK(good->reply->now->status == order_status::paid);
  CHECK(on.stored(sick).status == order_status::pending);
  CHECK(on.world.payments.captured(sick) == 0);
}

TEST_CASE("a process whose place was taken writes nothing more and says so") {
  fixture on;
  auto id = on.placed({.pay_with = std::nullopt});
  auto other = on.db.open_writer(1);
  auto answer = on.command(id, pay_order{"ok"});
  on.run();
  CHECK(answer->error);
  CHECK(on.flags().fenced);
  CHECK(on.flags().end_of_writing.find("taken by another process") != std::string::npos);
  CHECK_FALSE(on.flags().broken);
  CHECK(on.stored(id).status == order_status::pending);
  CHECK(on.world.payments.charges_asked == 0);
}

TEST_CASE("a state of another form is folded from the events") {
  fixture on;
  auto id = on.placed();
  auto before = on.stored(id);
  on.crash();
  auto& row = on.db.raw_tables().states.at(id);
  row.state_version = 99;
  row.state = "{}";
  on.start();
  auto look = on.look(id);
  on.run();
  REQUIRE(look->reply);
  CHECK(*look->reply->now == before);
}

TEST_CASE("while the store works, the wait of the oldest append grows; when nothing waits it is over") {
  fixture on;
  const auto id = on.placed({.pay_with = std::nullopt});
  using std::chrono::steady_clock;
  const auto& wait = on.all().figures->journal_wait;
  const auto until_later = [](milliseconds by) {
    for (const auto until = steady_clock::now() + by; steady_clock::now() < until;) {
    }
  };
  std::vector<std::chrono::microseconds> seen;
  on.db.on_batch([&](const batch& work) {
    if (work.appends.empty()) return;
    seen.push_back(wait.now());
    until_later(milliseconds{5});
    seen.push_back(wait.now());
  });
  on.command(id, cancel_order{});
  on.run_up_to_the_journal();
  until_later(milliseconds{5});  // In the mailbox it waits as well.
  on.run();
  REQUIRE(seen.size() >= 2);
  CHECK(seen[0] >= milliseconds{5});
  CHECK(seen[1] >= seen[0] + milliseconds{5});
  until_later(milliseconds{25});
  CHECK(wait.now() == std::chrono::microseconds{0});
}

TEST_CASE("a command whose key turns out to be another's fails alone: the inventory has not acted on it") {
  fixture on;
  on.stock_up(10);
  const auto first = on.placed({.pay_with = std::nullopt, .tracked = 1});
  const auto second = on.placed({.pay_with = std::nullopt, .tracked = 1});
  const auto reloads = on.all().figures->reloads->value();
  std::vector<asked_order> answers;
  for (const auto id : {first, second}) {
    order_request request;
    request.order = id;
    request.command = order_command{cancel_order{}, on.time->now()};
    request.key = key_claim{"shop/ann/cancel", "k1", static_cast<uint64_t>(id.value), id, on.time->now()};
    answers.push_back(on.ask(request));
  }
  on.run();
  CHECK(on.all().figures->reloads->value() - reloads <= 1);
  CHECK(on.level() == stock_level{10, 1});
  on.advance(std::chrono::seconds{5});
  CHECK(on.level() == stock_level{10, 1});
  CHECK(answers[0]->answered());
  CHECK(answers[1]->answered());
}

}  // namespace orderflow::test
