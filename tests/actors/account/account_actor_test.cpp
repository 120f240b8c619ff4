// Accounts as actors: durable before they are answered, loaded again, one per customer whatever their hashes.
#include <catch2/catch_test_macros.hpp>

#include "codec/account_json.hpp"
#include "tests/actors/fixture.hpp"

namespace orderflow::test {

namespace {

using std::chrono::seconds;
using asked_account = std::shared_ptr<asked<account_reply>>;

const account_key ann{"shop", "ann"};

asked_account ask(fixture& on, const account_key& who, std::optional<account_command> command, const std::string& key = {},
                  uint64_t body = 1) {
  account_request request{who, std::move(command), on.time->now(), std::nullopt};
  if (!key.empty()) request.key = key_claim{"shop ann cart", key, body, {}, request.at};
  const auto& to = on.all().accounts_of(request.who);
  return on.request<account_reply>(to, std::move(request));
}

account look(fixture& on, const account_key& who = ann) {
  auto answer = ask(on, who, std::nullopt);
  on.advance(seconds{1});
  REQUIRE(answer->reply);
  return *answer->reply->now;
}

/// As a client that is told to try again does.
void insist(fixture& on, const account_key& who, const account_command& command) {
  for (int tries = 0; tries < 5; ++tries) {
    auto answer = ask(on, who, command);
    on.advance(seconds{1});
    if (answer->reply) return;
  }
  FAIL("the account never takes the command");
}

std::vector<cart_line> of_a(int64_t quantity) { return {{{"A"}, quantity}}; }

}  // namespace

TEST_CASE("nothing is kept of a customer until something is told, and looking keeps nothing") {
  fixture on;
  const auto nobody = look(on);
  CHECK(nobody.version == 0);
  CHECK(nobody.who == ann);
  CHECK(on.db.tables().accounts.empty());
}

TEST_CASE("a cart is answered when it is durable, and outlives a crash") {
  fixture on;
  auto added = ask(on, ann, add_to_cart{{"A"}, 2});
  on.run_up_to_the_journal();
  CHECK_FALSE(added->answered());
  on.run();
  REQUIRE(added->reply);
  CHECK(added->reply->now->cart == of_a(2));
  on.crash();
  on.start();
  CHECK(look(on).cart == of_a(2));
}

TEST_CASE("a read is not shown what could still be lost") {
  fixture on;
  ask(on, ann, add_to_cart{{"A"}, 2});
  auto read = ask(on, ann, std::nullopt);
  on.run_up_to_the_journal();
  CHECK_FALSE(read->answered());
  on.run();
  CHECK(read->reply->now->cart == of_a(2));
}

TEST_CASE("a cart whose append is lost says so, and is as it was before") {
  fixture on;
  ask(on, ann, add_to_cart{{"A"}, 2});
  on.run();
  on.db.faults().failing_commits = 1;
  auto lost = ask(on, ann, add_to_cart{{"A"}, 5});
  on.run();
  REQUIRE(lost->error);
  CHECK(lost->error->code == errc::store_unavailable);
  CHECK(look(on).cart == of_a(2));
}

TEST_CASE("an addition that is sent twice with its key is made once, in flight, durable or after a crash") {
  fixture on;
  auto first = ask(on, ann, add_to_cart{{"A"}, 2}, "k1");
  auto in_flight = ask(on, ann, add_to_cart{{"A"}, 2}, "k1");
  on.run();
  auto durable = ask(on, ann, add_to_cart{{"A"}, 2}, "k1");
  on.run();
  on.crash();
  on.start();
  auto after_restart = ask(on, ann, add_to_cart{{"A"}, 2}, "k1");
  auto other = ask(on, ann, add_to_cart{{"A"}, 3}, "k1", 2);
  on.run();
  CHECK(first->reply->outcome == account_outcome::done);
  for (const auto& one : {in_flight, durable, after_restart}) {
    REQUIRE(one->reply);
    CHECK(one->reply->outcome == account_outcome::repeated);
    CHECK(one->reply->now->cart == of_a(2));
  }
  CHECK(other->reply->outcome == account_outcome::other_body);
}

TEST_CASE("two customers with the same hash have a cart each, whoever comes first after a start") {
  // Found by searching for pairs of the same hash.
  const account_key first{"shop", "h9wfwbZMIR"};
  const account_key second{"shop", "v2Y98iylPc"};
  REQUIRE(stream_of(first) == stream_of(second));
  fixture on;
  ask(on, first, add_to_cart{{"A"}, 1});
  on.run();
  ask(on, second, add_to_cart{{"A"}, 2});
  on.run();
  CHECK(on.db.tables().accounts.size() == 2);
  // Whoever looked into the other's stream has made him load it again: what he is asked next may have to be repeated once.
  insist(on, first, set_in_cart{{"A"}, 11});
  on.crash();
  on.start();
  CHECK(look(on, second).cart == of_a(2));
  CHECK(look(on, first).cart == of_a(11));
  on.advance(seconds{10});
  CHECK(look(on, first).cart == of_a(11));
  CHECK(look(on, second).cart == of_a(2));
}

TEST_CASE("two customers with the same hash who come at the same time for the first time both get a cart") {
  const account_key first{"shop", "h9wfwbZMIR"};
  const account_key second{"shop", "v2Y98iylPc"};
  fixture on;
  auto one = ask(on, first, add_to_cart{{"A"}, 1});
  auto other = ask(on, second, add_to_cart{{"A"}, 2});
  on.run();
  on.advance(seconds{5});
  // One of the two may have been told that nothing was written, which it can repeat; none is given the other's cart.
  for (const auto& answer : {one, other}) {
    REQUIRE(answer->answered());
    if (answer->error) CHECK(answer->error->code == errc::store_unavailable);
  }
  insist(on, first, set_in_cart{{"A"}, 1});
  insist(on, second, set_in_cart{{"A"}, 2});
  CHECK(look(on, first).cart == of_a(1));
  CHECK(look(on, second).cart == of_a(2));
}

TEST_CASE("the same user of two merchants has two carts") {
  fixture on;
  ask(on, ann, add_to_cart{{"A"}, 1});
  ask(on, {"other", "ann"}, add_to_cart{{"A"}, 7});
  on.run();
  CHECK(look(on).cart == of_a(1));
  CHECK(look(on, {"other", "ann"}).cart == of_a(7));
}

TEST_CASE("a state of another version is folded from its events") {
  fixture on;
  ask(on, ann, add_to_cart{{"A"}, 2});
  on.run();
  auto& row = on.db.raw_tables().accounts.begin()->second;
  row.state_version = 999;
  row.state = "of another version";
  on.crash();
  on.start();
  CHECK(look(on).cart == of_a(2));
}

TEST_CASE("an idle account leaves memory and comes back with the next request") {
  fixture on;
  ask(on, ann, add_to_cart{{"A"}, 2});
  on.run();
  const auto alive = on.actors_alive();
  on.advance(seconds{10});
  CHECK(on.actors_alive() == alive - 1);
  CHECK(look(on).cart == of_a(2));
}

TEST_CASE("a request to an account is not lost at whatever moment of its leaving it comes") {
  for (size_t moment = 0; moment < 30; ++moment) {
    fixture on;
    ask(on, ann, add_to_cart{{"A"}, 1});
    on.run();
    for (int i = 0; i < 6; ++i) on.advance(seconds{1}, seconds{1});
    on.time->advance(seconds{1});
    on.scheduler().advance_time(seconds{1});
    on.run_steps(moment);
    auto added = ask(on, ann, add_to_cart{{"A"}, 1});
    on.run();
    INFO("moment " << moment);
    REQUIRE(added->reply);
    CHECK(added->reply->now->cart == of_a(2));
  }
}

TEST_CASE("an account that cannot be read is let be, and tried again after its window") {
  fixture on;
  ask(on, ann, add_to_cart{{"A"}, 2});
  on.run();
  const auto sound = on.db.tables().accounts.begin()->second.state;
  on.db.raw_tables().accounts.begin()->second.state = "{not json";
  on.crash();
  on.start();
  auto hopeless = ask(on, ann, std::nullopt);
  on.advance(seconds{10});
  REQUIRE(hopeless->error);
  auto others = ask(on, {"shop", "bob"}, add_to_cart{{"A"}, 1});
  auto refused = ask(on, ann, std::nullopt);
  on.run();
  CHECK(others->reply);
  REQUIRE(refused->error);
  on.db.raw_tables().accounts.begin()->second.state = sound;
  on.advance(on.limits.restart_window + seconds{5}, seconds{1});
  CHECK(look(on).cart == of_a(2));
}

}  // namespace orderflow::test
