// What followers on PostgreSQL see while transactions of writers, and of others, are open.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <future>
#include <numeric>

#include "journal/postgres/postgres.hpp"
#include "tests/journal/postgres_fixture.hpp"
#include "tests/journal/postgres_samples.hpp"
#include "tests/journal/samples.hpp"

namespace orderflow::test {

TEST_CASE("a follower sees nothing above a transaction that is still open") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  fresh_store at;
  const auto follower = at.db->open_reader();
  REQUIRE(commit(*at.writer, {order_append(64)}) == batch_status::committed);
  REQUIRE(orders_after(*follower, {}) == std::vector<int64_t>{64});

  plain_connection slow{at.url};
  slow.run("BEGIN");
  slow.run(
      "INSERT INTO events (stream, seq, txid, n, type, version, at, body) "
      "VALUES (65 * 16 + 1, 1, own_transaction(), 0, 1, 1, 0, '{}')");
  REQUIRE(commit(*at.writer, {order_append(66), order_append(67)}) == batch_status::committed);
  // The later transaction has committed first; showing it now would move the cursor past the earlier one.
  CHECK(orders_after(*follower, {}) == std::vector<int64_t>{64});
  slow.run("COMMIT");
  CHECK(orders_after(*follower, {}) == std::vector<int64_t>{64, 65, 66, 67});
}

TEST_CASE("transactions that are not a writer's hold no follower back, in whatever database they stay open") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  fresh_store at;
  const auto follower = at.db->open_reader();
  const auto role = "reporting_" + std::to_string(getpid());
  plain_connection admin{at.url};
  admin.run("CREATE ROLE " + role + " LOGIN");
  plain_connection elsewhere{shared_postgres().fresh_database()};
  elsewhere.run("BEGIN");
  elsewhere.run("SELECT pg_current_xact_id()");
  plain_connection report{at.url + "&user=" + role};
  report.run("BEGIN");
  report.run("SELECT pg_current_xact_id()");
  REQUIRE(commit(*at.writer, {order_append(64), order_append(65)}) == batch_status::committed);
  CHECK(orders_after(*follower, {}) == std::vector<int64_t>{64, 65});
  report.run("ROLLBACK");
  admin.run("DROP ROLE " + role);
}

TEST_CASE("a writer of another user holds followers back as one of ours does, by the name of its session") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  fresh_store at;
  const auto follower = at.db->open_reader();
  const auto role = "writing_" + std::to_string(getpid());
  plain_connection admin{at.url};
  admin.run("CREATE ROLE " + role + " LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO " + role);
  plain_connection other{at.url + "&user=" + role + "&application_name=orderflow-writer-2-1"};
  other.run("BEGIN");
  other.run(
      "INSERT INTO events (stream, seq, txid, n, type, version, at, body) "
      "VALUES (65 * 16 + 1, 1, own_transaction(), 0, 1, 1, 0, '{}')");
  REQUIRE(commit(*at.writer, {order_append(66)}) == batch_status::committed);
  CHECK(orders_after(*follower, {}).empty());
  CHECK(orders_after(*make_postgres_database(at.url + "&user=" + role)->open_reader(), {}).empty());
  other.run("COMMIT");
  CHECK(orders_after(*follower, {}) == std::vector<int64_t>{65, 66});
  admin.run("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM " + role + "; DROP ROLE " + role);
}

TEST_CASE("a follower misses nothing of several writers whose transactions overlap") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  fresh_store at;
  constexpr int writers = 4;
  constexpr int each_writes = 150;
  std::vector<std::future<void>> under_way;
  for (int writer = 0; writer < writers; ++writer)
    under_way.push_back(std::async(std::launch::async, [&, writer] {
      plain_connection link{at.url + "&application_name=orderflow-writer-" + std::to_string(writer + 2) + "-1"};
      for (int n = 0; n < each_writes; ++n) {
        const auto stream = std::to_string((1000 + writer * each_writes + n) * 16 + 1);
        link.run("BEGIN");
        link.run("INSERT INTO events (stream, seq, txid, n, type, version, at, body) VALUES (" + stream +
                 ", 1, own_transaction(), 0, 1, 1, 0, '{}')");
        link.run("SELECT pg_sleep(0.00" + std::to_string((writer * 7 + n) % 5) + ")");
        link.run("COMMIT");
      }
    }));
  const auto follower = at.db->open_reader();
  std::vector<int64_t> seen;
  position cursor;
  const auto read_on = [&] {
    const auto some = follower->events_after(cursor, stream_kind::order, type_1, 50);
    for (const auto& one : some) seen.push_back(one.stream.id);
    if (!some.empty()) cursor = some.back().at;
    return !some.empty();
  };
  for (auto& one : under_way)
    while (one.wait_for(std::chrono::milliseconds{0}) != std::future_status::ready) read_on();
  for (auto& one : under_way) one.get();
  while (read_on()) {
  }
  std::sort(seen.begin(), seen.end());
  std::vector<int64_t> written(writers * each_writes);
  std::iota(written.begin(), written.end(), 1000);
  CHECK(seen == written);
}

TEST_CASE("a follower that reads in small steps reads every event once") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  fresh_store at;
  std::vector<append_request> appends;
  for (int64_t id = 100; id < 130; ++id) appends.push_back(order_append(id));
  const auto work = batch_of(appends);
  const auto outcome = at.writer->commit(work);
  REQUIRE(outcome.status == batch_status::committed);
  const auto follower = at.db->open_reader();
  position cursor;
  std::vector<position> seen;
  for (;;) {
    const auto some = follower->events_after(cursor, stream_kind::order, type_1, 7);
    if (some.empty()) break;
    for (const auto& each : some) seen.push_back(each.at);
    cursor = some.back().at;
  }
  CHECK(seen == outcome.positions);
}

}  // namespace orderflow::test
