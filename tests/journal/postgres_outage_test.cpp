// Connections that break and servers that crash: every batch has one true outcome, and it is found.
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <future>
#include <thread>

#include "journal/postgres/postgres.hpp"
#include "tests/journal/postgres_fixture.hpp"
#include "tests/journal/postgres_proxy.hpp"
#include "tests/journal/postgres_samples.hpp"
#include "tests/journal/samples.hpp"

namespace orderflow::test {

namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

constexpr auto timeout = 60s;

/// A writer whose connection can be cut, and the same database seen directly.
struct cut_store {
  cutting_proxy proxy{shared_postgres().socket_folder()};
  std::string name = shared_postgres().fresh_name();
  std::string url = url_at(shared_postgres().socket_folder(), name);
  std::unique_ptr<database> direct = make_postgres_database(url);
  std::unique_ptr<database> through_proxy;
  std::unique_ptr<store> writer;

  cut_store() {
    direct->migrate();
    through_proxy = make_postgres_database(url_at(proxy.folder(), name));
    writer = through_proxy->open_writer(1);
  }
  [[nodiscard]] size_t events_of(int64_t id) const { return direct->open_reader()->history(stream_of({id})).size(); }
};

resolution resolve(store& at, const batch& work, std::vector<position>& positions) {
  const auto until = steady::now() + timeout;
  for (;;) {
    const auto truth = at.resolve(work, positions);
    if (truth != resolution::still_unknown || steady::now() > until) return truth;
    std::this_thread::yield();
  }
}

/// Commits, whatever it takes; what the writer's queue does in production.
void commit_for_sure(store& at, const batch& work, std::vector<position>& positions) {
  const auto until = steady::now() + timeout;
  while (steady::now() < until) {
    const auto outcome = at.commit(work);
    switch (outcome.status) {
      case batch_status::committed: positions = outcome.positions; return;
      case batch_status::unavailable: std::this_thread::yield(); break;
      case batch_status::unknown:
        if (resolve(at, work, positions) == resolution::committed) return;
        break;
      case batch_status::rejected:
      case batch_status::fenced: FAIL("lost: " << outcome.detail);
    }
  }
  FAIL("the store did not come back");
}

}  // namespace

TEST_CASE("a connection cut before COMMIT leaves nothing behind, and the batch is written at the second try") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  cut_store at;
  const std::vector appends{order_append(64), stock_append(0, no_generation, {{{"P001"}, {10, 0}}})};
  const auto work = batch_of(appends);
  at.proxy.cut_next(cut_at::before_commit);
  REQUIRE(at.writer->commit(work).status == batch_status::unknown);
  CHECK(at.proxy.cuts() == 1);
  std::vector<position> positions;
  CHECK(resolve(*at.writer, work, positions) == resolution::not_committed);
  CHECK(at.events_of(64) == 0);
  CHECK(at.writer->commit(work).status == batch_status::committed);
  CHECK(at.events_of(64) == 1);
}

TEST_CASE("a connection cut after COMMIT is found to be committed, at the positions that were written") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  cut_store at;
  REQUIRE(at.writer->commit(batch_of({order_append(64)})).status == batch_status::committed);
  const std::vector appends{order_append(64, 1), order_append(65)};
  const auto work = batch_of(appends);
  at.proxy.cut_next(cut_at::after_commit);
  REQUIRE(at.writer->commit(work).status == batch_status::unknown);
  std::vector<position> positions;
  REQUIRE(resolve(*at.writer, work, positions) == resolution::committed);
  REQUIRE(positions.size() == 2);
  const auto from = at.direct->open_reader();
  CHECK(from->history(stream_of({64})).at(1).at == positions[0]);
  CHECK(from->history(stream_of({65})).at(0).at == positions[1]);
  CHECK(at.writer->commit(batch_of({order_append(64, 2)})).status == batch_status::committed);
}

TEST_CASE("a connection cut at any moment of COMMIT has one true outcome") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  cut_store at;
  for (uint64_t seq = 1; seq <= 30; ++seq) {
    const std::vector appends{order_append(64, seq - 1)};
    const auto work = batch_of(appends);
    at.proxy.cut_next(cut_at::during_commit);
    REQUIRE(at.writer->commit(work).status == batch_status::unknown);
    std::vector<position> positions;
    const auto truth = resolve(*at.writer, work, positions);
    const bool written = at.events_of(64) == seq;
    CHECK((truth == resolution::committed) == written);
    if (!written) commit_for_sure(*at.writer, work, positions);
  }
  CHECK(at.proxy.cuts() == 30);
  CHECK(at.events_of(64) == 30);
}

TEST_CASE("a writer that was replaced while its answer was lost is told so") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  cut_store at;
  const std::vector appends{order_append(64)};
  const auto work = batch_of(appends);
  at.proxy.cut_next(cut_at::before_commit);
  REQUIRE(at.writer->commit(work).status == batch_status::unknown);
  const auto second = at.direct->open_writer(1);
  std::vector<position> positions;
  CHECK(resolve(*at.writer, work, positions) == resolution::fenced);
  CHECK(at.writer->commit(work).status == batch_status::fenced);
  CHECK(second->commit(work).status == batch_status::committed);
}

