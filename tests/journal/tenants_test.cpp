// Tenants: a number for each, a warehouse and a catalogue under it; and what becomes of stores from before they had their own.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "journal/postgres/postgres.hpp"
#include "journal/schema/postgres.hpp"
#include "journal/schema/sqlite.hpp"
#include "tests/journal/every_store.hpp"
#include "tests/journal/old_stores.hpp"
#include "tests/journal/postgres_fixture.hpp"

namespace orderflow::test {
namespace {

/// A store as an older version left it: the steps before tenants, and rows by hand.
struct old_store {
  std::string name;
  std::function<std::unique_ptr<database>(const std::string& rows)> made;
};

template <class Steps>
size_t steps_before_tenants(const Steps& steps) {
  size_t count = 0;
  while (std::string_view{steps[count]}.find("CREATE TABLE tenants") == std::string_view::npos) ++count;
  return count;
}

std::unique_ptr<database> old_sqlite(const std::string& rows) {
  // A directory each: whoever brings one forward has its lock.
  static std::vector<std::unique_ptr<temporary_directory>> directories;
  directories.push_back(std::make_unique<temporary_directory>());
  const auto path = directories.back()->file("orderflow.db");
  make_old_sqlite(path, steps_before_tenants(sqlite::schema_steps()), rows);
  return make_database("sqlite:" + path);
}

std::unique_ptr<database> old_postgres(const std::string& rows) {
  const auto url = shared_postgres().fresh_database();
  make_old_postgres(url, steps_before_tenants(postgres::schema_steps()), rows);
  return make_postgres_database(url);
}

std::vector<old_store> all_old_stores() {
  std::vector<old_store> all{{"sqlite", old_sqlite}};
  if (have_postgres()) all.push_back({"postgres", old_postgres});
  return all;
}

std::string order_of(int64_t id, const std::string& tenant) {
  return "INSERT INTO orders (id, owner, tenant, customer_email, origin, external_id, batch_id, csv_source, import_group, "
         "created_at, listed_at) VALUES (" +
         std::to_string(id) + ", 'ann', '" + tenant + "', '', 'd4', '', '', '', '', 1, 1000);";
}

constexpr const char* shelf =
    "INSERT INTO stock VALUES (1, 'P001', 7, 2); INSERT INTO products VALUES (1, 'P001', 'Pen', 'USD', 500);";

}  // namespace

TEST_CASE("a tenant gets its number once and keeps it, also after a restart") {
  FOR_EVERY_STORE;
  CHECK(on.look->tenants().empty());
  const auto shop = on.under->number_of_tenant("shop");
  const auto mall = on.under->number_of_tenant("mall 'of' \"all\"");
  CHECK(shop == 1);
  CHECK(mall == 2);
  CHECK(on.under->number_of_tenant("shop") == shop);
  on.restart();
  CHECK(on.under->number_of_tenant("mall 'of' \"all\"") == mall);
  CHECK(on.under->number_of_tenant("Shop") == 3);
  CHECK(on.look->tenants() == std::vector<tenant_row>{{1, "shop"}, {2, "mall 'of' \"all\""}, {3, "Shop"}});
}

TEST_CASE("two tenants keep the same product apart, its stock and its price") {
  FOR_EVERY_STORE;
  const auto usd = currency{{'U', 'S', 'D'}};
  for (const int64_t tenant : {1, 2}) {
    auto stock = stock_append(0, on.open(warehouse_of(tenant)).of, {{{"A"}, {10 * tenant, tenant}}});
    stock.stream = warehouse_of(tenant);
    CHECK(on.commit(stock).status == append_status::committed);
    append_request put;
    put.stream = catalogue_of(tenant);
    put.of = on.open(catalogue_of(tenant)).of;
    put.events.push_back(event_of_type(1));
    put.rows = catalogue_rows{{{{"A"}, "Apple", usd, 100 * tenant}}};
    CHECK(on.commit(put).status == append_status::committed);
  }
  on.restart();
  for (const int64_t tenant : {1, 2}) {
    const std::vector<stock_row> levels{{{"A"}, {10 * tenant, tenant}}};
    CHECK(on.look->stock(tenant) == levels);
    CHECK(on.open(warehouse_of(tenant)).stock == levels);
    CHECK(on.open(catalogue_of(tenant)).products == std::vector<product>{{{"A"}, "Apple", usd, 100 * tenant}});
  }
  CHECK(on.look->stock(3).empty());
}

TEST_CASE("the warehouse and the catalogue of an older store are those of the tenant that used it") {
  const auto which = GENERATE(from_range(all_old_stores()));
  CAPTURE(which.name);
  const auto db = which.made(shelf + order_of(1, "acme") + order_of(2, "acme"));
  db->migrate();
  CHECK(db->open_reader()->tenants() == std::vector<tenant_row>{{1, "acme"}});
  CHECK(db->open_reader()->stock(1) == std::vector<stock_row>{{{"P001"}, {7, 2}}});
  const auto writer = db->open_writer(1);
  CHECK(writer->number_of_tenant("acme") == 1);
  CHECK(writer->number_of_tenant("other") == 2);
  CHECK(db->open_reader()->stock(2).empty());
  const std::vector<stream_key> shelf_of_acme{catalogue_of(1)};
  CHECK(writer->load(shelf_of_acme)[0].products.size() == 1);
}

TEST_CASE("of several tenants in an older store the one with most orders keeps what they shared") {
  const auto which = GENERATE(from_range(all_old_stores()));
  CAPTURE(which.name);
  const auto db = which.made(shelf + order_of(1, "acme") + order_of(2, "shop") + order_of(3, "shop"));
  db->migrate();
  CHECK(db->open_reader()->tenants() == std::vector<tenant_row>{{1, "shop"}});
  CHECK(db->open_writer(1)->number_of_tenant("acme") == 2);
}

TEST_CASE("an older store without an order is the usual tenant's, and an empty one nobody's") {
  const auto which = GENERATE(from_range(all_old_stores()));
  CAPTURE(which.name);
  const auto filled = which.made(shelf);
  filled->migrate();
  CHECK(filled->open_reader()->tenants() == std::vector<tenant_row>{{1, std::string{usual_tenant}}});
  const auto accounts = which.made(std::string{shelf} +
                                   "INSERT INTO accounts (id, tenant, customer, version, state, state_version) "
                                   "VALUES (5, 'acme', 'ann', 1, '{}', 1);");
  accounts->migrate();
  CHECK(accounts->open_reader()->tenants() == std::vector<tenant_row>{{1, "acme"}});
  const auto empty = which.made("");
  empty->migrate();
  CHECK(empty->open_reader()->tenants().empty());
}

}  // namespace orderflow::test
