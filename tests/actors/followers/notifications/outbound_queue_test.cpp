// Messages that clients ask for: durable before they are told OK, delivered when they are due, at least once whatever happens
// and once in the normal case.
#include <catch2/catch_test_macros.hpp>

#include "tests/actors/fixture.hpp"

namespace orderflow::test {

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

requested_message message_of(const fixture& on, const std::string& subject, const std::string& key = {}, uint64_t body = 1) {
  requested_message command;
  command.tenant = "shop";
  command.user = "123456";
  command.asked_by = "svc";
  command.channel = "sms";
  command.recipient = "+81 3";
  command.subject = subject;
  command.text = "text";
  command.at = on.time->now();
  if (!key.empty()) command.key = key_claim{"shop svc send", key, body, {}, command.at};
  return command;
}

using asked_reply = std::shared_ptr<asked<message_reply>>;

asked_reply ask(fixture& on, requested_message command) {
  return on.request<message_reply>(on.all().notifications, std::move(command));
}

bool queued(const asked_reply& one) {
  return one->reply && !one->reply->repeated && !one->reply->other_body && one->reply->too_many_for.count() == 0;
}

message_row only_row(const fixture& on) {
  REQUIRE(on.db.tables().messages.size() == 1);
  return on.db.tables().messages.begin()->second;
}

}  // namespace

TEST_CASE("a message is durable before it is answered and delivered at once, as it was asked for") {
  fixture on;
  auto one = ask(on, message_of(on, "hello"));
  on.run_up_to_the_journal();
  CHECK_FALSE(one->answered());
  on.run();
  CHECK(queued(one));
  on.advance(seconds{1});
  REQUIRE(on.world.mail.sent.size() == 1);
  const auto& sent = on.world.mail.sent[0];
  CHECK(sent.channel == "sms");
  CHECK(sent.recipient == "+81 3");
  CHECK(sent.subject == "hello");
  CHECK(sent.text == "text");
  CHECK(only_row(on).status == message_status::sent);
  CHECK(sent.id == "notice." + std::to_string(only_row(on).number));
  on.advance(minutes{10});
  on.crash();
  on.start();
  on.advance(minutes{10});
  CHECK(on.world.mail.sent.size() == 1);
}

TEST_CASE("a delayed message waits for its time, never leaves before it, and survives a crash") {
  fixture on;
  auto command = message_of(on, "later");
  command.send_at = command.at + minutes{5};
  auto one = ask(on, command);
  auto now = ask(on, message_of(on, "now"));
  on.run();
  CHECK(queued(one));
  CHECK(queued(now));
  on.advance(minutes{4} + seconds{59});
  CHECK(on.world.mail.count("now") == 1);
  CHECK(on.world.mail.count("later") == 0);
  on.crash();
  on.start();
  CHECK(on.world.mail.count("later") == 0);
  on.advance(seconds{2});
  CHECK(on.world.mail.count("later") == 1);
  CHECK(on.world.mail.count("now") == 1);
}

TEST_CASE("an earlier message is not held up by a later one that came first") {
  fixture on;
  for (auto delay : {minutes{30}, minutes{20}, minutes{1}}) {
    auto command = message_of(on, std::to_string(delay.count()) + " min");
    command.send_at = command.at + delay;
    ask(on, command);
    on.run();
  }
  on.advance(minutes{1} + seconds{1});
  CHECK(on.world.mail.sent.size() == 1);
  on.advance(minutes{19});
  CHECK(on.world.mail.sent.size() == 2);
  on.advance(minutes{10});
  CHECK(on.world.mail.sent.size() == 3);
}

TEST_CASE("what became due while the process was down is delivered after the start") {
  fixture on;
  auto command = message_of(on, "later");
  command.send_at = command.at + minutes{5};
  ask(on, command);
  on.run();
  on.crash();
  on.time->advance(hours{1});
  on.start();
  on.advance(seconds{1});
  CHECK(on.world.mail.count("later") == 1);
}

TEST_CASE("a message is asked for once under its key, also by a double click and after a restart") {
  fixture on;
  auto first = ask(on, message_of(on, "one", "k1"));
  auto double_click = ask(on, message_of(on, "one", "k1"));
  auto other_text = ask(on, message_of(on, "two", "k1", 2));
  auto other_key = ask(on, message_of(on, "one", "k2"));
  on.run();
  CHECK(queued(first));
  CHECK(double_click->reply->repeated);
  CHECK(other_text->reply->other_body);
  CHECK(queued(other_key));
  on.crash();
  on.start();
  auto again = ask(on, message_of(on, "one", "k1"));
  auto other = ask(on, message_of(on, "two", "k1", 2));
  on.run();
  CHECK(again->reply->repeated);
  CHECK(other->reply->other_body);
  on.advance(seconds{5});
  CHECK(on.world.mail.sent.size() == 2);
  CHECK(on.db.tables().messages.size() == 2);
}

