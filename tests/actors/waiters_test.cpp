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

}  // namespace orderflow::test
