// What only PostgreSQL has: several writers, positions that become visible late, plans, migrations by several processes.
// What both stores do is in contract_test.cpp; outages are in postgres_outage_test.cpp.
#include "journal/postgres/postgres.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <fstream>
#include <future>
#include <set>
#include <sstream>

#include "journal/postgres/statements.hpp"
#include "journal/schema/postgres.hpp"
#include "tests/journal/old_stores.hpp"
#include "tests/journal/postgres_fixture.hpp"
#include "tests/journal/postgres_samples.hpp"
#include "tests/journal/samples.hpp"

namespace orderflow::test {

TEST_CASE("a second writer of the node fences the first") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  fresh_store at;
  REQUIRE(commit(*at.writer, {order_append(64)}) == batch_status::committed);
  const auto second = at.db->open_writer(1);
  CHECK(commit(*at.writer, {order_append(64, 1)}) == batch_status::fenced);
  CHECK(commit(*at.writer, {order_append(128)}) == batch_status::fenced);
  CHECK(commit(*second, {order_append(64, 1)}) == batch_status::committed);
  CHECK(at.db->open_reader()->history(stream_of({64})).size() == 2);
  CHECK(at.db->open_reader()->history(stream_of({128})).empty());
}

TEST_CASE("whoever takes a writer's place is told who was there") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  fresh_store at;
  CHECK(at.writer->replaced().empty());
  const auto second = at.db->open_writer(1);
  const auto who = second->replaced();
  CAPTURE(who);
  CHECK(who.starts_with("process " + std::to_string(getpid()) + " on "));
  CHECK(who.find(", connected from this machine since 20") != std::string::npos);
  CHECK(at.db->open_writer(2)->replaced().empty());
}

TEST_CASE("nobody is replaced where the writer before has ended") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  fresh_store at;
  at.writer.reset();
  // The server may need a moment to notice.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  plain_connection session{at.url};
  while (session.run("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE "
                     "'orderflow-writer%'") != "0" &&
         std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  CHECK(at.db->open_writer(1)->replaced().empty());
}

TEST_CASE("writers of different nodes do not fence each other") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  fresh_store at;
  const auto other = at.db->open_writer(2);
  CHECK(commit(*at.writer, {order_append(64)}) == batch_status::committed);
  CHECK(commit(*other, {order_append(65)}) == batch_status::committed);
  CHECK(commit(*at.writer, {order_append(64, 1)}) == batch_status::committed);
}

TEST_CASE("two writers never get the same order id") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  fresh_store at;
  const auto other = at.db->open_writer(2);
  std::set<int64_t> given;
  for (const uint32_t shard : {0U, 1U, 63U}) {
    for (auto* writer : {at.writer.get(), other.get(), at.writer.get()}) {
      const auto block = writer->reserve_ids(shard, 10);
      REQUIRE(block.count == 10);
      for (uint32_t i = 0; i < block.count; ++i) {
        const auto id = block.first + int64_t{i} * shard_count;
        CHECK(id > 0);
        CHECK(id % shard_count == shard);
        CHECK(given.insert(id).second);
      }
    }
  }
}

TEST_CASE("positions go on growing after a dump was restored on a server that has counted less far") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  fresh_store at;
  REQUIRE(commit(*at.writer, {order_append(64), order_append(65)}) == batch_status::committed);
  at.writer.reset();
  plain_connection{at.url}.run("UPDATE events SET txid = txid + 1000000000000");
  at.writer = at.db->open_writer(1);
  const auto follower = at.db->open_reader();
  CHECK(orders_after(*follower, {}) == std::vector<int64_t>{64, 65});
  const auto cursor = follower->history(stream_of({65})).at(0).at;
  const std::vector appends{order_append(66)};
  const auto outcome = at.writer->commit(batch_of(appends));
  REQUIRE(outcome.status == batch_status::committed);
  CHECK(outcome.positions.at(0) > cursor);
  CHECK(orders_after(*follower, cursor) == std::vector<int64_t>{66});
  at.writer = at.db->open_writer(1);
  REQUIRE(commit(*at.writer, {order_append(67)}) == batch_status::committed);
  CHECK(orders_after(*follower, cursor) == std::vector<int64_t>{66, 67});
}

