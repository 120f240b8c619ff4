// A copy of a SQLite store is one file. What lies beside it as a log is its own, or another store's: then nothing is opened.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <filesystem>

#include "tests/journal/samples.hpp"

namespace orderflow::test {
namespace {

namespace fs = std::filesystem;

/// A store with a few orders, and where its files and copies are.
struct original {
  temporary_directory directory;
  temporary_directory elsewhere;
  std::string copy = directory.file("copy");
  std::string killed = directory.file("killed");
  std::string present = directory.file("present.db");

  original() {
    journal_under_test on{all_stores().front()};
    const auto path = on.place.url.substr(std::string{"sqlite:"}.size());
    for (int64_t id = 1; id < 6; ++id) REQUIRE(on.commit(order_append(id)).status == append_status::committed);
    on.db->backup(copy);
    for (int64_t id = 6; id < 70; ++id) REQUIRE(on.commit(order_append(id)).status == append_status::committed);
    as_if_killed(path, killed);
  }

  /// What is on the disk while somebody writes: the file and the log beside it.
  static void as_if_killed(const std::string& from, const std::string& to) {
    for (const auto* part : {"", "-wal"}) fs::copy_file(from + part, to + part, fs::copy_options::overwrite_existing);
  }
  void put_in_place(const std::string& file) const { fs::copy_file(file, present, fs::copy_options::overwrite_existing); }
  [[nodiscard]] std::unique_ptr<database> opened() const { return make_database("sqlite:" + present); }
};

uint64_t orders_in(database& store) { return store.open_reader()->count_orders({}); }

}  // namespace

TEST_CASE("a copy that is put beside the log of a killed store is refused, and works once the log is gone", "[sqlite]") {
  const original from;
  fs::copy_file(from.killed + "-wal", from.present + "-wal");
  from.put_in_place(from.copy);
  const auto size = fs::file_size(from.present);
  const auto db = from.opened();
  const auto says_why = Catch::Matchers::ContainsSubstring("-wal is the log of the database that was there before");
  CHECK_THROWS_WITH(db->migrate(), says_why);
  CHECK_THROWS_WITH(db->open_writer(1), says_why);
  CHECK_THROWS_WITH(db->open_reader(), says_why);
  CHECK_THROWS_WITH(db->mark_as_copy(), says_why);
  CHECK_THROWS_WITH(db->backup(from.directory.file("another")), says_why);
  // Neither of the two was touched.
  CHECK(fs::file_size(from.present) == size);
  CHECK(fs::file_size(from.present + "-wal") == fs::file_size(from.killed + "-wal"));
  fs::remove(from.present + "-wal");
  CHECK(db->open_writer(1)->skipped_numbers());
  CHECK(orders_in(*db) == 5);
  CHECK(db->open_reader()->storage_damage().empty());
}

TEST_CASE("a store that was killed goes on with its own log", "[sqlite]") {
  const original from;
  original::as_if_killed(from.killed, from.present);
  const auto db = from.opened();
  CHECK_FALSE(db->open_writer(1)->skipped_numbers());
  CHECK(orders_in(*db) == 69);
}

TEST_CASE("a copy whose first server was killed goes on with its own log", "[sqlite]") {
  const original from;
  from.put_in_place(from.copy);
  const auto killed = from.elsewhere.file("killed again");
  int64_t next = 0;
  {
    const auto db = from.opened();
    const auto writer = db->open_writer(1);
    const auto request = order_append(600);
    batch work;
    work.appends = {&request};
    REQUIRE(writer->commit(work).status == batch_status::committed);
    next = writer->reserve_ids(5, 1).first;
    REQUIRE(fs::file_size(from.present + "-wal") > 0);
    original::as_if_killed(from.present, killed);
  }
  const auto again = make_database("sqlite:" + killed);
  const auto writer = again->open_writer(1);
  CHECK_FALSE(writer->skipped_numbers());
  CHECK(writer->reserve_ids(5, 1).first == next + shard_count);
  CHECK(orders_in(*again) == 6);
  // A backup of it is a copy like any other.
  const auto copied = from.elsewhere.file("copy of it");
  again->backup(copied);
  fs::copy_file(killed + "-wal", copied + "-wal");
  CHECK_THROWS_AS(make_database("sqlite:" + copied)->open_writer(1), store_error);
}

TEST_CASE("a store that was told to be a copy keeps its own log", "[sqlite]") {
  const original from;
  original::as_if_killed(from.killed, from.present);
  const auto db = from.opened();
  db->mark_as_copy();
  const auto killed = from.elsewhere.file("killed again");
  {
    const auto writer = db->open_writer(1);
    CHECK(writer->skipped_numbers());
    original::as_if_killed(from.present, killed);
  }
  CHECK_FALSE(make_database("sqlite:" + killed)->open_writer(1)->skipped_numbers());
}

TEST_CASE("a copy is found beside a foreign log whatever its name is", "[sqlite]") {
  const original from;
  const auto odd = from.directory.file("50% off? #1.db");
  fs::copy_file(from.copy, odd);
  fs::copy_file(from.killed + "-wal", odd + "-wal");
  CHECK_THROWS_AS(make_database("sqlite:" + odd)->open_writer(1), store_error);
  const auto link = from.directory.file("link.db");
  fs::create_symlink(odd, link);
  CHECK_THROWS_AS(make_database("sqlite:" + link)->open_writer(1), store_error);
}

}  // namespace orderflow::test
