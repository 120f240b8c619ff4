#include "journal/postgres/load.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "codec/account_json.hpp"
#include "journal/further_events.hpp"

namespace orderflow::postgres {

namespace {

// `i` is the place in the caller's list.

constexpr statement begin_snapshot{"begin_snapshot", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"};
constexpr statement end_snapshot{"end_snapshot", "COMMIT"};

/// ($1 i, $2 order)
constexpr statement load_orders{"load_orders", R"sql(
SELECT wanted.i::integer, s.version, s.status, s.state, s.state_version, s.due_at, s.open, s.operator_reason
FROM (SELECT unnest($1::integer[]) AS i, unnest($2::bigint[]) AS id) AS wanted
JOIN order_state AS s ON s.id = wanted.id)sql"};

/// ($1 i, $2 order, $3 stream, $4 version of the state that needs no events)
constexpr statement load_events{"load_events", R"sql(
SELECT wanted.i::integer, e.type, e.version, e.at, e.body, e.count, e.more
FROM (SELECT unnest($1::integer[]) AS i, unnest($2::bigint[]) AS id, unnest($3::bigint[]) AS stream) AS wanted
JOIN order_state AS s ON s.id = wanted.id AND s.state_version <> $4::integer
JOIN events AS e ON e.stream = wanted.stream
ORDER BY wanted.i, e.seq)sql"};

/// ($1 i, $2 account)
constexpr statement load_accounts{"load_accounts", R"sql(
SELECT wanted.i::integer, a.tenant, a.customer, a.version, a.state, a.state_version
FROM (SELECT unnest($1::integer[]) AS i, unnest($2::bigint[]) AS id) AS wanted
JOIN accounts AS a ON a.id = wanted.id)sql"};

/// As load_events.
constexpr statement load_account_events{"load_account_events", R"sql(
SELECT wanted.i::integer, e.type, e.version, e.at, e.body, e.count, e.more
FROM (SELECT unnest($1::integer[]) AS i, unnest($2::bigint[]) AS id, unnest($3::bigint[]) AS stream) AS wanted
JOIN accounts AS a ON a.id = wanted.id AND a.state_version <> $4::integer
JOIN events AS e ON e.stream = wanted.stream
ORDER BY wanted.i, e.seq)sql"};

/// ($1 i, $2 stream)
constexpr statement load_tails{"load_tails", R"sql(
SELECT wanted.i::integer,
  coalesce((SELECT e.seq + e.count - 1 FROM events AS e WHERE e.stream = wanted.stream ORDER BY e.seq DESC LIMIT 1), 0)
FROM (SELECT unnest($1::integer[]) AS i, unnest($2::bigint[]) AS stream) AS wanted)sql"};

/// ($1 i, $2 warehouse)
constexpr statement load_stock{"load_stock", R"sql(
SELECT wanted.i::integer, s.product, s.on_hand, s.reserved
FROM (SELECT unnest($1::integer[]) AS i, unnest($2::bigint[]) AS id) AS wanted
JOIN stock AS s ON s.warehouse = wanted.id
ORDER BY wanted.i, s.product)sql"};

/// ($1 i, $2 catalogue)
constexpr statement load_products{"load_products", R"sql(
SELECT wanted.i::integer, p.id, p.name, p.currency, p.price
FROM (SELECT unnest($1::integer[]) AS i, unnest($2::bigint[]) AS id) AS wanted
JOIN products AS p ON p.catalogue = wanted.id
ORDER BY wanted.i, p.id)sql"};

constexpr std::array load_statements{begin_snapshot, end_snapshot,  load_orders,   load_events,        load_tails,
                                     load_stock,     load_products, load_accounts, load_account_events};

/// The streams of one kind among those wanted.
struct wanted {
  array_column place{element::int4};
  array_column id{element::int8};
  array_column stream{element::int8};

  void add(size_t i, stream_key key) {
    place.add(static_cast<int64_t>(i));
    id.add(key.id);
    stream.add(key.packed());
  }
  [[nodiscard]] bool empty() const { return place.size() == 0; }
};

struct wanted_streams {
  wanted orders, inventories, catalogues, accounts;
};

wanted_streams sorted_by_kind(std::span<const stream_key> streams) {
  wanted_streams by_kind;
  for (size_t i = 0; i < streams.size(); ++i) {
    switch (streams[i].kind) {
      case stream_kind::order: by_kind.orders.add(i, streams[i]); break;
      case stream_kind::inventory: by_kind.inventories.add(i, streams[i]); break;
      case stream_kind::catalogue: by_kind.catalogues.add(i, streams[i]); break;
      case stream_kind::account: by_kind.accounts.add(i, streams[i]); break;
    }
  }
  return by_kind;
}

void take_orders(const answer& rows, std::vector<opened_stream>& out, std::span<const stream_key> streams) {
  for (int row = 0; row < rows.rows(); ++row) {
    const auto i = static_cast<size_t>(rows.int4(row, 0));
    order_state_row state;
    state.id = {streams[i].id};
    state.version = static_cast<uint64_t>(rows.int8(row, 1));
    state.status = static_cast<order_status>(rows.int2(row, 2));
    state.state = rows.text(row, 3);
    state.state_version = static_cast<uint16_t>(rows.int4(row, 4));
    if (!rows.null(row, 5)) state.due_at = due_of_stored(rows.int8(row, 5));
    state.open = rows.boolean(row, 6);
    if (!rows.null(row, 7)) state.needs_operator = static_cast<operator_reason>(rows.int2(row, 7));
    // An order's state and its last event are always written together.
    out[i].seq = state.version;
    out[i].order = std::move(state);
  }
}

void take_accounts(const answer& rows, std::vector<opened_stream>& out) {
  for (int row = 0; row < rows.rows(); ++row) {
    auto& into = out[static_cast<size_t>(rows.int4(row, 0))];
    into.seq = static_cast<uint64_t>(rows.int8(row, 3));
    into.account = account_row{
        {rows.text(row, 1), rows.text(row, 2)}, into.seq, rows.text(row, 4), static_cast<uint16_t>(rows.int4(row, 5))};
  }
}

void take_events(const answer& rows, std::vector<opened_stream>& out) {
  for (int row = 0; row < rows.rows(); ++row) {
    add_events(rows, row, 1, out[static_cast<size_t>(rows.int4(row, 0))].events);
  }
}

void take_tails(const answer& rows, std::vector<opened_stream>& out) {
  for (int row = 0; row < rows.rows(); ++row) {
    out[static_cast<size_t>(rows.int4(row, 0))].seq = static_cast<uint64_t>(rows.int8(row, 1));
  }
}

void take_stock(const answer& rows, std::vector<opened_stream>& out) {
  for (int row = 0; row < rows.rows(); ++row) {
    out[static_cast<size_t>(rows.int4(row, 0))].stock.push_back({{rows.text(row, 1)}, {rows.int8(row, 2), rows.int8(row, 3)}});
  }
}

void take_products(const answer& rows, std::vector<opened_stream>& out) {
  for (int row = 0; row < rows.rows(); ++row) {
    product one{{rows.text(row, 1)}, rows.text(row, 2), {}, rows.int8(row, 4)};
    const auto code = rows.text(row, 3);
    std::copy_n(code.begin(), std::min(code.size(), one.money.code.size()), one.money.code.begin());
    out[static_cast<size_t>(rows.int4(row, 0))].products.push_back(std::move(one));
  }
}

}  // namespace

void add_events(const answer& rows, int row, int first, std::vector<stored_event>& to) {
  to.push_back({static_cast<uint16_t>(rows.int4(row, first)), static_cast<uint16_t>(rows.int4(row, first + 1)),
                from_ms(rows.int8(row, first + 2)), rows.text(row, first + 3)});
  const auto count = rows.int4(row, first + 4);
  if (count < 2) return;
  add_further(rows.null(row, first + 5) ? std::string{} : rows.text(row, first + 5), static_cast<uint64_t>(count - 1), to);
}

std::vector<opened_stream> load_streams(connection& link, std::span<const stream_key> streams) {
  std::vector<opened_stream> out(streams.size());
  auto by_kind = sorted_by_kind(streams);
  for (const auto& each : load_statements) link.prepare(each);
  std::vector<std::function<void(const answer&)>> takers;
  const auto ask = [&](const statement& what, const parameters& with, std::function<void(const answer&)> take) {
    link.send(what, with);
    takers.push_back(std::move(take));
  };
  const auto tails = [&](const answer& rows) { take_tails(rows, out); };
  const auto with = [](const array_column& place, const array_column& id) {
    return parameters{}.array(array_column{place}).array(array_column{id});
  };
  link.begin();
  ask(begin_snapshot, {}, [](const answer&) {});
  if (const auto& of = by_kind.orders; !of.empty()) {
    ask(load_orders, with(of.place, of.id), [&](const answer& rows) { take_orders(rows, out, streams); });
    ask(load_events, with(of.place, of.id).array(array_column{of.stream}).int4(order_state_version),
        [&](const answer& rows) { take_events(rows, out); });
  }
  if (const auto& of = by_kind.inventories; !of.empty()) {
    ask(load_tails, with(of.place, of.stream), tails);
    ask(load_stock, with(of.place, of.id), [&](const answer& rows) { take_stock(rows, out); });
  }
  if (const auto& of = by_kind.catalogues; !of.empty()) {
    ask(load_tails, with(of.place, of.stream), tails);
    ask(load_products, with(of.place, of.id), [&](const answer& rows) { take_products(rows, out); });
  }
  if (const auto& of = by_kind.accounts; !of.empty()) {
    ask(load_accounts, with(of.place, of.id), [&](const answer& rows) { take_accounts(rows, out); });
    ask(load_account_events, with(of.place, of.id).array(array_column{of.stream}).int4(account_state_version),
        [&](const answer& rows) { take_events(rows, out); });
  }
  ask(end_snapshot, {}, [](const answer&) {});
  const auto answers = link.finish();
  for (size_t i = 0; i < takers.size(); ++i) takers[i](answers[i]);
  return out;
}

}  // namespace orderflow::postgres
