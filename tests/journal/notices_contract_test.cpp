// What every store does with the messages that clients ask for. One body for all of them.
#include "tests/journal/every_store.hpp"

namespace orderflow::test {
namespace {

message_row sample_message(int64_t number, timestamp due, const std::string& key = {}) {
  message_row row;
  row.number = number;
  row.tenant = "shop";
  row.user = "123456";
  row.order = {7};
  row.channel = "sms";
  row.recipient = "+81 3";
  row.subject = "Ünïcode \"quoted\"";
  row.text = "first line\nsecond line";
  row.asked_at = noon;
  row.send_at = due;
  row.due_at = due;
  if (!key.empty()) row.key = key_claim{"shop svc send", key, 0xffff'ffff'ffff'fff0U, row.order, noon};
  return row;
}

append_status write(journal_under_test& on, std::vector<message_row> rows) {
  auto status = append_status::broken;
  on.journal->write({"notices", std::nullopt, {}, std::move(rows)},
                    [&](const append_outcome& outcome) { status = outcome.status; });
  on.run();
  return status;
}

}  // namespace

TEST_CASE("a message is read back as it was asked for, the earliest due first") {
  FOR_EVERY_STORE;
  const auto late = sample_message(128, noon + std::chrono::hours{1}, "k1");
  const auto soon = sample_message(192, noon);
  CHECK(write(on, {late, soon}) == append_status::committed);
  CHECK(on.look->open_messages(10) == std::vector{soon, late});
  CHECK(on.look->open_messages(1) == std::vector{soon});
  on.restart();
  CHECK(on.look->open_messages(10) == std::vector{soon, late});
}

TEST_CASE("a message is found by its key, and only by its own") {
  FOR_EVERY_STORE;
  const auto keyed = sample_message(128, noon, "k1");
  CHECK(write(on, {keyed, sample_message(192, noon)}) == append_status::committed);
  CHECK(on.look->find_message("shop svc send", "k1") == keyed);
  CHECK_FALSE(on.look->find_message("shop svc send", "k2"));
  CHECK_FALSE(on.look->find_message("mall svc send", "k1"));
  CHECK_FALSE(on.look->find_message("", ""));
}

TEST_CASE("what became of a message replaces what was known, also within one batch") {
  FOR_EVERY_STORE;
  auto row = sample_message(128, noon, "k1");
  auto tried = row;
  tried.tries = 1;
  tried.due_at = noon + std::chrono::seconds{5};
  CHECK(write(on, {row, tried}) == append_status::committed);
  CHECK(on.look->open_messages(10) == std::vector{tried});

  auto sent = tried;
  sent.tries = 2;
  sent.status = message_status::sent;
  sent.due_at.reset();
  sent.settled_at = noon + std::chrono::seconds{6};
  CHECK(write(on, {sent}) == append_status::committed);
  CHECK(on.look->open_messages(10).empty());
  CHECK(on.look->find_message("shop svc send", "k1") == sent);
}

TEST_CASE("numbers of messages come in blocks of their own") {
  FOR_EVERY_STORE;
  const auto first = on.under->reserve_ids(message_numbers, 2);
  const auto second = on.under->reserve_ids(message_numbers, 2);
  CHECK(first.first > 0);
  CHECK(second.first == first.first + 2 * shard_count);
}

}  // namespace orderflow::test
