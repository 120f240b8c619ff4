// Creating with a key: one intent, at most one order.
#include <catch2/catch_test_macros.hpp>

#include "tests/actors/fixture.hpp"

namespace orderflow::test {

namespace {

using std::chrono::seconds;

}  // namespace

TEST_CASE("a double click makes one order, and both clicks are answered with it") {
  fixture on;
  auto first = on.create({.key = "k1"});
  auto second = on.create({.key = "k1"});
  auto third = on.create({.when = answer_when::committed, .key = "k1"});
  on.run();
  REQUIRE(first->reply);
  REQUIRE(second->reply);
  REQUIRE(third->reply);
  CHECK(on.orders_stored() == 1);
  CHECK(first->reply->outcome == order_outcome::done);
  CHECK(second->reply->outcome == order_outcome::repeated);
  CHECK(second->reply->now->id == first->reply->now->id);
  CHECK(second->reply->now->status == order_status::paid);
  CHECK(on.world.payments.charges_asked == 1);
  CHECK(on.db.counts().rejected == 0);
}

TEST_CASE("a repeat is answered with the order as it stands, also after it left memory and after a restart") {
  fixture on;
  auto id = on.placed({.key = "k1"});
  on.advance(seconds{10});
  CHECK(on.in_memory() == 0);
  auto repeat = on.create({.key = "k1"});
  on.run();
  CHECK(repeat->reply->outcome == order_outcome::repeated);
  CHECK(repeat->reply->now->id == id);
  on.crash();
  on.start();
  repeat = on.create({.key = "k1"});
  on.run();
  CHECK(repeat->reply->outcome == order_outcome::repeated);
  CHECK(repeat->reply->now->id == id);
  CHECK(on.orders_stored() == 1);
  CHECK(on.world.payments.captured(id) == 1000);
}

TEST_CASE("another body under a known key is told so, whether the first is in flight, in memory or stored") {
  fixture on;
  auto first = on.create({.key = "k1", .body = 1});
  auto in_flight = on.create({.key = "k1", .body = 2});
  on.run();
  auto in_memory = on.create({.key = "k1", .body = 2});
  on.run();
  on.advance(seconds{10});
  auto is_stored = on.create({.key = "k1", .body = 2});
  on.run();
  CHECK(first->reply->outcome == order_outcome::done);
  for (const auto& one : {in_flight, in_memory, is_stored}) {
    REQUIRE(one->reply);
    CHECK(one->reply->outcome == order_outcome::other_body);
    CHECK(one->reply->now == nullptr);
  }
  CHECK(on.orders_stored() == 1);
}

TEST_CASE("a first create that failed does not spoil its key for the second click") {
  fixture on;
  on.placed({.key = "warm"});
  on.db.faults().failing_commits = 1;
  auto first = on.create({.key = "k1"});
  auto second = on.create({.key = "k1"});
  on.run();
  CHECK(first->error);
  CHECK(second->error);
  auto third = on.create({.key = "k1"});
  on.run();
  REQUIRE(third->reply);
  CHECK(third->reply->outcome == order_outcome::done);
  CHECK(on.orders_stored() == 2);
}

TEST_CASE("a create that a rule refuses does not use its key up") {
  fixture on;
  auto refused = on.create({.price = -1, .key = "k1"});
  on.run();
  CHECK(refused->reply->why == refusal::price_must_not_be_negative);
  auto mended = on.create({.key = "k1", .body = 2});
  on.run();
  REQUIRE(mended->reply);
  CHECK(mended->reply->outcome == order_outcome::done);
  CHECK(on.orders_stored() == 1);
}

TEST_CASE("a key that another writer used meanwhile brings that order to everybody who waits") {
  fixture on;
  on.placed({.key = "warm"});
  // The look-up finds nothing yet; the row appears before the batch does.
  auto settled = on.create({.pay_with = "in_progress", .key = "k1"});
  auto double_click = on.create({.when = answer_when::committed, .key = "k1"});
  on.run_up_to_the_journal();
  auto existing = on.stored(order_id{on.db.tables().orders.begin()->first});
  auto& claim = on.db.raw_tables().keys[{"shop/ann/orders", "k1"}];
  claim = {"shop/ann/orders", "k1", 1, existing.id, on.time->now()};
  on.run();
  for (const auto& one : {settled, double_click}) {
    REQUIRE(one->reply);
    CHECK(one->reply->outcome == order_outcome::repeated);
    CHECK(one->reply->now->id == existing.id);
  }
  CHECK(on.orders_stored() == 1);
}

TEST_CASE("while the store cannot be asked about a key, nothing is made") {
  fixture on;
  on.placed();
  on.db.faults().failing_reads = 2;
  auto lost = on.create({.key = "k1"});
  on.run();
  REQUIRE(lost->error);
  CHECK(lost->error->code == errc::store_unavailable);
  CHECK(on.orders_stored() == 1);
}

TEST_CASE("a key look-up that fails once is tried again, and one that goes on failing is an outage until it succeeds") {
  fixture on;
  on.placed();
  const auto& store = on.all().figures->store;
  on.db.faults().failing_reads = 1;
  auto made = on.create({.key = "k1"});
  on.run();
  CHECK(made->reply);
  CHECK_FALSE(store.away());
  on.db.faults().failing_reads = 1000;
  auto lost = on.create({.key = "k2"});
  on.run();
  CHECK(lost->error);
  CHECK(store.away());
  CHECK_FALSE(store.reason().empty());
  CHECK_FALSE(store.journal.away());
  on.advance(3 * connection_health::probe_every);
  CHECK(store.away());
  on.db.faults().failing_reads = 0;
  on.advance(connection_health::probe_every);
  CHECK_FALSE(store.away());
  auto again = on.create({.key = "k2"});
  on.run();
  CHECK(again->reply);
  CHECK(on.orders_stored() == 3);
}

TEST_CASE("without an order number the create is told so, and the next one gets one") {
  fixture on;
  on.db.faults().failing_id_blocks = 1;
  auto lost = on.create();
  on.run();
  REQUIRE(lost->error);
  CHECK(lost->error->code == errc::store_unavailable);
  CHECK(on.placed().value > 0);
}

TEST_CASE("numbers are never given twice, are of their shard, and blocks are renewed before they end") {
  fixture on{{.ids_per_block = 4}};
  std::vector<asked_order> askers;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 200; ++i) askers.push_back(on.create({.pay_with = std::nullopt, .when = answer_when::committed}));
    on.run();
    on.crash();
    on.start();
  }
  std::set<int64_t> ids;
  for (const auto& one : askers) {
    REQUIRE(one->reply);
    ids.insert(one->reply->now->id.value);
  }
  CHECK(ids.size() == 600);
  CHECK(*ids.begin() > 0);
}

