// Crashes: whatever was owed is done after the next start, and nothing is done twice.
#include <catch2/catch_test_macros.hpp>

#include "tests/actors/fixture.hpp"
#include "tests/sim/audit.hpp"

namespace orderflow::test {

namespace {

using std::chrono::seconds;

void check_records(const fixture& on, audit_depth depth) {
  for (const auto& one : audit(on.db.tables(), on.world, depth)) FAIL_CHECK(one);
}

/// A story with everything in it: stock, money, a refund, a parcel, a cancellation.
std::vector<asked_order> tell_the_story(fixture& on) {
  std::vector<asked_order> askers;
  askers.push_back(on.create({.tracked = 2, .key = "paid"}));
  askers.push_back(on.create({.pay_with = "declined", .tracked = 1, .key = "declined", .decline_cancels = true}));
  askers.push_back(on.create({.tracked = 9, .key = "short"}));
  askers.push_back(on.create({.key = "untracked"}));
  return askers;
}

}  // namespace

TEST_CASE("a crash at any step of the order path leaves nothing undone and nothing done twice") {
  size_t crashes = 0;
  for (size_t step = 0;; ++step) {
    fixture on;
    on.stock_up(5);
    auto askers = tell_the_story(on);
    on.run_steps(step);
    auto finished = !on.scheduler().has_job();
    on.crash();
    INFO("crashed after step " << step);
    check_records(on, audit_depth::at_any_time);
    on.start();
    on.advance(seconds{5}, milliseconds{100});
    check_records(on, audit_depth::at_rest);
    // I1: what was acknowledged is there; I2: a repeat of what was not makes no second order.
    for (const auto& one : askers)
      if (one->reply && one->reply->now) CHECK(on.stored(one->reply->now->id).version >= one->reply->now->version);
    auto stored = on.orders_stored();
    askers = tell_the_story(on);
    on.run();
    on.advance(seconds{3}, milliseconds{100});
    CHECK(on.orders_stored() == 4);
    CHECK(stored <= 4);
    for (const auto& one : askers) REQUIRE(one->reply);
    CHECK(askers[0]->reply->now->status == order_status::paid);
    CHECK(askers[1]->reply->now->status == order_status::cancelled);
    CHECK(askers[2]->reply->now->status == order_status::cancelled);
    CHECK(askers[3]->reply->now->status == order_status::paid);
    CHECK(on.level() == stock_level{5, 2});
    ++crashes;
    if (finished) break;
  }
  CHECK(crashes > 40);
}

TEST_CASE("a crash at any step of cancelling and shipping leaves nothing undone and nothing done twice") {
  for (size_t step = 0;; ++step) {
    fixture on;
    on.stock_up(5);
    auto kept = on.placed({.tracked = 2});
    auto given_up = on.placed({.tracked = 3});
    on.command(kept, ship_order{});
    on.command(given_up, cancel_order{});
    on.run_steps(step);
    auto finished = !on.scheduler().has_job();
    on.crash();
    INFO("crashed after step " << step);
    check_records(on, audit_depth::at_any_time);
    on.start();
    on.advance(seconds{5}, milliseconds{100});
    on.command(kept, ship_order{});
    on.command(given_up, cancel_order{});
    on.advance(seconds{5}, milliseconds{100});
    check_records(on, audit_depth::at_rest);
    CHECK(on.stored(kept).status == order_status::shipped);
    CHECK(on.stored(given_up).status == order_status::cancelled);
    CHECK(on.level() == stock_level{3, 0});
    CHECK(on.world.shipments.shipments.size() == 1);
    CHECK(on.world.payments.refunded(given_up) == 3000);
    if (finished) break;
  }
}

TEST_CASE("after a start many owed orders are woken a few at a time, and all of them") {
  fixture on{{.resumes_at_once = 8}};
  on.world.payments.mute = true;
  std::vector<asked_order> askers;
  for (int i = 0; i < 300; ++i) askers.push_back(on.create({.when = answer_when::committed}));
  on.run();
  on.crash();
  on.world.payments.mute = false;
  on.start();
  CHECK(on.flags().resumed);
  on.advance(seconds{1});
  for (const auto& one : askers) {
    auto id = one->reply->now->id;
    CHECK(on.stored(id).status == order_status::paid);
    CHECK(on.world.payments.captured(id) == 1000);
  }
  check_records(on, audit_depth::at_rest);
}

TEST_CASE("what is owed is found although the store is away when the process starts to resume") {
  fixture on;
  on.world.payments.mute = true;
  auto id = on.placed({.when = answer_when::committed});
  on.crash();
  on.world.payments.mute = false;
  on.start(false);
  on.db.faults().down = true;
  auto resumer = resume_services(on.sys(), std::make_shared<services>(on.all()), std::make_shared<process_flags>());
  on.advance(seconds{3});
  CHECK(on.stored(id).status == order_status::payment_processing);
  on.db.faults().down = false;
  CHECK(on.within(seconds{5}, [&] { return on.stored(id).status == order_status::paid; }));
  caf::anon_send_exit(resumer, caf::exit_reason::user_shutdown);
  on.run();
}

TEST_CASE("a start with nothing owed wakes nobody") {
  fixture on;
  for (int i = 0; i < 5; ++i) on.placed();
  on.crash();
  on.start();
  CHECK(on.flags().resumed);
  CHECK(on.in_memory() == 0);
}

TEST_CASE("a stop in the midst of everything ends every actor, and the next start finishes the work") {
  for (size_t step : {0U, 5U, 17U, 40U, 60U, 90U, 140U}) {
    fixture on;
    on.stock_up(5);
    auto askers = tell_the_story(on);
    on.run_steps(step);
    on.stop();  // Checks that no actor is left.
    on.crash();
    on.start();
    on.advance(seconds{5}, milliseconds{100});
    check_records(on, audit_depth::at_rest);
  }
}

TEST_CASE("a stop while the store is away and orders try to load ends every actor") {
  fixture on;
  auto id = on.placed({.pay_with = std::nullopt});
  on.advance(seconds{10});
  on.db.faults().down = true;
  on.look(id);
  on.create({.key = "k"});
  on.advance(seconds{1});
  on.crash();  // Checks that no actor is left.
  on.db.faults().down = false;
  on.start();
  CHECK(on.stored(id).status == order_status::pending);
}

}  // namespace orderflow::test
