#include "journal/sqlite/batch_rows.hpp"

#include <algorithm>
#include <tuple>

#include "base/overloaded.hpp"
#include "journal/further_events.hpp"
#include "journal/rehearsal.hpp"
#include "journal/sqlite/load.hpp"

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

}  // namespace

batch_rows::batch_rows(connection& db)
    : db_{db},
      last_position_{db.raw(), "SELECT coalesce(max(position), 0) FROM events"},
      tail_{db.raw(), tail_of_stream},
      find_key_{db.raw(), "SELECT 1 FROM idempotency WHERE hash = ?1 AND scope = ?2 AND key = ?3"},
      insert_key_{db.raw(),
                  "INSERT INTO idempotency (hash, scope, key, body_hash, order_id, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"},
      update_state_{db.raw(),
                    "UPDATE order_state SET version = ?2, status = ?3, open = ?4, due_at = ?5, state_version = ?6, state = ?7, "
                    "operator_reason = ?9 WHERE id = ?1 AND version = ?8"},
      insert_free_notification_{db.raw(),
                                "INSERT INTO notifications (order_id, seq, channel, nth, subject, recipient, status, at) "
                                "SELECT ?1, ?2, ?3, coalesce(max(nth), 0) + 1, ?4, ?5, ?6, ?7 FROM notifications "
                                "WHERE order_id = ?1 AND seq = ?2 AND channel = ?3"},
      events_{into_events(db)},
      orders_{into_orders(db)},
      new_states_{into_states(db)},
      stock_{into_stock(db)},
      reservations_{into_reservations(db)},
      products_{into_products(db)},
      accounts_{into_accounts(db)},
      notifications_{into_notifications(db)},
      messages_{into_messages(db)},
      cursors_{into_cursors(db)} {}

std::vector<position> batch_rows::write(const batch& work) {
  forget();
  std::vector<position> positions;
  positions.reserve(work.appends.size());
  auto last = work.appends.empty() ? 0 : last_position();
  for (const auto* append : work.appends) {
    last += as_int(append->events.size());
    positions.push_back(append->events.empty() ? position{} : position{static_cast<uint64_t>(last), 0});
    collect(*append, last);
  }
  for (const auto* write : work.writes) collect_follower(*write);
  events_.run();
  orders_.run();
  write_states();
  write_stock();
  reservations_.run();
  products_.run();
  accounts_.run();
  notifications_.run();
  messages_.run();
  cursors_.run();
  if (work.rehearsal) write_ballast(rehearsed_bytes);
  return positions;
}

/// A batch that failed has left its rows behind.
void batch_rows::forget() {
  tails_.clear();
  states_.clear();
  levels_.clear();
  events_.clear();
  orders_.clear();
  new_states_.clear();
  stock_.clear();
  reservations_.clear();
  products_.clear();
  accounts_.clear();
  notifications_.clear();
  messages_.clear();
  cursors_.clear();
}

/// Events are never deleted, so what comes next stands behind it.
int64_t batch_rows::last_position() {
  query last{last_position_};
  return last.next() ? last.integer(0) : 0;
}

void batch_rows::collect(const append_request& append, int64_t position) {
  if (append.key) write_key(*append.key);
  if (append.also) write_key(*append.also);
  if (append.events.empty()) return;
  collect_events(append, position);
  collect_rows(append);
}

void batch_rows::collect_events(const append_request& append, int64_t position) {
  const auto stream = append.stream.packed();
  const auto count = as_int(append.events.size());
  const auto seq = as_int(append.expected_seq);
  if (!std::holds_alternative<order_rows>(append.rows)) {
    // An order's state row does this for orders.
    const auto before = tails_.find(stream);
    if (seq > 0 && (before == tails_.end() || before->second != seq)) {
      query stored{tail_};
      if (!stored.with(stream).next() || stored.integer(0) != seq)
        throw failure{SQLITE_CONSTRAINT, "the stream does not end with the event before"};
    }
    tails_[stream] = seq + count;
  }
  events_.add({position, stream, seq + 1, &append.events.front(), count, text_of_further(append.events)});
}

