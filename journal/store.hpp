// A store under the journal: SQLite or PostgreSQL. Two roles, each with its own connection:
//   store   the one writer. Thread rule: all calls from one thread (the journal actor's). Calls block.
//   reader  lists, look-ups, followers. Thread rule: one thread per reader. Calls block, in short transactions.
// Both implementations pass the same contract test (tests/journal/contract_test.cpp).
#pragma once

#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "journal/append.hpp"
#include "journal/number_skip.hpp"

namespace orderflow {

/// The store cannot be opened, read, or is newer than this binary. `what()` says what, why and what to do.
class store_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What is stored is damaged: to try again does not help.
class store_damaged : public store_error {
 public:
  using store_error::store_error;
};

/// What is written in one transaction. Pointers stay valid during the call.
struct batch {
  std::vector<const append_request*> appends;
  std::vector<const follower_write*> writes;
  /// Proves that the store takes what orders need: a row of every kind is written and taken back (journal/rehearsal.hpp), and
  /// `rehearsed_bytes` are written to stay, where they replace those of the last time. What is only just small enough, and goes
  /// into a table of its own, is no proof that the next batch will be taken.
  bool rehearsal = false;
  [[nodiscard]] bool empty() const { return appends.empty() && writes.empty(); }
};

/// An append that made the batch fail: its key exists (`duplicate`), or its stream stands elsewhere (`conflict`).
struct rejected_append {
  size_t index = 0;
  append_status status{};
  std::optional<key_claim> existing;
  std::string detail;
};

enum class batch_status : uint8_t {
  committed = 1,
  rejected = 2,     ///< Rolled back because of `rejected` (empty: the store does not say who).
  unavailable = 3,  ///< Definitely not written.
  unknown = 4,      ///< The answer to COMMIT was lost: call `resolve`.
  fenced = 5,       ///< Our writer row is not ours any more.
};

struct batch_outcome {
  batch_status status{};
  std::vector<position> positions;  ///< committed: of the last event of each append.
  std::vector<rejected_append> rejected;
  std::string detail;
  bool may_be_written = false;  ///< fenced: in the midst of this batch's COMMIT.
};

/// Truth about a batch whose COMMIT got no answer.
enum class resolution : uint8_t { committed = 1, not_committed = 2, still_unknown = 3, fenced = 4 };

class store {
 public:
  virtual ~store() = default;

  /// Who was still there when the writer's place was taken, as well as can be known: it is fenced now. Empty: nobody.
  [[nodiscard]] virtual std::string replaced() const { return {}; }

  /// The opening found a copy that nobody had written to yet: the numbers that it left out. Nothing: it was no copy.
  [[nodiscard]] virtual std::optional<number_skip> skipped_numbers() const { return std::nullopt; }

  /// After `fenced`: who has the writer's place now, as well as can be known. Nothing: nobody took it; this store has stopped
  /// writing by itself. May ask the store, and wait for its answer.
  [[nodiscard]] virtual std::optional<std::string> taken_by() { return "another process"; }

  /// Writes the batch, which may be empty, in one transaction, after setting the writer row's `last_batch` where node, holder and
  /// epoch match.
  [[nodiscard]] virtual batch_outcome commit(const batch& work) = 0;

  /// After `unknown`: on a new connection takes a new epoch (which waits for the old transaction) and compares `last_batch`.
  /// committed: `positions` are those of the batch asked about. Tries once; the caller repeats with a pause.
  [[nodiscard]] virtual resolution resolve(const batch& work, std::vector<position>& positions) = 0;

  /// Loads the streams, in order. `of` is left for the caller to fill. Throws store_error when the store is not reachable
  /// (the connection is made anew at the next call).
  [[nodiscard]] virtual std::vector<opened_stream> load(std::span<const stream_key> streams) = 0;

  /// The tenant's number, durable before it returns: its own, or the next where it was never seen. Throws store_error as above.
  [[nodiscard]] virtual int64_t number_of_tenant(const std::string& name) = 0;

