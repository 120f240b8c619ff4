// What only SQLite has: files, locks, a full disk, a COMMIT without an answer.
#include "journal/sqlite/store.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <utility>

#include "journal/schema/sqlite.hpp"
#include "journal/sqlite/database.hpp"
#include "tests/journal/old_stores.hpp"
#include "tests/journal/samples.hpp"

namespace orderflow::test {
namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;
namespace fs = std::filesystem;

named_store sqlite_only() { return all_stores().front(); }

std::string path_of(const journal_under_test& on) { return on.place.url.substr(std::string{"sqlite:"}.size()); }

enum class lost { nothing, before_commit, after_commit, flush, room };

/// A store whose COMMIT loses its answer when told so.
class forgetful_store final : public sqlite::sqlite_store {
 public:
  using sqlite_store::sqlite_store;
  lost next = lost::nothing;

 protected:
  void send_commit(sqlite::connection& db) override {
    const auto now = std::exchange(next, lost::nothing);
    if (now == lost::before_commit) db.execute("ROLLBACK");
    if (now == lost::nothing || now == lost::after_commit) sqlite_store::send_commit(db);
    if (now == lost::room) throw sqlite::failure{SQLITE_FULL, "the test says so"};
    if (now == lost::flush) throw sqlite::failure{SQLITE_IOERR_FSYNC, "the test says so"};
    if (now != lost::nothing) throw sqlite::failure{SQLITE_IOERR_WRITE, "the test says so"};
  }
};

struct forgetful_journal {
  explicit forgetful_journal(const temporary_directory& directory) : db{directory.file("orderflow.db")} {
    db.migrate();
    under = std::make_unique<forgetful_store>(db.path(), db.locked(), 1);
  }
  sqlite::sqlite_database db;
  std::unique_ptr<forgetful_store> under;
};

/// Limits how large a file this process may write, as a full disk or a quota would.
class file_size_limit {
 public:
  explicit file_size_limit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    old_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit now{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &now);
  }
  ~file_size_limit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, old_handler_);
  }
  file_size_limit(const file_size_limit&) = delete;
  file_size_limit& operator=(const file_size_limit&) = delete;

 private:
  rlimit before_{};
  void (*old_handler_)(int) = nullptr;
};

}  // namespace

TEST_CASE("the lost answer of a SQLite COMMIT is found out", "[sqlite]") {
  const auto when = GENERATE(lost::before_commit, lost::after_commit);
  const temporary_directory directory;
  forgetful_journal on{directory};
  const auto first = order_append(1, 0, no_generation, 2);
  const auto second = order_append(2);
  batch work;
  work.appends = {&first, &second};
  on.under->next = when;
  REQUIRE(on.under->commit(work).status == batch_status::unknown);
  std::vector<position> positions;
  const auto truth = on.under->resolve(work, positions);
  const auto look = on.db.open_reader();
  if (when == lost::before_commit) {
    CHECK(truth == resolution::not_committed);
    CHECK_FALSE(look->find_order({1}));
    REQUIRE(on.under->commit(work).status == batch_status::committed);
  } else {
    CHECK(truth == resolution::committed);
    REQUIRE(positions.size() == 2);
    CHECK(positions[0] == look->history(stream_of({1}))[1].at);
    CHECK(positions[1] == look->history(stream_of({2}))[0].at);
  }
  CHECK(look->count_orders({}) == 2);
}

TEST_CASE("the queue tells one true outcome over a lost COMMIT", "[sqlite]") {
  const auto when = GENERATE(lost::before_commit, lost::after_commit);
  const temporary_directory directory;
  forgetful_journal on{directory};
  writer journal{*on.under, [] { return true; }};
  std::vector<append_status> told;
  for (int64_t id = 1; id <= 3; ++id) {
    journal.append(order_append(id), [&](const append_outcome& outcome) { told.push_back(outcome.status); });
  }
  on.under->next = when;
  CHECK(journal.run_once());
  CHECK(told == std::vector(3, append_status::committed));
  CHECK(journal.figures().unknown_outcomes == 1);
  CHECK(on.db.open_reader()->events_after({}, stream_kind::order, std::vector<uint16_t>{1}, 10).size() == 3);
}

