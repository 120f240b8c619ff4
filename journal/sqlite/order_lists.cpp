#include "journal/sqlite/order_lists.hpp"

#include <algorithm>
#include <string>
#include <variant>

namespace orderflow::sqlite {
namespace {

constexpr const char* listed_columns =
    "SELECT o.id, s.version, o.owner, o.tenant, o.origin, o.external_id, o.batch_id, o.csv_source, o.import_group, "
    "o.customer_email, o.created_at, s.state, s.state_version FROM orders AS o ";

/// CROSS JOIN fixes the order of the tables: conditions that indexes serve are on `orders`, whose ids give the sequence.
constexpr const char* with_state = " CROSS JOIN order_state AS s ON s.id = o.id";

/// The indexes on `orders` are grouped by blocks of ids; see the schema.
constexpr const char* block_of_id = "(o.id >> 12)";
int64_t block_of(int64_t id) { return id >> 12; }

listed_order row_of(const query& at) {
  listed_order row;
  row.id = {at.integer(0)};
  row.version = static_cast<uint64_t>(at.integer(1));
  row.row.id = row.id;
  row.row.source = {at.text(2), at.text(3), at.text(4), at.text(5), at.text(6), at.text(7), at.text(8)};
  row.row.customer_email = at.text(9);
  row.row.created_at = from_ms(at.integer(10));
  row.state = at.text(11);
  row.state_version = static_cast<uint16_t>(at.integer(12));
  return row;
}

/// The WHERE clause of a query and the values that go with it. The query must outlive it.
class conditions {
 public:
  explicit conditions(const order_query& wanted) {
    if (wanted.tenant) add("o.tenant = ", std::string_view{*wanted.tenant});
    if (wanted.status) add("s.status = ", static_cast<int64_t>(*wanted.status));
    if (wanted.created_from) add("o.created_at >= ", to_ms(*wanted.created_from));
    if (wanted.created_to) add("o.created_at < ", to_ms(*wanted.created_to));
    // From the most to the least telling one.
    indexed("external_id", wanted.external_id);
    indexed("import_group", wanted.import_group);
    indexed("batch_id", wanted.batch_id);
    indexed("customer_email", wanted.customer_email);
    indexed("owner", wanted.owner);
  }

  /// Adds a condition on a number; returns its place, for binding another one later.
  int add(const std::string& before, int64_t number) { return add(before, bound{number}); }

  /// Empty: no condition that an index serves.
  [[nodiscard]] const std::string& index() const { return index_; }
  [[nodiscard]] const std::string& sql() const { return sql_; }
  void bind_to(statement& to) const {
    for (size_t i = 0; i < values_.size(); ++i) {
      std::visit([&](const auto& value) { to.bind(static_cast<int>(i) + 1, value); }, values_[i]);
    }
  }

 private:
  using bound = std::variant<int64_t, std::string_view>;

  int add(const std::string& before, bound value) {
    values_.push_back(value);
    sql_ += (sql_.empty() ? " WHERE " : " AND ") + before + "?" + std::to_string(values_.size());
    return static_cast<int>(values_.size());
  }
  void indexed(const std::string& column, const std::optional<std::string>& wanted) {
    if (!wanted) return;
    add("o." + column + " = ", std::string_view{*wanted});
    // The index holds no empty texts, and SQLite takes it only where the query says so too.
    if (wanted->empty()) return;
    sql_ += " AND o." + column + " <> ''";
    if (index_.empty()) index_ = "INDEXED BY orders_by_" + column;
  }

