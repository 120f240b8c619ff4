// Commands with an idempotency key: sent twice, carried out once.
#include <catch2/catch_test_macros.hpp>

#include "tests/actors/fixture.hpp"

namespace orderflow::test {

namespace {

using std::chrono::seconds;

version_condition at_version(uint64_t version) { return {std::vector<uint64_t>{version}}; }

asked_order keyed(fixture& on, order_id id, order_action what, uint64_t body = 1,
                  std::optional<version_condition> if_version = std::nullopt) {
  order_request request;
  request.order = id;
  request.if_version = std::move(if_version);
  request.command = order_command{std::move(what), on.time->now()};
  request.key = key_claim{"shop/ann/refunds", "k1", body, id, on.time->now()};
  return on.ask(std::move(request));
}

}  // namespace

TEST_CASE("a refund that is sent twice with its key is made once, whether the first is in flight, durable or out of memory") {
  fixture on;
  auto id = on.placed();
  auto first = keyed(on, id, refund_order{300});
  auto in_flight = keyed(on, id, refund_order{300});
  on.run();
  auto durable = keyed(on, id, refund_order{300});
  on.run();
  on.crash();
  on.start();
  auto after_restart = keyed(on, id, refund_order{300});
  on.run();
  CHECK(first->reply->outcome == order_outcome::done);
  for (const auto& one : {in_flight, durable, after_restart}) {
    REQUIRE(one->reply);
    CHECK(one->reply->outcome == order_outcome::repeated);
    CHECK(one->reply->now->id == id);
  }
  CHECK(on.world.payments.refunded(id) == 300);
}

TEST_CASE("another command under a known key is told so and not carried out") {
  fixture on;
  auto id = on.placed();
  keyed(on, id, refund_order{300}, 1);
  auto in_flight = keyed(on, id, refund_order{400}, 2);
  on.run();
  auto durable = keyed(on, id, refund_order{400}, 2);
  on.run();
  CHECK(in_flight->reply->outcome == order_outcome::other_body);
  CHECK(durable->reply->outcome == order_outcome::other_body);
  CHECK(on.world.payments.refunded(id) == 300);
}

TEST_CASE("a keyed command whose append is lost may be sent again") {
  fixture on;
  auto id = on.placed();
  on.db.faults().failing_commits = 1;
  auto lost = keyed(on, id, refund_order{300});
  auto behind = keyed(on, id, refund_order{300});
  on.run();
  CHECK(lost->error);
  CHECK(behind->error);
  CHECK(on.world.payments.refunded(id) == 0);
  auto again = keyed(on, id, refund_order{300});
  on.run();
  REQUIRE(again->reply);
  CHECK(again->reply->outcome == order_outcome::done);
  CHECK(on.world.payments.refunded(id) == 300);
}

TEST_CASE("a keyed command that a rule refuses does not use its key up") {
  fixture on;
  auto id = on.placed();
  auto refused = keyed(on, id, refund_order{5000});
  on.run();
  CHECK(refused->reply->why == refusal::refund_must_not_exceed_capture);
  auto mended = keyed(on, id, refund_order{300}, 2);
  on.run();
  CHECK(mended->reply->outcome == order_outcome::done);
}

TEST_CASE("a keyed command that names a version is answered again although it has itself changed the version") {
  fixture on;
  auto id = on.placed();
  const auto version = on.stored(id).version;
  auto first = keyed(on, id, refund_order{300}, 1, at_version(version));
  auto in_flight = keyed(on, id, refund_order{300}, 1, at_version(version));
  on.run();
  auto durable = keyed(on, id, refund_order{300}, 1, at_version(version));
  on.run();
  CHECK(first->reply->outcome == order_outcome::done);
  CHECK(in_flight->reply->outcome == order_outcome::repeated);
  CHECK(durable->reply->outcome == order_outcome::repeated);
  CHECK(on.world.payments.refunded(id) == 300);
  on.crash();
  on.start();
  order_request stale;
  stale.order = id;
  stale.if_version = at_version(version);
  stale.command = order_command{refund_order{300}, on.time->now()};
  stale.key = key_claim{"shop/ann/refunds", "k2", 1, id, on.time->now()};
  auto late = on.ask(std::move(stale));
  on.run();
  CHECK(late->reply->outcome == order_outcome::version_differs);
}

TEST_CASE("an order does not leave memory while the store is asked about a command's key") {
  fixture on;
  auto id = on.placed();
  for (size_t moment = 0; moment < 30; ++moment) {
    on.advance(seconds{10});
    auto answer = keyed(on, id, refund_order{300});
    on.run_steps(moment);
    on.time->advance(seconds{1});
    on.scheduler().advance_time(seconds{1});
    on.run();
    CHECK(answer->reply);
  }
  CHECK(on.world.payments.refunded(id) == 300);
}

TEST_CASE("in every order in which two equal commands and the store's answers can come, one is carried out") {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    fixture on;
    std::mt19937_64 chance(seed);
    auto id = on.placed();
    std::vector<asked_order> askers;
    for (int i = 0; i < 4; ++i) askers.push_back(keyed(on, id, refund_order{300}));
    on.run_shuffled(chance);
    INFO("seed " << seed);
    for (const auto& one : askers) CHECK(one->answers == 1);
    CHECK(on.world.payments.refunded(id) == 300);
  }
}