TEST_CASE("the statements of a batch find rows through indexes, even planned on empty tables") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  fresh_store at;
  plain_connection session{at.url};
  session.run(postgres::writer_settings);
  const auto plan_of = [&](const postgres::statement& of) {
    int count = 0;
    for (const std::string_view text = of.sql; text.find(std::string{'$'}.append(std::to_string(count + 1))) != text.npos;)
      ++count;
    const std::string name = of.name;
    session.run(std::string{"PREPARE "}.append(name).append(" AS ").append(of.sql));
    auto call = std::string{"EXPLAIN (COSTS OFF) EXECUTE "}.append(name).append("(");
    for (int i = 0; i < count; ++i) call.append(i == 0 ? "NULL" : ", NULL");
    call.append(")");
    return session.run(call);
  };
  for (const auto& each : postgres::batch_statements) {
    const auto plan = plan_of(each);
    CAPTURE(each.name, plan);
    CHECK(plan.find("Seq Scan") == std::string::npos);
    CHECK(plan.find("Hash") == std::string::npos);
    CHECK(plan.find("Merge") == std::string::npos);
    if (std::string_view{each.name} == "upsert_states") {
      CHECK(plan.find("Conflict Arbiter Indexes: order_state_pkey") != std::string::npos);
    }
    if (std::string_view{each.name} == "upsert_stock") {
      CHECK(plan.find("Conflict Arbiter Indexes: stock_pkey") != std::string::npos);
    }
    if (std::string_view{each.name} == "expect_events") CHECK(plan.find("using events_stream_seq") != std::string::npos);
  }
}

TEST_CASE("without the writer's settings the check for gaps would scan, so that the assertion on plans can fail") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  fresh_store at;
  plain_connection session{at.url};
  session.run(
      "SET plan_cache_mode = force_generic_plan; SET enable_indexscan = off; SET enable_indexonlyscan = off;"
      "SET enable_bitmapscan = off");
  session.run(std::string{"PREPARE checked AS "} + postgres::expect_events.sql);
  CHECK(session.run("EXPLAIN (COSTS OFF) EXECUTE checked(NULL, NULL)").find("Seq Scan") != std::string::npos);
}

TEST_CASE("a gap in a stream is refused and names the append") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  fresh_store at;
  const std::vector appends{order_append(64), order_append(65, 2)};
  const auto outcome = at.writer->commit(batch_of(appends));
  REQUIRE(outcome.status == batch_status::rejected);
  REQUIRE(outcome.rejected.size() == 1);
  CHECK(outcome.rejected[0].index == 1);
  CHECK(outcome.rejected[0].status == append_status::conflict);
  CHECK_FALSE(at.db->open_reader()->find_order({64}));
}

TEST_CASE("stock that would fall below zero is refused by the last net, and nobody is named") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  fresh_store at;
  const auto outcome = at.writer->commit(batch_of({stock_append(0, no_generation, {{{"P001"}, {3, 4}}})}));
  CHECK(outcome.status == batch_status::rejected);
  CHECK(outcome.rejected.empty());
  CHECK(at.db->open_reader()->stock(1).empty());
}

TEST_CASE("a table that is locked by somebody makes the store unavailable, not the append wrong") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  fresh_store at;
  plain_connection other{at.url};
  other.run("BEGIN");
  other.run("LOCK TABLE events IN ACCESS EXCLUSIVE MODE");
  CHECK(commit(*at.writer, {order_append(64)}) == batch_status::unavailable);
  other.run("ROLLBACK");
  CHECK(commit(*at.writer, {order_append(64)}) == batch_status::committed);
}

TEST_CASE("several processes may migrate at once") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  const auto url = shared_postgres().fresh_database();
  std::vector<std::future<void>> running;
  for (int i = 0; i < 4; ++i) {
    running.push_back(std::async(std::launch::async, [&] { make_postgres_database(url)->migrate(); }));
  }
  for (auto& each : running) CHECK_NOTHROW(each.get());
  CHECK(plain_connection{url}.run("SELECT count(*) FROM schema_version") == std::to_string(postgres::schema_steps().size()));
}