TEST_CASE("a writer replaced while its COMMIT had no answer is fenced", "[sqlite]") {
  const temporary_directory directory;
  forgetful_journal on{directory};
  const auto request = order_append(1);
  batch work;
  work.appends = {&request};
  on.under->next = lost::before_commit;
  REQUIRE(on.under->commit(work).status == batch_status::unknown);
  const auto other = on.db.open_writer(1);
  std::vector<position> positions;
  CHECK(on.under->resolve(work, positions) == resolution::fenced);
  CHECK_THROWS_AS(on.under->reserve_ids(1, 1), store_error);
}

TEST_CASE("after a flush that failed this process writes no more", "[sqlite]") {
  const temporary_directory directory;
  forgetful_journal on{directory};
  const auto request = order_append(1);
  batch work;
  work.appends = {&request};
  on.under->next = lost::flush;
  const auto outcome = on.under->commit(work);
  CHECK(outcome.status == batch_status::fenced);
  CHECK(outcome.may_be_written);
  CHECK_THAT(outcome.detail, ContainsSubstring("start again"));
  const auto later = on.under->commit(work);
  CHECK(later.status == batch_status::fenced);
  CHECK_FALSE(later.may_be_written);
  CHECK_THROWS_AS(on.under->reserve_ids(1, 1), store_error);
}

TEST_CASE("a second process is told who holds the data directory", "[sqlite]") {
  const journal_under_test on{sqlite_only()};
  const auto other = make_database(on.place.url);
  CHECK_THROWS_MATCHES(
      other->open_writer(1), store_error,
      MessageMatches(ContainsSubstring("orderflow.lock") && ContainsSubstring("process " + std::to_string(::getpid())) &&
                     ContainsSubstring("stop that process")));
  // Tools may look at the files of a running server.
  other->migrate();
  CHECK(other->open_reader()->count_orders({}) == 0);
}

TEST_CASE("the lock goes with the last writer", "[sqlite]") {
  journal_under_test on{sqlite_only()};
  on.db.reset();
  CHECK_THROWS_AS(make_database(on.place.url)->open_writer(1), store_error);
  on.journal.reset();
  on.under.reset();
  CHECK(make_database(on.place.url)->open_writer(1));
}

TEST_CASE("a newer schema and a foreign file are refused with a sentence", "[sqlite]") {
  journal_under_test on{sqlite_only()};
  const auto path = path_of(on);
  const auto newer = static_cast<int64_t>(sqlite::schema_steps().size()) + 1;
  sqlite::connection{path, sqlite::connection::mode::write}.execute(("PRAGMA user_version = " + std::to_string(newer)).c_str());
  const auto again = make_database(on.place.url);
  CHECK_THROWS_MATCHES(again->migrate(), store_error, MessageMatches(ContainsSubstring("newer orderflow")));
  CHECK_THROWS_AS(again->open_reader(), store_error);
  CHECK_THROWS_AS(again->open_writer(1), store_error);

  const temporary_directory directory;
  const auto foreign = directory.file("other.db");
  sqlite::connection{foreign, sqlite::connection::mode::create}.execute("CREATE TABLE theirs (x)");
  CHECK_THROWS_MATCHES(make_database("sqlite:" + foreign)->migrate(), store_error,
                       MessageMatches(ContainsSubstring("another program")));
}

TEST_CASE("a database of the first schema is brought forward with what is in it", "[sqlite]") {
  const temporary_directory directory;
  const auto path = directory.file("orderflow.db");
  make_old_sqlite(path, 1, "INSERT INTO stock VALUES (1, 'P001', 7, 2)");
  const auto db = make_database("sqlite:" + path);
  db->migrate();
  const auto look = db->open_reader();
  CHECK(look->stock(1) == std::vector<stock_row>{{{"P001"}, {7, 2}}});
  CHECK(look->scan_accounts(-1, 10).empty());
  const auto under = db->open_writer(1);
  const auto request = order_append(1);
  batch work;
  work.appends = {&request};
  CHECK(under->commit(work).status == batch_status::committed);
}

TEST_CASE("a database that was never made is not opened", "[sqlite]") {
  const temporary_directory directory;
  const auto db = make_database("sqlite:" + directory.file("deep/below/orderflow.db"));
  CHECK_THROWS_AS(db->open_reader(), store_error);
  CHECK_THROWS_AS(db->open_writer(1), store_error);
  CHECK_THROWS_AS(db->backup(directory.file("copy")), store_error);
  CHECK_FALSE(fs::exists(directory.file("deep")));
  db->migrate();
  CHECK(db->open_reader()->count_orders({}) == 0);
  CHECK(db->describe() == "sqlite:" + directory.file("deep/below/orderflow.db"));
}

