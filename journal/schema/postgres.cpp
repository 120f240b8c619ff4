#include "journal/schema/postgres.hpp"

#include <array>

namespace orderflow::postgres {

namespace {

// Times are bigint milliseconds since the epoch and JSON is text: what was stored is read back bit by bit, and no setting
// of the server (time zone, date style) can change it.
constexpr std::string_view step_1 = R"sql(
-- One row per node: who may write, and the receipt of its last batch. `last_txid` gives positions back after a lost answer.
-- Rewritten by every batch: room for many versions on one page keeps these rewrites away from the index.
CREATE TABLE writers (
  node       integer PRIMARY KEY,
  holder     bigint  NOT NULL,
  epoch      bigint  NOT NULL,
  last_batch bigint  NOT NULL,
  last_txid  bigint  NOT NULL
) WITH (fillfactor = 10);

-- The first half of an event's position is the number of its transaction: `base` + PostgreSQL's own. Another server counts
-- its transactions anew, so after a dump was restored there, `base` makes up for it and positions go on growing.
CREATE TABLE position_base (base bigint NOT NULL);
INSERT INTO position_base VALUES (0);

CREATE FUNCTION own_transaction() RETURNS bigint LANGUAGE sql STABLE AS
  'SELECT base + pg_current_xact_id()::text::bigint FROM position_base';

-- All transactions below this number have ended. One above it may have committed while an earlier one still runs.
CREATE FUNCTION ended_below() RETURNS bigint LANGUAGE sql STABLE AS
  'SELECT base + pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM position_base';

-- For whoever becomes a writer, before its first batch.
CREATE FUNCTION go_on_counting() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  next bigint;
  last bigint;
BEGIN
  SELECT base + pg_snapshot_xmax(pg_current_snapshot())::text::bigint INTO next FROM position_base FOR UPDATE;
  SELECT coalesce(max(txid), 0) INTO last FROM events;
  IF last >= next THEN
    UPDATE position_base SET base = base + (last + 1 - next);
  END IF;
END $$;

-- First statement of every batch. A writer that was replaced gets an error, so that the rest of its pipeline is dropped.
CREATE FUNCTION hold_writer(of_node integer, of_holder bigint, of_epoch bigint, batch bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  txid bigint := own_transaction();
BEGIN
  UPDATE writers SET last_batch = batch, last_txid = txid
    WHERE node = of_node AND holder = of_holder AND epoch = of_epoch;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the writer row of node % is held by another process', of_node USING ERRCODE = 'OF001';
  END IF;
  RETURN txid;
END $$;

-- Called for a stream that does not have the event which the next one is to follow.
CREATE FUNCTION refuse_gap(stream bigint, seq bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'stream % has no event %', stream, seq USING ERRCODE = 'OF002';
END $$;

-- The truth, only ever inserted into. `stream` = id * 16 + kind; (txid, n) is the event's position among all.
CREATE TABLE events (
  stream  bigint   NOT NULL,
  seq     bigint   NOT NULL,
  txid    bigint   NOT NULL,
  n       integer  NOT NULL,
  type    integer  NOT NULL,
  version integer  NOT NULL,
  at      bigint   NOT NULL,
  body    text     NOT NULL
);
CREATE UNIQUE INDEX events_stream_seq ON events (stream, seq);
CREATE INDEX events_position ON events (txid, n);

CREATE TABLE orders (
  id             bigint PRIMARY KEY,
  owner          text   NOT NULL,
  tenant         text   NOT NULL,
  origin         text   NOT NULL,
  external_id    text   NOT NULL,
  batch_id       text   NOT NULL,
  csv_source     text   NOT NULL,
  import_group   text   NOT NULL,
  customer_email text   NOT NULL,
  created_at     bigint NOT NULL
);
CREATE INDEX orders_owner ON orders (owner, id);
CREATE INDEX orders_customer_email ON orders (customer_email, id) WHERE customer_email <> '';
CREATE INDEX orders_external_id ON orders (external_id, id) WHERE external_id <> '';
CREATE INDEX orders_batch_id ON orders (batch_id, id) WHERE batch_id <> '';
CREATE INDEX orders_import_group ON orders (import_group, id) WHERE import_group <> '';
CREATE INDEX orders_created_at ON orders USING brin (created_at) WITH (autosummarize = on);

-- The folded order, rewritten by each append: few indexes, and room on the page for the next version.
CREATE TABLE order_state (
  id            bigint   PRIMARY KEY,
  version       bigint   NOT NULL,
  status        smallint NOT NULL,
  state         text     NOT NULL,
  state_version integer  NOT NULL,
  due_at        bigint,
  open          boolean  NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX order_state_due ON order_state (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX order_state_open ON order_state (id) WHERE open;

CREATE TABLE stock (
  warehouse bigint NOT NULL,
  product   text   NOT NULL,
  on_hand   bigint NOT NULL,
  reserved  bigint NOT NULL CHECK (reserved >= 0),
  PRIMARY KEY (warehouse, product),
  CHECK (on_hand >= reserved)
) WITH (fillfactor = 30);

CREATE TABLE reservations (
  order_id bigint  NOT NULL,
  round    bigint  NOT NULL,
  closing  boolean NOT NULL,
  PRIMARY KEY (order_id, round, closing)
);

CREATE TABLE products (
  catalogue bigint NOT NULL,
  id        text   NOT NULL,
  name      text   NOT NULL,
  currency  text   NOT NULL,
  price     bigint NOT NULL,
  PRIMARY KEY (catalogue, id)
);

-- The hash comes first so that looking up compares eight bytes; the rest makes two keys of one hash two keys.
CREATE TABLE idempotency (
  hash      bigint NOT NULL,
  scope     text   NOT NULL,
  key       text   NOT NULL,
  body_hash bigint NOT NULL,
  order_id  bigint NOT NULL,
  at        bigint NOT NULL,
  PRIMARY KEY (hash, scope, key)
);

CREATE TABLE cursors (
  sink text    PRIMARY KEY,
  txid bigint  NOT NULL,
  n    bigint  NOT NULL
) WITH (fillfactor = 10);

CREATE TABLE notifications (
  place     bigint GENERATED ALWAYS AS IDENTITY,
  order_id  bigint NOT NULL,
  seq       bigint NOT NULL,
  channel   text   NOT NULL,
  subject   text   NOT NULL,
  recipient text   NOT NULL,
  status    text   NOT NULL,
  at        bigint NOT NULL
);
CREATE UNIQUE INDEX notifications_once ON notifications (order_id, seq, channel) WHERE seq > 0;
CREATE INDEX notifications_order ON notifications (order_id, place);

-- `taken` blocks of ids belong to somebody: the shard's next id is taken * 64 + shard.
CREATE TABLE id_blocks (
  shard integer PRIMARY KEY,
  taken bigint  NOT NULL
);
)sql";

// What is kept of a customer between orders. The id is a hash of (tenant, customer); a pair whose number is taken has the next.
constexpr std::string_view step_2 = R"sql(
CREATE TABLE accounts (
  id            bigint  PRIMARY KEY,
  tenant        text    NOT NULL,
  customer      text    NOT NULL,
  version       bigint  NOT NULL,
  state         text    NOT NULL,
  state_version integer NOT NULL
) WITH (fillfactor = 70);
)sql";

constexpr std::string_view step_3 = R"sql(
-- Messages that clients ask for themselves. due_at: when to try next; NULL once nothing is left to do.
CREATE TABLE notices (
  number     bigint   PRIMARY KEY,
  tenant     text     NOT NULL,
  user_id    text     NOT NULL,
  order_id   bigint   NOT NULL,
  channel    text     NOT NULL,
  recipient  text     NOT NULL,
  subject    text     NOT NULL,
  text       text     NOT NULL,
  key_hash   bigint,
  scope      text     NOT NULL,
  key        text     NOT NULL,
  body_hash  bigint   NOT NULL,
  asked_at   bigint   NOT NULL,
  send_at    bigint   NOT NULL,
  due_at     bigint,
  tries      bigint   NOT NULL,
  status     smallint NOT NULL,
  settled_at bigint   NOT NULL
);
CREATE INDEX notices_due ON notices (due_at, number) WHERE due_at IS NOT NULL;
CREATE INDEX notices_key ON notices (key_hash) WHERE key_hash IS NOT NULL;
)sql";

constexpr std::string_view step_4 = R"sql(
-- Called twice by every batch. PostgreSQL parses and plans the body of a function in SQL anew for each statement that calls it
-- (measured: a fifteenth of what the database does for an order); a body in PL/pgSQL is planned once in a session.
CREATE OR REPLACE FUNCTION own_transaction() RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT base + pg_current_xact_id()::text::bigint FROM position_base);
END $$;
)sql";

constexpr std::string_view step_5 = R"sql(
-- Lists are in the order of (listed_at, id). listed_at: microseconds since the Unix epoch; created_at, or a little later for an
-- order that was committed late (journal/list_times.hpp). Both tables are written anew: an update would leave a dead row for each.
CREATE TABLE new_orders (
  id             bigint NOT NULL,
  owner          text   NOT NULL,
  tenant         text   NOT NULL,
  origin         text   NOT NULL,
  external_id    text   NOT NULL,
  batch_id       text   NOT NULL,
  csv_source     text   NOT NULL,
  import_group   text   NOT NULL,
  customer_email text   NOT NULL,
  created_at     bigint NOT NULL,
  listed_at      bigint NOT NULL
);
INSERT INTO new_orders SELECT *, created_at * 1000 FROM orders ORDER BY id;
DROP TABLE orders;
ALTER TABLE new_orders RENAME TO orders;
ALTER TABLE orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);
CREATE INDEX orders_owner ON orders (owner, listed_at, id) WHERE owner <> '';
CREATE INDEX orders_customer_email ON orders (customer_email, listed_at, id) WHERE customer_email <> '';
CREATE INDEX orders_external_id ON orders (external_id, listed_at, id) WHERE external_id <> '';
CREATE INDEX orders_batch_id ON orders (batch_id, listed_at, id) WHERE batch_id <> '';
CREATE INDEX orders_import_group ON orders (import_group, listed_at, id) WHERE import_group <> '';

