// Value types of the journal: what is appended, and how it ended. The contract is in journal/store.hpp.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "domain/account/account.hpp"
#include "domain/catalogue/catalogue.hpp"
#include "domain/inventory/inventory.hpp"

namespace orderflow {

/// Stored format: add, never change.
enum class stream_kind : uint8_t { order = 1, inventory = 2, catalogue = 3, account = 4 };

/// One entity's stream. `order/7`, `inventory/1`, `catalogue/1` (of the tenant of that number), `account/<hash>`.
struct stream_key {
  stream_kind kind{};
  int64_t id = 0;
  auto operator<=>(const stream_key&) const = default;
  /// The number under which it is stored: id × 16 + kind. Grows with the order id, so that indexes grow at their end.
  [[nodiscard]] int64_t packed() const { return id * 16 + static_cast<int64_t>(kind); }
  [[nodiscard]] static stream_key unpacked(int64_t value) { return {static_cast<stream_kind>(value & 15), value >> 4}; }
};
[[nodiscard]] inline stream_key stream_of(order_id id) { return {stream_kind::order, id.value}; }
/// A tenant has one warehouse and one catalogue, under the tenant's number.
[[nodiscard]] constexpr stream_key warehouse_of(int64_t tenant_number) { return {stream_kind::inventory, tenant_number}; }
[[nodiscard]] constexpr stream_key catalogue_of(int64_t tenant_number) { return {stream_kind::catalogue, tenant_number}; }
/// The first tenant's. Older versions had only these, for all tenants.
inline constexpr stream_key main_warehouse = warehouse_of(1);
inline constexpr stream_key main_catalogue = catalogue_of(1);
/// Where an account is looked for first: a 59-bit hash of the pair (stored format, see `hash_of`). Two pairs may have the same:
/// the pair is in the row, and whoever finds another's there goes on to the next number. Accounts are never deleted, so the first
/// number without a row ends the search.
[[nodiscard]] stream_key stream_of(const account_key& who);
[[nodiscard]] stream_key next_account_stream(stream_key taken);

/// Which opening of a stream an append belongs to. Handed out by the journal, never twice in a process.
/// `no_generation`: the stream was never opened in this process because its id has just been taken from a fresh block.
using generation = uint64_t;
inline constexpr generation no_generation = 0;

/// Where an event stands among all events of a store; what cursors, the live stream and CloudEvents ids are made of.
/// SQLite: (rowid, 0). PostgreSQL: (transaction id, number within it), given out only below the oldest running transaction.
struct position {
  uint64_t major = 0;
  uint64_t minor = 0;
  auto operator<=>(const position&) const = default;
};

/// An encoded event. `type` is the alternative's number in its variant, `version` that of its body's form.
struct stored_event {
  uint16_t type = 0;
  uint16_t version = 1;
  timestamp at{};
  std::string body;  ///< JSON.
  bool operator==(const stored_event&) const = default;
};

// Rows written in the same transaction as the events.

/// Where an order stands in lists: they are in the order of this pair.
struct list_place {
  list_time at{};
  order_id id;
  auto operator<=>(const list_place&) const = default;
};

/// Written once, with the order's first event. Columns that lists filter by; of `source` those that `listed` leaves.
struct order_row {
  order_id id;
  provenance source;
  std::string customer_email;
  timestamp created_at{};
  list_time listed_at{};  ///< created_at, or a little later where the commit came late: see `list_times`, which sets it.
  [[nodiscard]] list_place place() const { return {std::max<list_time>(listed_at, created_at), id}; }
  bool operator==(const order_row&) const = default;
};

/// The folded order. `open`: effects are owed. `state_version`: form of `state`; another one folds from the events.
struct order_state_row {
  order_id id;
  uint64_t version = 0;
  order_status status{};
  std::string state;  ///< JSON, see codec/order_json.hpp.
  uint16_t state_version = 1;
  std::optional<timestamp> due_at;
  bool open = false;
  operator_reason needs_operator = operator_reason::none;
  bool operator==(const order_state_row&) const = default;
};

/// The column due_at: empty for an order that neither has a deadline nor owes effects. One that owes some has a value in any
/// case, `no_deadline` where it has none, so that one index finds both.
inline constexpr int64_t no_deadline = std::numeric_limits<int64_t>::max();
[[nodiscard]] inline std::optional<int64_t> stored_due(const order_state_row& row) {
  if (row.due_at) return to_ms(*row.due_at);
  return row.open ? std::optional{no_deadline} : std::nullopt;
}
[[nodiscard]] inline std::optional<timestamp> due_of_stored(int64_t value) {
  return value == no_deadline ? std::nullopt : std::optional{from_ms(value)};
}

/// The columns among an order's provenance.
[[nodiscard]] inline provenance listed(provenance source) {
  source.creator.clear();
  source.tenant_number = provenance{}.tenant_number;
  return source;
}

struct order_rows {
  std::optional<order_row> created;
  order_state_row state;
};

struct stock_row {
  product_id product;
  stock_level level;
  bool operator==(const stock_row&) const = default;
};

/// Unique in (key, closing): the last net under the inventory's own care.
struct reservation_row {
  reservation_key key;
  bool closing = false;
  auto operator<=>(const reservation_row&) const = default;
};

struct inventory_rows {
  std::vector<stock_row> stock;  ///< Present levels of the products touched.
  std::vector<reservation_row> reservations;
};

struct catalogue_rows {
  std::vector<product> products;
};

/// The folded account. `state_version`: form of `state`; another one folds from the events.
struct account_row {
  account_key who;
  uint64_t version = 0;
  std::string state;  ///< JSON, see codec/account_json.hpp.
  uint16_t state_version = 1;
  bool operator==(const account_row&) const = default;
};

struct account_rows {
  account_row state;
};

using entity_rows = std::variant<order_rows, inventory_rows, catalogue_rows, account_rows>;

/// What an older version called an intent. `tenant` not empty: principals of two tenants could have had it, so it counts only for
/// what is this tenant's.
struct former_name {
  std::string scope;
  std::string key;
  std::string tenant{};
  std::optional<uint64_t> body_hash{};  ///< Of the content as it was counted then; empty: as it is now.
};

/// A client's intent: at most one order comes of it. Stored by a 64-bit hash; the whole key is kept and compared.
struct key_claim {
  std::string scope;       ///< tenant, principal, route, resources, as `tuple_text` joins them.
  std::string key;         ///< The client's own word.
  uint64_t body_hash = 0;  ///< Another body under the same key is the client's mistake (422).
  order_id order;
  timestamp at{};
  std::shared_ptr<const former_name> former{};  ///< Looked up besides, never written. nullptr: it has no other name.
  bool operator==(const key_claim&) const = default;
};
/// Several texts as one, such that no two lists of texts give the same: what separates them is escaped in each. Stored format.
[[nodiscard]] std::string tuple_text(std::initializer_list<std::string_view> parts, char between = ' ');
/// Stable across versions and machines (FNV-1a 64 over scope, a zero byte, key): it is stored.
[[nodiscard]] uint64_t hash_of(const std::string& scope, const std::string& key);
[[nodiscard]] uint64_t hash_of(std::string_view text);

/// What must be committed for this append to make sense.
struct cause {
  stream_key stream;
  generation of = no_generation;
  uint64_t seq = 0;
};

/// One append = one entity.
struct append_request {
  stream_key stream;
  generation of = no_generation;
  uint64_t expected_seq = 0;         ///< Sequence number of the last event before these.
  std::vector<stored_event> events;  ///< None: only the keys are written, and `rows` means nothing.
  entity_rows rows;
  std::optional<key_claim> key;
  std::optional<cause> after;
  std::optional<key_claim> also{};  ///< A second name of the intent that `key` names; either being taken is a duplicate.
  std::chrono::steady_clock::time_point sent_at{};  ///< To the journal, for metrics. The epoch: when it came.
};

enum class append_status : uint8_t {
  committed = 1,
  duplicate = 2,    ///< The key exists: see `existing`.
  conflict = 3,     ///< The stream is elsewhere, was opened again, or what it depends on failed: reload and decide again.
  fenced = 4,       ///< Another process writes in our place: stop.
  unavailable = 5,  ///< Not written; the store cannot be reached or is full. Retryable.
  broken = 6,       ///< The store refuses this append alone, again and again: a bug; quarantine the stream.
  unknown = 7,      ///< The answer to COMMIT was lost and it could not be found out: it may be written.
};

struct append_outcome {
  append_status status{};
  position at{};                      ///< Of the last event, when committed.
  std::optional<key_claim> existing;  ///< When duplicate.
  std::string detail;                 ///< For the log and the operator.
};

/// The reply to opening a stream.
struct opened_stream {
  generation of = no_generation;
  uint64_t seq = 0;                      ///< 0: nothing there.
  std::optional<order_state_row> order;  ///< kind order.
  std::vector<stock_row> stock;          ///< kind inventory: all products of the warehouse.
  std::vector<product> products;         ///< kind catalogue.
  std::optional<account_row> account;    ///< kind account; may be another pair's.
  std::vector<stored_event> events;      ///< kinds order and account, only where the state's version is not ours: all of them.
};

/// One delivery of a notification, kept so that it is not made twice. Key: (order, seq, channel); with seq 0 all are kept.
struct notification_row {
  order_id order;
  uint64_t seq = 0;     ///< Of the event told; 0 for a message a client sent itself.
  std::string channel;  ///< "email", "sms", "console", "file".
  std::string subject;
  std::string recipient;
  std::string status;  ///< "sent", "failed".
  timestamp at{};
  bool operator==(const notification_row&) const = default;
};

/// How far a message that a client asked for has come. Stored format: add, never change.
enum class message_status : uint8_t { queued = 1, sent = 2, given_up = 3 };

/// A message that a client asked for itself, kept from before the client is told OK. `due_at`: when to try next; empty once
/// nothing is left to do. All but the last four members are written once.
struct message_row {
  int64_t number = 0;  ///< Its Message-ID is made of it, so it is the same however often it is delivered.
  std::string tenant;
  std::string user;
  order_id order;       ///< 0: about no order.
  std::string channel;  ///< "email", "sms".
  std::string recipient;
  std::string subject;
  std::string text;
  std::optional<key_claim> key;
  timestamp asked_at{};
  timestamp send_at{};
  std::optional<timestamp> due_at;
  uint32_t tries = 0;
  message_status status = message_status::queued;
  timestamp settled_at{};
  bool operator==(const message_row&) const = default;
};

/// What a follower writes: rows and how far it has read, together. A message of a known number replaces what changes of it.
struct follower_write {
  std::string sink;
  std::optional<position> cursor;
  std::vector<notification_row> notifications;
  std::vector<message_row> messages;
  /// Nobody waits for it: it may wait a little for a batch that is written anyway (see `writer::most_wait`).
  bool can_wait = false;
};

/// A tenant that has been seen, and the number that it keeps.
struct tenant_row {
  int64_t number = 0;
  std::string name;
  bool operator==(const tenant_row&) const = default;
};

/// Order ids `first, first + shards, … first + (count − 1) × shards`, never given to anyone else.
struct id_block {
  int64_t first = 0;
  uint32_t count = 0;
};

/// Fixed: an order's shard is part of its id.
inline constexpr int64_t shard_count = 64;
/// Blocks of numbers for messages are reserved like those of a shard, under a number that no shard has.
inline constexpr uint32_t message_numbers = 64;
static_assert(message_numbers >= shard_count);

}  // namespace orderflow