TEST_CASE("a newer schema is refused, a missing one says what to run") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  const auto url = shared_postgres().fresh_database();
  const auto db = make_postgres_database(url);
  CHECK_THROWS_AS(db->open_writer(1), store_error);
  CHECK_THROWS_AS(db->open_reader(), store_error);
  db->migrate();
  CHECK_NOTHROW(db->open_reader());
  plain_connection{url}.run("INSERT INTO schema_version VALUES (999, now())");
  CHECK_THROWS_AS(db->migrate(), store_error);
  CHECK_THROWS_AS(db->open_writer(1), store_error);
}

TEST_CASE("tables of the first schema are brought forward with what is in them") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  const auto url = shared_postgres().fresh_database();
  make_old_postgres(url, 1, "INSERT INTO stock VALUES (1, 'P001', 7, 2)");
  const auto db = make_postgres_database(url);
  db->migrate();
  const auto look = db->open_reader();
  CHECK(look->stock(1) == std::vector<stock_row>{{{"P001"}, {7, 2}}});
  CHECK(look->scan_accounts(-1, 10).empty());
}

TEST_CASE("no message names the password of the URL") {
  const auto db = make_postgres_database("postgresql://ann:canary@db.example:5433/shop?connect_timeout=2");
  CHECK(db->describe() == "postgresql://db.example:5433/shop");
  try {
    (void)make_postgres_database("postgresql://ann:canary@[broken/shop");
    FAIL("a broken URL was taken");
  } catch (const store_error& why) {
    CHECK(std::string{why.what()}.find("canary") == std::string::npos);
  }
}

TEST_CASE("a backup taken while a writer is open can be restored, and only its owner reads it") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  fresh_store at;
  REQUIRE(commit(*at.writer, {order_append(64), stock_append(0, no_generation, {{{"P001"}, {10, 2}}})}) ==
          batch_status::committed);
  const auto file = shared_postgres().socket_folder() + "/backup-" + std::to_string(getpid());
  at.db->backup(file);
  struct stat recorded {};
  REQUIRE(stat(file.c_str(), &recorded) == 0);
  CHECK((recorded.st_mode & 0077) == 0);

  const auto restored = shared_postgres().fresh_database();
  REQUIRE(std::system(("pg_restore --no-owner --dbname='" + restored + "' " + file).c_str()) == 0);
  const auto copy = make_postgres_database(restored);
  const auto history = copy->open_reader()->history(stream_of({64}));
  REQUIRE(history.size() == 1);
  CHECK(history[0].event == order_append(64).events[0]);
  CHECK(copy->open_reader()->stock(1) == std::vector<stock_row>{{{"P001"}, {10, 2}}});
  CHECK(commit(*copy->open_writer(1), {order_append(64, 1)}) == batch_status::committed);
  unlink(file.c_str());
}

TEST_CASE("the password is handed to pg_dump in its environment, not among its arguments") {
  const temporary_directory directory;
  const auto seen = directory.file("seen");
  std::ofstream{directory.file("pg_dump")} << "#!/bin/sh\nprintf '%s\\n' \"$@\" >'" << seen
                                           << "'\nprintf 'PASSWORD=%s\\n' \"$PGPASSWORD\" >>'" << seen << "'\n";
  REQUIRE(chmod(directory.file("pg_dump").c_str(), 0700) == 0);
  const std::string path = getenv("PATH");
  const auto folder = directory.file("");
  REQUIRE(setenv("PATH", (folder + ":" + path).c_str(), 1) == 0);
  make_postgres_database("postgresql://ann:canary@db.example/shop")->backup(directory.file("copy"));
  REQUIRE(setenv("PATH", path.c_str(), 1) == 0);
  std::stringstream text;
  text << std::ifstream{seen}.rdbuf();
  const auto password = text.str().find("PASSWORD=canary\n");
  REQUIRE(password != std::string::npos);
  CHECK(text.str().find("dbname='shop'") < password);
  CHECK(text.str().find("canary") == password + std::string_view{"PASSWORD="}.size());
}

TEST_CASE("a backup that cannot be made leaves no file and says why") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  const auto file = shared_postgres().socket_folder() + "/never";
  const auto db = make_postgres_database(url_at(shared_postgres().socket_folder(), "missing"));
  CHECK_THROWS_AS(db->backup(file), store_error);
  CHECK(access(file.c_str(), F_OK) != 0);
  CHECK(access((file + ".part").c_str(), F_OK) != 0);
}

}  // namespace orderflow::test