-- A tenant's orders, of one status or of all, are read along order_state_listed: what is of a status is found however rare it is.
CREATE TABLE new_order_state (
  id            bigint   NOT NULL,
  version       bigint   NOT NULL,
  status        smallint NOT NULL,
  state         text     NOT NULL,
  state_version integer  NOT NULL,
  due_at        bigint,
  open          boolean  NOT NULL,
  tenant        text     NOT NULL,
  listed_at     bigint   NOT NULL
) WITH (fillfactor = 70);
INSERT INTO new_order_state SELECT s.id, s.version, s.status, s.state, s.state_version, s.due_at, s.open, coalesce(o.tenant, ''),
  coalesce(o.listed_at, 0) FROM order_state AS s LEFT JOIN orders AS o ON o.id = s.id ORDER BY s.id;
DROP TABLE order_state;
ALTER TABLE new_order_state RENAME TO order_state;
ALTER TABLE order_state ADD CONSTRAINT order_state_pkey PRIMARY KEY (id);
CREATE INDEX order_state_due ON order_state (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX order_state_open ON order_state (id) WHERE open;
CREATE INDEX order_state_listed ON order_state (tenant, status, listed_at, id);
)sql";

constexpr std::string_view step_6 = R"sql(
-- Who has a catalogue and a warehouse of his own: those of the same number. Older versions had one of each, with number 1, for
-- everybody: they go on as those of the tenant who used the store most.
CREATE TABLE tenants (
  number bigint PRIMARY KEY,
  name   text   NOT NULL UNIQUE
);
INSERT INTO tenants (number, name)
SELECT 1, coalesce((SELECT tenant FROM orders GROUP BY tenant ORDER BY count(*) DESC, tenant LIMIT 1),
                   (SELECT tenant FROM accounts GROUP BY tenant ORDER BY count(*) DESC, tenant LIMIT 1), 'dev')
