// A store that was filled from a copy gives out no number that its original may have given out after the copy was taken.
#include "journal/number_skip.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>

#include "tests/journal/every_store.hpp"

namespace orderflow::test {
namespace {

using std::chrono::hours;

constexpr int64_t hour_of_numbers = 360'000'000;

bool is_sqlite(const journal_under_test& on) { return on.place.url.starts_with("sqlite:"); }
/// The file of a SQLite store.
std::string path_in(const std::string& url) { return url.substr(std::string{"sqlite:"}.size()); }

/// Another place with what `copy` holds.
store_place restored(const named_store& which, const std::string& copy) {
  auto place = which.fresh();
  const auto db = make_database(place.url);
  db->restore(copy);
  db->migrate();
  return place;
}

/// What an older version, or an operator by other means, copied: it says nothing of being a copy.
void copy_as_it_is(const journal_under_test& on, const std::string& target) {
  if (is_sqlite(on))
    std::filesystem::copy_file(path_in(on.place.url), target);
  else
    REQUIRE(std::system(("pg_dump --format=custom --file=" + target + " --dbname='" + on.place.url + "'").c_str()) == 0);
}

void close(journal_under_test& on) {
  on.journal.reset();
  on.look.reset();
  on.under.reset();
  on.db.reset();
}

/// Order ids of some shards, and numbers of messages.
constexpr std::array numbered{0U, 5U, 63U, message_numbers};

void check_goes_on_beyond(store& copy, store& original) {
  REQUIRE(copy.skipped_numbers());
  const auto to = copy.skipped_numbers()->to;
  for (const auto shard : numbered) {
    const auto lost = original.reserve_ids(shard, 1'000'000);
    const auto next = copy.reserve_ids(shard, 2);
    CHECK(next.first == to + shard);
    CHECK(next.first > lost.first + 1'000'000 * shard_count);
    CHECK(copy.reserve_ids(shard, 1).first == to + shard + 2 * shard_count);
  }
}

}  // namespace

TEST_CASE("numbers are skipped for the time since the newest event, and for an hour at least") {
  CHECK(skip_after_copy(128, noon, noon + hours{24}).to == 128 + 24 * hour_of_numbers);
  CHECK(skip_after_copy(128, noon, noon + hours{24}).from == 128);
  CHECK(skip_after_copy(0, noon, noon).to == hour_of_numbers);
  CHECK(skip_after_copy(0, noon, noon - hours{24}).to == hour_of_numbers);
  CHECK(skip_after_copy(65, noon, noon).to % shard_count == 0);
  CHECK(skip_after_copy(65, noon, noon).to >= 65 + hour_of_numbers);
  // Nobody knows how old a copy without events is, and none is older than ten years.
  CHECK(skip_after_copy(0, std::nullopt, noon).to == 365 * 24 * hour_of_numbers);
  CHECK(skip_after_copy(0, from_ms(0), noon).to == 10 * 365 * 24 * hour_of_numbers);
}

TEST_CASE("transaction numbers, order id × 100 + attempt, stay exact in any client's JSON") {
  constexpr int64_t exact = int64_t{1} << 53;
  for (int64_t next = 0; next < exact / 100;) {
    try {
      next = skip_after_copy(next, from_ms(0), noon).to;
    } catch (const store_error&) {
      return;
    }
    CHECK(next * 100 + 99 < exact);
  }
  FAIL("it was never refused");
}

TEST_CASE("a restored backup gives out no number that its original may have given out since") {
  FOR_EVERY_STORE;
  REQUIRE(on.under->reserve_ids(5, 10).first == 5);
  REQUIRE(on.commit(order_append(5)).status == append_status::committed);
  const temporary_directory directory;
  on.db->backup(directory.file("copy"));
  const auto place = restored(which, directory.file("copy"));
  const auto copy = make_database(place.url);
  {
    const auto writer = copy->open_writer(1);
    check_goes_on_beyond(*writer, *on.under);
  }
  // Only whoever opens it first.
  const auto again = copy->open_writer(1);
  CHECK_FALSE(again->skipped_numbers());
  CHECK_FALSE(copy->open_writer(1)->skipped_numbers());
}

TEST_CASE("the original goes on where it was, whatever was copied of it") {
  FOR_EVERY_STORE;
  REQUIRE(on.under->reserve_ids(5, 10).first == 5);
  const temporary_directory directory;
  on.db->backup(directory.file("copy"));
  CHECK(on.under->reserve_ids(5, 1).first == 5 + 10 * shard_count);
  on.restart();
  CHECK_FALSE(on.under->skipped_numbers());
  CHECK(on.under->reserve_ids(5, 1).first == 5 + 11 * shard_count);
}

TEST_CASE("a new store begins with the first numbers, also when it is opened again") {
  FOR_EVERY_STORE;
  CHECK_FALSE(on.under->skipped_numbers());
  on.restart();
  CHECK_FALSE(on.under->skipped_numbers());
  CHECK(on.under->reserve_ids(message_numbers, 1).first == shard_count);
}

TEST_CASE("a backup that was taken before the first order is a copy too") {
  FOR_EVERY_STORE;
  const temporary_directory directory;
  on.db->backup(directory.file("copy"));
  const auto place = restored(which, directory.file("copy"));
  const auto writer = make_database(place.url)->open_writer(1);
  check_goes_on_beyond(*writer, *on.under);
}

TEST_CASE("what an older version copied is a copy once it is restored") {
  FOR_EVERY_STORE;
  REQUIRE(on.commit(order_append(5)).status == append_status::committed);
  close(on);
  const temporary_directory directory;
  copy_as_it_is(on, directory.file("copy"));
  on.restart();
  const auto place = restored(which, directory.file("copy"));
  const auto writer = make_database(place.url)->open_writer(1);
  check_goes_on_beyond(*writer, *on.under);
}

TEST_CASE("a store can be told that it is a copy") {
  FOR_EVERY_STORE;
  REQUIRE(on.commit(order_append(5)).status == append_status::committed);
  close(on);
  make_database(on.place.url)->mark_as_copy();
  on.restart();
  REQUIRE(on.under->skipped_numbers());
  CHECK(on.under->reserve_ids(5, 1).first == on.under->skipped_numbers()->to + 5);
}

TEST_CASE("a store that a server runs on is not made a copy under it") {
  FOR_EVERY_STORE;
  const auto request = order_append(5);
  batch work;
  work.appends = {&request};
  if (is_sqlite(on)) {
    CHECK_THROWS_AS(make_database(on.place.url)->mark_as_copy(), store_error);
    CHECK(on.under->commit(work).status == batch_status::committed);
  } else {
    make_database(on.place.url)->mark_as_copy();
    CHECK(on.under->commit(work).status == batch_status::fenced);
  }
}

TEST_CASE("a SQLite backup that is put in place by hand says that it is a copy", "[sqlite]") {
  journal_under_test on{all_stores().front()};
  REQUIRE(on.commit(order_append(5)).status == append_status::committed);
  const temporary_directory directory;
  on.db->backup(directory.file("copy"));
  // One file: nothing that a `cp` would leave behind.
  for (const auto* part : {"-wal", "-shm", "-journal"}) CHECK_FALSE(std::filesystem::exists(directory.file("copy") + part));
  std::filesystem::copy_file(directory.file("copy"), directory.file("orderflow.db"));
  const auto writer = make_database("sqlite:" + directory.file("orderflow.db"))->open_writer(1);
  check_goes_on_beyond(*writer, *on.under);
}

}  // namespace orderflow::test
