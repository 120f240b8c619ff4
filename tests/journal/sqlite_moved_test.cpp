// Files of a database that go elsewhere while they are open.
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <utility>

#include "journal/sqlite/database.hpp"
#include "journal/sqlite/store.hpp"
#include "tests/journal/samples.hpp"
#include "tests/journal/stores.hpp"

namespace orderflow::test {
namespace {

using Catch::Matchers::ContainsSubstring;
namespace fs = std::filesystem;

/// A store under which a file is moved in the midst of the next batch.
class store_losing_a_file final : public sqlite::sqlite_store {
 public:
  using sqlite_store::sqlite_store;
  std::function<void()> before_commit = [] {};

 protected:
  void send_commit(sqlite::connection& db) override {
    std::exchange(before_commit, [] {})();
    sqlite_store::send_commit(db);
  }
};

struct open_journal {
  temporary_directory directory;
  sqlite::sqlite_database db{directory.file("orderflow.db")};
  std::unique_ptr<store_losing_a_file> under = [&] {
    db.migrate();
    return std::make_unique<store_losing_a_file>(db.path(), db.locked(), 1);
  }();

  batch_outcome commit(const append_request& request) {
    batch work;
    work.appends = {&request};
    return under->commit(work);
  }
};

}  // namespace

TEST_CASE("nothing is written while a file of the database is not at its place, and goes on when it is back", "[sqlite]") {
  const std::string part = GENERATE(as<std::string>{}, "", "-wal", "-shm");
  CAPTURE(part);
  open_journal on;
  REQUIRE(on.commit(order_append(1)).status == batch_status::committed);
  const auto path = on.db.path() + part;
  fs::rename(path, path + ".away");
  const auto replaced = GENERATE(false, true);
  if (replaced) fs::copy(path + ".away", path);
  const auto refused = on.commit(order_append(2));
  CHECK(refused.status == batch_status::unavailable);
  CHECK_THAT(refused.detail,
             ContainsSubstring("move them back") && ContainsSubstring("/proc/" + std::to_string(::getpid()) + "/fd"));
  CHECK(on.under->commit({}).status == batch_status::unavailable);
  CHECK_THROWS_AS(on.under->reserve_ids(1, 1), store_error);
  fs::rename(path + ".away", path);
  CHECK(on.commit(order_append(2)).status == batch_status::committed);
  CHECK(on.db.open_reader()->count_orders({}) == 2);
}

TEST_CASE("a database that a link leads to is at its place", "[sqlite]") {
  const temporary_directory directory;
  sqlite::sqlite_database{directory.file("real.db")}.migrate();
  fs::create_symlink(directory.file("real.db"), directory.file("orderflow.db"));
  const auto under = sqlite::sqlite_database{directory.file("orderflow.db")}.open_writer(1);
  CHECK(under->commit({}).status == batch_status::committed);
}

TEST_CASE("what is committed to files that were moved meanwhile is unknown until they are back", "[sqlite]") {
  open_journal on;
  const auto path = on.db.path();
  on.under->before_commit = [&] { fs::rename(path, path + ".away"); };
  const auto request = order_append(1);
  CHECK(on.commit(request).status == batch_status::unknown);
  batch work;
  work.appends = {&request};
  std::vector<position> positions;
  CHECK(on.under->resolve(work, positions) == resolution::still_unknown);
  fs::rename(path + ".away", path);
  CHECK(on.under->resolve(work, positions) == resolution::committed);
  CHECK(positions.size() == 1);
}

}  // namespace orderflow::test
