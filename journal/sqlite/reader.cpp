#include "journal/sqlite/reader.hpp"

#include <unistd.h>

#include <algorithm>

#include "journal/sqlite/file_places.hpp"
#include "journal/sqlite/load.hpp"
#include "journal/sqlite/order_lists.hpp"
#include "journal/sqlite/rejected_append.hpp"
#include "journal/sqlite/storage_damage.hpp"
#include "journal/wanted_events.hpp"

namespace orderflow::sqlite {
namespace {

/// Of the columns position, stream, seq and EVENT_COLUMNS.
void add_recorded(const query& row, std::vector<journal_event>& to) {
  std::vector<stored_event> events;
  add_events(row, 3, events);
  const auto stream = stream_key::unpacked(row.integer(1));
  auto place = static_cast<uint64_t>(row.integer(0)) - events.size();
  auto seq = static_cast<uint64_t>(row.integer(2));
  for (auto& each : events) to.push_back({{++place, 0}, stream, seq++, std::move(each)});
}

/// Where a list that goes on behind `after` begins; without one it begins at the first order.
due_order start_of(const std::optional<due_order>& after) { return after.value_or(due_order{{0}, timestamp::min()}); }

/// Of the columns id and due_at.
std::vector<due_order> all_due(query& rows) {
  std::vector<due_order> due;
  while (rows.next()) due.push_back({{rows.integer(0)}, from_ms(rows.integer(1))});
  return due;
}

/// The numbers themselves: there are few kinds of followers, and each asks with the same list every time.
std::string list_of(std::span<const uint16_t> types) {
  std::string text;
  for (const auto type : types) text += (text.empty() ? "" : ", ") + std::to_string(type);
  return text;
}

/// Index = the number in the first column.
std::vector<uint64_t> counts_of(statement& grouped) {
  query rows{grouped};
  std::vector<uint64_t> counts(static_cast<size_t>(order_status::cancelled) + 1, 0);
  while (rows.next()) {
    const auto number = static_cast<size_t>(rows.integer(0));
    if (number >= counts.size()) counts.resize(number + 1, 0);
    counts[number] = static_cast<uint64_t>(rows.integer(1));
  }
  return counts;
}

#define NOTICE_COLUMNS                                                                                                \
  "number, tenant, user_id, order_id, channel, recipient, subject, text, key_hash, scope, key, body_hash, asked_at, " \
  "send_at, due_at, tries, status, settled_at"

message_row message_at(const query& row) {
  message_row one;
  one.number = row.integer(0);
  one.tenant = row.text(1);
  one.user = row.text(2);
  one.order = {row.integer(3)};
  one.channel = row.text(4);
  one.recipient = row.text(5);
  one.subject = row.text(6);
  one.text = row.text(7);
  one.asked_at = from_ms(row.integer(12));
  if (!row.is_null(8))
    one.key = key_claim{row.text(9), row.text(10), static_cast<uint64_t>(row.integer(11)), one.order, one.asked_at};
  one.send_at = from_ms(row.integer(13));
  if (!row.is_null(14)) one.due_at = from_ms(row.integer(14));
  one.tries = static_cast<uint32_t>(row.integer(15));
  one.status = static_cast<message_status>(row.integer(16));
  one.settled_at = from_ms(row.integer(17));
  return one;
}

}  // namespace

template <class Read>
auto sqlite_reader::reading(Read read) {
  try {
    if (!db_) db_ = std::make_unique<connection>(path_, connection::mode::read);
    return read(*db_);
  } catch (const failure& e) {
    held_.reset();
    db_.reset();
    auto sentence = "cannot read " + path_ + ": " + e.what() + " (code " + std::to_string(e.code()) + ")";
    if (::access(path_.c_str(), F_OK) != 0) sentence += ": " + meaning_of_moved_files();
    if (e.is_damage()) throw store_damaged{sentence + "; restore a backup"};
    throw store_error{sentence};
  }
}

std::vector<std::string> sqlite_reader::storage_damage() {
  return reading([](connection& db) { return sqlite::storage_damage(db); });
}

void sqlite_reader::begin_snapshot() {
  held_ = reading([](connection& db) {
    auto held = std::make_unique<snapshot>(db);
    // SQLite takes the view at the first read.
    static_cast<void>(db.number("SELECT count(*) FROM writers"));
    return held;
  });
}

void sqlite_reader::end_snapshot() { held_.reset(); }

std::vector<listed_order> sqlite_reader::list_orders(const order_query& wanted) {
  return reading([&](connection& db) { return sqlite::list_orders(db, wanted); });
}

uint64_t sqlite_reader::count_orders(const order_query& wanted) {
  return reading([&](connection& db) { return sqlite::count_orders(db, wanted); });
}

std::optional<listed_order> sqlite_reader::find_order(order_id id) {
  return reading([&](connection& db) { return sqlite::find_order(db, id); });
}

std::vector<listed_order> sqlite_reader::scan_orders(order_id after, uint32_t limit) {
  return reading([&](connection& db) { return sqlite::scan_orders(db, after, limit); });
}

std::vector<journal_event> sqlite_reader::history(stream_key stream) {
  return reading([&](connection& db) {
    query rows{db.prepared("SELECT position, stream, seq, " EVENT_COLUMNS " FROM events WHERE stream = ?1 ORDER BY seq")};
    rows.with(stream.packed());
    std::vector<journal_event> events;
    while (rows.next()) add_recorded(rows, events);
    return events;
  });
}

std::optional<key_claim> sqlite_reader::find_key(const std::string& scope, const std::string& key) {
  return reading([&](connection& db) { return sqlite::find_key(db, scope, key); });
}

reservation_mark sqlite_reader::find_reservation(reservation_key key) {
  return reading([&](connection& db) {
    query found{db.prepared("SELECT max(closing) FROM reservations WHERE order_id = ?1 AND round = ?2")};
    if (!found.with(key.order.value, int64_t{key.round}).next() || found.is_null(0)) return reservation_mark::none;
    return found.integer(0) == 0 ? reservation_mark::open : reservation_mark::closed;
  });
}

std::vector<due_order> sqlite_reader::due_before(timestamp until, const std::optional<due_order>& after, uint32_t limit) {
  return reading([&](connection& db) {
    query rows{
        db.prepared("SELECT id, due_at FROM order_state WHERE due_at IS NOT NULL AND due_at < ?1 "
                    "AND (due_at, id) > (?2, ?3) ORDER BY due_at, id LIMIT ?4")};
    const auto from = start_of(after);
    rows.with(to_ms(until), to_ms(from.due_at), from.id.value, int64_t{limit});
    return all_due(rows);
  });
}

std::vector<due_order> sqlite_reader::open_orders(const std::optional<due_order>& after, uint32_t limit) {
  return reading([&](connection& db) {
    query rows{
        db.prepared("SELECT id, due_at FROM order_state INDEXED BY order_state_due WHERE due_at IS NOT NULL AND open = 1 "
                    "AND (due_at, id) > (?1, ?2) ORDER BY due_at, id LIMIT ?3")};
    const auto from = start_of(after);
    rows.with(to_ms(from.due_at), from.id.value, int64_t{limit});
    return all_due(rows);
  });
}

std::vector<journal_event> sqlite_reader::events_after(position cursor, stream_kind kind, std::span<const uint16_t> types,
                                                       uint32_t limit) {
  return reading([&](connection& db) {
    statement prepared{db.raw(), "SELECT position, stream, seq, " EVENT_COLUMNS
                                 " FROM events WHERE position > ?1 AND stream & 15 = ?2 AND (more IS NOT NULL OR type IN (" +
                                     list_of(types) + ")) ORDER BY position"};
    query rows{prepared};
    // One writer: what is committed later has a greater rowid, so nothing can appear below one that was read.
    rows.with(static_cast<int64_t>(cursor.major), static_cast<int64_t>(kind));
    wanted_events wanted{cursor, types, limit};
    std::vector<journal_event> of_append;
    while (!wanted.enough() && rows.next()) {
      of_append.clear();
      add_recorded(rows, of_append);
      wanted.add(of_append);
    }
    return wanted.take();
  });
}

std::optional<position> sqlite_reader::find_cursor(const std::string& sink) {
  return reading([&](connection& db) -> std::optional<position> {
    query found{db.prepared("SELECT major, minor FROM cursors WHERE sink = ?1")};
    if (!found.with(std::string_view{sink}).next()) return std::nullopt;
    return position{static_cast<uint64_t>(found.integer(0)), static_cast<uint64_t>(found.integer(1))};
  });
}

bool sqlite_reader::has_notification(order_id order, uint64_t seq, const std::string& channel) {
  return reading([&](connection& db) {
    query found{db.prepared("SELECT 1 FROM notifications WHERE order_id = ?1 AND seq = ?2 AND channel = ?3")};
    return found.with(order.value, static_cast<int64_t>(seq), std::string_view{channel}).next();
  });
}

std::vector<notification_row> sqlite_reader::notifications(order_id order) {
  return reading([&](connection& db) {
    query rows{
        db.prepared("SELECT order_id, seq, channel, subject, recipient, status, at FROM notifications "
                    "WHERE order_id = ?1 ORDER BY at, seq, channel, nth")};
    rows.with(order.value);
    std::vector<notification_row> told;
    while (rows.next()) {
      told.push_back({{rows.integer(0)},
                      static_cast<uint64_t>(rows.integer(1)),
                      rows.text(2),
                      rows.text(3),
                      rows.text(4),
                      rows.text(5),
                      from_ms(rows.integer(6))});
    }
    return told;
  });
}

std::vector<message_row> sqlite_reader::open_messages(uint32_t limit) {
  return reading([&](connection& db) {
    query rows{db.prepared("SELECT " NOTICE_COLUMNS " FROM notices WHERE due_at IS NOT NULL ORDER BY due_at, number LIMIT ?1")};
    rows.with(int64_t{limit});
    std::vector<message_row> open;
    while (rows.next()) open.push_back(message_at(rows));
    return open;
  });
}

std::optional<message_row> sqlite_reader::find_message(const std::string& scope, const std::string& key) {
  return reading([&](connection& db) -> std::optional<message_row> {
    query found{db.prepared("SELECT " NOTICE_COLUMNS " FROM notices WHERE key_hash = ?1 AND scope = ?2 AND key = ?3")};
    found.with(static_cast<int64_t>(hash_of(scope, key)), std::string_view{scope}, std::string_view{key});
    if (!found.next()) return std::nullopt;
    return message_at(found);
  });
}

std::optional<message_row> sqlite_reader::find_message(int64_t number) {
  return reading([&](connection& db) -> std::optional<message_row> {
    query found{db.prepared("SELECT " NOTICE_COLUMNS " FROM notices WHERE number = ?1")};
    if (!found.with(number).next()) return std::nullopt;
    return message_at(found);
  });
}

std::vector<message_row> sqlite_reader::undeliverable_messages(const std::string& tenant, int64_t after, uint32_t limit) {
  return reading([&](connection& db) {
    query rows{db.prepared("SELECT " NOTICE_COLUMNS " FROM notices INDEXED BY notices_given_up WHERE status = 3 AND number > ?2 "
                           "AND (tenant = ?1 OR (tenant = '' AND EXISTS (SELECT 1 FROM orders WHERE orders.id = order_id "
                           "AND orders.tenant = ?1))) ORDER BY number LIMIT ?3")};
    rows.with(std::string_view{tenant}, after, int64_t{limit});
    std::vector<message_row> found;
    while (rows.next()) found.push_back(message_at(rows));
    return found;
  });
}

#undef NOTICE_COLUMNS

std::vector<uint64_t> sqlite_reader::count_by_status() {
  return reading(
      [&](connection& db) { return counts_of(db.prepared("SELECT status, count(*) FROM order_state GROUP BY status")); });
}

std::vector<uint64_t> sqlite_reader::count_by_operator_reason() {
  return reading([&](connection& db) {
    return counts_of(db.prepared(
        "SELECT operator_reason, count(*) FROM order_state WHERE operator_reason IS NOT NULL GROUP BY operator_reason"));
  });
}

std::vector<tenant_row> sqlite_reader::tenants() {
  return reading([&](connection& db) {
    query rows{db.prepared("SELECT number, name FROM tenants ORDER BY number")};
    std::vector<tenant_row> known;
    while (rows.next()) known.push_back({rows.integer(0), rows.text(1)});
    return known;
  });
}

std::vector<stock_row> sqlite_reader::stock(int64_t tenant_number) {
  return reading([&](connection& db) {
    query rows{db.prepared("SELECT product, on_hand, reserved FROM stock WHERE warehouse = ?1 ORDER BY product")};
    rows.with(tenant_number);
    std::vector<stock_row> levels;
    while (rows.next()) levels.push_back({{rows.text(0)}, {rows.integer(1), rows.integer(2)}});
    return levels;
  });
}

std::vector<listed_account> sqlite_reader::scan_accounts(int64_t after, uint32_t limit) {
  return reading([&](connection& db) {
    query rows{
        db.prepared("SELECT id, tenant, customer, version, state, state_version FROM accounts WHERE id > ?1 "
                    "ORDER BY id LIMIT ?2")};
    rows.with(after, int64_t{limit});
    std::vector<listed_account> accounts;
    while (rows.next()) accounts.push_back({rows.integer(0), account_at(rows, 1)});
    return accounts;
  });
}

}  // namespace orderflow::sqlite
