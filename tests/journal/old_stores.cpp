#include "tests/journal/old_stores.hpp"

#include "journal/schema/postgres.hpp"
#include "journal/schema/sqlite.hpp"
#include "journal/sqlite/connection.hpp"
#include "tests/journal/postgres_samples.hpp"

namespace orderflow::test {

void make_old_sqlite(const std::string& path, size_t steps, const std::string& rows) {
  sqlite::connection store{path, sqlite::connection::mode::create};
  store.execute("PRAGMA journal_mode = WAL");
  for (size_t step = 0; step < steps; ++step) store.execute(sqlite::schema_steps()[step]);
  store.execute(("PRAGMA application_id = 1330791494; PRAGMA user_version = " + std::to_string(steps)).c_str());
  if (!rows.empty()) store.execute(rows.c_str());
}

void make_old_postgres(const std::string& url, size_t steps, const std::string& rows) {
  plain_connection store{url};
  store.run("CREATE TABLE schema_version (version bigint PRIMARY KEY, at timestamptz NOT NULL)");
  for (size_t step = 0; step < steps; ++step) {
    store.run(std::string{postgres::schema_steps()[step]});
    store.run("INSERT INTO schema_version VALUES (" + std::to_string(step + 1) + ", now())");
  }
  if (!rows.empty()) store.run(rows);
}

}  // namespace orderflow::test
