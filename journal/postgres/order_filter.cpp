#include "journal/postgres/order_filter.hpp"

namespace orderflow::postgres {

namespace {

class condition_builder {
 public:
  explicit condition_builder(built_query& out) : out_(out) {}

  void text(const char* column, const std::optional<std::string>& wanted) {
    if (!wanted) return;
    out_.with.text(*wanted);
    add(column, "=", "text");
    // Only this tells the planner that the partial index, which leaves out the empty ones, has all that is asked for.
    if (!wanted->empty()) out_.sql += std::string{" AND "} + column + " <> ''";
  }

  void number(const char* column, const char* comparison, int64_t wanted) {
    out_.with.int8(wanted);
    add(column, comparison, "bigint");
  }

 private:
  void add(const char* column, const char* comparison, const char* type) {
    out_.sql += first_ ? " WHERE " : " AND ";
    first_ = false;
    out_.sql += std::string{column} + " " + comparison + " $" + std::to_string(out_.with.count()) + "::" + type;
  }

  built_query& out_;
  bool first_ = true;
};

void add_conditions(built_query& out, const order_query& query) {
  condition_builder where{out};
  where.text("o.owner", query.owner);
  where.text("o.tenant", query.tenant);
  where.text("o.customer_email", query.customer_email);
  where.text("o.external_id", query.external_id);
  where.text("o.batch_id", query.batch_id);
  where.text("o.import_group", query.import_group);
  if (query.status) where.number("s.status", "=", static_cast<int64_t>(*query.status));
  if (query.created_from) where.number("o.created_at", ">=", to_ms(*query.created_from));
  if (query.created_to) where.number("o.created_at", "<", to_ms(*query.created_to));
  if (query.after) where.number("o.id", query.oldest_first ? ">" : "<", query.after->value);
}

}  // namespace

built_query build_list(const order_query& query) {
  built_query out;
  out.sql = std::string{"SELECT "} + listed_columns + " FROM orders AS o JOIN order_state AS s ON s.id = o.id";
  add_conditions(out, query);
  out.sql += query.oldest_first ? " ORDER BY o.id" : " ORDER BY o.id DESC";
  out.with.int8(query.limit).int8(query.skip);
  const auto last = out.with.count();
  out.sql += " LIMIT $" + std::to_string(last - 1) + "::bigint OFFSET $" + std::to_string(last) + "::bigint";
  return out;
}

built_query build_count(const order_query& query) {
  built_query out;
  out.sql = "SELECT count(*) FROM orders AS o";
  if (query.status) out.sql += " JOIN order_state AS s ON s.id = o.id";
  add_conditions(out, query);
  return out;
}

}  // namespace orderflow::postgres
