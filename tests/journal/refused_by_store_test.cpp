// What an operator, a migration or another session does to the database so that no append can be written: the store is to blame,
// and it is known for as long as it lasts. The same on every store, as far as the fault is possible there.
#include "journal/postgres/postgres.hpp"
#include "journal/sqlite/connection.hpp"
#include "tests/journal/every_store.hpp"
#include "tests/journal/postgres_samples.hpp"

namespace orderflow::test {
namespace {

constexpr auto committed = append_status::committed;
constexpr auto unavailable = append_status::unavailable;
constexpr auto broken = append_status::broken;

/// Runs SQL behind the store's back.
void change(const store_place& place, const std::string& sql) {
  const std::string sqlite = "sqlite:";
  if (place.url.starts_with(sqlite)) {
    sqlite::connection db{place.url.substr(sqlite.size()), sqlite::connection::mode::write};
    db.execute(sql.c_str());
  } else {
    plain_connection{place.url}.run(sql);
  }
}

[[nodiscard]] bool is_sqlite(const store_place& place) { return place.url.starts_with("sqlite:"); }

/// Whether the store takes what nobody waits for, as the journal finds out while it has nothing to do.
[[nodiscard]] bool probe(journal_under_test& on) {
  on.journal->probe();
  REQUIRE(on.journal->run_once());
  return on.journal->outcome() && on.journal->outcome()->taken;
}

append_status append_new(journal_under_test& on, int64_t id) {
  return on.commit(with_key(order_append(id), "k" + std::to_string(id))).status;
}

}  // namespace

TEST_CASE("a table that orders need and that is gone is a store that is away until it is back") {
  FOR_EVERY_STORE;
  const std::string table = GENERATE("events", "idempotency", "orders", "order_state", "id_blocks");
  CAPTURE(table);
  REQUIRE(append_new(on, 1) == committed);
  change(on.place, "ALTER TABLE " + table + " RENAME TO moved");
  if (table == "id_blocks") {
    CHECK_THROWS_AS(on.under->reserve_ids(7, 10), store_error);
    on.journal->doubt();
  } else {
    CHECK(append_new(on, 2) == unavailable);
  }
  for (int n = 0; n < 3; ++n) CHECK_FALSE(probe(on));
  CHECK_FALSE(on.journal->outcome()->detail.empty());
  change(on.place, "ALTER TABLE moved RENAME TO " + table);
  CHECK(probe(on));
  CHECK(append_new(on, 3) == committed);
  CHECK(on.look->count_orders({}) == 2);
}

TEST_CASE("rows that are refused whatever they hold are a store that is away, and one row alone is broken") {
  FOR_EVERY_STORE;
  const auto refuse = [&](const std::string& when) {
    if (is_sqlite(on.place)) {
      change(on.place, "CREATE TRIGGER refuse BEFORE INSERT ON orders WHEN " + (when.empty() ? "1" : "NEW." + when) +
                           " BEGIN SELECT RAISE(ABORT, 'refused'); END");
    } else {
      change(on.place, "ALTER TABLE orders ADD CONSTRAINT refuse CHECK (NOT (" + (when.empty() ? "true" : when) + ")) NOT VALID");
    }
  };
  const auto allow = [&] {
    change(on.place, is_sqlite(on.place) ? "DROP TRIGGER refuse" : "ALTER TABLE orders DROP CONSTRAINT refuse");
  };
  refuse("id = 2");
  CHECK(append_new(on, 1) == committed);
  const auto alone = on.commit(with_key(order_append(2), "k2"));
  CHECK(alone.status == broken);
  CHECK(alone.detail.find("ann@example.org") == std::string::npos);
  CHECK(probe(on));
  allow();
  refuse("");
  CHECK(append_new(on, 3) == unavailable);
  CHECK(on.journal->outcome()->detail.find("ann@example.org") == std::string::npos);
  for (int n = 0; n < 3; ++n) CHECK_FALSE(probe(on));
  allow();
  CHECK(probe(on));
  CHECK(append_new(on, 4) == committed);
}

TEST_CASE("rehearsals leave nothing behind, use no positions up, and give the next id out once") {
  FOR_EVERY_STORE;
  REQUIRE(append_new(on, 1) == committed);
  const auto before = on.under->reserve_ids(7, 10);
  batch nothing;
  nothing.rehearsal = true;
  for (int n = 0; n < 3; ++n) {
    const auto outcome = on.under->commit(nothing);
    INFO(outcome.detail);
    REQUIRE(outcome.status == batch_status::committed);
  }
  REQUIRE(append_new(on, 2) == committed);
  CHECK(on.look->count_orders({}) == 2);
  CHECK(on.events_after({}, stream_kind::order, 2).size() == 2);
  CHECK_FALSE(on.look->find_order({}));
  CHECK_FALSE(on.look->find_key("rehearsal", "1"));
  CHECK_FALSE(on.look->find_cursor("rehearsal"));
  CHECK(on.look->open_messages(10).empty());
  CHECK(on.look->tenants().empty());
  CHECK(on.under->reserve_ids(7, 10).first == before.first + 10 * shard_count);
}

}  // namespace orderflow::test
