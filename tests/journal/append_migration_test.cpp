// Stores of before "one row per append": their events keep their positions, and what they owe is found by the one index there is.
#include <catch2/catch_test_macros.hpp>

#include "journal/postgres/postgres.hpp"
#include "journal/schema/postgres.hpp"
#include "journal/schema/sqlite.hpp"
#include "journal/sqlite/connection.hpp"
#include "tests/journal/old_stores.hpp"
#include "tests/journal/postgres_fixture.hpp"
#include "tests/journal/postgres_samples.hpp"
#include "tests/journal/samples.hpp"

namespace orderflow::test {
namespace {

constexpr size_t steps_of_sqlite = 6;
constexpr size_t steps_of_postgres = 7;

/// Order 7 has three events, order 9 one; 7 waits until a moment, 9 owes an effect and has no deadline. `place`, `places`: the
/// columns of a position, and the four of these events. `of_delivery`: what a notification has besides.
std::string rows_of_before(const std::string& place, const std::vector<std::string>& places, const std::string& nth) {
  const auto event = [&](size_t n, const std::string& rest) {
    return "INSERT INTO events (" + place + ", stream, seq, type, version, at, body) VALUES (" + places[n] + ", " + rest + ");\n";
  };
  const auto delivery = [&](const std::string& seq, const std::string& number, const std::string& subject) {
    return "INSERT INTO notifications (order_id, seq, channel, subject, recipient, status, at" + (nth.empty() ? "" : ", " + nth) +
           ") VALUES (7, " + seq + ", 'email', '" + subject + "', 'ann@x.org', 'sent', 1" + (nth.empty() ? "" : ", " + number) +
           ");\n";
  };
  return event(0, "113, 1, 1, 1, 5, '{\"a\":1}'") + event(1, "145, 1, 1, 1, 6, '{\"b\":1}'") +
         event(2, "113, 2, 2, 1, 7, '{\"a\":2}'") + event(3, "113, 3, 3, 1, 8, '{\"a\":3}'") + R"sql(
INSERT INTO orders (id, owner, tenant, customer_email, origin, external_id, batch_id, csv_source, import_group, created_at, listed_at)
  VALUES (7, 'ann', 'shop', '', '', '', '', '', '', 5, 5000), (9, 'ann', 'shop', '', '', '', '', '', '', 6, 6000);
INSERT INTO order_state (id, version, status, open, due_at, state_version, state, tenant, listed_at)
  VALUES (7, 3, 1, FALSE, 1000, 1, '{}', 'shop', 5000), (9, 1, 1, TRUE, NULL, 1, '{}', 'shop', 6000);
)sql" + delivery("2", "0", "of an event") +
         delivery("0", "1", "asked for") + delivery("0", "2", "asked for again");
}

std::string sqlite_rows() { return rows_of_before("position", {"11", "12", "13", "17"}, "nth"); }
std::string postgres_rows() { return rows_of_before("txid, n", {"3, 0", "3, 1", "3, 2", "5, 0"}, ""); }

/// `places`: of order 7's events, in their order.
void check_brought_forward(database& db, const std::vector<position>& places) {
  const auto look = db.open_reader();
  const auto history = look->history(stream_of({7}));
  REQUIRE(history.size() == 3);
  for (size_t n = 0; n < 3; ++n) {
    CHECK(history[n].at == places[n]);
    CHECK(history[n].seq == n + 1);
    CHECK(history[n].event.body == R"({"a":)" + std::to_string(n + 1) + "}");
  }
  const std::vector<uint16_t> types{2, 3};
  const auto later = look->events_after(places[1], stream_kind::order, types, 10);
  REQUIRE(later.size() == 1);
  CHECK(later[0].at == places[2]);
  const auto open = look->open_orders(std::nullopt, 10);
  REQUIRE(open.size() == 1);
  CHECK(open[0].id == order_id{9});
  CHECK(look->due_before(noon, std::nullopt, 10).size() == 1);
  CHECK(look->has_notification({7}, 2, "email"));
  CHECK(look->notifications({7}).size() == 3);
  // The next append stands behind all of them, and is one row.
  const auto writer = db.open_writer(1);
  const auto opened = writer->load(std::vector{stream_of({7}), stream_of({9})});
  CHECK(opened.at(0).seq == 3);
  CHECK_FALSE(opened.at(1).order->due_at);
  const auto next = order_append(7, 3, opened[0].of, 2);
  batch work;
  work.appends = {&next};
  const auto outcome = writer->commit(work);
  REQUIRE(outcome.status == batch_status::committed);
  const auto longer = look->history(stream_of({7}));
  REQUIRE(longer.size() == 5);
  CHECK(longer[3].at > places[2]);
  CHECK(longer[4].at == outcome.positions.at(0));
  CHECK(longer[4].event == next.events[1]);
}

}  // namespace

TEST_CASE("a SQLite store of a row per event goes on with a row per append", "[sqlite]") {
  const temporary_directory directory;
  const auto path = directory.file("orderflow.db");
  make_old_sqlite(path, steps_of_sqlite, sqlite_rows());
  // Whoever was killed in the midst of the step has left it undone.
  {
    sqlite::connection killed{path, sqlite::connection::mode::write};
    killed.execute("BEGIN IMMEDIATE");
    killed.execute(sqlite::schema_steps()[steps_of_sqlite]);
  }
  const auto db = make_database("sqlite:" + path);
  db->migrate();
  check_brought_forward(*db, {{11, 0}, {13, 0}, {17, 0}});
  sqlite::connection raw{path, sqlite::connection::mode::read};
  CHECK(raw.number("SELECT count(*) FROM events WHERE stream = 113") == 4);
}

TEST_CASE("a PostgreSQL store of a row per event goes on with a row per append") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  const auto url = shared_postgres().fresh_database();
  make_old_postgres(url, steps_of_postgres, postgres_rows());
  {
    plain_connection killed{url};
    killed.run("BEGIN");
    killed.run(std::string{postgres::schema_steps()[steps_of_postgres]});
  }
  const auto db = make_postgres_database(url);
  db->migrate();
  check_brought_forward(*db, {{3, 0}, {3, 2}, {5, 0}});
  CHECK(plain_connection{url}.run("SELECT count(*) FROM events WHERE stream = 113").starts_with("4"));
}

}  // namespace orderflow::test
