#include "journal/schema/sqlite.hpp"

#include <array>

namespace orderflow::sqlite {
namespace {

// Times are milliseconds since the Unix epoch. STRICT, so that what is stored is what was bound.
constexpr const char* step_1 = R"sql(
-- Append only. The rowid is the position that followers, the live stream and CloudEvents ids count by, so rows never leave.
CREATE TABLE events (
  position INTEGER PRIMARY KEY,
  stream   INTEGER NOT NULL,  -- id * 16 + kind
  seq      INTEGER NOT NULL,  -- gapless from 1
  type     INTEGER NOT NULL,
  version  INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  body     TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX events_by_stream ON events (stream, seq);

-- Written once, with an order's first event.
CREATE TABLE orders (
  id             INTEGER PRIMARY KEY,
  owner          TEXT NOT NULL,
  tenant         TEXT NOT NULL,
  customer_email TEXT NOT NULL,
  origin         TEXT NOT NULL,
  external_id    TEXT NOT NULL,
  batch_id       TEXT NOT NULL,
  csv_source     TEXT NOT NULL,
  import_group   TEXT NOT NULL,
  created_at     INTEGER NOT NULL
) STRICT;
-- Grouped by blocks of 4096 ids, so that a batch writes a few pages at the end of each index. Sorted by the text alone, every
-- new order would write a page of its own (measured: 13 us an order became 17 with one such index). A search looks into each
-- block, a few microseconds for 4096 orders. The expression is repeated in journal/sqlite/order_lists.cpp.
CREATE INDEX orders_by_owner ON orders (id >> 12, owner) WHERE owner <> '';
CREATE INDEX orders_by_customer_email ON orders (id >> 12, customer_email) WHERE customer_email <> '';
CREATE INDEX orders_by_external_id ON orders (id >> 12, external_id) WHERE external_id <> '';
CREATE INDEX orders_by_batch_id ON orders (id >> 12, batch_id) WHERE batch_id <> '';
CREATE INDEX orders_by_import_group ON orders (id >> 12, import_group) WHERE import_group <> '';

-- The folded order, replaced by every append. The long column stands last so that the others are found without reading it.
CREATE TABLE order_state (
  id            INTEGER PRIMARY KEY,
  version       INTEGER NOT NULL,  -- seq of the last event folded
  status        INTEGER NOT NULL,
  open          INTEGER NOT NULL,  -- 1: effects are owed
  due_at        INTEGER,
  state_version INTEGER NOT NULL,
  state         TEXT NOT NULL
) STRICT;
CREATE INDEX order_state_due ON order_state (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX order_state_open ON order_state (open) WHERE open = 1;

CREATE TABLE stock (
  warehouse INTEGER NOT NULL,
  product   TEXT NOT NULL,
  on_hand   INTEGER NOT NULL,
  reserved  INTEGER NOT NULL,
  PRIMARY KEY (warehouse, product)
) STRICT, WITHOUT ROWID;

CREATE TABLE reservations (
  order_id INTEGER NOT NULL,
  round    INTEGER NOT NULL,
  closing  INTEGER NOT NULL,  -- 0: reserved, 1: closed for ever
  PRIMARY KEY (order_id, round, closing)
) STRICT, WITHOUT ROWID;

-- Append only, found through the hash alone: a random entry of 20 bytes costs two thirds of a whole key kept in random order.
-- Whole keys are compared before one is added, so of each there is one although no index says so.
CREATE TABLE idempotency (
  hash      INTEGER NOT NULL,  -- FNV-1a 64 over scope, a zero byte, key
  scope     TEXT NOT NULL,
  key       TEXT NOT NULL,
  body_hash INTEGER NOT NULL,
  order_id  INTEGER NOT NULL,
  at        INTEGER NOT NULL
) STRICT;
CREATE INDEX idempotency_by_hash ON idempotency (hash);

CREATE TABLE products (
  catalogue INTEGER NOT NULL,
  id        TEXT NOT NULL,
  name      TEXT NOT NULL,
  currency  TEXT NOT NULL,
  price     INTEGER NOT NULL,
  PRIMARY KEY (catalogue, id)
) STRICT, WITHOUT ROWID;

-- One delivery per (order, seq, channel). seq 0 is a message a client sent itself; `nth` tells those of one order apart.
CREATE TABLE notifications (
  order_id  INTEGER NOT NULL,
  seq       INTEGER NOT NULL,
  channel   TEXT NOT NULL,
  nth       INTEGER NOT NULL,
  subject   TEXT NOT NULL,
  recipient TEXT NOT NULL,
  status    TEXT NOT NULL,
  at        INTEGER NOT NULL,
  PRIMARY KEY (order_id, seq, channel, nth)
) STRICT, WITHOUT ROWID;

-- How far each follower has read.
CREATE TABLE cursors (
  sink  TEXT PRIMARY KEY,
  major INTEGER NOT NULL,
  minor INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who may write (fence), and the number of the last batch that was committed (receipt).
CREATE TABLE writers (
  node       INTEGER PRIMARY KEY,
  holder     INTEGER NOT NULL,
  epoch      INTEGER NOT NULL,
  last_batch INTEGER NOT NULL
) STRICT;

-- The next order id to be given in each shard.
CREATE TABLE id_blocks (
  shard INTEGER PRIMARY KEY,
  next  INTEGER NOT NULL
) STRICT;
)sql";

// What is kept of a customer between orders. The id is a hash of (tenant, customer); a pair whose number is taken has the next.
constexpr const char* step_2 = R"sql(
CREATE TABLE accounts (
  id            INTEGER PRIMARY KEY,
  tenant        TEXT NOT NULL,
  customer      TEXT NOT NULL,
  version       INTEGER NOT NULL,  -- seq of the last event folded
  state_version INTEGER NOT NULL,
  state         TEXT NOT NULL
) STRICT;
)sql";

constexpr const char* step_3 = R"sql(
-- Messages that clients ask for themselves. due_at: when to try next; NULL once nothing is left to do.
CREATE TABLE notices (
  number     INTEGER PRIMARY KEY,
  tenant     TEXT NOT NULL,
  user_id    TEXT NOT NULL,
  order_id   INTEGER NOT NULL,
  channel    TEXT NOT NULL,
  recipient  TEXT NOT NULL,
  subject    TEXT NOT NULL,
  text       TEXT NOT NULL,
  key_hash   INTEGER,  -- of scope and key, as in `idempotency`; NULL: none was sent
  scope      TEXT NOT NULL,
  key        TEXT NOT NULL,
  body_hash  INTEGER NOT NULL,
  asked_at   INTEGER NOT NULL,
  send_at    INTEGER NOT NULL,
  due_at     INTEGER,
  tries      INTEGER NOT NULL,
  status     INTEGER NOT NULL,
  settled_at INTEGER NOT NULL
) STRICT;
CREATE INDEX notices_due ON notices (due_at, number) WHERE due_at IS NOT NULL;
CREATE INDEX notices_key ON notices (key_hash) WHERE key_hash IS NOT NULL;
)sql";

constexpr const char* step_4 = R"sql(
-- Lists are in the order of (listed_at, id). listed_at: microseconds since the Unix epoch; created_at, or a little later for an
-- order that was committed late (journal/list_times.hpp).
ALTER TABLE orders ADD COLUMN listed_at INTEGER NOT NULL DEFAULT 0;
DROP INDEX orders_by_owner;
DROP INDEX orders_by_customer_email;
DROP INDEX orders_by_external_id;
DROP INDEX orders_by_batch_id;
DROP INDEX orders_by_import_group;
UPDATE orders SET listed_at = created_at * 1000;
-- Grouped by blocks of 32768 ids: a list looks into each block, some microseconds, and takes the first of what all of them have, so
-- the blocks must be few; and the pages of a block must fit into the writer's cache, since a new order may need any of them. The
-- expression is repeated in journal/sqlite/order_lists.cpp.
CREATE INDEX orders_by_owner ON orders (id >> 15, owner, listed_at) WHERE owner <> '';
CREATE INDEX orders_by_customer_email ON orders (id >> 15, customer_email, listed_at) WHERE customer_email <> '';
CREATE INDEX orders_by_external_id ON orders (id >> 15, external_id, listed_at) WHERE external_id <> '';
CREATE INDEX orders_by_batch_id ON orders (id >> 15, batch_id, listed_at) WHERE batch_id <> '';
CREATE INDEX orders_by_import_group ON orders (id >> 15, import_group, listed_at) WHERE import_group <> '';

-- A tenant's orders, of one status or of all, are read along this index: new ones come at the end of a range, and what is of a
-- status is found however rare it is. Both columns are those of the order's row.
ALTER TABLE order_state ADD COLUMN tenant TEXT NOT NULL DEFAULT '';
ALTER TABLE order_state ADD COLUMN listed_at INTEGER NOT NULL DEFAULT 0;
UPDATE order_state SET (tenant, listed_at) = (SELECT tenant, listed_at FROM orders WHERE orders.id = order_state.id)
  WHERE id IN (SELECT id FROM orders);
CREATE INDEX order_state_listed ON order_state (tenant, status, listed_at);
)sql";

constexpr const char* step_5 = R"sql(
-- Who has a catalogue and a warehouse of his own: those of the same number. Older versions had one of each, with number 1, for
-- everybody: they go on as those of the tenant who used the store most.
CREATE TABLE tenants (
  number INTEGER PRIMARY KEY,
  name   TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO tenants (number, name)
SELECT 1, coalesce((SELECT tenant FROM orders GROUP BY tenant ORDER BY count(*) DESC, tenant LIMIT 1),
                   (SELECT tenant FROM accounts GROUP BY tenant ORDER BY count(*) DESC, tenant LIMIT 1), 'dev')
WHERE EXISTS (SELECT 1 FROM events) OR EXISTS (SELECT 1 FROM stock) OR EXISTS (SELECT 1 FROM products);
)sql";

constexpr const char* step_6 = R"sql(
-- Written besides a batch while it is not known whether there is room, see journal/store.hpp.
CREATE TABLE write_probe (
  id     INTEGER PRIMARY KEY,
  filler BLOB NOT NULL
) STRICT;

-- Why a person has to look at the order; NULL: nobody has to. The member "no" of the state.
ALTER TABLE order_state ADD COLUMN operator_reason INTEGER;
UPDATE order_state SET operator_reason = json_extract(state, '$.no')
  WHERE state LIKE '%"no":%' AND json_extract(state, '$.no') IS NOT NULL;
CREATE INDEX order_state_operator ON order_state (operator_reason) WHERE operator_reason IS NOT NULL;

-- Messages that are not tried any more (status 3).
CREATE INDEX notices_given_up ON notices (number) WHERE status = 3;
)sql";

constexpr const char* step_7 = R"sql(
-- One row per append: its first event in the columns, those after it in `more`, a JSON array of [type, version, at, body]
-- (journal/further_events.hpp). seq is that of the first; position that of the last, the others have the numbers just below it.
ALTER TABLE events ADD COLUMN count INTEGER NOT NULL DEFAULT 1;
ALTER TABLE events ADD COLUMN more TEXT;

-- One index for deadlines and owed effects: an order that owes some, and has no deadline, is due at the end of time.
UPDATE order_state SET due_at = 9223372036854775807 WHERE open = 1 AND due_at IS NULL;
DROP INDEX order_state_open;
)sql";

constexpr std::array steps{step_1, step_2, step_3, step_4, step_5, step_6, step_7};

}  // namespace

std::span<const char* const> schema_steps() { return steps; }

}  // namespace orderflow::sqlite
