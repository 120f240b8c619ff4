// What the writer's connection prepares. Kept apart so that a test can look at the plans of exactly these texts.
//
// `INSERT … SELECT unnest(…), unnest(…)`: several unnest in one list run in step. Upserts and not `UPDATE … FROM unnest`:
// an upsert has no join, so no plan made while a table was small can turn into a scan of a big one.
#pragma once

#include <array>

#include "journal/postgres/connection.hpp"

namespace orderflow::postgres {

/// SQLSTATEs raised by our own functions (journal/schema/postgres.cpp) and those of PostgreSQL that we tell apart.
inline constexpr std::string_view writer_was_replaced = "OF001";
inline constexpr std::string_view stream_has_a_gap = "OF002";
inline constexpr std::string_view unique_violation = "23505";
inline constexpr std::string_view lock_not_available = "55P03";

/// ($1 node, $2 holder, $3 epoch, $4 batch) → the transaction's number. Raises OF001 when the row is somebody else's.
inline constexpr statement hold_writer{"hold_writer", "SELECT hold_writer($1::integer, $2::bigint, $3::bigint, $4::bigint)"};

/// ($1 streams, $2 sequence numbers that they must end with). Raises OF002.
inline constexpr statement expect_events{"expect_events", R"sql(
SELECT refuse_gap(wanted.stream, wanted.seq)
FROM (SELECT unnest($1::bigint[]) AS stream, unnest($2::bigint[]) AS seq) AS wanted
WHERE wanted.seq IS DISTINCT FROM
  (SELECT e.seq + e.count - 1 FROM events AS e WHERE e.stream = wanted.stream ORDER BY e.seq DESC LIMIT 1))sql"};

/// ($1 stream, $2 seq of the first, $3 n of the last, $4 type, $5 version, $6 at, $7 body, $8 count, $9 more), a row per append.
inline constexpr statement insert_events{"insert_events", R"sql(
INSERT INTO events (stream, seq, txid, n, type, version, at, body, count, more)
SELECT unnest($1::bigint[]), unnest($2::bigint[]), (SELECT own_transaction()), unnest($3::integer[]), unnest($4::integer[]),
       unnest($5::integer[]), unnest($6::bigint[]), unnest($7::text[]), unnest($8::integer[]), unnest($9::text[]))sql"};

/// ($1 hash, $2 scope, $3 key, $4 body hash, $5 order, $6 at)
inline constexpr statement insert_keys{"insert_keys", R"sql(
INSERT INTO idempotency (hash, scope, key, body_hash, order_id, at)
SELECT unnest($1::bigint[]), unnest($2::text[]), unnest($3::text[]), unnest($4::bigint[]), unnest($5::bigint[]),
       unnest($6::bigint[]))sql"};

/// ($1 id, $2 owner, $3 tenant, $4 origin, $5 external id, $6 batch, $7 csv source, $8 import group, $9 email, $10 created,
/// $11 listed)
inline constexpr statement insert_orders{"insert_orders", R"sql(
INSERT INTO orders (id, owner, tenant, origin, external_id, batch_id, csv_source, import_group, customer_email, created_at,
                    listed_at)
SELECT unnest($1::bigint[]), unnest($2::text[]), unnest($3::text[]), unnest($4::text[]), unnest($5::text[]),
       unnest($6::text[]), unnest($7::text[]), unnest($8::text[]), unnest($9::text[]), unnest($10::bigint[]),
       unnest($11::bigint[]))sql"};

/// ($1 id, $2 version, $3 status, $4 state, $5 state version, $6 due at, $7 open, $8 tenant, $9 listed at, $10 operator's
/// reason), each id once: of orders that are new. An upsert would look for each before, and write it in two steps.
#define INSERT_STATES                                                                                                      \
  "INSERT INTO order_state (id, version, status, state, state_version, due_at, open, tenant, listed_at, operator_reason) " \
  "SELECT unnest($1::bigint[]), unnest($2::bigint[]), unnest($3::smallint[]), unnest($4::text[]), unnest($5::integer[]), " \
  "unnest($6::bigint[]), unnest($7::boolean[]), unnest($8::text[]), unnest($9::bigint[]), unnest($10::smallint[])"
inline constexpr statement insert_states{"insert_states", INSERT_STATES};

/// As above, of orders that are there: tenant and time never change, and are empty.
inline constexpr statement upsert_states{"upsert_states", INSERT_STATES R"sql(
ON CONFLICT (id) DO UPDATE SET version = EXCLUDED.version, status = EXCLUDED.status, state = EXCLUDED.state,
  state_version = EXCLUDED.state_version, due_at = EXCLUDED.due_at, open = EXCLUDED.open,
  operator_reason = EXCLUDED.operator_reason)sql"};

/// ($1 warehouse, $2 product, $3 on hand, $4 reserved), each product once.
inline constexpr statement upsert_stock{"upsert_stock", R"sql(
INSERT INTO stock (warehouse, product, on_hand, reserved)
SELECT unnest($1::bigint[]), unnest($2::text[]), unnest($3::bigint[]), unnest($4::bigint[])
ON CONFLICT (warehouse, product) DO UPDATE SET on_hand = EXCLUDED.on_hand, reserved = EXCLUDED.reserved)sql"};

/// ($1 order, $2 round, $3 closing)
inline constexpr statement insert_reservations{"insert_reservations", R"sql(
INSERT INTO reservations (order_id, round, closing)
SELECT unnest($1::bigint[]), unnest($2::bigint[]), unnest($3::boolean[]))sql"};

/// ($1 catalogue, $2 id, $3 name, $4 currency, $5 price), each product once.
inline constexpr statement upsert_products{"upsert_products", R"sql(
INSERT INTO products (catalogue, id, name, currency, price)
SELECT unnest($1::bigint[]), unnest($2::text[]), unnest($3::text[]), unnest($4::text[]), unnest($5::bigint[])
ON CONFLICT (catalogue, id) DO UPDATE SET name = EXCLUDED.name, currency = EXCLUDED.currency, price = EXCLUDED.price)sql"};

/// ($1 id, $2 tenant, $3 customer, $4 version, $5 state, $6 state version), each id once.
inline constexpr statement upsert_accounts{"upsert_accounts", R"sql(
INSERT INTO accounts (id, tenant, customer, version, state, state_version)
SELECT unnest($1::bigint[]), unnest($2::text[]), unnest($3::text[]), unnest($4::bigint[]), unnest($5::text[]),
       unnest($6::integer[])
ON CONFLICT (id) DO UPDATE SET version = EXCLUDED.version, state = EXCLUDED.state, state_version = EXCLUDED.state_version)sql"};

/// ($1 sink, $2 transaction id, $3 n), each sink once.
inline constexpr statement upsert_cursors{"upsert_cursors", R"sql(
INSERT INTO cursors (sink, txid, n)
SELECT unnest($1::text[]), unnest($2::bigint[]), unnest($3::bigint[])
ON CONFLICT (sink) DO UPDATE SET txid = EXCLUDED.txid, n = EXCLUDED.n)sql"};

/// ($1 order, $2 seq, $3 channel, $4 subject, $5 recipient, $6 status, $7 at). The same delivery told twice is kept once.
inline constexpr statement insert_notifications{"insert_notifications", R"sql(
INSERT INTO notifications (order_id, seq, channel, nth, subject, recipient, status, at)
SELECT unnest($1::bigint[]), unnest($2::bigint[]), unnest($3::text[]), 0, unnest($4::text[]), unnest($5::text[]),
       unnest($6::text[]), unnest($7::bigint[])
ON CONFLICT (order_id, seq, channel, nth)
DO UPDATE SET subject = EXCLUDED.subject, recipient = EXCLUDED.recipient, status = EXCLUDED.status, at = EXCLUDED.at)sql"};

/// As above, of messages that clients sent themselves (seq 0): all are kept.
inline constexpr statement insert_free_notifications{"insert_free_notifications", R"sql(
INSERT INTO notifications (order_id, seq, channel, nth, subject, recipient, status, at)
SELECT told.order_id, told.seq, told.channel,
       row_number() OVER (PARTITION BY told.order_id, told.channel ORDER BY told.i) +
         (SELECT coalesce(max(n.nth), 0) FROM notifications AS n
          WHERE n.order_id = told.order_id AND n.seq = told.seq AND n.channel = told.channel),
       told.subject, told.recipient, told.status, told.at
FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[])
  WITH ORDINALITY AS told (order_id, seq, channel, subject, recipient, status, at, i))sql"};

