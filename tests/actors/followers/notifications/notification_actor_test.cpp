// Telling people: once in the normal case, at least once whatever happens, and always with the same Message-ID.
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "journal/writer.hpp"
#include "tests/actors/fixture.hpp"

namespace orderflow::test {

namespace {

using std::chrono::seconds;

}  // namespace

TEST_CASE("each fact that people are told is told once, however often the journal is swept") {
  fixture on;
  auto id = on.placed();
  CHECK(on.world.mail.sent.size() == 1);
  CHECK(on.world.mail.count("is confirmed") == 1);
  on.command(id, ship_order{});
  on.run();
  CHECK(on.world.mail.count("is on its way") == 1);
  on.advance(seconds{30});
  CHECK(on.world.mail.sent.size() == 2);
  CHECK(on.db.tables().notifications.size() == 2);
  CHECK(on.world.mail.sent[0].id == std::to_string(id.value) + ".3.email");
  on.crash();
  on.start();
  on.advance(seconds{30});
  CHECK(on.world.mail.sent.size() == 2);
}

TEST_CASE("a fact that is told twice is delivered once") {
  fixture on;
  auto id = on.placed({.pay_with = std::nullopt});
  auto now = std::make_shared<const order>(on.stored(id));
  for (int i = 0; i < 3; ++i)
    caf::anon_send(on.all().notifications, committed_event{now, 7, {order_cancelled{cancel_reason::customer}, on.time->now()}});
  on.run();
  CHECK(on.world.mail.count("is cancelled") == 1);
}

TEST_CASE("a crash between the delivery and its row tells it again, under the same Message-ID") {
  fixture on;
  on.world.mail.after_delivery = [&] { on.cut_off(); };
  on.create();
  on.run();
  CHECK(on.world.mail.sent.size() == 1);
  CHECK(on.db.tables().notifications.empty());
  on.crash();
  on.world.mail.after_delivery = nullptr;
  on.start();
  on.advance(seconds{10});
  REQUIRE(on.world.mail.sent.size() == 2);
  CHECK(on.world.mail.sent[0].id == on.world.mail.sent[1].id);
  on.advance(seconds{30});
  CHECK(on.world.mail.sent.size() == 2);
  CHECK(on.db.tables().notifications.size() == 1);
}

TEST_CASE("a fact that a crash swallowed before it was told is found in the journal") {
  fixture on;
  auto id = on.placed({.pay_with = std::nullopt});
  on.command(id, cancel_order{});
  on.run_up_to_the_journal();
  on.run_steps(2);  // The append is taken and committed; nobody has been told of it.
  REQUIRE(on.stored(id).status == order_status::cancelled);
  on.crash();
  CHECK(on.world.mail.sent.empty());
  on.time->advance(milliseconds{100});
  on.start();
  on.advance(seconds{1});
  CHECK(on.world.mail.count("is cancelled") == 1);
}

TEST_CASE("after a crash what was not told comes before what has happened since") {
  fixture on;
  auto id = on.placed();
  on.command(id, cancel_order{});
  on.run_up_to_the_journal();
  on.run_steps(2);
  REQUIRE(on.stored(id).status == order_status::cancelled);
  on.crash();
  const auto before = on.world.mail.sent.size();
  on.time->advance(milliseconds{100});
  on.start();
  on.run();
  on.advance(seconds{1});
  std::vector<std::string> ids;
  for (size_t n = before; n < on.world.mail.sent.size(); ++n) ids.push_back(on.world.mail.sent[n].id);
  CHECK(ids.size() >= 2);
  CHECK(std::ranges::is_sorted(ids));
}

TEST_CASE("what cannot be delivered is tried again until it is") {
  fixture on;
  on.world.mail.failing = 3;
  on.placed();
  CHECK(on.world.mail.sent.empty());
  on.advance(seconds{20});
  CHECK(on.world.mail.sent.size() == 1);
  CHECK(on.db.tables().notifications.size() == 1);
}

TEST_CASE("the cursor does not pass a young fact that nobody has told yet") {
  fixture on;
  auto young = on.placed({.pay_with = std::nullopt});
  auto old = on.placed({.pay_with = std::nullopt});
  on.advance(seconds{60});
  on.look(young);
  on.run();
  on.command(young, cancel_order{});
  on.run_up_to_the_journal();
  on.run_steps(2);
  REQUIRE(on.stored(young).status == order_status::cancelled);
  on.crash();  // The young fact is durable, and whoever should have told it is gone.
  on.start();
  // Behind it stands a fact with an older time: the command was made before, at the edge.
  auto late = on.ask(old, order_command{cancel_order{}, on.time->now() - seconds{20}});
  on.run();
  REQUIRE(late->reply);
  on.advance(seconds{20});
  CHECK(on.world.mail.count("Your order " + std::to_string(young.value) + " is cancelled") == 1);
  CHECK(on.world.mail.count("Your order " + std::to_string(old.value) + " is cancelled") == 1);
}

TEST_CASE("a customer who has not paid is reminded once, also across a crash") {
  fixture on;
  auto id = on.placed({.pay_with = std::nullopt});
  on.placed();
  on.advance(std::chrono::minutes{11});
  CHECK(on.world.mail.count("Please pay your order " + std::to_string(id.value)) == 1);
  CHECK(on.world.mail.count("Please pay") == 1);
  on.crash();
  on.start();
  on.advance(std::chrono::minutes{1});
  CHECK(on.world.mail.count("Please pay") == 1);
}

TEST_CASE("a customer without an address is not told, and nothing waits for it") {
  fixture on;
  on.placed({.email = ""});
  on.placed();
  on.advance(seconds{20});
  CHECK(on.world.mail.sent.size() == 1);
  CHECK(on.db.tables().cursors.contains("notifications"));
}

TEST_CASE("where the sandbox delivers, a customer without an address is told at a mailbox there") {
  actor_settings limits;
  limits.sandbox_recipients = true;
  fixture on{limits};
  on.placed({.email = ""});
  on.advance(seconds{20});
  REQUIRE(on.world.mail.sent.size() == 1);
  CHECK(on.world.mail.sent[0].recipient == "c1@sandbox");
}

TEST_CASE("while the store is away people are told all the same, and not again afterwards") {
  fixture on;
  auto id = on.placed({.pay_with = std::nullopt});
  auto now = std::make_shared<const order>(on.stored(id));
  on.db.faults().down = true;
  caf::anon_send(on.all().notifications, committed_event{now, 9, {order_cancelled{cancel_reason::customer}, on.time->now()}});
  on.advance(seconds{10});
  CHECK(on.world.mail.sent.size() == 1);
  on.db.faults().down = false;
  on.advance(seconds{20});
  CHECK(on.world.mail.sent.size() == 1);
}

TEST_CASE("one message that cannot be delivered is set aside for all to see, and holds up nobody") {
  fixture on;
  on.world.mail.undeliverable = "bad@x.org";
  auto bad = on.placed({.email = "bad@x.org"});
  on.advance(seconds{20});
  CHECK(on.world.mail.sent.empty());
  REQUIRE(on.db.tables().notifications.size() == 1);
  CHECK(on.db.tables().notifications.front().status == "failed");
  REQUIRE(on.db.tables().cursors.contains("notifications"));
  const auto before = on.db.tables().cursors.at("notifications");
  on.placed();
  on.advance(seconds{10});
  CHECK(on.world.mail.sent.size() == 1);
  CHECK(on.db.tables().cursors.at("notifications") > before);
  on.crash();
  on.start();
  on.world.mail.undeliverable.clear();
  on.advance(std::chrono::minutes{6});
  REQUIRE(on.world.mail.sent.size() == 2);
  CHECK(on.world.mail.sent[1].id == std::to_string(bad.value) + ".3.email");
  CHECK(on.db.tables().notifications.size() == 2);
  for (const auto& row : on.db.tables().notifications) CHECK(row.status == "sent");
}

TEST_CASE("while nothing can be delivered everything waits in the journal, and is told once afterwards") {
  fixture on;
  on.world.mail.failing = 1'000'000;
  for (int n = 0; n < 100; ++n) on.create();
  on.advance(seconds{30});
  CHECK(on.world.mail.asked < 40);
  CHECK(on.db.tables().messages.size() < 20);
  on.world.mail.failing = 0;
  on.advance(std::chrono::minutes{6});
  CHECK(on.world.mail.sent.size() == 100);
  std::set<std::string> ids;
  for (const auto& one : on.world.mail.sent) ids.insert(one.id);
  CHECK(ids.size() == 100);
}

TEST_CASE("a teller that comes late is not listened to: the sweep has told its fact") {
  fixture on;
  auto id = on.placed({.pay_with = std::nullopt});
  const auto at = on.time->now();
  on.command(id, cancel_order{});
  on.run();
  on.advance(seconds{10});
  REQUIRE(on.world.mail.sent.size() == 1);
  auto now = std::make_shared<const order>(on.stored(id));
  caf::anon_send(on.all().notifications, committed_event{now, now->version, {order_cancelled{cancel_reason::customer}, at}});
  on.advance(seconds{10});
  CHECK(on.world.mail.sent.size() == 1);
}

TEST_CASE("the rows of many messages are few writes") {
  fixture on;
  on.placed();
  on.advance(seconds{10});
  const auto before = on.db.counts().writes;
  for (int n = 0; n < 50; ++n) on.create();
  on.run();
  on.advance(2 * writer::most_wait);  // The first row, then all that came while it waited.
  CHECK(on.world.mail.sent.size() == 51);
  CHECK(on.db.tables().notifications.size() == 51);
  CHECK(on.db.counts().writes - before <= 5);
}

}  // namespace orderflow::test
