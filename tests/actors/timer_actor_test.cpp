// Deadlines: once each, never early, and found again in the store after a restart.
#include <catch2/catch_test_macros.hpp>

#include "tests/actors/fixture.hpp"

namespace orderflow::test {

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

order_id open_a_cart(fixture& on) {
  open_cart command;
  command.source = {"ann", "shop", "d2", {}, {}, {}, {}};
  command.who.email = "ann@x.org";
  command.money = *find_currency("USD");
  command.lines = {{{}, "Tea", 1, 500, false}};
  auto answer = on.request<order_reply>(on.all().shards[5],
                                        create_request{command, on.time->now(), answer_when::committed, std::nullopt, 0});
  on.run();
  REQUIRE(answer->reply);
  return answer->reply->now->id;
}

}  // namespace

TEST_CASE("an unpaid order is reminded, alerted and cancelled in time, once each and never early") {
  fixture on;
  auto id = on.placed({.pay_with = std::nullopt});
  on.advance(minutes{10} - seconds{1}, seconds{1});
  CHECK(on.count_event(id, "payment_reminded") == 0);
  on.advance(seconds{2});
  CHECK(on.count_event(id, "payment_reminded") == 1);
  on.advance(minutes{10} - seconds{2}, seconds{1});
  CHECK(on.count_event(id, "payment_alert_raised") == 0);
  on.advance(seconds{2});
  CHECK(on.count_event(id, "payment_alert_raised") == 1);
  on.advance(minutes{10} - seconds{2}, seconds{1});
  CHECK(on.stored(id).status == order_status::pending);
  on.advance(seconds{2});
  CHECK(on.stored(id).status == order_status::cancelled);
  CHECK(on.stored(id).cancelled_because == cancel_reason::expired);
  on.advance(hours{1});
  CHECK(on.events_of(id) ==
        std::vector<std::string>{"order_placed", "payment_reminded", "payment_alert_raised", "order_cancelled"});
}

TEST_CASE("a deadline that came while the process was down is met after the start, one that did not come is not") {
  fixture on;
  auto id = on.placed({.pay_with = std::nullopt});
  on.crash();
  on.time->advance(minutes{9});
  on.start();
  on.advance(seconds{30});
  CHECK(on.count_event(id, "payment_reminded") == 0);
  on.crash();
  on.time->advance(minutes{12});
  on.start();
  on.advance(seconds{5});
  CHECK(on.count_event(id, "payment_reminded") == 1);
  CHECK(on.count_event(id, "payment_alert_raised") == 1);
  CHECK(on.stored(id).status == order_status::pending);
}

TEST_CASE("deadlines beyond the window in memory are found in the store") {
  fixture on{{.timer_window = seconds{20}}};
  std::vector<order_id> ids;
  for (int i = 1; i <= 12; ++i) {
    timer_policy timers;
    timers.payment_reminder = hours{20};
    timers.payment_alert = hours{20};
    timers.payment_due = seconds{i * 17};
    ids.push_back(on.placed({.pay_with = std::nullopt, .timers = timers}));
  }
  for (int i = 1; i <= 12; ++i) {
    auto due = seconds{i * 17};
    auto id = ids[static_cast<size_t>(i - 1)];
    on.advance(on.stored(id).placed_at + due - on.time->now() - milliseconds{50});
    CHECK(on.stored(id).status == order_status::pending);
    on.advance(milliseconds{100});
    CHECK(on.stored(id).status == order_status::cancelled);
  }
}

TEST_CASE("a wall clock that is set two hours ahead makes no deadline early, and none late") {
  fixture on;
  const auto before = on.placed({.pay_with = std::nullopt});
  on.advance(minutes{5}, seconds{1});
  on.time->step(hours{2});
  const auto after = on.placed({.pay_with = std::nullopt});
  CHECK(on.stored(after).placed_at - on.stored(before).placed_at == hours{2} + minutes{5});
  on.advance(minutes{5} - seconds{1}, seconds{1});
  CHECK(on.count_event(before, "payment_reminded") == 0);
  on.advance(seconds{2});
  CHECK(on.count_event(before, "payment_reminded") == 1);
  CHECK(on.count_event(after, "payment_reminded") == 0);
  on.advance(minutes{5});
  CHECK(on.count_event(after, "payment_reminded") == 1);
  on.advance(minutes{15} - seconds{2}, seconds{1});
  CHECK(on.stored(before).status == order_status::pending);
  on.advance(seconds{2});
  CHECK(on.stored(before).status == order_status::cancelled);
  CHECK(on.stored(after).status == order_status::pending);
  on.advance(minutes{5});
  CHECK(on.stored(after).status == order_status::cancelled);
}

