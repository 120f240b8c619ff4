#include "journal/sqlite/storage_damage.hpp"

#include <set>

#include "journal/schema/sqlite.hpp"

namespace orderflow::sqlite {
namespace {

// Tables by their columns and not by their text: the text holds comments, which may change.
constexpr std::string_view parts_of_schema = R"sql(
SELECT 'table ' || name FROM sqlite_schema WHERE type = 'table'
UNION ALL
SELECT 'column ' || made.name || '.' || part.name || ' ' || part.type || iif(part."notnull", ' NOT NULL', '') || iif(part.pk, ' KEY', '')
  FROM sqlite_schema AS made JOIN pragma_table_xinfo(made.name) AS part WHERE made.type = 'table'
UNION ALL
SELECT coalesce(sql, 'index ' || name) FROM sqlite_schema WHERE type = 'index')sql";

std::set<std::string> schema_of(connection& db) {
  std::set<std::string> parts;
  query rows{db.prepared(parts_of_schema)};
  while (rows.next()) parts.insert(rows.text(0));
  return parts;
}

std::set<std::string> schema_of_this_version() {
  connection made{":memory:", connection::mode::create};
  for (const auto* step : schema_steps()) made.execute(step);
  return schema_of(made);
}

}  // namespace

std::vector<std::string> integrity_errors(connection& db) {
  std::vector<std::string> found;
  try {
    query rows{db.prepared("PRAGMA integrity_check")};
    while (rows.next())
      if (auto said = rows.text(0); said != "ok") found.push_back(std::move(said));
  } catch (const failure& e) {
    if (!e.is_damage()) throw;
    found.push_back(std::string{"it cannot be read to its end: "} + e.what());
  }
  return found;
}

std::vector<std::string> storage_damage(connection& db) {
  auto found = integrity_errors(db);
  const auto present = schema_of(db);
  for (const auto& part : schema_of_this_version())
    if (!present.contains(part)) found.push_back("not as in this version's schema: " + part);
  return found;
}

}  // namespace orderflow::sqlite