TEST_CASE("a message that cannot be delivered is tried again with growing pauses until it is") {
  fixture on;
  on.world.mail.failing = 4;
  ask(on, message_of(on, "hello"));
  on.advance(seconds{1});
  CHECK(on.world.mail.failing < 4);
  CHECK(on.world.mail.failing > 0);
  on.advance(seconds{20});
  CHECK(on.world.mail.sent.size() == 1);
  CHECK(only_row(on).tries == 5);
}

TEST_CASE("a message that nobody can deliver is given up at last, and holds up no other") {
  actor_settings limits;
  limits.message_expiry = minutes{10};
  fixture on{limits};
  on.world.mail.failing = 1000;
  ask(on, message_of(on, "hello"));
  on.advance(minutes{30});
  CHECK(only_row(on).status == message_status::given_up);
  CHECK_FALSE(only_row(on).due_at);
  on.world.mail.failing = 0;
  ask(on, message_of(on, "other"));
  on.advance(seconds{5});
  CHECK(on.world.mail.sent.size() == 1);
}

TEST_CASE("a crash between a delivery and its row delivers again under the same Message-ID") {
  fixture on;
  on.world.mail.after_delivery = [&] { on.cut_off(); };
  ask(on, message_of(on, "hello"));
  on.advance(seconds{1});
  REQUIRE(on.world.mail.sent.size() == 1);
  on.crash();
  on.world.mail.after_delivery = nullptr;
  on.start();
  on.advance(seconds{1});
  REQUIRE(on.world.mail.sent.size() == 2);
  CHECK(on.world.mail.sent[0].id == on.world.mail.sent[1].id);
}

TEST_CASE("a message that could not be stored is refused, and its key may be used again") {
  fixture on;
  on.db.faults().down = true;
  auto unkeyed = ask(on, message_of(on, "lost"));
  auto keyed = ask(on, message_of(on, "hello", "k1"));
  auto double_click = ask(on, message_of(on, "hello", "k1"));
  on.run();
  REQUIRE(unkeyed->error);
  CHECK(unkeyed->error->code == errc::store_unavailable);
  CHECK(keyed->error);
  CHECK(double_click->error);
  on.db.faults().down = false;
  on.advance(seconds{1});  // Until a look has found that it can be read again.
  auto again = ask(on, message_of(on, "hello", "k1"));
  on.advance(seconds{5});
  CHECK(queued(again));
  CHECK(on.world.mail.count("hello") == 1);
  CHECK(on.world.mail.count("lost") == 0);
}

TEST_CASE("while the store is away a message is delivered once, and recorded later") {
  fixture on;
  on.world.mail.after_delivery = [&] { on.db.faults().down = true; };
  ask(on, message_of(on, "hello"));
  on.advance(seconds{10});
  CHECK(on.world.mail.sent.size() == 1);
  CHECK(only_row(on).status == message_status::queued);
  on.db.faults().down = false;
  on.advance(seconds{10});
  CHECK(on.world.mail.sent.size() == 1);
  CHECK(only_row(on).status == message_status::sent);
}

TEST_CASE("a principal that asks for too many is told when to come back; a repeat does not count") {
  actor_settings limits;
  limits.messages_per_hour = 2;
  fixture on{limits};
  auto first = ask(on, message_of(on, "1", "k1"));
  on.run();
  CHECK(queued(first));
  auto second = ask(on, message_of(on, "2"));
  auto repeat = ask(on, message_of(on, "1", "k1"));
  auto third = ask(on, message_of(on, "3"));
  auto other = message_of(on, "4");
  other.asked_by = "other";
  auto elsewhere = ask(on, other);
  on.run();
  CHECK(queued(second));
  CHECK(repeat->reply->repeated);
  CHECK(third->reply->too_many_for > minutes{50});
  CHECK(queued(elsewhere));
  on.advance(hours{1}, minutes{1});
  auto later = ask(on, message_of(on, "5"));
  on.run();
  CHECK(queued(later));
}

TEST_CASE("a flood of messages is delivered to the last one") {
  fixture on;
  for (int i = 0; i < 700; ++i) ask(on, message_of(on, "n" + std::to_string(i)));
  on.advance(seconds{5});
  CHECK(on.world.mail.sent.size() == 700);
  CHECK(on.db.tables().messages.size() == 700);
}

}  // namespace orderflow::test
