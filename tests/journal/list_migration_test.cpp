// Orders that a store of an older schema holds are listed by the new one in the order in which they were made.
#include <catch2/catch_test_macros.hpp>

#include "tests/journal/old_stores.hpp"
#include "tests/journal/postgres_fixture.hpp"
#include "tests/journal/samples.hpp"

namespace orderflow::test {
namespace {

/// The last schema whose lists went by the order's number.
constexpr size_t sqlite_steps_before = 3;
constexpr size_t postgres_steps_before = 4;

/// Three orders of ann and one of bob; the younger, the smaller the number. Fits both schemas.
const std::string orders_of_before = R"sql(
INSERT INTO orders (id, owner, tenant, origin, external_id, batch_id, csv_source, import_group, customer_email, created_at) VALUES
  (300000, 'ann', 'shop', 'd4', '', '', '', '', 'ann@x.org', 1000), (20, 'ann', 'shop', 'd4', '', '', '', '', 'ann@x.org', 2000),
  (7, 'bob', 'shop', 'd4', '', '', '', '', '', 3000), (3, 'ann', 'mall', 'd4', '', '', '', '', 'ann@x.org', 4000);
INSERT INTO order_state (id, version, status, open, due_at, state_version, state) VALUES
  (300000, 1, 3, TRUE, 77, 1, '{"a":1}'), (20, 2, 1, FALSE, NULL, 1, '{}'), (7, 3, 3, FALSE, NULL, 1, '{}'), (3, 4, 6, FALSE, NULL, 1, '{}');
)sql";

using ids = std::vector<int64_t>;

ids listed(reader& look, void (*set)(order_query&)) {
  order_query query;
  query.tenant = "shop";
  set(query);
  const auto found = ids_of(look.list_orders(query));
  CHECK(look.count_orders(query) == found.size());
  return found;
}

void check_lists(database& db) {
  const auto look = db.open_reader();
  CHECK(listed(*look, [](order_query&) {}) == ids{7, 20, 300'000});
  CHECK(listed(*look, [](order_query& q) { q.oldest_first = true; }) == ids{300'000, 20, 7});
  CHECK(listed(*look, [](order_query& q) { q.owner = "ann"; }) == ids{20, 300'000});
  CHECK(listed(*look, [](order_query& q) { q.status = order_status::paid; }) == ids{7, 300'000});
  CHECK(listed(*look, [](order_query& q) { q.tenant = "mall"; }) == ids{3});
  CHECK(listed(*look, [](order_query& q) { q.created_to = from_ms(3000); }) == ids{20, 300'000});
  const auto oldest = look->find_order({300'000});
  REQUIRE(oldest);
  CHECK(oldest->state == R"({"a":1})");
  CHECK(oldest->row.place() == list_place{from_ms(1000), {300'000}});
  CHECK(look->open_orders(std::nullopt, 10).at(0).id == order_id{300'000});
  CHECK(look->due_before(from_ms(100), std::nullopt, 10).size() == 1);
  // The next order stands on top.
  const auto writer = db.open_writer(1);
  const auto next = order_append(5);
  batch work;
  work.appends = {&next};
  REQUIRE(writer->commit(work).status == batch_status::committed);
  CHECK(listed(*look, [](order_query&) {}) == ids{5, 7, 20, 300'000});
}

}  // namespace

TEST_CASE("orders of an older SQLite schema are listed in the order of their creation") {
  const temporary_directory directory;
  const auto path = directory.file("orderflow.db");
  make_old_sqlite(path, sqlite_steps_before, orders_of_before);
  const auto db = make_database("sqlite:" + path);
  db->migrate();
  check_lists(*db);
}

TEST_CASE("orders of an older PostgreSQL schema are listed in the order of their creation") {
  if (!have_postgres()) SKIP("no PostgreSQL here");
  const auto url = shared_postgres().fresh_database();
  make_old_postgres(url, postgres_steps_before, orders_of_before);
  const auto db = make_database(url);
  db->migrate();
  check_lists(*db);
}

}  // namespace orderflow::test
