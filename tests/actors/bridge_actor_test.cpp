// The bridge's patience: what a caller is told who gets no answer in time.
#include "http/bridge/bridge_actor.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/actors/fixture.hpp"

namespace orderflow::test {

namespace {

using told = std::optional<std::variant<order_reply, failure>>;

/// A payment with a key whose caller has no patience: it ends after `steps` steps of the process.
told pay_impatiently(fixture& on, order_id id, answer_when when, size_t steps) {
  auto bridge = on.sys().spawn<bridge_actor::stateful_impl<bridge_state>>(services_ptr{services_ptr{}, &on.all()});
  auto answer = std::make_shared<told>();
  order_request request;
  request.order = id;
  request.command = order_command{pay_order{"in_progress"}, on.time->now()};
  request.key = key_claim{"shop/ann/payments", "k1", 1, id, on.time->now()};
  request.when = when;
  caf::anon_send(bridge, exchange{[request, answer](bridge_state& core) {
                   core.ask(request, milliseconds{0},
                            [answer](std::variant<order_reply, failure> now) { *answer = std::move(now); });
                 }});
  on.run_steps(steps);
  on.time->advance(milliseconds{50});
  on.scheduler().advance_time(milliseconds{50});
  on.run();
  caf::anon_send_exit(bridge, caf::exit_reason::user_shutdown);
  on.run();
  return *answer;
}

struct told_tally {
  size_t shown = 0;    // the order, as it was after the command
  size_t unknown = 0;  // that nobody knows
};

/// Patience ends after every number of steps in turn: what is told is true each time, and in the end the payment is stored.
told_tally impatient_payments(answer_when when) {
  told_tally seen;
  for (size_t steps = 0; steps < 40; ++steps) {
    INFO("patience ended after " << steps << " steps");
    fixture on;
    const auto id = on.placed({.pay_with = std::nullopt});
    const auto answer = pay_impatiently(on, id, when, steps);
    REQUIRE(answer);
    if (const auto* reply = std::get_if<order_reply>(&*answer)) {
      ++seen.shown;
      CHECK(reply->now->status == order_status::payment_processing);
    } else {
      ++seen.unknown;
      CHECK(std::get<failure>(*answer).code == errc::outcome_unknown);
    }
    CHECK(on.stored(id).status == order_status::payment_processing);
  }
  return seen;
}

}  // namespace

TEST_CASE("when the timeout ends, who waits for the end of a payment is never shown the order as it was before his command") {
  CHECK(impatient_payments(answer_when::settled).shown > 0);
}

TEST_CASE("when the timeout ends before a command is committed, its outcome is told as unknown") {
  CHECK(impatient_payments(answer_when::committed).unknown > 0);
}

TEST_CASE("who has been told that nobody knows keeps his place until what he asked for is committed") {
  fixture on;
  const auto id = on.placed({.pay_with = std::nullopt});
  auto bridge = on.sys().spawn<bridge_actor::stateful_impl<bridge_state>>(services_ptr{services_ptr{}, &on.all()});
  auto answer = std::make_shared<told>();
  auto held = std::make_shared<int>(1);
  std::weak_ptr<int> place = held;
  caf::anon_send(bridge, exchange{[id, answer, held, at = on.time->now()](bridge_state& core) {
                   order_request request;
                   request.order = id;
                   request.command = order_command{cancel_order{}, at};
                   core.ask(
                       request, milliseconds{0}, [answer](std::variant<order_reply, failure> now) { *answer = std::move(now); },
                       held);
                 }});
  held.reset();
  on.run_up_to_the_journal();
  for (int tick = 0; tick < 3; ++tick) {
    on.time->advance(milliseconds{50});
    on.scheduler().advance_time(milliseconds{50});
    on.run_up_to_the_journal();
  }
  REQUIRE(*answer);
  CHECK(std::get<failure>(**answer).code == errc::outcome_unknown);
  CHECK_FALSE(place.expired());
  on.run();
  CHECK(place.expired());
  caf::anon_send_exit(bridge, caf::exit_reason::user_shutdown);
  on.run();
}

TEST_CASE("who asks an actor that does not answer is told so in time, and keeps his place until it does") {
  fixture on;
  auto bridge = on.sys().spawn<bridge_actor::stateful_impl<bridge_state>>(services_ptr{services_ptr{}, &on.all()});
  std::optional<failure> why;
  auto held = std::make_shared<int>(1);
  std::weak_ptr<int> place = held;
  answered<bool> late;
  caf::anon_send(bridge, exchange{[&, held](bridge_state& core) {
                   late = core.in_time<bool>([&](std::variant<bool, failure> now) { why = std::get<failure>(now); },
                                             errc::store_unavailable, held);
                 }});
  held.reset();
  on.advance(std::chrono::seconds{9});
  CHECK_FALSE(why);
  on.advance(std::chrono::seconds{2});
  REQUIRE(why);
  CHECK(why->code == errc::store_unavailable);
  CHECK_FALSE(place.expired());
  why.reset();
  late(true);
  CHECK_FALSE(why);
  CHECK(place.expired());
  caf::anon_send_exit(bridge, caf::exit_reason::user_shutdown);
  on.run();
}

}  // namespace orderflow::test
