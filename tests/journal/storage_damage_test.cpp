// What the databases themselves say of their files, and what is missing of the schema.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "journal/sqlite/connection.hpp"
#include "tests/journal/every_store.hpp"
#include "tests/journal/old_stores.hpp"
#include "tests/journal/postgres_fixture.hpp"
#include "tests/journal/postgres_samples.hpp"

namespace orderflow::test {
namespace {

bool is_sqlite(const store_place& place) { return place.url.starts_with("sqlite:"); }
std::string path_in(const store_place& place) { return place.url.substr(std::string{"sqlite:"}.size()); }

void alter(const store_place& place, const std::string& sql) {
  if (is_sqlite(place))
    sqlite::connection{path_in(place), sqlite::connection::mode::write}.execute(sql.c_str());
  else
    plain_connection{place.url}.run(sql);
}

std::vector<std::string> damage_of(const store_place& place) { return make_database(place.url)->open_reader()->storage_damage(); }

bool names(const std::vector<std::string>& found, const std::string& what) {
  return std::ranges::any_of(found, [&](const std::string& each) { return each.find(what) != std::string::npos; });
}

}  // namespace

TEST_CASE("nothing is wrong with a store as this version makes it") {
  FOR_EVERY_STORE;
  REQUIRE(on.commit(order_append(5)).status == append_status::committed);
  CHECK(damage_of(on.place).empty());
  // Within the snapshot that `db verify` holds.
  on.look->begin_snapshot();
  CHECK(on.look->storage_damage().empty());
  on.look->end_snapshot();
}

TEST_CASE("nothing is wrong with a store that was brought forward from the first version") {
  const auto which = GENERATE(from_range(all_stores()));
  CAPTURE(which.name);
  const auto place = which.fresh();
  if (is_sqlite(place))
    make_old_sqlite(path_in(place), 1, "");
  else
    make_old_postgres(place.url, 1, "");
  make_database(place.url)->migrate();
  CHECK(damage_of(place).empty());
}

TEST_CASE("nothing is wrong with a restored backup, nor with an index that somebody added") {
  FOR_EVERY_STORE;
  const temporary_directory directory;
  on.db->backup(directory.file("copy"));
  const auto place = which.fresh();
  make_database(place.url)->restore(directory.file("copy"));
  alter(place, "CREATE INDEX of_somebody ON orders (csv_source)");
  CHECK(damage_of(place).empty());
}

TEST_CASE("a table, a column and an index that are missing are named") {
  FOR_EVERY_STORE;
  alter(on.place, is_sqlite(on.place) ? "DROP INDEX events_by_stream" : "DROP INDEX events_stream_seq");
  alter(on.place, "DROP INDEX order_state_due");
  alter(on.place, "DROP INDEX notices_given_up; CREATE INDEX notices_given_up ON notices (number) WHERE status = 2");
  alter(on.place, "ALTER TABLE notices DROP COLUMN tries");
  alter(on.place, "DROP TABLE cursors");
  const auto found = damage_of(on.place);
  CHECK(names(found, "CREATE UNIQUE INDEX events_"));
  CHECK(names(found, "CREATE INDEX order_state_due"));
  CHECK(names(found, "CREATE INDEX notices_given_up"));
  CHECK(names(found, "column notices.tries"));
  CHECK(names(found, "column cursors.sink"));
  CHECK_FALSE(names(found, "notices_due"));
}

TEST_CASE("an index that PostgreSQL does not hold for valid counts as missing") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  journal_under_test on{all_stores().back()};
  plain_connection{on.place.url}.run("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'order_state_due'::regclass");
  const auto found = damage_of(on.place);
  CHECK(found.size() == 1);
  CHECK(names(found, "CREATE INDEX order_state_due"));
}

TEST_CASE("bytes that were changed in a SQLite file are found, or what they keep from being read", "[sqlite]") {
  journal_under_test on{all_stores().front()};
  for (int64_t id = 1; id <= 500; ++id) on.queue(order_append(id));
  on.run();
  const temporary_directory directory;
  const auto file = directory.file("orderflow.db");
  on.db->backup(file);
  const auto page = [&](const char* name) {
    sqlite::connection db{file, sqlite::connection::mode::read};
    return db.number(std::string{"SELECT rootpage FROM sqlite_schema WHERE name = '"} + name + "'");
  };
  const auto* name = GENERATE("events_by_stream", "order_state_listed", "orders", "cursors");
  CAPTURE(name);
  const auto at = (page(name) - 1) * 4096;
  {
    std::fstream bytes{file, std::ios::in | std::ios::out | std::ios::binary};
    bytes.seekp(at);
    bytes << std::string(16, '\x5a');
  }
  std::vector<std::string> found;
  try {
    found = damage_of({"sqlite:" + file, nullptr});
  } catch (const store_damaged& why) {
    found.emplace_back(why.what());
  }
  CHECK_FALSE(found.empty());
}

}  // namespace orderflow::test
