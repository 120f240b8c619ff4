#include "journal/sqlite/batch_rows.hpp"

#include <algorithm>
#include <tuple>

#include "base/overloaded.hpp"

namespace orderflow::sqlite {
namespace {

/// Makes one element of each run of equal ones in a sorted list: `merge(into, next)` takes over what was queued later.
template <class T, class Same, class Merge>
void merge_equals(std::vector<T>& list, Same same, Merge merge) {
  size_t kept = 0;
  for (size_t i = 0; i < list.size(); ++i) {
    if (kept > 0 && same(list[kept - 1], list[i])) {
      merge(list[kept - 1], list[i]);
    } else {
      list[kept++] = list[i];
    }
  }
  list.resize(kept);
}

int64_t as_int(uint64_t value) { return static_cast<int64_t>(value); }

}  // namespace

batch_rows::batch_rows(connection& db)
    : db_{db},
      expect_event_{db.raw(), "SELECT 1 FROM events WHERE stream = ?1 AND seq = ?2"},
      insert_event_{db.raw(), "INSERT INTO events (stream, seq, type, version, at, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"},
      find_key_{db.raw(), "SELECT 1 FROM idempotency WHERE hash = ?1 AND scope = ?2 AND key = ?3"},
      insert_key_{db.raw(),
                  "INSERT INTO idempotency (hash, scope, key, body_hash, order_id, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"},
      insert_order_{db.raw(),
                    "INSERT INTO orders (id, owner, tenant, customer_email, origin, external_id, batch_id, csv_source, "
                    "import_group, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"},
      insert_state_{db.raw(),
                    "INSERT INTO order_state (id, version, status, open, due_at, state_version, state) "
                    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"},
      update_state_{db.raw(),
                    "UPDATE order_state SET version = ?2, status = ?3, open = ?4, due_at = ?5, state_version = ?6, state = ?7 "
                    "WHERE id = ?1 AND version = ?8"},
      upsert_stock_{db.raw(),
                    "INSERT INTO stock (warehouse, product, on_hand, reserved) VALUES (?1, ?2, ?3, ?4) "
                    "ON CONFLICT (warehouse, product) DO UPDATE SET on_hand = excluded.on_hand, reserved = excluded.reserved"},
      insert_reservation_{db.raw(), "INSERT INTO reservations (order_id, round, closing) VALUES (?1, ?2, ?3)"},
      upsert_product_{db.raw(),
                      "INSERT INTO products (catalogue, id, name, currency, price) VALUES (?1, ?2, ?3, ?4, ?5) "
                      "ON CONFLICT (catalogue, id) DO UPDATE SET name = excluded.name, currency = excluded.currency, "
                      "price = excluded.price"},
      upsert_account_{
          db.raw(),
          "INSERT INTO accounts (id, tenant, customer, version, state_version, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6) "
          "ON CONFLICT (id) DO UPDATE SET version = excluded.version, state_version = excluded.state_version, "
          "state = excluded.state"},
      upsert_cursor_{db.raw(),
                     "INSERT INTO cursors (sink, major, minor) VALUES (?1, ?2, ?3) "
                     "ON CONFLICT (sink) DO UPDATE SET major = excluded.major, minor = excluded.minor"},
      upsert_notification_{db.raw(),
                           "INSERT INTO notifications (order_id, seq, channel, nth, subject, recipient, status, at) "
                           "VALUES (?1, ?2, ?3, 0, ?4, ?5, ?6, ?7) ON CONFLICT (order_id, seq, channel, nth) DO UPDATE SET "
                           "subject = excluded.subject, recipient = excluded.recipient, status = excluded.status, "
                           "at = excluded.at"},
      insert_free_notification_{db.raw(),
                                "INSERT INTO notifications (order_id, seq, channel, nth, subject, recipient, status, at) "
                                "SELECT ?1, ?2, ?3, coalesce(max(nth), 0) + 1, ?4, ?5, ?6, ?7 FROM notifications "
                                "WHERE order_id = ?1 AND seq = ?2 AND channel = ?3"},
      upsert_notice_{db.raw(),
                     "INSERT INTO notices (number, tenant, user_id, order_id, channel, recipient, subject, text, key_hash, "
                     "scope, key, body_hash, asked_at, send_at, due_at, tries, status, settled_at) "
                     "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18) "
                     "ON CONFLICT (number) DO UPDATE SET due_at = excluded.due_at, tries = excluded.tries, "
                     "status = excluded.status, settled_at = excluded.settled_at"} {}

std::vector<position> batch_rows::write(const batch& work) {
  std::vector<position> positions;
  positions.reserve(work.appends.size());
  states_.clear();
  stock_.clear();
  for (const auto* append : work.appends) {
    if (append->key) write_key(*append->key);
    if (append->also) write_key(*append->also);
    positions.push_back(write_events(*append));
    collect(*append);
  }
  write_states();
  write_stock();
  for (const auto* write : work.writes) write_follower(*write);
  return positions;
}

position batch_rows::write_events(const append_request& append) {
  const auto stream = append.stream.packed();
  auto seq = as_int(append.expected_seq);
  if (seq > 0 && !std::holds_alternative<order_rows>(append.rows)) {
    // The unique index refuses what comes too late; this refuses what would leave a gap. An order's state row does it for orders.
    query before{expect_event_};
    if (!before.with(stream, seq).next()) throw failure{SQLITE_CONSTRAINT, "the stream does not have the event before"};
  }
  for (const auto& event : append.events) {
    insert_event_.bind(1, stream);
    insert_event_.bind(2, ++seq);
    insert_event_.bind(3, int64_t{event.type});
    insert_event_.bind(4, int64_t{event.version});
    insert_event_.bind(5, to_ms(event.at));
    insert_event_.bind(6, std::string_view{event.body});
    insert_event_.execute();
  }
  return {static_cast<uint64_t>(sqlite3_last_insert_rowid(db_.raw())), 0};
}

void batch_rows::collect(const append_request& append) {
  const auto id = append.stream.id;
  std::visit(overloaded{
                 [&](const order_rows& rows) {
                   if (rows.created) write_order(*rows.created);
                   states_.push_back({as_int(append.expected_seq), &rows.state});
                 },
                 [&](const inventory_rows& rows) {
                   for (const auto& row : rows.stock) stock_.push_back({id, &row});
                   for (const auto& row : rows.reservations) {
                     insert_reservation_.bind(1, row.key.order.value);
                     insert_reservation_.bind(2, int64_t{row.key.round});
                     insert_reservation_.bind(3, int64_t{row.closing});
                     insert_reservation_.execute();
                   }
                 },
                 [&](const catalogue_rows& rows) { write_products(id, rows.products); },
                 [&](const account_rows& rows) { write_account(id, rows.state); },
             },
             append.rows);
}

void batch_rows::write_key(const key_claim& claim) {
  const auto hash = as_int(hash_of(claim.scope, claim.key));
  {
    // Nobody else writes between this look and the insert: the transaction holds the write lock.
    query existing{find_key_};
    if (existing.with(hash, std::string_view{claim.scope}, std::string_view{claim.key}).next()) {
      throw failure{SQLITE_CONSTRAINT, "the key exists"};
    }
  }
  insert_key_.bind(1, hash);
  insert_key_.bind(2, std::string_view{claim.scope});
  insert_key_.bind(3, std::string_view{claim.key});
  insert_key_.bind(4, as_int(claim.body_hash));
  insert_key_.bind(5, claim.order.value);
  insert_key_.bind(6, to_ms(claim.at));
  insert_key_.execute();
}

void batch_rows::write_order(const order_row& row) {
  insert_order_.bind(1, row.id.value);
  insert_order_.bind(2, std::string_view{row.source.owner});
  insert_order_.bind(3, std::string_view{row.source.tenant});
  insert_order_.bind(4, std::string_view{row.customer_email});
  insert_order_.bind(5, std::string_view{row.source.origin});
  insert_order_.bind(6, std::string_view{row.source.external_id});
  insert_order_.bind(7, std::string_view{row.source.batch_id});
  insert_order_.bind(8, std::string_view{row.source.csv_source});
  insert_order_.bind(9, std::string_view{row.source.import_group});
  insert_order_.bind(10, to_ms(row.created_at));
  insert_order_.execute();
}

void batch_rows::write_states() {
  std::ranges::stable_sort(states_, {}, [](const auto& each) { return each.row->id; });
  merge_equals(
      states_, [](const auto& a, const auto& b) { return a.row->id == b.row->id; },
      [](auto& into, const auto& next) { into.row = next.row; });
  for (const auto& each : states_) {
    const auto& row = *each.row;
    auto& into = each.version_before == 0 ? insert_state_ : update_state_;
    into.bind(1, row.id.value);
    into.bind(2, as_int(row.version));
    into.bind(3, static_cast<int64_t>(row.status));
    into.bind(4, int64_t{row.open});
    if (row.due_at) {
      into.bind(5, to_ms(*row.due_at));
    } else {
      into.bind_null(5);
    }
    into.bind(6, int64_t{row.state_version});
    into.bind(7, std::string_view{row.state});
    if (each.version_before != 0) into.bind(8, each.version_before);
    into.execute();
    if (sqlite3_changes(db_.raw()) != 1) throw failure{SQLITE_CONSTRAINT, "the order does not stand at the event before"};
  }
}

void batch_rows::write_stock() {
  const auto key = [](const stock_place& at) { return std::tie(at.warehouse, at.row->product.value); };
  std::ranges::stable_sort(stock_, [&](const auto& a, const auto& b) { return key(a) < key(b); });
  merge_equals(
      stock_, [&](const auto& a, const auto& b) { return key(a) == key(b); }, [](auto& into, const auto& next) { into = next; });
  for (const auto& at : stock_) {
    upsert_stock_.bind(1, at.warehouse);
    upsert_stock_.bind(2, std::string_view{at.row->product.value});
    upsert_stock_.bind(3, at.row->level.on_hand);
    upsert_stock_.bind(4, at.row->level.reserved);
    upsert_stock_.execute();
  }
}

void batch_rows::write_products(int64_t catalogue, const std::vector<product>& products) {
  for (const auto& each : products) {
    upsert_product_.bind(1, catalogue);
    upsert_product_.bind(2, std::string_view{each.id.value});
    upsert_product_.bind(3, std::string_view{each.name});
    upsert_product_.bind(4, each.money.name());
    upsert_product_.bind(5, each.price);
    upsert_product_.execute();
  }
}

void batch_rows::write_account(int64_t id, const account_row& row) {
  upsert_account_.bind(1, id);
  upsert_account_.bind(2, std::string_view{row.who.tenant});
  upsert_account_.bind(3, std::string_view{row.who.user});
  upsert_account_.bind(4, as_int(row.version));
  upsert_account_.bind(5, int64_t{row.state_version});
  upsert_account_.bind(6, std::string_view{row.state});
  upsert_account_.execute();
}

void batch_rows::write_notice(const notice_row& row) {
  const auto key = row.key.value_or(key_claim{});
  auto& to = upsert_notice_;
  to.bind(1, row.number);
  to.bind(2, std::string_view{row.tenant});
  to.bind(3, std::string_view{row.user});
  to.bind(4, row.order.value);
  to.bind(5, std::string_view{row.channel});
  to.bind(6, std::string_view{row.recipient});
  to.bind(7, std::string_view{row.subject});
  to.bind(8, std::string_view{row.text});
  if (row.key) {
    to.bind(9, as_int(hash_of(key.scope, key.key)));
  } else {
    to.bind_null(9);
  }
  to.bind(10, std::string_view{key.scope});
  to.bind(11, std::string_view{key.key});
  to.bind(12, as_int(key.body_hash));
  to.bind(13, to_ms(row.asked_at));
  to.bind(14, to_ms(row.send_at));
  if (row.due_at) {
    to.bind(15, to_ms(*row.due_at));
  } else {
    to.bind_null(15);
  }
  to.bind(16, int64_t{row.tries});
  to.bind(17, static_cast<int64_t>(row.status));
  to.bind(18, to_ms(row.settled_at));
  to.execute();
}

void batch_rows::write_follower(const follower_write& write) {
  for (const auto& row : write.notifications) {
    auto& insert = row.seq == 0 ? insert_free_notification_ : upsert_notification_;
    insert.bind(1, row.order.value);
    insert.bind(2, as_int(row.seq));
    insert.bind(3, std::string_view{row.channel});
    insert.bind(4, std::string_view{row.subject});
    insert.bind(5, std::string_view{row.recipient});
    insert.bind(6, std::string_view{row.status});
    insert.bind(7, to_ms(row.at));
    insert.execute();
  }
  for (const auto& row : write.notices) write_notice(row);
  if (!write.cursor) return;
  upsert_cursor_.bind(1, std::string_view{write.sink});
  upsert_cursor_.bind(2, as_int(write.cursor->major));
  upsert_cursor_.bind(3, as_int(write.cursor->minor));
  upsert_cursor_.execute();
}

}  // namespace orderflow::sqlite