TEST_CASE("a number that somebody asks about before it is given is left out, and the create is carried out") {
  fixture on;
  for (int64_t number = 1; number <= shard_count; ++number) on.look({number});
  on.run();
  auto made = on.create({.key = "k1"});
  on.run();
  REQUIRE(made->reply);
  CHECK(made->reply->outcome == order_outcome::done);
  CHECK(made->reply->now->id.value > shard_count);
  CHECK(on.orders_stored() == 1);
}

TEST_CASE("a bridge that asks for it is told the number before the order has settled") {
  fixture on;
  auto told = std::make_shared<std::vector<assigned_id>>();
  create_request request;
  place_order place;
  place.source = {"ann", "shop", "d4", {}, {}, {}, {}};
  place.money = *find_currency("USD");
  place.lines = {{{}, "Tea", 1, 100, false}};
  place.pay_with = "in_progress";
  request.what = place;
  request.at = on.time->now();
  request.when = answer_when::settled;
  request.key = key_claim{"s", "k", 1, {}, request.at};
  request.ticket = 7;
  auto ask = [&] {
    on.sys().spawn([=, shard = on.all().shards[9]](caf::event_based_actor* self) -> caf::behavior {
      self->request(shard, caf::infinite, request).then([](order_reply&) {}, [](caf::error&) {});
      return {[told](assigned_id id) { told->push_back(id); }, [](exchange&) {}, [](sweep_atom) {}};
    });
  };
  ask();
  on.run();
  ask();
  on.run();
  REQUIRE(told->size() == 2);
  CHECK((*told)[0].ticket == 7);
  CHECK((*told)[0].order.value % shard_count == 9);
  CHECK((*told)[1].order == (*told)[0].order);
  on.world.payments.settle("charge/" + std::to_string((*told)[0].order.value) + "/1", true);
  on.run();
  CHECK(on.stored((*told)[0].order).status == order_status::paid);
}

}  // namespace orderflow::test
