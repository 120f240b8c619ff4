// Many rows by one run of a statement: `INSERT INTO events (…) SELECT … FROM new_events`, where `new_events` is a virtual table
// over rows in memory. What a run costs beside its rows (opening the indexes, binding, resetting) is paid once per batch instead
// of once per row: measured, 0.7 us per event instead of 1.7. See https://www.sqlite.org/vtab.html#eponymous_only_virtual_tables.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "journal/sqlite/connection.hpp"

namespace orderflow::sqlite {

/// A value as SQLite takes it; nothing is NULL. Texts are not copied: they must live until the statement has run.
using cell = std::variant<std::monostate, int64_t, std::string_view>;

/// Rows in memory as a table of one connection, readable as `new_<name>`. Must outlive the statements that read it.
class memory_table {
 public:
  memory_table(connection& db, const std::string& name, const std::string& columns);
  virtual ~memory_table() = default;
  memory_table(const memory_table&) = delete;
  memory_table& operator=(const memory_table&) = delete;

  [[nodiscard]] virtual size_t size() const = 0;
  [[nodiscard]] virtual cell at(size_t row, size_t column) const = 0;
  /// For `CREATE TABLE`, as SQLite wants a virtual table described.
  [[nodiscard]] const std::string& declaration() const { return declaration_; }

 private:
  std::string declaration_;
};

template <class Row>
struct column {
  const char* name;
  cell (*of)(const Row&);
};

template <class Row>
class bulk_insert final : public memory_table {
 public:
  /// `on_conflict`: as in SQL, for rows that may be there.
  bulk_insert(connection& db, const std::string& into, std::vector<column<Row>> columns, const std::string& on_conflict = {})
      : memory_table{db, into, names_of(columns)},
        columns_{std::move(columns)},
        insert_{db.raw(), "INSERT INTO " + into + " (" + names_of(columns_) + ") SELECT " + names_of(columns_) + " FROM new_" +
                              into + " WHERE true " + on_conflict} {}

  void add(Row row) { rows_.push_back(std::move(row)); }
  [[nodiscard]] size_t size() const override { return rows_.size(); }
  [[nodiscard]] cell at(size_t row, size_t column) const override { return columns_[column].of(rows_[row]); }

  /// Writes what was added, in that order. Throws `failure`, and then nothing was written.
  void run() {
    if (!rows_.empty()) insert_.execute();
    clear();
  }
  void clear() { rows_.clear(); }

 private:
  static std::string names_of(const std::vector<column<Row>>& columns) {
    std::string names;
    for (const auto& each : columns) names += (names.empty() ? "" : ", ") + std::string{each.name};
    return names;
  }

  std::vector<column<Row>> columns_;
  statement insert_;
  std::vector<Row> rows_;
};

}  // namespace orderflow::sqlite
