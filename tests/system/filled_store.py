"""Stores with very many orders, made in seconds: a few orders go through the server as any would, and what the store then holds of
them is copied under other numbers. So events, folded states and rows are what the server writes, and `orderflow db verify` agrees."""
import contextlib
import json
import os
import re
import sqlite3
import subprocess
import urllib.request

from server import BINARY

SHARDS = 64
IN_ONE_STEP = 250_000  # orders of one transaction
CUSTOMERS = 100_003
ORDER = {"customer_email": "full@example.org", "customer_name": "Ann", "currency": "JPY",
         "items": [{"product_name": "Lamp", "quantity": 2, "unit_price": 500}]}
OWNER = ORDER["customer_email"]  # staff makes the orders, so each belongs to the customer that it names


def ask(server, method, path, body):
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}{path}", method=method, data=json.dumps(body).encode(),
                                     headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def make_patterns(server):
    """(an order that is delivered, one that waits for its payment) on an empty store; the server is stopped afterwards."""
    server.start()
    delivered = ask(server, "POST", "/api/v1/orders/", ORDER)["id"]
    for status in ("shipped", "delivered"):
        ask(server, "PUT", f"/api/v1/orders/{delivered}/status", {"status": status})
    waiting = ask(server, "POST", "/api/v1/orders/", {**ORDER, "auto_pay": False})["id"]
    server.stop()
    return delivered, waiting


def journal_of(server):
    return server.journal or "sqlite:" + os.path.join(server.data, "orderflow.db")


