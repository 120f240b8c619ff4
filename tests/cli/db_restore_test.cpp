// `orderflow db restore`: what `db backup` wrote is a store again, and nothing that is there is ever written over.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/exit_code.hpp"
#include "cli/db.hpp"
#include "tests/journal/samples.hpp"

namespace orderflow::test {

namespace {

struct outcome {
  int code = 0;
  std::string told;
};

outcome run(db_action action, const std::string& journal, const std::string& source = {}) {
  db_options options;
  options.action = action;
  options.journal = journal;
  options.source = source;
  std::ostringstream text;
  const auto code = run_db(options, text, text);
  return {code, text.str()};
}

outcome restore(const std::string& journal, const std::string& source) { return run(db_action::restore, journal, source); }

bool says(const outcome& seen, const std::string& words) { return seen.told.find(words) != std::string::npos; }

constexpr int ok = static_cast<int>(exit_code::ok);
constexpr int unavailable = static_cast<int>(exit_code::unavailable);

}  // namespace

TEST_CASE("a backup is restored to an empty place, and the store goes on from there") {
  const auto which = GENERATE(from_range(all_stores()));
  CAPTURE(which.name);
  journal_under_test on{which};
  for (int64_t id = 1; id <= 40; ++id) on.queue(with_key(order_append(id), "key-" + std::to_string(id)));
  on.queue(stock_append(0, no_generation, {{{"P001"}, {10, 2}}}));
  on.run();
  const temporary_directory directory;
  const auto file = directory.file("copy");
  on.db->backup(file);
  REQUIRE(on.commit(order_append(41)).status == append_status::committed);

  const auto place = which.fresh();
  const auto seen = restore(place.url, file);
  CAPTURE(seen.told);
  CHECK(seen.code == ok);
  CHECK(says(seen, "restored from " + file));
  CHECK(says(seen, "40 orders"));
  CHECK(says(seen, "the next start leaves out all numbers"));
  const auto copy = make_database(place.url);
  const auto look = copy->open_reader();
  CHECK(look->history(stream_of({40})).size() == 1);
  CHECK(look->find_key("shop/ann/create", "key-7"));
  CHECK(look->stock(1) == on.look->stock(1));
  const auto writer = copy->open_writer(1);
  const auto next = order_append(41);
  batch work;
  work.appends = {&next};
  CHECK(writer->commit(work).status == batch_status::committed);
}

TEST_CASE("a backup is not restored over anything") {
  const auto which = GENERATE(from_range(all_stores()));
  CAPTURE(which.name);
  journal_under_test on{which};
  REQUIRE(on.commit(order_append(1)).status == append_status::committed);
  const temporary_directory directory;
  const auto file = directory.file("copy");
  on.db->backup(file);
  REQUIRE(on.commit(order_append(2)).status == append_status::committed);
  // The store that it was taken of, a running one, and one that was only just made.
  const auto fresh = which.fresh();
  make_database(fresh.url)->migrate();
  for (const auto& url : {on.place.url, fresh.url}) {
    const auto seen = restore(url, file);
    CAPTURE(seen.told);
    CHECK(seen.code == unavailable);
    CHECK((says(seen, "exists") || says(seen, "is not empty") || says(seen, "in use")));
  }
  CHECK(on.look->count_orders({}) == 2);
  CHECK(make_database(fresh.url)->open_reader()->count_orders({}) == 0);
}

TEST_CASE("what is no backup is refused and leaves nothing behind") {
  const auto which = GENERATE(from_range(all_stores()));
  CAPTURE(which.name);
  const temporary_directory directory;
  const auto missing = directory.file("missing");
  const auto foreign = directory.file("foreign");
  std::ofstream{foreign} << "this is a letter";
  for (const auto& file : {missing, foreign}) {
    const auto place = which.fresh();
    const auto seen = restore(place.url, file);
    CAPTURE(seen.told);
    CHECK(seen.code == unavailable);
    CHECK(says(seen, file));
    // Nothing is in the way of the right one.
    make_database(place.url)->migrate();
  }
}

TEST_CASE("a store that was copied by other means is told so by a command") {
  const auto which = GENERATE(from_range(all_stores()));
  CAPTURE(which.name);
  const auto place = which.fresh();
  const auto missing = run(db_action::skip_numbers, place.url);
  CHECK(missing.code == unavailable);
  CHECK(says(missing, "orderflow db migrate"));
  make_database(place.url)->migrate();
  CHECK_FALSE(make_database(place.url)->open_writer(1)->skipped_numbers());
  const auto seen = run(db_action::skip_numbers, place.url);
  CHECK(seen.code == ok);
  CHECK(says(seen, "the next start leaves out all numbers"));
  CHECK(make_database(place.url)->open_writer(1)->skipped_numbers());
}

TEST_CASE("a store that a server writes to is not told to be a copy") {
  const auto which = GENERATE(from_range(all_stores()));
  CAPTURE(which.name);
  const journal_under_test on{which};
  const auto seen = run(db_action::skip_numbers, on.place.url);
  CAPTURE(seen.told);
  CHECK(seen.code == unavailable);
  CHECK((says(seen, "is in use") || says(seen, "a server writes to this database: session orderflow-writer-1-")));
}

TEST_CASE("who looks for a database where none is hears what there is to do") {
  const auto which = GENERATE(from_range(all_stores()));
  CAPTURE(which.name);
  const auto seen = run(db_action::verify, which.fresh().url);
  CAPTURE(seen.told);
  CHECK(seen.code == unavailable);
  for (const auto* way : {"right", "orderflow db restore", "orderflow db migrate"}) CHECK(says(seen, way));
  CHECK_FALSE(says(seen, "orderflow serve"));
}

TEST_CASE("a damaged file fails verification with a sentence") {
  const temporary_directory directory;
  const auto file = directory.file("orderflow.db");
  const auto at = GENERATE(0, 100);
  CAPTURE(at);
  make_database("sqlite:" + file)->migrate();
  {
    std::fstream bytes{file, std::ios::in | std::ios::out | std::ios::binary};
    bytes.seekp(at);
    bytes << std::string(16, '\x5a');
  }
  const auto seen = run(db_action::verify, "sqlite:" + file);
  CAPTURE(seen.told);
  CHECK(seen.code == static_cast<int>(exit_code::failed));
  CHECK(says(seen, "FAIL  it can be read to its end"));
  CHECK(says(seen, file));
  CHECK(says(seen, "restore a backup"));
}

TEST_CASE("a log that lies about is not played into what is restored") {
  journal_under_test on{all_stores().front()};
  REQUIRE(on.commit(order_append(1)).status == append_status::committed);
  const temporary_directory directory;
  on.db->backup(directory.file("copy"));
  std::filesystem::create_directories(directory.file("there"));
  std::ofstream{directory.file("there/orderflow.db-wal")} << "left behind";
  const auto seen = restore("sqlite:" + directory.file("there/orderflow.db"), directory.file("copy"));
  CHECK(seen.code == unavailable);
  CHECK(says(seen, "orderflow.db-wal exists"));
  CHECK_FALSE(std::filesystem::exists(directory.file("there/orderflow.db")));
}

}  // namespace orderflow::test
