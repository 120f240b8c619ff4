// The way to the carrier: one parcel per order, however often it is asked.
#include <catch2/catch_test_macros.hpp>

#include "tests/actors/fixture.hpp"

namespace orderflow::test {

namespace {

using std::chrono::seconds;

}  // namespace

TEST_CASE("a booking that fails is made again until a shipment is booked, once") {
  fixture on;
  auto id = on.placed();
  on.world.shipments.failing = 3;
  auto answer = on.command(id, ship_order{}, answer_when::settled);
  CHECK(on.within(seconds{60}, [&] { return on.stored(id).status == order_status::shipped; }));
  CHECK(answer->reply->now->status == order_status::shipped);
  CHECK(on.world.shipments.asked == 4);
  CHECK(on.world.shipments.shipments.size() == 1);
}

TEST_CASE("a booking whose answer is lost is asked again and brings the same shipment") {
  fixture on;
  auto id = on.placed();
  on.world.shipments.silent = 2;
  on.command(id, ship_order{});
  on.command(id, ship_order{});
  CHECK(on.within(seconds{60}, [&] { return on.stored(id).status == order_status::shipped; }));
  CHECK(on.world.shipments.shipments.size() == 1);
  CHECK(on.stored(id).shipment.tracking == on.world.shipments.shipments.begin()->second);
}

TEST_CASE("a refused booking leaves the order paid and asks a person to look") {
  fixture on;
  auto id = on.placed();
  on.world.shipments.refuses = true;
  auto answer = on.command(id, ship_order{}, answer_when::settled);
  on.run();
  CHECK(answer->reply->now->status == order_status::paid);
  CHECK(answer->reply->now->needs_operator == operator_reason::booking_refused);
  CHECK(on.world.shipments.asked == 1);
}

TEST_CASE("a cancellation while a shipment is being booked waits for the carrier") {
  fixture on;
  auto shipped = on.placed();
  auto refused = on.placed();
  on.world.shipments.holds_answers = true;
  on.command(shipped, ship_order{});
  on.run();
  auto command = on.command(shipped, cancel_order{});
  on.run();
  CHECK(command->reply->outcome == order_outcome::accepted);
  on.world.shipments.holds_answers = false;
  on.world.shipments.answer_held();
  on.run();
  CHECK(on.stored(shipped).status == order_status::shipped);
  CHECK(on.world.payments.refunded(shipped) == 0);

  on.world.shipments.failing = 1;
  on.command(refused, ship_order{});
  on.run();
  on.command(refused, cancel_order{});
  on.world.shipments.refuses = true;
  CHECK(on.within(seconds{30}, [&] { return on.stored(refused).status == order_status::cancelled; }));
  CHECK(on.within(seconds{5}, [&] { return on.world.payments.refunded(refused) == 1000; }));
}

}  // namespace orderflow::test