TEST_CASE("resolving waits for the transaction that is still under way") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  cut_store at;
  const std::vector appends{order_append(64)};
  const auto work = batch_of(appends);
  at.proxy.cut_next(cut_at::before_commit);
  REQUIRE(at.writer->commit(work).status == batch_status::unknown);
  plain_connection under_way{at.url};
  plain_connection watch{at.url};
  under_way.run("BEGIN");
  under_way.run("UPDATE writers SET epoch = epoch");
  std::vector<position> positions;
  auto truth = std::async(std::launch::async, [&] { return at.writer->resolve(work, positions); });
  const auto waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
  const auto until = steady::now() + timeout;
  while (watch.run(waits) == "0" && steady::now() < until) std::this_thread::yield();
  REQUIRE(truth.wait_for(0s) == std::future_status::timeout);
  under_way.run("COMMIT");
  CHECK(truth.get() == resolution::not_committed);
}

TEST_CASE("a session left behind with the writer's row locked is ended, so that its node can be taken over") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  cut_store at;
  plain_connection behind{at.url + "&application_name=orderflow-writer-1-7"};
  behind.run("BEGIN");
  behind.run("UPDATE writers SET epoch = epoch");
  const auto second = at.direct->open_writer(1);
  CHECK(second->commit(batch_of({order_append(64)})).status == batch_status::committed);
  CHECK_THROWS(behind.run("COMMIT"));
}

TEST_CASE("a batch of an older epoch is refused") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  cut_store at;
  const std::vector appends{order_append(64)};
  const auto work = batch_of(appends);
  plain_connection late{at.url};
  const auto call = "SELECT hold_writer(node, holder, epoch - 1, 99) FROM writers";
  at.proxy.cut_next(cut_at::before_commit);
  REQUIRE(at.writer->commit(work).status == batch_status::unknown);
  std::vector<position> positions;
  REQUIRE(resolve(*at.writer, work, positions) == resolution::not_committed);
  CHECK_THROWS(late.run(call));
  CHECK(late.run("SELECT last_batch FROM writers") == "0");
}

TEST_CASE("a server that hangs does not hold the writer for ever, and what it does later is refused") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  cut_store at;
  plain_connection watch{at.url};
  const auto session = "FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'orderflow-writer%'";
  const auto hung = static_cast<pid_t>(std::stol(watch.run(std::string{"SELECT pid "} + session)));
  const std::vector appends{order_append(64)};
  const auto work = batch_of(appends);
  REQUIRE(kill(hung, SIGSTOP) == 0);
  const auto outcome = at.writer->commit(work).status;
  std::vector<position> positions;
  const auto truth = resolve(*at.writer, work, positions);
  REQUIRE(kill(hung, SIGCONT) == 0);
  CHECK(outcome == batch_status::unknown);
  CHECK(truth == resolution::not_committed);
  // The whole batch is waiting in the socket of the server that goes on now: its epoch is over.
  const auto until = steady::now() + timeout;
  const auto alive = std::string{"SELECT count(*) "} + session + " AND pid = " + std::to_string(hung);
  while (watch.run(alive) != "0" && steady::now() < until) std::this_thread::yield();
  REQUIRE(watch.run(alive) == "0");
  CHECK(at.events_of(64) == 0);
  CHECK(at.writer->commit(work).status == batch_status::committed);
}

TEST_CASE("a store whose server is away is unavailable and comes back by itself") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  postgres_cluster server{true};
  const auto db = make_postgres_database(server.fresh_database());
  db->migrate();
  const auto writer = db->open_writer(1);
  const auto from = db->open_reader();
  const std::vector first{order_append(64)};
  REQUIRE(writer->commit(batch_of(first)).status == batch_status::committed);
  server.stop();
  const std::vector second{order_append(64, 1)};
  CHECK(writer->commit(batch_of(second)).status == batch_status::unavailable);
  const std::vector wanted{stream_of({64})};
  CHECK_THROWS_AS(writer->load(wanted), store_error);
  CHECK_THROWS_AS(writer->reserve_ids(0, 1), store_error);
  CHECK_THROWS_AS(from->find_order({64}), store_error);
  server.start();
  CHECK(from->find_order({64})->version == 1);
  CHECK(writer->load(wanted).at(0).seq == 1);
  CHECK(writer->commit(batch_of(second)).status == batch_status::committed);
  CHECK(from->find_order({64})->version == 2);
}

TEST_CASE("appends go on over crashes of the server, and none is lost or doubled") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  postgres_cluster server{true};
  const auto db = make_postgres_database(server.fresh_database());
  db->migrate();
  const auto writer = db->open_writer(1);
  constexpr int crashes = 3;
  std::atomic<int> crashed{0};
  std::atomic<uint64_t> written{0};
  auto crasher = std::async(std::launch::async, [&] {
    const auto until = steady::now() + timeout;
    for (; crashed < crashes && steady::now() < until; ++crashed) {
      // Never an idle server: something has been written since the last crash.
      for (const auto before = written.load(); written < before + 20 && steady::now() < until;) std::this_thread::yield();
      server.restart();
    }
  });
  std::vector<std::vector<position>> acknowledged;
  const auto until = steady::now() + timeout;
  for (uint64_t seq = 1; (crashed < crashes || written < 50) && steady::now() < until; ++seq) {
    const std::vector appends{order_append(64, seq - 1), order_append(65, seq - 1)};
    const auto work = batch_of(appends);
    commit_for_sure(*writer, work, acknowledged.emplace_back());
    ++written;
  }
  crasher.get();
  REQUIRE(crashed == crashes);
  const auto from = db->open_reader();
  for (const int64_t id : {64, 65}) {
    const auto history = from->history(stream_of({id}));
    REQUIRE(history.size() == written);
    for (size_t i = 0; i < history.size(); ++i) {
      CHECK(history[i].seq == i + 1);
      CHECK(history[i].at == acknowledged[i][id == 64 ? 0 : 1]);
    }
  }
}

}  // namespace orderflow::test