/// ($1 number, $2 tenant, $3 user, $4 order, $5 channel, $6 recipient, $7 subject, $8 text, $9 key hash, $10 scope, $11 key,
/// $12 body hash, $13 asked at, $14 send at, $15 due at, $16 tries, $17 status, $18 settled at), each number once.
inline constexpr statement upsert_messages{"upsert_notices", R"sql(
INSERT INTO notices (number, tenant, user_id, order_id, channel, recipient, subject, text, key_hash, scope, key, body_hash,
                     asked_at, send_at, due_at, tries, status, settled_at)
SELECT unnest($1::bigint[]), unnest($2::text[]), unnest($3::text[]), unnest($4::bigint[]), unnest($5::text[]),
       unnest($6::text[]), unnest($7::text[]), unnest($8::text[]), unnest($9::bigint[]), unnest($10::text[]),
       unnest($11::text[]), unnest($12::bigint[]), unnest($13::bigint[]), unnest($14::bigint[]), unnest($15::bigint[]),
       unnest($16::bigint[]), unnest($17::smallint[]), unnest($18::bigint[])
ON CONFLICT (number) DO UPDATE SET due_at = EXCLUDED.due_at, tries = EXCLUDED.tries, status = EXCLUDED.status,
  settled_at = EXCLUDED.settled_at)sql"};

