// A store that was filled from a copy gives out no number that its original may have given out after the copy was taken.
#include "journal/number_skip.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>

#include "base/clock.hpp"
#include "tests/journal/every_store.hpp"

namespace orderflow::test {
namespace {

using std::chrono::hours;

constexpr int64_t hour_of_numbers = 360'000'000;
/// 2026-12-01
constexpr timestamp later = from_ms(1'796'083'200'000);

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

/// Of a store whose newest event is of this moment.
void back_up_order_of_now(journal_under_test& on, const std::string& target) {
  auto request = order_append(5);
  request.events.front().at = machine_clock::read_machine().wall;
  REQUIRE(on.commit(request).status == append_status::committed);
  on.db->backup(target);
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

TEST_CASE("a copy begins where the clock's line is, or an hour's worth beyond its own numbers") {
  const auto line = skip_after_copy(128, noon, later).to;
  CHECK(skip_after_copy(128, noon, later).from == 128);
  CHECK(line > 365 * 24 * hour_of_numbers);
  CHECK(skip_after_copy(128, later, later).to == line);
  CHECK(skip_after_copy(0, std::nullopt, later).to == line);
  CHECK(skip_after_copy(128, noon, later + hours{24}).to == line + 24 * hour_of_numbers);
  CHECK(skip_after_copy(line, noon, later).to == line + hour_of_numbers);
  CHECK(skip_after_copy(line + 1, noon, later).to % shard_count == 0);
  // The clock was set back: the newest event is later. Or it does not know the year.
  CHECK(skip_after_copy(128, later, later - hours{24}).to == line);
  CHECK(skip_after_copy(128, std::nullopt, from_ms(0)).to == 128 + hour_of_numbers);
}

TEST_CASE("whatever is restored of one store later begins beyond what was given out since the restore before") {
  using std::chrono::minutes;
  using std::chrono::seconds;
  struct copy {
    int64_t next;
    std::optional<timestamp> newest;
  };
  const auto restored = [](const copy& of, timestamp at) { return skip_after_copy(of.next, of.newest, at).to; };
  const copy empty{0, std::nullopt}, older{64'000, later}, newer{64'000 + 90'000 * 60, later + minutes{1}};
  for (const auto between : {milliseconds{700}, milliseconds{seconds{5}}, milliseconds{minutes{50}}, milliseconds{hours{30}}}) {
    for (const auto first : {later + minutes{2}, later + hours{20}}) {
      CAPTURE(between.count());
      const auto given_out = between.count() * 99;
      const copy of_a_restore{restored(older, later + minutes{2}) + 64'000, later + minutes{2}};
      for (const auto& before : {empty, older, newer, of_a_restore}) {
        for (const auto& after : {empty, older, newer, of_a_restore}) {
          if (first == later + minutes{2} && before.next == of_a_restore.next) continue;  // It was made just then.
          CHECK(restored(after, first + between) > restored(before, first) + given_out);
        }
      }
    }
  }
}

TEST_CASE("transaction numbers, order id × 100 + attempt, stay exact in any client's JSON") {
  constexpr int64_t exact = int64_t{1} << 53;
  for (auto now = later;; now += hours{24 * 100}) {
    try {
      const auto to = skip_after_copy(0, std::nullopt, now).to;
      CHECK(to * 100 + 99 < exact);
    } catch (const store_error&) {
      CHECK(now > later + hours{24 * 365 * 20});
      return;
    }
  }
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

TEST_CASE("two restores of one copy share no number") {
  FOR_EVERY_STORE;
  REQUIRE(on.under->reserve_ids(5, 10).first == 5);
  const temporary_directory directory;
  back_up_order_of_now(on, directory.file("copy"));
  const auto first = restored(which, directory.file("copy"));
  const auto before = make_database(first.url)->open_writer(1)->skipped_numbers();
  const auto at = std::chrono::steady_clock::now();
  const auto second = restored(which, directory.file("copy"));
  const auto after = make_database(second.url)->open_writer(1)->skipped_numbers();
  const auto between = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - at);
  REQUIRE((before && after));
  CHECK(after->to > before->to);
  CHECK(after->to <= before->to + (between.count() + 2) * 100 + shard_count);
}

TEST_CASE("who skips once more after a restore leaves out another hour's worth") {
  FOR_EVERY_STORE;
  const temporary_directory directory;
  back_up_order_of_now(on, directory.file("copy"));
  const auto first = restored(which, directory.file("copy"));
  const auto before = make_database(first.url)->open_writer(1)->skipped_numbers();
  const auto second = restored(which, directory.file("copy"));
  make_database(second.url)->mark_as_copy();
  const auto after = make_database(second.url)->open_writer(1)->skipped_numbers();
  REQUIRE((before && after));
  CHECK(after->to > before->to + hour_of_numbers);
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
  CHECK_THROWS_AS(make_database(on.place.url)->mark_as_copy(), store_error);
  CHECK(on.under->commit(work).status == batch_status::committed);
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