WHERE EXISTS (SELECT 1 FROM events) OR EXISTS (SELECT 1 FROM stock) OR EXISTS (SELECT 1 FROM products);
)sql";

constexpr std::string_view step_7 = R"sql(
-- Written besides a batch while it is not known whether there is room, see journal/store.hpp. Not compressed: it is there to
-- need room.
CREATE TABLE write_probe (
  id     integer PRIMARY KEY,
  filler text    NOT NULL
);
ALTER TABLE write_probe ALTER COLUMN filler SET STORAGE EXTERNAL;

-- Why a person has to look at the order; NULL: nobody has to. The member "no" of the state.
ALTER TABLE order_state ADD COLUMN operator_reason smallint;
UPDATE order_state SET operator_reason = (state::json->>'no')::smallint
  WHERE state LIKE '%"no":%' AND state::json->>'no' IS NOT NULL;
CREATE INDEX order_state_operator ON order_state (operator_reason) WHERE operator_reason IS NOT NULL;

-- Messages that are not tried any more (status 3).
CREATE INDEX notices_given_up ON notices (number) WHERE status = 3;
)sql";

constexpr std::string_view step_8 = R"sql(
-- One row per append: its first event in the columns, those after it in `more`, a JSON array of [type, version, at, body]
-- (journal/further_events.hpp). seq is that of the first, n that of the last; the others have the numbers just below it.
ALTER TABLE events ADD COLUMN count integer NOT NULL DEFAULT 1, ADD COLUMN more text;

-- One index for deadlines and owed effects: an order that owes some, and has no deadline, is due at the end of time.
UPDATE order_state SET due_at = 9223372036854775807 WHERE open AND due_at IS NULL;
DROP INDEX order_state_open;

-- One index where there were two, and no sequence. nth tells apart the messages of one order that clients sent themselves.
CREATE TABLE new_notifications (
  order_id  bigint NOT NULL,
  seq       bigint NOT NULL,
  channel   text   NOT NULL,
  nth       bigint NOT NULL,
  subject   text   NOT NULL,
  recipient text   NOT NULL,
  status    text   NOT NULL,
  at        bigint NOT NULL
);
INSERT INTO new_notifications SELECT order_id, seq, channel, CASE WHEN seq > 0 THEN 0 ELSE place END, subject, recipient, status, at
  FROM notifications ORDER BY place;
DROP TABLE notifications;
ALTER TABLE new_notifications RENAME TO notifications;
ALTER TABLE notifications ADD CONSTRAINT notifications_pkey PRIMARY KEY (order_id, seq, channel, nth);
)sql";

constexpr std::array steps{step_1, step_2, step_3, step_4, step_5, step_6, step_7, step_8};

}  // namespace

std::span<const std::string_view> schema_steps() { return steps; }

}  // namespace orderflow::postgres