namespace {

/// A client pays; `key` empty: without one.
asked_order pays(fixture& on, order_id id, const std::string& key) {
  order_request request;
  request.order = id;
  request.command = order_command{pay_order{"in_progress"}, on.time->now()};
  request.from = principal{"ann", "shop", role::service};
  if (!key.empty()) request.key = key_claim{"shop/ann/pay", key, 1, id, on.time->now()};
  return on.ask(std::move(request));
}

}  // namespace

TEST_CASE("the key of a payment that joined another's attempt is known when that attempt was declined") {
  for (const bool restarted : {false, true}) {
    fixture on;
    order_options unpaid;
    unpaid.pay_with = std::nullopt;
    const auto id = on.placed(unpaid);
    auto first = pays(on, id, "");
    auto joined = pays(on, id, "k1");
    on.run_up_to_the_journal();
    CHECK_FALSE(joined->answered());
    on.run();
    REQUIRE(joined->reply);
    CHECK(joined->reply->outcome == order_outcome::done);
    if (restarted) {
      on.crash();
      on.start();
    }
    on.world.payments.settle("charge/" + std::to_string(id.value) + "/1", false);
    on.run();
    auto again = pays(on, id, "k1");
    on.run();
    REQUIRE(again->reply);
    CHECK(again->reply->outcome == order_outcome::repeated);
    CHECK(on.stored(id).attempts.size() == 1);
  }
}

TEST_CASE("a joined payment whose key is lost takes nobody else's answer with it") {
  fixture on;
  order_options unpaid;
  unpaid.pay_with = std::nullopt;
  const auto id = on.placed(unpaid);
  auto paid = pays(on, id, "");
  on.run();
  on.db.faults().failing_commits = 1;
  auto lost = pays(on, id, "k1");
  on.run();
  CHECK(lost->error);
  auto again = pays(on, id, "k1");
  on.run();
  REQUIRE(again->reply);
  CHECK(again->reply->outcome == order_outcome::done);
}

TEST_CASE("the second name of an intent is noted when the first is known") {
  fixture on;
  const auto id = on.placed();
  order_request look;
  look.order = id;
  look.key = key_claim{"shop/ann/place", "k1", 1, id, on.time->now()};
  look.repeat = true;
  auto noted = on.ask(look);
  on.run();
  REQUIRE(noted->reply);
  CHECK(noted->reply->now->id == id);
  on.crash();
  on.start();
  look.key->body_hash = 2;
  auto other = on.ask(look);
  on.run();
  REQUIRE(other->reply);
  CHECK(other->reply->outcome == order_outcome::other_body);
}

}  // namespace orderflow::test
