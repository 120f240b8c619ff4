#include "journal/sqlite/bulk_insert.hpp"

#include "base/overloaded.hpp"

namespace orderflow::sqlite {
namespace {

struct connected_table : sqlite3_vtab {
  const memory_table* rows;
};

struct cursor : sqlite3_vtab_cursor {
  size_t row;
};

cursor& at(sqlite3_vtab_cursor* raw) { return *static_cast<cursor*>(raw); }
const memory_table& rows_of(const sqlite3_vtab_cursor* raw) { return *static_cast<const connected_table*>(raw->pVtab)->rows; }

int connect(sqlite3* db, void* rows, int, const char* const*, sqlite3_vtab** made, char**) {
  const auto* table = static_cast<const memory_table*>(rows);
  if (const int code = sqlite3_declare_vtab(db, table->declaration().c_str()); code != SQLITE_OK) return code;
  *made = new connected_table{{}, table};
  return SQLITE_OK;
}

int disconnect(sqlite3_vtab* raw) {
  delete static_cast<connected_table*>(raw);
  return SQLITE_OK;
}

/// There is one way: all rows in their order.
int best_index(sqlite3_vtab*, sqlite3_index_info*) { return SQLITE_OK; }

int open(sqlite3_vtab*, sqlite3_vtab_cursor** made) {
  *made = new cursor{};
  return SQLITE_OK;
}

int close(sqlite3_vtab_cursor* raw) {
  delete &at(raw);
  return SQLITE_OK;
}

int filter(sqlite3_vtab_cursor* raw, int, const char*, int, sqlite3_value**) {
  at(raw).row = 0;
  return SQLITE_OK;
}

int next(sqlite3_vtab_cursor* raw) {
  ++at(raw).row;
  return SQLITE_OK;
}

int end_reached(sqlite3_vtab_cursor* raw) { return at(raw).row >= rows_of(raw).size() ? 1 : 0; }

int give(sqlite3_vtab_cursor* raw, sqlite3_context* to, int column) {
  std::visit(
      overloaded{
          [&](std::monostate) { sqlite3_result_null(to); },
          [&](int64_t value) { sqlite3_result_int64(to, value); },
          [&](std::string_view text) { sqlite3_result_text64(to, start_of(text), text.size(), SQLITE_STATIC, SQLITE_UTF8); },
      },
      rows_of(raw).at(at(raw).row, static_cast<size_t>(column)));
  return SQLITE_OK;
}

int row_number(sqlite3_vtab_cursor* raw, sqlite3_int64* number) {
  *number = static_cast<sqlite3_int64>(at(raw).row);
  return SQLITE_OK;
}

constexpr sqlite3_module make_module() {
  sqlite3_module module{};
  module.xConnect = connect;  // Without xCreate: the table is there without being created.
  module.xDisconnect = disconnect;
  module.xBestIndex = best_index;
  module.xOpen = open;
  module.xClose = close;
  module.xFilter = filter;
  module.xNext = next;
  module.xEof = end_reached;
  module.xColumn = give;
  module.xRowid = row_number;
  return module;
}

constexpr sqlite3_module module = make_module();

}  // namespace

memory_table::memory_table(connection& db, const std::string& name, const std::string& columns)
    : declaration_{"CREATE TABLE rows (" + columns + ")"} {
  check(db.raw(), sqlite3_create_module_v2(db.raw(), ("new_" + name).c_str(), &module, this, nullptr));
}

}  // namespace orderflow::sqlite