  std::string index_;
  std::string sql_;
  std::vector<bound> values_;
};

std::string in_direction(const order_query& wanted) { return wanted.oldest_first ? " ORDER BY o.id" : " ORDER BY o.id DESC"; }

std::vector<listed_order> list_along_ids(connection& db, const order_query& wanted, const conditions& where) {
  statement prepared{db.raw(), listed_columns + std::string{with_state} + where.sql() + in_direction(wanted) + " LIMIT " +
                                   std::to_string(wanted.limit) + " OFFSET " + std::to_string(wanted.skip)};
  where.bind_to(prepared);
  query rows{prepared};
  std::vector<listed_order> listed;
  while (rows.next()) listed.push_back(row_of(rows));
  return listed;
}

struct block_range {
  int64_t first = 0;
  int64_t last = -1;
};

/// All blocks that have orders, or those on the far side of the cursor.
block_range blocks_for(connection& db, const order_query& wanted) {
  query ends{db.prepared("SELECT (SELECT min(id) FROM orders), (SELECT max(id) FROM orders)")};
  if (!ends.next() || ends.is_null(0)) return {};
  block_range blocks{block_of(ends.integer(0)), block_of(ends.integer(1))};
  if (wanted.after && wanted.oldest_first) blocks.first = std::max(blocks.first, block_of(wanted.after->value));
  if (wanted.after && !wanted.oldest_first) blocks.last = std::min(blocks.last, block_of(wanted.after->value));
  return blocks;
}

/// Goes from block to block, each through the index, until the page is full.
std::vector<listed_order> list_along_blocks(connection& db, const order_query& wanted, conditions& where) {
  const auto blocks = blocks_for(db, wanted);
  const int block_place = where.add(block_of_id + std::string{" = "}, 0);
  statement prepared{db.raw(), listed_columns + where.index() + with_state + where.sql() + in_direction(wanted)};
  where.bind_to(prepared);
  std::vector<listed_order> listed;
  auto skip = wanted.skip;
  for (int64_t n = 0; n <= blocks.last - blocks.first && listed.size() < wanted.limit; ++n) {
    prepared.bind(block_place, wanted.oldest_first ? blocks.first + n : blocks.last - n);
    query rows{prepared};
    while (listed.size() < wanted.limit && rows.next()) {
      if (skip > 0) {
        --skip;
      } else {
        listed.push_back(row_of(rows));
      }
    }
  }
  return listed;
}

}  // namespace

std::vector<listed_order> list_orders(connection& db, const order_query& wanted) {
  conditions where{wanted};
  if (wanted.after) where.add(wanted.oldest_first ? "o.id > " : "o.id < ", wanted.after->value);
  return where.index().empty() ? list_along_ids(db, wanted, where) : list_along_blocks(db, wanted, where);
}

uint64_t count_orders(connection& db, const order_query& wanted) {
  const conditions where{wanted};
  std::string sql = "SELECT count(*) FROM ";
  if (!where.index().empty()) {
    sql =
        "WITH RECURSIVE block (n) AS (SELECT min(id) >> 12 FROM orders UNION ALL "
        "SELECT n + 1 FROM block WHERE n < (SELECT max(id) >> 12 FROM orders)) "
        "SELECT count(*) FROM block CROSS JOIN ";
  }
  sql += "orders AS o " + where.index();
  if (!where.index().empty()) sql += " ON " + std::string{block_of_id} + " = block.n";
  // Without a status the states, by far the larger table, need not be read.
  if (wanted.status) sql += with_state;
  statement prepared{db.raw(), sql + where.sql()};
  where.bind_to(prepared);
  query rows{prepared};
  return rows.next() ? static_cast<uint64_t>(rows.integer(0)) : 0;
}

std::optional<listed_order> find_order(connection& db, order_id id) {
  static const std::string sql = listed_columns + std::string{with_state} + " WHERE o.id = ?1";
  query found{db.prepared(sql)};
  if (!found.with(id.value).next()) return std::nullopt;
  return row_of(found);
}

std::vector<listed_order> scan_orders(connection& db, order_id after, uint32_t limit) {
  static const std::string sql = listed_columns + std::string{with_state} + " WHERE o.id > ?1 ORDER BY o.id LIMIT ?2";
  query rows{db.prepared(sql)};
  rows.with(after.value, int64_t{limit});
  std::vector<listed_order> listed;
  while (rows.next()) listed.push_back(row_of(rows));
  return listed;
}

}  // namespace orderflow::sqlite
