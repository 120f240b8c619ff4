#include "journal/postgres/order_filter.hpp"

#include "journal/list_times.hpp"

namespace orderflow::postgres {

namespace {

/// ORDER BY the two columns of a place.
std::string in_direction(const order_query& query, const std::string& whose) {
  const char* direction = query.oldest_first ? "" : " DESC";
  return " ORDER BY " + whose + ".listed_at" + direction + ", " + whose + ".id" + direction;
}

class condition_builder {
 public:
  explicit condition_builder(built_query& out) : out_(out) {}

  void text(const std::string& column, const std::optional<std::string>& wanted) {
    if (!wanted) return;
    out_.with.text(*wanted);
    add(column + " = " + last("text"));
    // Only this tells the planner that the partial index, which leaves out the empty ones, has all that is asked for.
    if (!wanted->empty()) out_.sql += " AND " + column + " <> ''";
  }
  void status(const std::optional<order_status>& wanted) {
    if (!wanted) return;
    out_.with.int8(static_cast<int64_t>(*wanted));
    add("s.status = " + last("bigint"));
  }
  void texts_of_orders(const order_query& query) {
    text("o.owner", query.owner);
    text("o.customer_email", query.customer_email);
    text("o.external_id", query.external_id);
    text("o.batch_id", query.batch_id);
    text("o.import_group", query.import_group);
  }
  /// `whose`: the table whose listed_at is in the index.
  void times(const order_query& query, const std::string& whose) {
    // The index has the times of listing; those of creation, which are never later, are looked at in what it yields.
    if (query.created_from) {
      number(whose + ".listed_at >= ", to_us(*query.created_from));
      number("o.created_at >= ", to_ms(*query.created_from));
    }
    if (query.created_to) {
      number(whose + ".listed_at < ", to_us(*query.created_to + list_times::longest_delay));
      number("o.created_at < ", to_ms(*query.created_to));
    }
  }
  void after(const order_query& query, const std::string& whose) {
    if (!query.after) return;
    out_.with.int8(to_us(query.after->at));
    const auto seen = last("bigint");
    out_.with.int8(query.after->id.value);
    add("(" + whose + ".listed_at, " + whose + ".id) " + (query.oldest_first ? ">" : "<") + " (" + seen + ", " + last("bigint") +
        ")");
  }
  void add(const std::string& condition) {
    out_.sql += (first_ ? " WHERE " : " AND ") + condition;
    first_ = false;
  }

 private:
  void number(const std::string& before, int64_t wanted) {
    out_.with.int8(wanted);
    add(before + last("bigint"));
  }
  [[nodiscard]] std::string last(const char* type) const { return "$" + std::to_string(out_.with.count()) + "::" + type; }

  built_query& out_;
  bool first_ = true;
};

/// A text that an index on `orders` serves.
bool has_indexed_text(const order_query& query) {
  for (const auto* wanted : {&query.owner, &query.customer_email, &query.external_id, &query.batch_id, &query.import_group})
    if (*wanted && !(*wanted)->empty()) return true;
  return false;
}
/// What only a row of `orders` tells: texts that no index serves because they are empty, and times of creation.
bool asks_the_row(const order_query& query) {
  for (const auto* wanted : {&query.owner, &query.customer_email, &query.external_id, &query.batch_id, &query.import_group})
    if (*wanted && (*wanted)->empty()) return true;
  return query.created_from || query.created_to;
}

/// LIMIT and OFFSET of a page.
std::string page_of(built_query& out, const order_query& query) {
  out.with.int8(query.limit).int8(query.skip);
  const auto last = out.with.count();
  return " LIMIT $" + std::to_string(last - 1) + "::bigint OFFSET $" + std::to_string(last) + "::bigint";
}

/// Along an index on one of the texts of `orders`.
built_query list_by_text(const order_query& query) {
  built_query out;
  out.sql = std::string{"SELECT "} + listed_columns + " FROM orders AS o JOIN order_state AS s ON s.id = o.id";
  condition_builder where{out};
  where.texts_of_orders(query);
  where.text("o.tenant", query.tenant);
  where.status(query.status);
  where.times(query, "o");
  where.after(query, "o");
  out.sql += in_direction(query, "o");
  out.sql += page_of(out, query);
  return out;
}

/// Along order_state_listed, which is in the order of the list for each status: the best of each, and the best of those.
built_query list_by_status(const order_query& query) {
  built_query out;
  const auto in_order = in_direction(query, "s");
  out.sql = "SELECT s.id, s.listed_at FROM order_state AS s";
  if (asks_the_row(query)) out.sql += " JOIN orders AS o ON o.id = s.id";
  condition_builder where{out};
  where.text("s.tenant", query.tenant);
  where.texts_of_orders(query);
  where.times(query, "s");
  where.after(query, "s");
  if (query.status) {
    where.status(query.status);
    out.sql += in_order + page_of(out, query);
  } else {
    where.add("s.status = of.status");
    const auto of_one = out.sql + in_order;
    out.with.int8(int64_t{query.limit} + query.skip);
    const auto most_of_one = std::to_string(out.with.count());  // Before the page adds its own.
    out.sql = "SELECT found.id, found.listed_at FROM (VALUES (1), (2), (3), (4), (5), (6)) AS of (status) CROSS JOIN LATERAL (" +
              of_one + " LIMIT $" + most_of_one + "::bigint) AS found" + in_direction(query, "found") + page_of(out, query);
  }
  out.sql = std::string{"SELECT "} + listed_columns + " FROM (" + out.sql +
            ") AS page JOIN orders AS o ON o.id = page.id JOIN order_state AS s ON s.id = page.id" + in_direction(query, "page");
  return out;
}

/// Few orders wait for a person: they are found first and then sorted. By the bare columns the planner would walk all orders.
built_query list_by_need(const order_query& query) {
  built_query out;
  out.sql = std::string{"SELECT "} + listed_columns + " FROM order_state AS s JOIN orders AS o ON o.id = s.id";
  condition_builder where{out};
  where.add("s.operator_reason IS NOT NULL");
  where.text("s.tenant", query.tenant);
  where.texts_of_orders(query);
  where.status(query.status);
  where.times(query, "s");
  where.after(query, "s");
  const char* direction = query.oldest_first ? "" : " DESC";
  out.sql += std::string{" ORDER BY s.listed_at + 0"} + direction + ", s.id" + direction + page_of(out, query);
  return out;
}

}  // namespace

built_query build_list(const order_query& query) {
  if (query.needs_operator) return list_by_need(query);
  return has_indexed_text(query) ? list_by_text(query) : list_by_status(query);
}

built_query build_count(const order_query& query) {
  built_query out;
  const bool by_text = has_indexed_text(query);
  const bool by_state = query.status || query.needs_operator;
  out.sql = by_text ? "SELECT count(*) FROM orders AS o" : "SELECT count(*) FROM order_state AS s";
  // Without a status the states, by far the larger table, need not be read.
  if (by_text && by_state) out.sql += " JOIN order_state AS s ON s.id = o.id";
  if (!by_text && asks_the_row(query)) out.sql += " JOIN orders AS o ON o.id = s.id";
  condition_builder where{out};
  where.texts_of_orders(query);
  where.text(by_text ? "o.tenant" : "s.tenant", query.tenant);
  where.status(query.status);
  if (query.needs_operator) where.add("s.operator_reason IS NOT NULL");
  where.times(query, by_text ? "o" : "s");
  return out;
}

}  // namespace orderflow::postgres