TEST_CASE("an address of no known kind is refused without repeating it", "[sqlite]") {
  for (const auto* url : {"", "sqlite:", "mysql://user:secret@host/x", "/some/path"}) {
    CAPTURE(url);
    CHECK_THROWS_MATCHES(make_database(url), store_error, MessageMatches(!ContainsSubstring("secret")));
  }
}

TEST_CASE("a full disk makes appends unavailable, and writing goes on when there is room again", "[sqlite]") {
  journal_under_test on{sqlite_only()};
  REQUIRE(on.commit(order_append(1)).status == append_status::committed);
  auto large = order_append(2);
  large.events[0].body = std::string(4'000'000, 'x');
  {
    const file_size_limit limit{2'000'000};
    const auto outcome = on.commit(large);
    CHECK(outcome.status == append_status::unavailable);
    CHECK(on.look->find_order({1}));
    CHECK_FALSE(on.look->find_order({2}));
    CHECK(on.commit(order_append(3)).status == append_status::committed);
  }
  on.open(stream_of({2}));
  large.of = on.open(stream_of({2})).of;
  CHECK(on.commit(large).status == append_status::committed);
  CHECK(on.look->history(stream_of({2})).front().event.body.size() == 4'000'000);
}

TEST_CASE("a full disk met by COMMIT leaves nothing in doubt", "[sqlite]") {
  const temporary_directory directory;
  forgetful_journal on{directory};
  const auto request = order_append(1);
  batch work;
  work.appends = {&request};
  on.under->next = lost::room;
  const auto outcome = on.under->commit(work);
  CHECK(outcome.status == batch_status::unavailable);
  CHECK_THAT(outcome.detail, ContainsSubstring(on.db.path()) && ContainsSubstring("make room"));
  CHECK_FALSE(on.db.open_reader()->find_order({1}));
  CHECK(on.under->commit(work).status == batch_status::committed);
}

TEST_CASE("a lock held by another program makes appends unavailable", "[sqlite]") {
  journal_under_test on{sqlite_only()};
  sqlite::connection shell{path_of(on), sqlite::connection::mode::write};
  shell.execute("BEGIN IMMEDIATE");
  const auto request = order_append(1);
  batch work;
  work.appends = {&request};
  const auto outcome = on.under->commit(work);
  CHECK(outcome.status == batch_status::unavailable);
  CHECK_THAT(outcome.detail, ContainsSubstring("write lock"));
  shell.execute("COMMIT");
  CHECK(on.commit(request).status == append_status::committed);
}

TEST_CASE("a SQLite backup taken while the server runs is a database of its own", "[sqlite]") {
  journal_under_test on{sqlite_only()};
  for (int64_t id = 1; id <= 300; ++id) on.queue(order_append(id));
  on.run();
  const temporary_directory directory;
  const auto target = directory.file("copy/orderflow.db");
  fs::create_directories(directory.file("copy"));
  on.db->backup(target);
  REQUIRE(on.commit(order_append(301)).status == append_status::committed);

  const auto copy = make_database("sqlite:" + target);
  copy->migrate();
  CHECK(copy->open_reader()->count_orders({}) == 300);
  const auto under = copy->open_writer(1);
  const auto request = order_append(301);
  batch work;
  work.appends = {&request};
  CHECK(under->commit(work).status == batch_status::committed);
}

TEST_CASE("a process that ends without closing leaves a database that opens with all that was acknowledged", "[sqlite]") {
  const temporary_directory directory;
  const auto url = "sqlite:" + directory.file("orderflow.db");
  make_database(url)->migrate();
  const auto child = ::fork();
  if (child == 0) {
    const auto db = make_database(url);
    const auto under = db->open_writer(1);
    for (int64_t id = 1; id <= 50; ++id) {
      const auto request = order_append(id);
      batch work;
      work.appends = {&request};
      if (under->commit(work).status != batch_status::committed) ::_exit(1);
    }
    ::kill(::getpid(), SIGKILL);
  }
  REQUIRE(child > 0);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  const auto db = make_database(url);
  const auto under = db->open_writer(1);
  CHECK(db->open_reader()->count_orders({}) == 50);
}

}  // namespace orderflow::test
