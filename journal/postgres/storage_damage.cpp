#include "journal/postgres/storage_damage.hpp"

#include <set>

#include "journal/postgres/connection.hpp"
#include "journal/schema/postgres.hpp"
#include "journal/store.hpp"

namespace orderflow::postgres {
namespace {

using namespace std::chrono_literals;

constexpr const char* settings = "SET client_encoding = 'UTF8'; SET client_min_messages = warning; SET statement_timeout = '10s'";

/// `$1`: the schema.
constexpr const char* parts_of_schema = R"sql(
SELECT 'column ' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) ||
       CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
  FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
  WHERE c.relnamespace::bigint = $1::bigint AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT replace(replace(pg_get_indexdef(i.indexrelid), quote_ident(n.nspname) || '.', ''), 'pg_temp.', '')
  FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
  WHERE c.relnamespace::bigint = $1::bigint AND i.indisvalid AND i.indisready
UNION ALL
SELECT 'function ' || proname FROM pg_proc WHERE pronamespace::bigint = $1::bigint)sql";

std::set<std::string> schema_of(connection& link, int64_t which) {
  const auto rows = link.ask(parts_of_schema, parameters{}.int8(which));
  std::set<std::string> parts;
  for (int row = 0; row < rows.rows(); ++row) parts.insert(rows.text(row, 0));
  return parts;
}

/// Made beside the real one, in the session's own schema, and rolled back: so the server describes both in the same words.
std::set<std::string> schema_of_this_version(connection& link) {
  link.run("BEGIN READ WRITE; SET LOCAL search_path = pg_temp");
  for (const auto step : schema_steps()) link.run(std::string{step});
  auto parts = schema_of(link, link.ask("SELECT pg_my_temp_schema()::bigint", {}).int8(0, 0));
  link.run("ROLLBACK");
  return parts;
}

bool is_standby(connection& link) { return link.ask("SELECT pg_is_in_recovery()", {}).boolean(0, 0); }

}  // namespace

std::vector<std::string> storage_damage(const std::string& url) {
  try {
    connection link{url, "orderflow-verify", settings, 15s};
    if (is_standby(link)) return {};
    const auto where = link.ask("SELECT relnamespace::bigint FROM pg_class WHERE oid = to_regclass('schema_version')", {});
    const auto present = schema_of(link, where.int8(0, 0));
    std::vector<std::string> found;
    for (const auto& part : schema_of_this_version(link))
      if (!present.contains(part)) found.push_back("not as in this version's schema: " + part);
    return found;
  } catch (const connection_lost& why) {
    throw store_error{why.what()};
  } catch (const statement_failed& why) {
    throw store_error{
        std::string{
            "cannot compare the schema with this version's, which is made as temporary tables for that (GRANT TEMPORARY): "} +
        why.what()};
  }
}

}  // namespace orderflow::postgres