  /// Reserves `count` order ids of a shard, durable before it returns. Throws store_error as above.
  [[nodiscard]] virtual id_block reserve_ids(uint32_t shard, uint32_t count) = 0;
};

/// One row of a list.
struct listed_order {
  order_id id;
  uint64_t version = 0;
  order_row row;
  std::string state;  ///< JSON of codec/order_json.hpp.
  uint16_t state_version = 1;
};

/// An account's row and the number of its stream.
struct listed_account {
  int64_t id = 0;
  account_row row;
};

/// All given conditions hold. Newest first, by (created_at, id), unless `oldest_first`. Owner and tenant are conditions like any
/// other; without a tenant a list is long in coming where there are many.
struct order_query {
  std::optional<std::string> owner;
  std::optional<std::string> tenant;
  std::optional<order_status> status;
  bool needs_operator = false;  ///< Only those that wait for a person.
  std::optional<std::string> customer_email;
  std::optional<std::string> external_id;
  std::optional<std::string> batch_id;
  std::optional<std::string> import_group;
  std::optional<timestamp> created_from;  ///< Inclusive.
  std::optional<timestamp> created_to;    ///< Exclusive.
  std::optional<list_place> after;        ///< Cursor: the last place seen, in the direction of the list.
  bool oldest_first = false;
  uint32_t skip = 0;
  uint32_t limit = 20;
};

/// An event with its place.
struct journal_event {
  position at;
  stream_key stream;
  uint64_t seq = 0;
  stored_event event;
};

struct due_order {
  order_id id;
  timestamp due_at{};
};

class reader {
 public:
  virtual ~reader() = default;
  // All throw store_error when the store is not reachable; the connection is made anew at the next call.

  /// From here to `end_snapshot` every read sees the store as it is now, whatever is written meanwhile; a read that fails ends
  /// it. `events_after` then has all that is there, and is no way to follow. Not for long: what is written meanwhile cannot be
  /// cleared away (SQLite's log grows, PostgreSQL keeps old rows).
  virtual void begin_snapshot() = 0;
  virtual void end_snapshot() = 0;