TEST_CASE("a wall clock that is set two hours back makes no deadline early: older ones wait for it, newer ones do not") {
  fixture on;
  const auto before = on.placed({.pay_with = std::nullopt});
  on.advance(minutes{5}, seconds{1});
  on.time->step(-hours{2});
  const auto after = on.placed({.pay_with = std::nullopt});
  on.advance(minutes{10} - seconds{1}, seconds{1});
  CHECK(on.count_event(after, "payment_reminded") == 0);
  on.advance(seconds{2});
  CHECK(on.count_event(after, "payment_reminded") == 1);
  on.advance(minutes{20});
  CHECK(on.stored(after).status == order_status::cancelled);
  CHECK(on.count_event(before, "payment_reminded") == 0);
  on.advance(hours{1} + minutes{35} - seconds{2}, seconds{10});
  CHECK(on.count_event(before, "payment_reminded") == 0);
  on.advance(seconds{2});
  CHECK(on.count_event(before, "payment_reminded") == 1);
}

TEST_CASE("a machine that was suspended for two hours finds its deadlines due") {
  fixture on;
  const auto id = on.placed({.pay_with = std::nullopt});
  on.advance(minutes{5}, seconds{1});
  on.time->advance(hours{2});  // Both clocks went on; nobody looked at them.
  on.advance(seconds{5});
  CHECK(on.stored(id).status == order_status::cancelled);
  CHECK(on.stored(id).cancelled_because == cancel_reason::expired);
}

TEST_CASE("deadlines beyond the window are early by neither clock, however it is set meanwhile") {
  for (const auto step : {hours{2}, -hours{2}}) {
    fixture on{{.timer_window = seconds{20}}};
    const auto id = on.placed({.pay_with = std::nullopt});
    on.advance(minutes{5}, seconds{1});
    on.time->step(step);
    on.advance(minutes{5} - seconds{1}, seconds{1});
    CHECK(on.count_event(id, "payment_reminded") == 0);
    on.advance((step.count() < 0 ? hours{2} : hours{0}) + seconds{2}, seconds{10});
    CHECK(on.count_event(id, "payment_reminded") == 1);
    CHECK(on.count_event(id, "payment_alert_raised") == 0);
  }
}

TEST_CASE("what waits for a service or pauses takes as long as it takes, however the wall clock is set") {
  for (const auto step : {hours{2}, -hours{2}}) {
    fixture on;
    const auto id = on.placed({.pay_with = "lost_request", .when = answer_when::committed});
    on.advance(milliseconds{500});
    on.time->step(step);
    on.advance(milliseconds{500});
    CHECK(on.count_event(id, "payment_unknown") == 0);
    CHECK(on.within(seconds{30}, [&] { return on.stored(id).status == order_status::paid; }));
  }
}

TEST_CASE("when the window cannot be read it is read later, and no deadline is lost") {
  fixture on;
  auto id = on.placed({.pay_with = std::nullopt});
  on.crash();
  on.time->advance(minutes{11});
  on.start(false);
  on.db.faults().failing_reads = 20;
  caf::anon_send(on.all().timers, sweep_atom_v);
  on.advance(seconds{15});
  CHECK(on.count_event(id, "payment_reminded") == 1);
}

TEST_CASE("the payment deadline during a payment waits for the gateway: a capture keeps the order, a decline ends it") {
  fixture on;
  auto kept = on.placed({.pay_with = "in_progress", .when = answer_when::committed});
  auto ended = on.placed({.pay_with = "in_progress", .when = answer_when::committed});
  on.advance(minutes{31});
  CHECK(on.stored(kept).status == order_status::payment_processing);
  CHECK(on.count_event(kept, "expiry_wished") == 1);
  on.world.payments.settle("charge/" + std::to_string(kept.value) + "/1", true);
  on.world.payments.settle("charge/" + std::to_string(ended.value) + "/1", false);
  on.run();
  CHECK(on.stored(kept).status == order_status::paid);
  CHECK(on.stored(ended).status == order_status::cancelled);
  CHECK(on.stored(ended).cancelled_because == cancel_reason::expired);
}

TEST_CASE("an inventory that does not answer raises one alert, and reserves once when it is back") {
  fixture on;
  on.stock_up(5);
  on.crash();
  on.db.faults().failing_loads = 1'000'000;
  on.start();
  auto id = on.placed({.tracked = 2, .when = answer_when::committed});
  on.advance(seconds{29});
  CHECK(on.count_event(id, "stock_alert_raised") == 0);
  on.advance(seconds{2});
  CHECK(on.count_event(id, "stock_alert_raised") == 1);
  on.db.faults().failing_loads = 0;
  CHECK(on.within(seconds{5}, [&] { return on.stored(id).status == order_status::paid; }));
  CHECK(on.level() == stock_level{5, 2});
  CHECK(on.count_event(id, "stock_held") == 1);
  CHECK(on.count_event(id, "stock_came_late") == 0);
}

