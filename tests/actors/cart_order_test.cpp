// Orders placed of a cart: the cart is told how the placement ended, once, whatever happens in between.
#include <catch2/catch_test_macros.hpp>

#include "tests/actors/fixture.hpp"

namespace orderflow::test {

namespace {

using std::chrono::seconds;

const account_key ann{"shop", "ann"};

void put_in_cart(fixture& on, int64_t quantity) {
  on.request<account_reply>(on.all().accounts_of(ann),
                            account_request{ann, set_in_cart{{"A"}, quantity}, on.time->now(), std::nullopt});
  on.run();
}

account kept(fixture& on) {
  auto look =
      on.request<account_reply>(on.all().accounts_of(ann), account_request{ann, std::nullopt, on.time->now(), std::nullopt});
  on.run();
  REQUIRE(look->reply);
  return *look->reply->now;
}

/// Places what is in the cart, as the edge does; `mine`: the client's own key.
asked_order place(fixture& on, int64_t quantity, uint64_t round, const std::string& method = "ok", const std::string& mine = {},
                  uint64_t body_hash = 1) {
  place_order command;
  command.source = {"ann", "shop", "d3", {}, {}, {}, {}};
  command.who.id = "ann";
  command.money = *find_currency("USD");
  command.lines = {{{"A"}, "Tea", quantity, 1000, true}};
  command.pay_with = method;
  command.decline_cancels = true;
  command.cart = cart_claim{"ann", round};
  const key_claim key{"shop place", "place/ann/" + std::to_string(round), 0, {}, on.time->now()};
  const auto shard = hash_of(key.scope, key.key) % uint64_t{shard_count};
  create_request request{std::move(command), on.time->now(), answer_when::settled, key, 0};
  if (!mine.empty()) request.also = key_claim{"shop ann place", mine, body_hash, {}, on.time->now()};
  return on.request<order_reply>(on.all().shards[shard], std::move(request));
}

}  // namespace

TEST_CASE("a paid order takes what it ordered out of the cart before its caller is answered") {
  fixture on;
  on.stock_up(10);
  put_in_cart(on, 3);
  auto placed = place(on, 2, 1);
  on.run();
  REQUIRE(placed->reply);
  CHECK(placed->reply->now->status == order_status::paid);
  CHECK(placed->reply->now->cart_settled);
  CHECK(kept(on).cart == std::vector<cart_line>{{{"A"}, 1}});
  CHECK(kept(on).round == 2);
  CHECK(on.count_event(placed->reply->now->id, "cart_settled") == 1);
}

TEST_CASE("a declined order keeps the cart, gives the stock back and lets the next placement be another order") {
  fixture on;
  on.stock_up(10);
  put_in_cart(on, 2);
  auto first = place(on, 2, 1, "declined");
  on.run();
  REQUIRE(first->reply);
  CHECK(first->reply->now->status == order_status::cancelled);
  CHECK(kept(on).cart == std::vector<cart_line>{{{"A"}, 2}});
  CHECK(kept(on).round == 2);
  on.run();
  CHECK(on.level().reserved == 0);
  auto second = place(on, 2, 2);
  on.run();
  CHECK(second->reply->now->id != first->reply->now->id);
  CHECK(kept(on).cart.empty());
}

TEST_CASE("an order that is out of stock says which products were short, and keeps the cart") {
  fixture on;
  on.stock_up(1);
  put_in_cart(on, 2);
  auto placed = place(on, 2, 1);
  on.run();
  REQUIRE(placed->reply);
  CHECK(placed->reply->now->cancelled_because == cancel_reason::out_of_stock);
  CHECK(placed->reply->now->short_of == std::vector<product_id>{{"A"}});
  CHECK(kept(on).cart == std::vector<cart_line>{{{"A"}, 2}});
}

TEST_CASE("a second click on the same round is the first order") {
  fixture on;
  on.stock_up(10);
  put_in_cart(on, 2);
  auto first = place(on, 2, 1);
  auto second = place(on, 2, 1);
  on.run();
  REQUIRE(second->reply);
  CHECK(second->reply->outcome == order_outcome::repeated);
  CHECK(second->reply->now->id == first->reply->now->id);
  CHECK(on.orders_stored() == 1);
}

TEST_CASE("a client's key is its first order in any later round, and another body under it is told so") {
  fixture on;
  on.stock_up(10);
  put_in_cart(on, 2);
  auto first = place(on, 2, 1, "declined", "mine");
  on.run();
  REQUIRE(first->reply);
  auto again = place(on, 2, 2, "ok", "mine");
  on.run();
  REQUIRE(again->reply);
  CHECK(again->reply->outcome == order_outcome::repeated);
  CHECK(again->reply->now->id == first->reply->now->id);
  auto other = place(on, 2, 2, "ok", "mine", 2);
  on.run();
  REQUIRE(other->reply);
  CHECK(other->reply->outcome == order_outcome::other_body);
  CHECK(on.orders_stored() == 1);
  on.advance(seconds{10});  // What was not made leaves memory, and with it the round's name.
  auto next = place(on, 2, 2, "ok", "another");
  on.run();
  REQUIRE(next->reply);
  CHECK(next->reply->now->status == order_status::paid);
  CHECK(on.orders_stored() == 2);
}

TEST_CASE("a crash at any step of a placement leaves one order, one charge and a cart that knows") {
  for (size_t moment = 0; moment < 160; moment += 3) {
    fixture on;
    on.stock_up(10);
    put_in_cart(on, 2);
    place(on, 2, 1);
    on.run_steps(moment);
    on.crash();
    on.start();
    on.advance(seconds{3});
    INFO("moment " << moment);
    if (!kept(on).cart.empty()) {
      auto again = place(on, 2, 1);
      on.advance(seconds{3});
      CHECK(again->reply);
    }
    REQUIRE(on.orders_stored() == 1);
    const auto id = on.db.tables().orders.begin()->first;
    CHECK(on.stored(id).status == order_status::paid);
    CHECK(on.world.payments.captured(id) == 2000);
    CHECK(kept(on).cart.empty());
    CHECK(kept(on).round == 2);
    CHECK(on.level().reserved == 2);
  }
}

TEST_CASE("trouble with the account does not hold up the order, and the cart is told when it is over") {
  fixture on;
  on.stock_up(10);
  put_in_cart(on, 2);
  on.db.faults().blame = [](const append_request& one) {
    const auto settles = one.stream.kind == stream_kind::account && one.expected_seq > 0;
    return settles ? append_status::broken : append_status::committed;
  };
  auto placed = place(on, 2, 1);
  on.run();
  CHECK_FALSE(placed->answered());
  REQUIRE(on.orders_stored() == 1);
  const auto id = on.db.tables().orders.begin()->first;
  CHECK(on.stored(id).status == order_status::paid);
  on.db.faults().blame = nullptr;
  on.advance(seconds{70}, seconds{1});
  CHECK(on.stored(id).cart_settled);
  CHECK(kept(on).cart.empty());
}

}  // namespace orderflow::test