/// ($1 bytes)
inline constexpr statement write_ballast{"write_ballast", R"sql(
INSERT INTO write_probe (id, filler) VALUES (1, repeat('x', $1::integer))
ON CONFLICT (id) DO UPDATE SET filler = EXCLUDED.filler)sql"};

inline constexpr std::array batch_statements{hold_writer,          expect_events,
                                             insert_events,        insert_keys,
                                             insert_orders,        insert_states,
                                             upsert_states,        upsert_stock,
                                             insert_reservations,  upsert_products,
                                             upsert_accounts,      upsert_cursors,
                                             insert_notifications, insert_free_notifications,
                                             upsert_messages,      write_ballast};

/// What the names of writers' sessions begin with, whatever their node: followers wait for the transactions of these.
#define WRITER_SESSIONS "orderflow-writer-"

/// Settings of the writer's session. Plans are made once, for tables that may still be empty: only index plans are safe.
/// Whether transactions may write is left as the database has it: an operator who makes it read-only means us too.
/// The ends to waiting are shorter than the connection's own timeout, so that the server's "no" comes first.
inline constexpr const char* writer_settings = R"sql(
SET client_encoding = 'UTF8'; SET client_min_messages = warning; SET jit = off;
SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET plan_cache_mode = force_generic_plan;
SET default_transaction_isolation = 'read committed';
SET lock_timeout = '2s'; SET statement_timeout = '8s'; SET idle_in_transaction_session_timeout = '10s';
SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; SET tcp_user_timeout = '10s';
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off')sql";

/// A list may be slow; it must not stay for ever. Nearly everything is read in pages in the order of an index. The planner thinks
/// that few rows fulfil the conditions and would rather fetch and sort them all, or walk the whole other table beside them, for
/// each page anew: what a follower that is far behind asks would cost the square of how far.
inline constexpr const char* reader_settings = R"sql(
SET client_encoding = 'UTF8'; SET client_min_messages = warning; SET jit = off;
SET enable_sort = off; SET enable_hashjoin = off; SET enable_mergejoin = off;
SET default_transaction_isolation = 'read committed'; SET default_transaction_read_only = on;
SET lock_timeout = '2s'; SET statement_timeout = '10s'; SET idle_in_transaction_session_timeout = '15s';
SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; SET tcp_user_timeout = '15s')sql";

}  // namespace orderflow::postgres
