// Stores of before the column: why an order waits for a person is taken over from its state.
#include <catch2/catch_test_macros.hpp>

#include "journal/postgres/postgres.hpp"
#include "tests/journal/old_stores.hpp"
#include "tests/journal/postgres_fixture.hpp"
#include "tests/journal/samples.hpp"

namespace orderflow::test {
namespace {

/// Two orders that wait, one that does not, and one whose customer is called like the member.
const std::string rows_of_before = R"sql(
INSERT INTO orders (id, owner, tenant, customer_email, origin, external_id, batch_id, csv_source, import_group, created_at)
  VALUES (1, 'a', 't', '', '', '', '', '', '', 1000), (2, 'a', 't', '', '', '', '', '', '', 2000),
         (3, 'a', 't', '', '', '', '', '', '', 3000), (4, 'a', 't', '', '', '', '', '', '', 4000);
INSERT INTO order_state (id, version, status, open, due_at, state_version, state)
  VALUES (1, 1, 3, FALSE, NULL, 1, '{"i":1,"no":2}'), (2, 1, 3, FALSE, NULL, 1, '{"i":2}'),
         (3, 1, 3, FALSE, NULL, 1, '{"i":3,"w":{"n":"\"no\":2"}}'), (4, 1, 6, FALSE, NULL, 1, '{"i":4,"no":4}'))sql";

void check_brought_forward(database& db) {
  db.migrate();
  const auto look = db.open_reader();
  order_query wanted;
  wanted.needs_operator = true;
  wanted.tenant = "t";
  wanted.oldest_first = true;
  CHECK(ids_of(look->list_orders(wanted)) == std::vector<int64_t>{1, 4});
  CHECK(look->count_orders(wanted) == 2);
  const auto counts = look->count_by_operator_reason();
  REQUIRE(counts.size() > 4);
  CHECK(counts[2] == 1);
  CHECK(counts[4] == 1);
}

}  // namespace

TEST_CASE("a SQLite store of before knows which of its orders wait for a person", "[sqlite]") {
  const temporary_directory directory;
  const auto path = directory.file("orderflow.db");
  make_old_sqlite(path, 1, rows_of_before);
  check_brought_forward(*make_database("sqlite:" + path));
}

TEST_CASE("a PostgreSQL store of before knows which of its orders wait for a person") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  const auto url = shared_postgres().fresh_database();
  make_old_postgres(url, 1, rows_of_before);
  check_brought_forward(*make_postgres_database(url));
}

}  // namespace orderflow::test
