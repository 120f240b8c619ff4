// The way to the carrier: one parcel per order, however often it is asked.
#include <catch2/catch_test_macros.hpp>

#include "tests/actors/fixture.hpp"

namespace orderflow::test {

namespace {

using std::chrono::seconds;

}  // namespace

TEST_CASE("a booking that fails is made again until a parcel is booked, once") {
  fixture on;
  auto id = on.placed();
  on.world.parcels.failing = 3;
  auto answer = on.command(id, ship_order{}, answer_when::settled);
  CHECK(on.within(seconds{60}, [&] { return on.stored(id).status == order_status::shipped; }));
  CHECK(answer->reply->now->status == order_status::shipped);
  CHECK(on.world.parcels.asked == 4);
  CHECK(on.world.parcels.parcels.size() == 1);
}

TEST_CASE("a booking whose answer is lost is asked again and brings the same parcel") {
  fixture on;
  auto id = on.placed();
  on.world.parcels.silent = 2;
  on.command(id, ship_order{});
  on.command(id, ship_order{});
  CHECK(on.within(seconds{60}, [&] { return on.stored(id).status == order_status::shipped; }));
  CHECK(on.world.parcels.parcels.size() == 1);
  CHECK(on.stored(id).parcel.tracking == on.world.parcels.parcels.begin()->second);
}

TEST_CASE("a refused booking leaves the order paid and asks a person to look") {
  fixture on;
  auto id = on.placed();
  on.world.parcels.refuses = true;
  auto answer = on.command(id, ship_order{}, answer_when::settled);
  on.run();
  CHECK(answer->reply->now->status == order_status::paid);
  CHECK(answer->reply->now->needs_operator == operator_reason::booking_refused);
  CHECK(on.world.parcels.asked == 1);
}

TEST_CASE("a cancellation while a parcel is being booked waits for the carrier") {
  fixture on;
  auto shipped = on.placed();
  auto refused = on.placed();
  on.world.parcels.holds_answers = true;
  on.command(shipped, ship_order{});
  on.run();
  auto wish = on.command(shipped, cancel_order{});
  on.run();
  CHECK(wish->reply->verdict == order_verdict::later);
  on.world.parcels.holds_answers = false;
  on.world.parcels.answer_held();
  on.run();
  CHECK(on.stored(shipped).status == order_status::shipped);
  CHECK(on.world.payments.refunded(shipped) == 0);

  on.world.parcels.failing = 1;
  on.command(refused, ship_order{});
  on.run();
  on.command(refused, cancel_order{});
  on.world.parcels.refuses = true;
  CHECK(on.within(seconds{30}, [&] { return on.stored(refused).status == order_status::cancelled; }));
  CHECK(on.within(seconds{5}, [&] { return on.world.payments.refunded(refused) == 1000; }));
}

}  // namespace orderflow::test
