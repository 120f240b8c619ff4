#include "journal/sqlite/load.hpp"

#include <algorithm>

#include "codec/account_json.hpp"
#include "journal/further_events.hpp"

namespace orderflow::sqlite {
namespace {

void load_events(connection& db, stream_key stream, opened_stream& into) {
  query appends{db.prepared("SELECT " EVENT_COLUMNS " FROM events WHERE stream = ?1 ORDER BY seq")};
  appends.with(stream.packed());
  while (appends.next()) add_events(appends, 0, into.events);
}

/// A row of another state version, or one that does not stand where the events end, is folded from the events.
void load_order(connection& db, order_id id, opened_stream& into) {
  {
    query found{db.prepared(
        "SELECT version, status, state, state_version, due_at, open, operator_reason FROM order_state WHERE id = ?1")};
    if (found.with(id.value).next()) {
      order_state_row row;
      row.id = id;
      row.version = static_cast<uint64_t>(found.integer(0));
      row.status = static_cast<order_status>(found.integer(1));
      row.state = found.text(2);
      row.state_version = static_cast<uint16_t>(found.integer(3));
      if (!found.is_null(4)) row.due_at = due_of_stored(found.integer(4));
      row.open = found.integer(5) != 0;
      if (!found.is_null(6)) row.needs_operator = static_cast<operator_reason>(found.integer(6));
      into.order = std::move(row);
    }
  }
  const bool usable = into.order && into.order->state_version == order_state_version && into.order->version == into.seq;
  if (!usable) load_events(db, stream_of(id), into);
}

void load_account(connection& db, stream_key stream, opened_stream& into) {
  {
    query found{db.prepared("SELECT tenant, customer, version, state, state_version FROM accounts WHERE id = ?1")};
    if (found.with(stream.id).next()) into.account = account_at(found, 0);
  }
  const auto& row = into.account;
  const bool usable = row && row->state_version == account_state_version && row->version == into.seq;
  if (!usable) load_events(db, stream, into);
}

void load_stock(connection& db, int64_t warehouse, opened_stream& into) {
  query rows{db.prepared("SELECT product, on_hand, reserved FROM stock WHERE warehouse = ?1 ORDER BY product")};
  rows.with(warehouse);
  while (rows.next()) into.stock.push_back({{rows.text(0)}, {rows.integer(1), rows.integer(2)}});
}

void load_products(connection& db, int64_t catalogue, opened_stream& into) {
  query rows{db.prepared("SELECT id, name, currency, price FROM products WHERE catalogue = ?1 ORDER BY id")};
  rows.with(catalogue);
  while (rows.next()) {
    product each{{rows.text(0)}, rows.text(1), {}, rows.integer(3)};
    const auto code = rows.text(2);
    if (code.size() == each.money.code.size()) std::copy(code.begin(), code.end(), each.money.code.begin());
    into.products.push_back(std::move(each));
  }
}

}  // namespace

void add_events(const query& row, int first, std::vector<stored_event>& to) {
  to.push_back({static_cast<uint16_t>(row.integer(first)), static_cast<uint16_t>(row.integer(first + 1)),
                from_ms(row.integer(first + 2)), row.text(first + 3)});
  const auto count = row.integer(first + 4);
  if (count > 1) add_further(row.text(first + 5), static_cast<uint64_t>(count - 1), to);
}

account_row account_at(const query& row, int first) {
  return {{row.text(first), row.text(first + 1)},
          static_cast<uint64_t>(row.integer(first + 2)),
          row.text(first + 3),
          static_cast<uint16_t>(row.integer(first + 4))};
}

opened_stream load_stream(connection& db, stream_key stream) {
  opened_stream into;
  {
    query tail{db.prepared(tail_of_stream)};
    if (tail.with(stream.packed()).next()) into.seq = static_cast<uint64_t>(tail.integer(0));
  }
  switch (stream.kind) {
    case stream_kind::order: load_order(db, {stream.id}, into); break;
    case stream_kind::inventory: load_stock(db, stream.id, into); break;
    case stream_kind::catalogue: load_products(db, stream.id, into); break;
    case stream_kind::account: load_account(db, stream, into); break;
  }
  return into;
}

}  // namespace orderflow::sqlite