TEST_CASE("an open cart that nobody touches expires a day after its last change") {
  fixture on;
  auto id = open_a_cart(on);
  on.advance(hours{23}, minutes{1});
  on.command(id, replace_lines{{{{}, "Coffee", 1, 700, false}}});
  on.run();
  on.advance(hours{23}, minutes{1});
  CHECK(on.stored(id).pending_for(pending_reason::awaiting_checkout));
  on.advance(hours{2}, minutes{1});
  CHECK(on.stored(id).status == order_status::cancelled);
}

TEST_CASE("a paid order that is not shipped within two days raises one alert") {
  fixture on;
  auto id = on.placed();
  on.advance(hours{47}, minutes{2});
  CHECK(on.count_event(id, "shipping_alert_raised") == 0);
  on.advance(hours{3}, minutes{1});
  CHECK(on.count_event(id, "shipping_alert_raised") == 1);
  on.advance(hours{50}, minutes{2});
  CHECK(on.count_event(id, "shipping_alert_raised") == 1);
  CHECK(on.stored(id).status == order_status::paid);
}

TEST_CASE("a deadline whose append is lost fires again") {
  fixture on;
  auto id = on.placed({.pay_with = std::nullopt});
  on.advance(minutes{10} - seconds{1}, seconds{1});
  on.db.faults().failing_commits = 3;
  on.advance(seconds{5});
  CHECK(on.count_event(id, "payment_reminded") == 1);
}

TEST_CASE("a deadline message that comes early or for nobody changes nothing") {
  fixture on;
  auto id = on.placed({.pay_with = std::nullopt});
  auto version = on.stored(id).version;
  caf::anon_send(on.all().shard_of(id), deadline_due{id});
  caf::anon_send(on.all().shards[3], deadline_due{order_id{64'003}});
  on.run();
  CHECK(on.stored(id).version == version);
  CHECK(on.orders_stored() == 1);
}

TEST_CASE("after a long time down the deadlines that have passed are fired some at a time, and all of them") {
  fixture on{{.deadlines_at_once = 3}};
  std::vector<order_id> ids;
  for (int n = 0; n < 20; ++n) ids.push_back(on.placed({.pay_with = std::nullopt}));
  on.crash();
  on.time->advance(minutes{12});
  on.start(false);
  caf::anon_send(on.all().timers, sweep_atom_v);
  on.run_up_to_the_journal();
  for (int tick = 0; tick < 5; ++tick) {
    on.time->advance(milliseconds{20});
    on.scheduler().advance_time(milliseconds{20});
    on.run_up_to_the_journal();
  }
  CHECK(on.in_memory() > 0);
  CHECK(on.in_memory() <= 3);
  on.advance(seconds{5});
  for (const auto id : ids) CHECK(on.count_event(id, "payment_reminded") == 1);
}

TEST_CASE("deadlines, followers and what is resumed do not wait for anybody's list") {
  fixture on;
  on.placed();
  auto id = on.placed({.pay_with = std::nullopt});
  on.crash();
  on.time->advance(minutes{11});
  on.start(false);
  // As one that never ends: whatever is asked of that reader is not answered.
  caf::anon_send_exit(on.all().lists, caf::exit_reason::user_shutdown);
  on.run();
  caf::anon_send(on.all().timers, sweep_atom_v);
  caf::anon_send(on.all().notifications, sweep_atom_v);
  on.advance(seconds{10});
  CHECK(on.count_event(id, "payment_reminded") == 1);
  CHECK(on.db.tables().cursors.contains("notifications"));
}

TEST_CASE("in an outage the pauses of many orders are no timers of the actor framework, and all of them end") {
  fixture on;
  std::vector<order_id> ids;
  for (int n = 0; n < 200; ++n) ids.push_back(on.placed({.pay_with = std::nullopt}));
  on.crash();
  on.start();
  on.db.faults().failing_loads = 1'000'000;
  std::vector<asked_order> looks;
  for (const auto id : ids) looks.push_back(on.look(id));
  on.advance(seconds{3});
  CHECK(on.scheduler().clock().schedule.size() < 100);
  on.db.faults().failing_loads = 0;
  on.advance(seconds{5});
  for (const auto& look : looks) CHECK(look->reply);
}

}  // namespace orderflow::test