def verify(server):
    """`orderflow db verify`, with the server stopped. How many orders it looked at."""
    done = subprocess.run([BINARY, "db", "verify", "--journal", journal_of(server)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"db verify ended with {done.returncode}: {done.stdout[-2000:]}{done.stderr}")
    return int(re.search(r"^(\d+) orders, ", done.stdout, re.MULTILINE).group(1))


class SqliteFiller:
    """Writes beside nobody: the server is stopped."""
    numbers = "WITH RECURSIVE new (id) AS (SELECT {first} UNION ALL SELECT id + 1 FROM new WHERE id < {last})"
    statements = (
        "INSERT INTO events (position, stream, seq, type, version, at, body, count, more) {numbers} SELECT (SELECT max(position) FROM events) + "
        "(new.id - {first}) * 16 + seq + count - 1, new.id * 16 + 1, seq, type, version, at, {body}, count, {more} "
        "FROM new, (SELECT * FROM events WHERE stream = {pattern} * 16 + 1 ORDER BY seq) AS event",
        "INSERT INTO orders SELECT * FROM ({numbers} SELECT new.id, {customer}, tenant, {customer} || '@example.org', origin, external_id, batch_id, "
        "csv_source, import_group, created_at, {listed_at} FROM new, orders AS pattern WHERE pattern.id = {pattern})",
        "INSERT INTO order_state (id, version, status, open, due_at, state_version, state, tenant, listed_at) {numbers} SELECT new.id, version, status, "
        "open, due_at, state_version, {state}, tenant, {listed_at} FROM new, order_state AS pattern WHERE pattern.id = {pattern}",
    )
    finish = ("INSERT OR REPLACE INTO cursors (sink, major, minor) SELECT 'notifications', max(position), 0 FROM events",
              "UPDATE id_blocks SET next = (({last} / 64) + 1) * 64 + shard",
              "INSERT OR IGNORE INTO id_blocks (shard, next) {shards} SELECT id, (({last} / 64) + 1) * 64 + id FROM new")

    def __init__(self, url):
        self.store = sqlite3.connect(url.removeprefix("sqlite:"), isolation_level=None)
        self.store.execute("PRAGMA synchronous = OFF")
        self.store.execute("PRAGMA cache_size = -500000")

    def run(self, statements, **words):
        self.store.execute("BEGIN")
        for statement in statements:
            self.store.execute(statement.format(**words, numbers=self.numbers.format(**words), shards=self.numbers.format(first=0, last=63)))
        self.store.execute("COMMIT")

    def bytes(self):
        return next(self.store.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"))[0]

    def close(self):
        self.store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.store.close()


class PostgresFiller:
    numbers = "SELECT id FROM generate_series({first}::bigint, {last}::bigint) AS id"
    statements = (
        "INSERT INTO events (stream, seq, txid, n, type, version, at, body, count, more) SELECT new.id * 16 + 1, seq, own_transaction(), "
        "((new.id - {first}) * 16 + seq + count - 2)::integer, type, version, at, {body}, count, {more} FROM ({numbers}) AS new, events AS event "
        "WHERE stream = {pattern} * 16 + 1 ORDER BY new.id, seq",
        "INSERT INTO orders SELECT new.id, {customer}, tenant, origin, external_id, batch_id, csv_source, import_group, {customer} || '@example.org', "
        "created_at, {listed_at} FROM ({numbers}) AS new, orders AS pattern WHERE pattern.id = {pattern}",
        "INSERT INTO order_state SELECT new.id, version, status, {state}, state_version, due_at, open, tenant, {listed_at} FROM ({numbers}) AS new, "
        "order_state AS pattern WHERE pattern.id = {pattern}",
    )
    finish = ("INSERT INTO cursors SELECT 'notifications', max(txid), 2147483647 FROM events ON CONFLICT (sink) DO UPDATE SET txid = EXCLUDED.txid, "
              "n = EXCLUDED.n",
              "INSERT INTO id_blocks SELECT shard, {last} / 64 + 1 FROM generate_series(0, 63) AS shard ON CONFLICT (shard) DO UPDATE SET "
              "taken = EXCLUDED.taken")

    def __init__(self, url):
        self.url = url

    def psql(self, text):
        done = subprocess.run(["psql", "--no-psqlrc", "-At", "-v", "ON_ERROR_STOP=1", "-d", self.url, "-c", text], capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        return done.stdout.strip()

    def run(self, statements, **words):
        wanted = [statement.format(**words, numbers=self.numbers.format(**words)) for statement in statements]
        self.psql("BEGIN; SET LOCAL synchronous_commit = off; " + "; ".join(wanted) + "; COMMIT")

    def bytes(self):
        return int(self.psql("SELECT pg_database_size(current_database())"))

    def close(self):
        self.psql("ANALYZE")


def written_for(number):
    """What an order has of its own in what is stored of it: its number, the gateway's transaction, its customer. Customers have orders all
    over the store. All orders are of one moment, so they are listed a microsecond apart, in the order of their numbers."""
    customer = f"('customer-' || (new.id * 7919 % {CUSTOMERS}))"
    def of(column):
        changed = f"replace({column}, '\"t\":\"{number}01\"', '\"t\":\"' || (new.id * 100 + 1) || '\"')"
        changed = f"replace({changed}, '\"o\":\"{OWNER}\"', '\"o\":\"' || {customer} || '\"')"
        changed = f"replace({changed}, '\"{ORDER['customer_email']}\"', '\"' || {customer} || '@example.org\"')"
        return f"replace({changed}, '{{\"i\":{number},', '{{\"i\":' || new.id || ',')"
    return {"body": of("body"), "more": of("more"), "state": of("state"), "customer": customer, "listed_at": "listed_at + new.id * 9 / 10"}


def fill(server, stored, still_open):
    """Puts that many delivered orders and orders without payment beside what is there; the size of the store afterwards, in bytes."""
    delivered, waiting = make_patterns(server)
    url = journal_of(server)
    with contextlib.closing(SqliteFiller(url) if url.startswith("sqlite:") else PostgresFiller(url)) as filler:
        last = 100 * SHARDS
        for pattern, count in ((delivered, stored), (waiting, still_open)):
            goal = last + count
            while last < goal:
                first, last = last + 1, min(last + IN_ONE_STEP, goal)
                filler.run(filler.statements, first=first, last=last, pattern=pattern, **written_for(pattern))
        filler.run(filler.finish, first=0, last=last)
        size = filler.bytes()
    os.sync()  # Otherwise the server's first commits would pay for what was written here.
    return size
