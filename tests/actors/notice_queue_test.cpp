// Messages that clients ask for: durable before they are told OK, delivered when they are due, at least once whatever happens
// and once in the normal case.
#include <catch2/catch_test_macros.hpp>

#include "tests/actors/fixture.hpp"

namespace orderflow::test {

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

free_notice notice_of(const fixture& on, const std::string& subject, const std::string& key = {}, uint64_t body = 1) {
  free_notice wish;
  wish.tenant = "shop";
  wish.user = "123456";
  wish.asked_by = "svc";
  wish.channel = "sms";
  wish.recipient = "+81 3";
  wish.subject = subject;
  wish.text = "text";
  wish.at = on.time->now();
  if (!key.empty()) wish.key = key_claim{"shop svc send", key, body, {}, wish.at};
  return wish;
}

using asked_reply = std::shared_ptr<asked<notice_reply>>;

asked_reply ask(fixture& on, free_notice wish) { return on.request<notice_reply>(on.all().notifications, std::move(wish)); }

bool queued(const asked_reply& one) {
  return one->reply && !one->reply->repeated && !one->reply->other_body && one->reply->too_many_for.count() == 0;
}

notice_row only_row(const fixture& on) {
  REQUIRE(on.db.tables().notices.size() == 1);
  return on.db.tables().notices.begin()->second;
}

}  // namespace

TEST_CASE("a message is durable before it is answered and delivered at once, as it was asked for") {
  fixture on;
  auto one = ask(on, notice_of(on, "hello"));
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
  CHECK(only_row(on).status == notice_status::sent);
  CHECK(sent.id == "notice." + std::to_string(only_row(on).number));
  on.advance(minutes{10});
  on.crash();
  on.start();
  on.advance(minutes{10});
  CHECK(on.world.mail.sent.size() == 1);
}

TEST_CASE("a delayed message waits for its time, never leaves before it, and survives a crash") {
  fixture on;
  auto wish = notice_of(on, "later");
  wish.send_at = wish.at + minutes{5};
  auto one = ask(on, wish);
  auto now = ask(on, notice_of(on, "now"));
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
    auto wish = notice_of(on, std::to_string(delay.count()) + " min");
    wish.send_at = wish.at + delay;
    ask(on, wish);
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
  auto wish = notice_of(on, "later");
  wish.send_at = wish.at + minutes{5};
  ask(on, wish);
  on.run();
  on.crash();
  on.time->advance(hours{1});
  on.start();
  on.advance(seconds{1});
  CHECK(on.world.mail.count("later") == 1);
}

TEST_CASE("a message is asked for once under its key, also by a double click and after a restart") {
  fixture on;
  auto first = ask(on, notice_of(on, "one", "k1"));
  auto double_click = ask(on, notice_of(on, "one", "k1"));
  auto other_text = ask(on, notice_of(on, "two", "k1", 2));
  auto other_key = ask(on, notice_of(on, "one", "k2"));
  on.run();
  CHECK(queued(first));
  CHECK(double_click->reply->repeated);
  CHECK(other_text->reply->other_body);
  CHECK(queued(other_key));
  on.crash();
  on.start();
  auto again = ask(on, notice_of(on, "one", "k1"));
  auto other = ask(on, notice_of(on, "two", "k1", 2));
  on.run();
  CHECK(again->reply->repeated);
  CHECK(other->reply->other_body);
  on.advance(seconds{5});
  CHECK(on.world.mail.sent.size() == 2);
  CHECK(on.db.tables().notices.size() == 2);
}

TEST_CASE("a message that cannot be delivered is tried again with growing pauses until it is") {
  fixture on;
  on.world.mail.failing = 4;
  ask(on, notice_of(on, "hello"));
  on.advance(seconds{1});
  CHECK(on.world.mail.failing < 4);
  CHECK(on.world.mail.failing > 0);
  on.advance(seconds{20});
  CHECK(on.world.mail.sent.size() == 1);
  CHECK(only_row(on).tries == 5);
}

TEST_CASE("a message that nobody can deliver is given up at last, and holds up no other") {
  actor_settings limits;
  limits.notice_patience = minutes{10};
  fixture on{limits};
  on.world.mail.failing = 1000;
  ask(on, notice_of(on, "hello"));
  on.advance(minutes{30});
  CHECK(only_row(on).status == notice_status::given_up);
  CHECK_FALSE(only_row(on).due_at);
  on.world.mail.failing = 0;
  ask(on, notice_of(on, "other"));
  on.advance(seconds{5});
  CHECK(on.world.mail.sent.size() == 1);
}

TEST_CASE("a crash between a delivery and its row delivers again under the same Message-ID") {
  fixture on;
  on.world.mail.after_delivery = [&] { on.cut_off(); };
  ask(on, notice_of(on, "hello"));
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
  auto unkeyed = ask(on, notice_of(on, "lost"));
  auto keyed = ask(on, notice_of(on, "hello", "k1"));
  auto double_click = ask(on, notice_of(on, "hello", "k1"));
  on.run();
  REQUIRE(unkeyed->error);
  CHECK(unkeyed->error->code == errc::store_unavailable);
  CHECK(keyed->error);
  CHECK(double_click->error);
  on.db.faults().down = false;
  auto again = ask(on, notice_of(on, "hello", "k1"));
  on.advance(seconds{5});
  CHECK(queued(again));
  CHECK(on.world.mail.count("hello") == 1);
  CHECK(on.world.mail.count("lost") == 0);
}

TEST_CASE("while the store is away a message is delivered once, and recorded later") {
  fixture on;
  on.world.mail.after_delivery = [&] { on.db.faults().down = true; };
  ask(on, notice_of(on, "hello"));
  on.advance(seconds{10});
  CHECK(on.world.mail.sent.size() == 1);
  CHECK(only_row(on).status == notice_status::queued);
  on.db.faults().down = false;
  on.advance(seconds{10});
  CHECK(on.world.mail.sent.size() == 1);
  CHECK(only_row(on).status == notice_status::sent);
}

TEST_CASE("a principal that asks for too many is told when to come back; a repeat does not count") {
  actor_settings limits;
  limits.notices_per_hour = 2;
  fixture on{limits};
  auto first = ask(on, notice_of(on, "1", "k1"));
  on.run();
  CHECK(queued(first));
  auto second = ask(on, notice_of(on, "2"));
  auto repeat = ask(on, notice_of(on, "1", "k1"));
  auto third = ask(on, notice_of(on, "3"));
  auto stranger = notice_of(on, "4");
  stranger.asked_by = "other";
  auto elsewhere = ask(on, stranger);
  on.run();
  CHECK(queued(second));
  CHECK(repeat->reply->repeated);
  CHECK(third->reply->too_many_for > minutes{50});
  CHECK(queued(elsewhere));
  on.advance(hours{1}, minutes{1});
  auto later = ask(on, notice_of(on, "5"));
  on.run();
  CHECK(queued(later));
}

TEST_CASE("a flood of messages is delivered to the last one") {
  fixture on;
  for (int i = 0; i < 700; ++i) ask(on, notice_of(on, "n" + std::to_string(i)));
  on.advance(seconds{5});
  CHECK(on.world.mail.sent.size() == 700);
  CHECK(on.db.tables().notices.size() == 700);
}

}  // namespace orderflow::test
