// Callers who wait for an order to settle.
#include <catch2/catch_test_macros.hpp>

#include "tests/actors/fixture.hpp"

namespace orderflow::test {

TEST_CASE("who asks for a settled order is answered when its payment has ended") {
  fixture on;
  auto answer = on.create({.pay_with = "in_progress"});
  auto accepted = on.create({.pay_with = "in_progress", .when = answer_when::committed});
  on.run();
  CHECK_FALSE(answer->answered());
  REQUIRE(accepted->reply);
  auto id = order_id{accepted->reply->now->id};
  CHECK(accepted->reply->now->status == order_status::payment_processing);
  auto waiting = on.look(id, answer_when::settled);
  auto looking = on.look(id);
  on.run();
  CHECK_FALSE(waiting->answered());
  CHECK(looking->reply->now->status == order_status::payment_processing);
  on.world.payments.settle("charge/" + std::to_string(id.value) + "/1", true);
  on.run();
  REQUIRE(waiting->reply);
  CHECK(waiting->reply->now->status == order_status::paid);
  CHECK_FALSE(answer->answered());
}

TEST_CASE("beyond the cap of waiters the present state is answered at once") {
  fixture on{{.waiters_per_order = 2}};
  auto made = on.create({.pay_with = "in_progress", .when = answer_when::committed});
  on.run();
  auto id = made->reply->now->id;
  std::vector<asked_order> askers;
  for (int i = 0; i < 5; ++i) askers.push_back(on.look(id, answer_when::settled));
  on.run();
  size_t answered = 0;
  for (const auto& one : askers) answered += one->answered() ? 1 : 0;
  CHECK(answered == 3);
  on.world.payments.settle("charge/" + std::to_string(id.value) + "/1", true);
  on.run();
  for (const auto& one : askers) CHECK(one->answers == 1);
}

TEST_CASE("a payment that is asked for twice is joined, and both are answered when it has ended") {
  fixture on;
  auto id = on.placed({.pay_with = std::nullopt});
  auto first = on.command(id, pay_order{"in_progress"}, answer_when::settled);
  auto second = on.command(id, pay_order{"in_progress"}, answer_when::settled);
  auto other = on.command(id, pay_order{"ok"}, answer_when::settled);
  on.run();
  CHECK(other->reply->why == refusal::payment_must_use_the_same_method);
  CHECK_FALSE(first->answered());
  on.world.payments.settle("charge/" + std::to_string(id.value) + "/1", true);
  on.run();
  CHECK(first->reply->now->status == order_status::paid);
  CHECK(second->reply->now->status == order_status::paid);
  CHECK(on.world.payments.captured(id) == 1000);
}

TEST_CASE("what an order waits for outside is shown to who looks") {
  fixture on;
  auto made = on.create({.pay_with = "in_progress", .when = answer_when::committed});
  on.run();
  auto id = made->reply->now->id;
  auto look = on.look(id);
  on.run();
  REQUIRE(look->reply->busy);
  CHECK(look->reply->busy->key == "charge/" + std::to_string(id.value) + "/1");
  CHECK(look->reply->busy->tries == 1);
  CHECK(look->reply->busy->next_try_at > on.time->now());
  on.world.payments.settle(look->reply->busy->key, true);
  on.run();
  auto later = on.look(id);
  on.run();
  CHECK(later->reply->busy == nullptr);
}

TEST_CASE("who waits for an order that is durable is not told that a later append was lost, but what came of the order") {
  fixture on;
  auto id = on.placed({.pay_with = std::nullopt});
  auto made = on.command(id, pay_order{"in_progress"}, answer_when::settled);
  on.run();
  CHECK_FALSE(made->answered());
  on.db.faults().failing_commits = 1;
  auto lost = on.command(id, cancel_order{});
  auto looking = on.look(id, answer_when::settled);
  on.run();
  REQUIRE(lost->error);
  CHECK(lost->error->code == errc::store_unavailable);
  REQUIRE(looking->error);
  CHECK(looking->error->code == errc::store_unavailable);
  CHECK_FALSE(made->answered());
  on.world.payments.settle("charge/" + std::to_string(id.value) + "/1", true);
  on.run();
  REQUIRE(made->reply);
  CHECK(made->reply->now->status == order_status::paid);
  CHECK(made->answers == 1);
}

TEST_CASE("who waits for an order is answered also when the append that settles it is lost at first") {
  fixture on;
  auto made = on.create({.pay_with = "in_progress"});
  on.run();
  CHECK_FALSE(made->answered());
  const auto id = on.db.tables().orders.begin()->first;
  on.db.faults().failing_commits = 1;
  on.world.payments.settle("charge/" + std::to_string(id.value) + "/1", true);
  on.run();
  CHECK(on.all().figures->reloads->value() == 1);
  REQUIRE(made->reply);
  CHECK(made->reply->now->status == order_status::paid);
  CHECK(made->answers == 1);
}

TEST_CASE("who waits for an order is answered although it is loaded again because of the inventory") {
  fixture on;
  on.stock_up(10);
  on.placed();
  on.db.faults().blame = [left = 1](const append_request& one) mutable {
    return one.stream == main_warehouse && left-- > 0 ? append_status::conflict : append_status::committed;
  };
  auto made = on.create({.tracked = 2});
  on.run();
  CHECK(on.within(std::chrono::seconds{1}, [&] { return made->answered(); }));
  REQUIRE(made->reply);
  CHECK(made->reply->now->status == order_status::paid);
  CHECK(on.all().figures->reloads->value() == 2);
}

}  // namespace orderflow::test