  [[nodiscard]] virtual std::vector<listed_order> list_orders(const order_query& query) = 0;
  /// How many the whole list has, whatever page is asked for.
  [[nodiscard]] virtual uint64_t count_orders(const order_query& query) = 0;
  /// One order as committed, or nothing.
  [[nodiscard]] virtual std::optional<listed_order> find_order(order_id id) = 0;
  [[nodiscard]] virtual std::vector<journal_event> history(stream_key stream) = 0;
  [[nodiscard]] virtual std::optional<key_claim> find_key(const std::string& scope, const std::string& key) = 0;
  [[nodiscard]] virtual reservation_mark find_reservation(reservation_key key) = 0;
  /// Orders due before that time, earliest first, after (due_at, id) of `after`.
  [[nodiscard]] virtual std::vector<due_order> due_before(timestamp until, const std::optional<due_order>& after,
                                                          uint32_t limit) = 0;
  /// Orders that owe effects, with their deadlines (or the end of time), in the order of (due_at, id) from behind `after`.
  [[nodiscard]] virtual std::vector<due_order> open_orders(const std::optional<due_order>& after, uint32_t limit) = 0;
  /// Events of the kinds and types after the cursor, in order of position, without gaps (I8). No types: no events.
  [[nodiscard]] virtual std::vector<journal_event> events_after(position cursor, stream_kind kind,
                                                                std::span<const uint16_t> types, uint32_t limit) = 0;
  [[nodiscard]] virtual std::optional<position> find_cursor(const std::string& sink) = 0;
  [[nodiscard]] virtual bool has_notification(order_id order, uint64_t seq, const std::string& channel) = 0;
  /// Newest last.
  [[nodiscard]] virtual std::vector<notification_row> notifications(order_id order) = 0;
  /// Messages that are still to be delivered, earliest due first.
  [[nodiscard]] virtual std::vector<message_row> open_messages(uint32_t limit) = 0;
  /// The message that was asked for with this key, or nothing.
  [[nodiscard]] virtual std::optional<message_row> find_message(const std::string& scope, const std::string& key) = 0;
  /// What the client's key led to, also where an older version wrote it down.
  [[nodiscard]] std::optional<key_claim> find_claim(const key_claim& claim);
  [[nodiscard]] std::optional<message_row> find_claimed_message(const key_claim& claim);
  /// Reads what requests with a key are looked up in.
  void check_keys();
  /// Reads what an order is shown from.
  void check_orders();
  [[nodiscard]] virtual std::optional<message_row> find_message(int64_t number) = 0;
  /// Messages of a tenant, also those about its orders, that could not be delivered and are not tried any more; numbers ascending
  /// from above `after`.
  [[nodiscard]] virtual std::vector<message_row> undeliverable_messages(const std::string& tenant, int64_t after,
                                                                        uint32_t limit) = 0;
  /// Orders by status, for the gauges at start: index = status number.
  [[nodiscard]] virtual std::vector<uint64_t> count_by_status() = 0;
  /// Orders that wait for a person, by the number of the reason, for the gauges at start.
  [[nodiscard]] virtual std::vector<uint64_t> count_by_operator_reason() = 0;
  /// All order ids ascending from above `after`: for `db verify` and the audit.
  [[nodiscard]] virtual std::vector<listed_order> scan_orders(order_id after, uint32_t limit) = 0;
  /// What the database itself finds wrong with its files, and which tables, columns and indexes of this version it lacks, as
  /// sentences. Reads everything.
  [[nodiscard]] virtual std::vector<std::string> storage_damage() { return {}; }
  /// By number.
  [[nodiscard]] virtual std::vector<tenant_row> tenants() = 0;
  /// Of one tenant's warehouse, by product.
  [[nodiscard]] virtual std::vector<stock_row> stock(int64_t tenant_number) = 0;
  /// All accounts by number, ascending from above `after`.
  [[nodiscard]] virtual std::vector<listed_account> scan_accounts(int64_t after, uint32_t limit) = 0;
  /// What is kept of that customer as committed, or nothing. Throws codec_error where the row is damaged.
  [[nodiscard]] std::optional<account> find_account(const std::string& tenant, const std::string& user);
};

/// A database: where it is, how its schema stands, and connections to it.
class database {
 public:
  virtual ~database() = default;
  /// Whether anything of ours is there: false before the first `migrate` or `restore`. Throws store_error.
  [[nodiscard]] virtual bool exists() = 0;
  /// Creates the schema or brings it forward; a newer one is refused. Throws store_error.
  virtual void migrate() = 0;
  /// "sqlite:/var/lib/orderflow/orderflow.db" or "postgresql://host/name", without a password: for logs.
  [[nodiscard]] virtual std::string describe() const = 0;
  /// Takes the writer row of `node` (new epoch, new random holder): whoever held it is fenced from now on. Throws store_error,
  /// with SQLite also when another process has the file's lock.
  [[nodiscard]] virtual std::unique_ptr<store> open_writer(uint32_t node) = 0;
  [[nodiscard]] virtual std::unique_ptr<reader> open_reader() = 0;
  /// A consistent copy, taken while the server runs: a new file, which only its owner may read, and which says that it is a copy
  /// (journal/number_skip.hpp). Throws store_error.
  virtual void backup(const std::string& target) = 0;
  /// Fills this database, which must not exist yet (SQLite) or have no table (PostgreSQL), with what such a copy holds: all of it
  /// or nothing. Its schema is that of the copy: `migrate` afterwards. Throws store_error.
  virtual void restore(const std::string& source) = 0;
  /// Makes this database one that says that it is a copy. One that says so already leaves the numbers out at once, and its next
  /// writer leaves out as many again. Throws store_error, also where a server writes to it.
  virtual void mark_as_copy() = 0;
};

/// "sqlite:PATH" or "postgresql://…" (also "postgres://…"). Throws store_error for anything else. Opens nothing yet.
[[nodiscard]] std::unique_ptr<database> make_database(const std::string& url);

}  // namespace orderflow