void batch_rows::collect_rows(const append_request& append) {
  const auto id = append.stream.id;
  std::visit(overloaded{
                 [&](const order_rows& rows) {
                   if (rows.created) orders_.add(&*rows.created);
                   states_.push_back({as_int(append.expected_seq), &rows.state, rows.created ? &*rows.created : nullptr});
                 },
                 [&](const inventory_rows& rows) {
                   for (const auto& row : rows.stock) levels_.push_back({id, &row});
                   for (const auto& row : rows.reservations) reservations_.add(row);
                 },
                 [&](const catalogue_rows& rows) {
                   for (const auto& row : rows.products) products_.add({id, &row});
                 },
                 [&](const account_rows& rows) {
                   accounts_.add({id, &rows.state});
                 },
             },
             append.rows);
}

void batch_rows::collect_follower(const follower_write& write) {
  for (const auto& row : write.notifications) {
    if (row.seq == 0) {
      write_free_notification(row);
    } else {
      notifications_.add(&row);
    }
  }
  for (const auto& row : write.messages) messages_.add(&row);
  if (write.cursor) cursors_.add(&write);
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

void batch_rows::write_states() {
  std::ranges::stable_sort(states_, {}, [](const auto& each) { return each.row->id; });
  merge_equals(
      states_, [](const auto& a, const auto& b) { return a.row->id == b.row->id; },
      [](auto& into, const auto& next) { into.row = next.row; });
  for (const auto& each : states_) {
    if (each.version_before == 0) {
      new_states_.add({each.row, each.created});
    } else {
      update_state(each);
    }
  }
  new_states_.run();
}

void batch_rows::update_state(const state_change& change) {
  const auto& row = *change.row;
  update_state_.bind(1, row.id.value);
  update_state_.bind(2, as_int(row.version));
  update_state_.bind(3, static_cast<int64_t>(row.status));
  update_state_.bind(4, int64_t{row.open});
  if (const auto due = stored_due(row)) {
    update_state_.bind(5, *due);
  } else {
    update_state_.bind_null(5);
  }
  update_state_.bind(6, int64_t{row.state_version});
  update_state_.bind(7, std::string_view{row.state});
  update_state_.bind(8, change.version_before);
  if (row.needs_operator == operator_reason::none) {
    update_state_.bind_null(9);
  } else {
    update_state_.bind(9, static_cast<int64_t>(row.needs_operator));
  }
  update_state_.execute();
  if (sqlite3_changes(db_.raw()) != 1) throw failure{SQLITE_CONSTRAINT, "the order does not stand at the event before"};
}

void batch_rows::write_stock() {
  const auto key = [](const stock_place& at) { return std::tie(at.warehouse, at.row->product.value); };
  std::ranges::stable_sort(levels_, [&](const auto& a, const auto& b) { return key(a) < key(b); });
  merge_equals(
      levels_, [&](const auto& a, const auto& b) { return key(a) == key(b); }, [](auto& into, const auto& next) { into = next; });
  for (const auto& each : levels_) stock_.add(each);
  stock_.run();
}

void batch_rows::write_ballast(uint32_t bytes) {
  query replace{db_.prepared("INSERT OR REPLACE INTO write_probe (id, filler) VALUES (1, zeroblob(?1))")};
  static_cast<void>(replace.with(int64_t{bytes}).next());
}

void batch_rows::write_free_notification(const notification_row& row) {
  auto& insert = insert_free_notification_;
  insert.bind(1, row.order.value);
  insert.bind(2, as_int(row.seq));
  insert.bind(3, std::string_view{row.channel});
  insert.bind(4, std::string_view{row.subject});
  insert.bind(5, std::string_view{row.recipient});
  insert.bind(6, std::string_view{row.status});
  insert.bind(7, to_ms(row.at));
  insert.execute();
}

}  // namespace orderflow::sqlite
