#include "journal/postgres/reader.hpp"

#include <utility>

#include "journal/postgres/load.hpp"
#include "journal/postgres/message_reads.hpp"
#include "journal/postgres/order_filter.hpp"
#include "journal/postgres/statements.hpp"
#include "journal/postgres/storage_damage.hpp"
#include "journal/wanted_events.hpp"

namespace orderflow::postgres {

namespace {

using namespace std::chrono_literals;

/// Longer than the statement_timeout of reader_settings.
constexpr auto timeout = 15s;

constexpr statement find_one{"find_one",
                             "SELECT o.id, s.version, o.owner, o.tenant, o.origin, o.external_id, o.batch_id, o.csv_source, "
                             "o.import_group, o.customer_email, o.created_at, s.state, s.state_version, o.listed_at "
                             "FROM orders AS o JOIN order_state AS s ON s.id = o.id WHERE o.id = $1::bigint"};

// What the index of tenants' lists says of an order is shown where it is not what the order's row says, so that it is found.
constexpr statement scan{
    "scan",
    "SELECT o.id, s.version, o.owner, CASE WHEN s.tenant = o.tenant THEN o.tenant ELSE s.tenant || '≠' || "
    "o.tenant END, o.origin, o.external_id, o.batch_id, o.csv_source, o.import_group, o.customer_email, "
    "o.created_at, s.state, s.state_version, CASE WHEN s.listed_at = o.listed_at THEN o.listed_at ELSE -1 END "
    "FROM orders AS o JOIN order_state AS s ON s.id = o.id WHERE o.id > $1::bigint ORDER BY o.id "
    "LIMIT $2::bigint"};

constexpr statement read_history{"read_history",
                                 "SELECT txid, n, stream, seq, type, version, at, body, count, more FROM events "
                                 "WHERE stream = $1::bigint ORDER BY seq"};

constexpr statement read_key{"read_key",
                             "SELECT body_hash, order_id, at FROM idempotency "
                             "WHERE hash = $1::bigint AND scope = $2::text AND key = $3::text"};

constexpr statement read_reservation{"read_reservation",
                                     "SELECT closing FROM reservations WHERE order_id = $1::bigint AND round = $2::bigint "
                                     "ORDER BY closing DESC LIMIT 1"};

constexpr statement read_due{"read_due",
                             "SELECT id, due_at FROM order_state WHERE due_at IS NOT NULL AND due_at < $1::bigint "
                             "AND (due_at, id) > ($2::bigint, $3::bigint) ORDER BY due_at, id LIMIT $4::bigint"};

constexpr statement read_open{"read_open",
                              "SELECT id, due_at FROM order_state WHERE due_at IS NOT NULL AND open "
                              "AND (due_at, id) > ($1::bigint, $2::bigint) ORDER BY due_at, id LIMIT $3::bigint"};

// All transactions of our writers below this position have ended: one that runs could otherwise commit behind the cursor, and its
// events would never be seen. The statement's snapshot is taken first, and pg_stat_activity is read afterwards: whoever had begun
// before the snapshot's end (xmax) is either still listed, or has ended and is seen by the next statement. pg_snapshot_xmin would
// do, but any transaction of any database of the server holds that back. Ours: this database's sessions of our user, and whatever
// is named like a writer. Sessions show 32 bits of a transaction's number; it is within 2^31 of xmax.
constexpr statement read_bound{
    "read_bound",
    "WITH here AS (SELECT base, pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS xmax FROM position_base) "
    "SELECT base + least(xmax, (SELECT min(xmax + ((backend_xid::text::bigint - xmax + 2147483648) & 4294967295) - 2147483648) "
    "FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND datname = current_database() "
    "AND (usename = current_user OR starts_with(application_name, '" WRITER_SESSIONS "')))) FROM here"};

constexpr statement read_after{"read_after",
                               "SELECT txid, n, stream, seq, type, version, at, body, count, more FROM events "
                               "WHERE (txid, n) > ($1::bigint, $2::integer) AND txid < $6::bigint "
                               "AND stream & 15 = $3::bigint AND (more IS NOT NULL OR type = ANY($4::integer[])) "
                               "ORDER BY txid, n LIMIT $5::bigint"};

/// In a snapshot nothing can be committed behind the cursor.
constexpr statement read_after_held{
    "read_after_held",
    "SELECT txid, n, stream, seq, type, version, at, body, count, more FROM events "
    "WHERE (txid, n) > ($1::bigint, $2::integer) "
    "AND stream & 15 = $3::bigint AND (more IS NOT NULL OR type = ANY($4::integer[])) ORDER BY txid, n LIMIT $5::bigint"};

constexpr statement read_cursor{"read_cursor", "SELECT txid, n FROM cursors WHERE sink = $1::text"};

constexpr statement read_notification{"read_notification",
                                      "SELECT 1 FROM notifications WHERE order_id = $1::bigint AND seq = $2::bigint "
                                      "AND channel = $3::text LIMIT 1"};

constexpr statement read_notifications{"read_notifications",
                                       "SELECT order_id, seq, channel, subject, recipient, status, at FROM notifications "
                                       "WHERE order_id = $1::bigint ORDER BY at, seq, channel, nth"};

constexpr statement read_counts{"read_counts", "SELECT status, count(*) FROM order_state GROUP BY status"};

constexpr statement read_tenants{"read_tenants", "SELECT number, name FROM tenants ORDER BY number"};
constexpr statement read_reason_counts{"read_reason_counts",
                                       "SELECT operator_reason, count(*) FROM order_state WHERE operator_reason IS NOT NULL "
                                       "GROUP BY operator_reason"};

constexpr statement read_stock{"read_stock",
                               "SELECT product, on_hand, reserved FROM stock WHERE warehouse = $1::bigint ORDER BY product"};

constexpr statement read_accounts{"read_accounts",
                                  "SELECT id, tenant, customer, version, state, state_version FROM accounts "
                                  "WHERE id > $1::bigint ORDER BY id LIMIT $2::bigint"};

/// Index = the number in the first column.
std::vector<uint64_t> counts_of(const answer& rows) {
  std::vector<uint64_t> counts(static_cast<size_t>(order_status::cancelled) + 1);
  for (int row = 0; row < rows.rows(); ++row) {
    const auto number = static_cast<size_t>(rows.int2(row, 0));
    if (number >= counts.size()) counts.resize(number + 1);
    counts[number] = static_cast<uint64_t>(rows.int8(row, 1));
  }
  return counts;
}

listed_order listed_of(const answer& rows, int row) {
  listed_order one;
  one.id = {rows.int8(row, 0)};
  one.version = static_cast<uint64_t>(rows.int8(row, 1));
  one.row.id = one.id;
  one.row.source = {rows.text(row, 2), rows.text(row, 3), rows.text(row, 4), rows.text(row, 5),
                    rows.text(row, 6), rows.text(row, 7), rows.text(row, 8)};
  one.row.customer_email = rows.text(row, 9);
  one.row.created_at = from_ms(rows.int8(row, 10));
  one.state = rows.text(row, 11);
  one.state_version = static_cast<uint16_t>(rows.int4(row, 12));
  one.row.listed_at = from_us(rows.int8(row, 13));
  return one;
}

/// data_corrupted, index_corrupted.
bool says_damage(std::string_view code) { return code == "XX001" || code == "XX002"; }

std::vector<listed_order> all_listed(const answer& rows) {
  std::vector<listed_order> out;
  out.reserve(static_cast<size_t>(rows.rows()));
  for (int row = 0; row < rows.rows(); ++row) out.push_back(listed_of(rows, row));
  return out;
}

std::vector<journal_event> all_events(const answer& rows) {
  std::vector<journal_event> out;
  out.reserve(static_cast<size_t>(rows.rows()));
  std::vector<stored_event> of_append;
  for (int row = 0; row < rows.rows(); ++row) {
    of_append.clear();
    add_events(rows, row, 4, of_append);
    const position last{static_cast<uint64_t>(rows.int8(row, 0)), static_cast<uint64_t>(rows.int4(row, 1))};
    const auto stream = stream_key::unpacked(rows.int8(row, 2));
    auto minor = last.minor - of_append.size();
    auto seq = static_cast<uint64_t>(rows.int8(row, 3));
    for (auto& each : of_append) out.push_back({{last.major, ++minor}, stream, seq++, std::move(each)});
  }
  return out;
}

/// Where a list that goes on behind `after` begins; without one it begins at the first order.
due_order start_of(const std::optional<due_order>& after) {
  return after.value_or(due_order{{0}, from_ms(std::numeric_limits<int64_t>::min())});
}

std::vector<due_order> all_due(const answer& rows) {
  std::vector<due_order> out;
  for (int row = 0; row < rows.rows(); ++row) out.push_back({{rows.int8(row, 0)}, from_ms(rows.int8(row, 1))});
  return out;
}

parameters after(position from, stream_kind kind, std::span<const uint16_t> types, uint32_t limit) {
  array_column wanted{element::int4};
  for (const auto type : types) wanted.add(int64_t{type});
  return std::move(parameters{}
                       .int8(static_cast<int64_t>(from.major))
                       .int4(static_cast<int32_t>(from.minor))
                       .int8(static_cast<int64_t>(kind))
                       .array(std::move(wanted))
                       .int8(limit));
}

}  // namespace

postgres_reader::postgres_reader(std::string url) : url_(std::move(url)) {
  try {
    linked();
  } catch (const connection_lost& why) {
    throw store_error{why.what()};
  }
}

connection& postgres_reader::linked() {
  if (!link_ || !link_->alive()) {
    if (std::exchange(snapshot_, false)) throw connection_lost{"the connection to PostgreSQL was lost while everything was read"};
    link_.reset();
    link_.emplace(url_, "orderflow-reader", reader_settings, timeout);
  }
  return *link_;
}

void postgres_reader::begin_snapshot() {
  try {
    linked().run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    snapshot_ = true;
    // The view is taken by the first statement.
    (void)ask("SELECT 1", {});
  } catch (const connection_lost& why) {
    link_.reset();
    throw store_error{why.what()};
  } catch (const statement_failed& why) {
    throw store_error{std::string{"cannot read from PostgreSQL: "} + why.what()};
  }
}

void postgres_reader::end_snapshot() {
  if (!std::exchange(snapshot_, false) || !link_) return;
  try {
    link_->run("COMMIT");
  } catch (const std::runtime_error&) {
    link_.reset();
  }
}

template <class What>
answer postgres_reader::ask(const What& what, const parameters& with) {
  try {
    return linked().ask(what, with);
  } catch (const connection_lost& why) {
    link_.reset();
    throw store_error{why.what()};
  } catch (const statement_failed& why) {
    end_snapshot();
    const auto sentence = std::string{"cannot read from PostgreSQL: "} + why.what();
    if (says_damage(why.code())) throw store_damaged{sentence};
    throw store_error{sentence};
  }
}

std::vector<std::string> postgres_reader::storage_damage() { return postgres::storage_damage(url_); }

std::vector<listed_order> postgres_reader::list_orders(const order_query& query) {
  const auto built = build_list(query);
  return all_listed(ask(built.sql.c_str(), built.with));
}

uint64_t postgres_reader::count_orders(const order_query& query) {
  const auto built = build_count(query);
  return static_cast<uint64_t>(ask(built.sql.c_str(), built.with).int8(0, 0));
}

std::optional<listed_order> postgres_reader::find_order(order_id id) {
  const auto rows = ask(find_one, parameters{}.int8(id.value));
  if (rows.rows() == 0) return std::nullopt;
  return listed_of(rows, 0);
}

std::vector<journal_event> postgres_reader::history(stream_key stream) {
  return all_events(ask(read_history, parameters{}.int8(stream.packed())));
}

std::optional<key_claim> postgres_reader::find_key(const std::string& scope, const std::string& key) {
  const auto rows = ask(read_key, parameters{}.int8(static_cast<int64_t>(hash_of(scope, key))).text(scope).text(key));
  if (rows.rows() == 0) return std::nullopt;
  return key_claim{scope, key, static_cast<uint64_t>(rows.int8(0, 0)), {rows.int8(0, 1)}, from_ms(rows.int8(0, 2))};
}

reservation_mark postgres_reader::find_reservation(reservation_key key) {
  const auto rows = ask(read_reservation, parameters{}.int8(key.order.value).int8(key.round));
  if (rows.rows() == 0) return reservation_mark::none;
  return rows.boolean(0, 0) ? reservation_mark::closed : reservation_mark::open;
}

std::vector<due_order> postgres_reader::due_before(timestamp until, const std::optional<due_order>& after, uint32_t limit) {
  const auto from = start_of(after);
  const auto rows = ask(read_due, parameters{}.int8(to_ms(until)).int8(to_ms(from.due_at)).int8(from.id.value).int8(limit));
  return all_due(rows);
}

std::vector<due_order> postgres_reader::open_orders(const std::optional<due_order>& after, uint32_t limit) {
  const auto from = start_of(after);
  const auto rows = ask(read_open, parameters{}.int8(to_ms(from.due_at)).int8(from.id.value).int8(limit));
  return all_due(rows);
}

std::vector<journal_event> postgres_reader::events_after(position cursor, stream_kind kind, std::span<const uint16_t> types,
                                                         uint32_t limit) {
  std::optional<int64_t> bound;
  if (!snapshot_) bound = ask(read_bound, {}).int8(0, 0);
  // Appends that hold none of the types may fill a page: it is read on until something is found.
  wanted_events wanted{cursor, types, limit};
  for (auto from = cursor; !wanted.enough();) {
    auto question = after(from, kind, types, limit);
    const auto rows = bound ? ask(read_after, question.int8(*bound)) : ask(read_after_held, question);
    auto events = all_events(rows);
    if (!events.empty()) from = events.back().at;
    wanted.add(events);
    if (rows.rows() < static_cast<int>(limit)) break;
  }
  return wanted.take();
}

std::optional<position> postgres_reader::find_cursor(const std::string& sink) {
  const auto rows = ask(read_cursor, parameters{}.text(sink));
  if (rows.rows() == 0) return std::nullopt;
  return position{static_cast<uint64_t>(rows.int8(0, 0)), static_cast<uint64_t>(rows.int8(0, 1))};
}

bool postgres_reader::has_notification(order_id order, uint64_t seq, const std::string& channel) {
  return ask(read_notification, parameters{}.int8(order.value).int8(static_cast<int64_t>(seq)).text(channel)).rows() != 0;
}

std::vector<notification_row> postgres_reader::notifications(order_id order) {
  const auto rows = ask(read_notifications, parameters{}.int8(order.value));
  std::vector<notification_row> out;
  for (int row = 0; row < rows.rows(); ++row) {
    out.push_back({{rows.int8(row, 0)},
                   static_cast<uint64_t>(rows.int8(row, 1)),
                   rows.text(row, 2),
                   rows.text(row, 3),
                   rows.text(row, 4),
                   rows.text(row, 5),
                   from_ms(rows.int8(row, 6))});
  }
  return out;
}

std::vector<message_row> postgres_reader::open_messages(uint32_t limit) {
  const auto rows = ask(read_open_messages, parameters{}.int8(limit));
  std::vector<message_row> out;
  for (int row = 0; row < rows.rows(); ++row) out.push_back(message_of(rows, row));
  return out;
}

std::optional<message_row> postgres_reader::find_message(const std::string& scope, const std::string& key) {
  const auto rows = ask(read_message, parameters{}.int8(static_cast<int64_t>(hash_of(scope, key))).text(scope).text(key));
  if (rows.rows() == 0) return std::nullopt;
  return message_of(rows, 0);
}

std::optional<message_row> postgres_reader::find_message(int64_t number) {
  const auto rows = ask(read_message_numbered, parameters{}.int8(number));
  if (rows.rows() == 0) return std::nullopt;
  return message_of(rows, 0);
}

std::vector<message_row> postgres_reader::undeliverable_messages(const std::string& tenant, int64_t after, uint32_t limit) {
  const auto rows = ask(read_given_up, parameters{}.text(tenant).int8(after).int8(limit));
  std::vector<message_row> out;
  for (int row = 0; row < rows.rows(); ++row) out.push_back(message_of(rows, row));
  return out;
}

std::vector<uint64_t> postgres_reader::count_by_status() { return counts_of(ask(read_counts, {})); }

std::vector<uint64_t> postgres_reader::count_by_operator_reason() { return counts_of(ask(read_reason_counts, {})); }

std::vector<listed_order> postgres_reader::scan_orders(order_id after, uint32_t limit) {
  return all_listed(ask(scan, parameters{}.int8(after.value).int8(limit)));
}

std::vector<tenant_row> postgres_reader::tenants() {
  const auto rows = ask(read_tenants, parameters{});
  std::vector<tenant_row> known;
  for (int row = 0; row < rows.rows(); ++row) known.push_back({rows.int8(row, 0), rows.text(row, 1)});
  return known;
}

std::vector<stock_row> postgres_reader::stock(int64_t tenant_number) {
  const auto rows = ask(read_stock, parameters{}.int8(tenant_number));
  std::vector<stock_row> out;
  for (int row = 0; row < rows.rows(); ++row) out.push_back({{rows.text(row, 0)}, {rows.int8(row, 1), rows.int8(row, 2)}});
  return out;
}

std::vector<listed_account> postgres_reader::scan_accounts(int64_t after, uint32_t limit) {
  const auto rows = ask(read_accounts, parameters{}.int8(after).int8(limit));
  std::vector<listed_account> out;
  for (int row = 0; row < rows.rows(); ++row) {
    out.push_back({rows.int8(row, 0),
                   {{rows.text(row, 1), rows.text(row, 2)},
                    static_cast<uint64_t>(rows.int8(row, 3)),
                    rows.text(row, 4),
                    static_cast<uint16_t>(rows.int4(row, 5))}});
  }
  return out;
}

}  // namespace orderflow::postgres
