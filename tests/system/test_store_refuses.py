"""The store is there and does not do what orders need: rights and tables that are gone, locks of others, a database made read-only.
One outage each, told with its cause, known to /readyz and counted; and what can be read is read."""
import os
import re
import sqlite3
import subprocess
import time
import unittest
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from client import Client, new_key
from orders import order_of
from server import BINARY, Postgres, Server, wait_until
from test_outage import JSON_LOG, KNOWN_WITHIN, OutageTest


class RefusingStore(OutageTest):
    """What holds whatever the store refuses."""

    def keyed(self):
        return Client(self.server, timeout=20).post("/api/v1/orders/", order_of(), key=new_key())

    def refused(self, reason):
        text = self.client.get("/metrics").body.decode()
        return float(re.search(rf'(?m)^orderflow_http_refused_total{{reason="{reason}"}} (\S+)', text).group(1))

    def lasts_as_one_outage(self, begins, ends, because, seconds=4):
        """`begins` makes every keyed order fail; from the first failure until `ends` nothing else is told."""
        refused = self.refused("store_away")
        begins()
        try:
            until = time.monotonic() + 10
            while self.readyz().status == 200 and time.monotonic() < until:
                with ThreadPoolExecutor(8) as pool:
                    list(pool.map(lambda _: self.keyed(), range(8)))
            slowest, told = 0, Counter()
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                began = time.monotonic()
                reply = self.keyed()
                slowest = max(slowest, time.monotonic() - began)
                self.assertEqual(reply.status, 503, reply)
                self.assertTrue(reply.json["type"].endswith("/store-unavailable"), reply)
                told[self.readyz().status] += 1
                time.sleep(0.03)
            self.assertEqual(set(told), {503}, told)
            self.assertLess(slowest, 1)
            lost = wait_until(lambda: self.events("store-lost"), 5, "the log says that the store is lost")
            self.assertRegex(lost[0]["because"], because)
            self.assertIn("since", self.client.get("/readyz?verbose").json["notes"][1])
            self.assertGreater(self.refused("store_away"), refused)
        finally:
            ends()
        wait_until(lambda: self.readyz().status == 200, 10, "it is ready again")
        self.assertEqual(self.keyed().status, 201)
        wait_until(lambda: self.events("store-back"), 5, "the log says that the store is back")
        self.assertEqual((len(self.events("store-lost")), len(self.events("store-back"))), (1, 1))
        self.assertGreater(self.events("store-back")[0]["refused"], 0)
        self.assertEqual(self.events("order-crashed") + self.events("order-quarantined"), [])
        with open(self.server.log_path, encoding="utf-8") as log:
            self.assertNotIn("@example.com", log.read())


class SqliteRefuses(RefusingStore):
    def run_with(self, begin, end, because):
        with Server(options=JSON_LOG) as server:
            self.begin(server)
            with sqlite3.connect(os.path.join(server.data, "orderflow.db"), isolation_level=None, timeout=5) as shell:
                self.lasts_as_one_outage(lambda: shell.execute(begin), lambda: shell.execute(end), because)

    def test_a_table_of_keys_that_is_gone_is_one_outage(self):
        self.run_with("ALTER TABLE idempotency RENAME TO moved", "ALTER TABLE moved RENAME TO idempotency", "no such table")

    def test_a_trigger_that_refuses_every_event_is_one_outage(self):
        self.run_with("CREATE TRIGGER refuse BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'refused'); END",
                      "DROP TRIGGER refuse", "refused")

    def test_order_numbers_that_cannot_be_reserved_are_one_outage(self):
        self.run_with("CREATE TRIGGER refuse BEFORE INSERT ON id_blocks BEGIN SELECT RAISE(ABORT, 'refused'); END",
                      "DROP TRIGGER refuse", "refused")


class PostgresRefuses(RefusingStore):
    def setUp(self):
        self.postgres = Postgres()
        self.addCleanup(self.postgres.__exit__)

    def sql(self, text):
        done = subprocess.run(["psql", self.postgres.url, "-Atqc", text], capture_output=True, text=True, check=False, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)

    def lock(self, text, seconds):
        return subprocess.Popen(["psql", self.postgres.url, "-Atqc", f"begin; {text}; select pg_sleep({seconds}); commit"],
                                stdout=subprocess.DEVNULL)

    def url_of_role(self):
        """A role that owns nothing, with all rights."""
        subprocess.run([BINARY, "db", "migrate", "--journal", self.postgres.url], check=True, capture_output=True, timeout=60)
        self.sql("create role app login; grant all on all tables in schema public to app; grant all on schema public to app; "
                 "grant all on all sequences in schema public to app")
        return self.postgres.url.replace("orderflow@", "app@")

    def test_a_right_that_was_taken_away_is_one_outage(self):
        url = self.url_of_role()
        for table in ("events", "idempotency", "order_state", "id_blocks"):
            with self.subTest(table=table), Server(options=JSON_LOG, journal=url) as server:
                self.begin(server)
                self.lasts_as_one_outage(lambda: self.sql(f"revoke insert, update on {table} from app"),
                                         lambda: self.sql(f"grant all on {table} to app"), f"permission denied for table {table}", 3)

    def test_a_table_of_keys_that_is_gone_is_one_outage(self):
        with Server(options=JSON_LOG, journal=self.postgres.url) as server:
            self.begin(server)
            self.lasts_as_one_outage(lambda: self.sql("alter table idempotency rename to moved"),
                                     lambda: self.sql("alter table moved rename to idempotency"), "does not exist")

    def test_a_constraint_that_no_row_fulfils_is_one_outage_and_its_rows_are_not_logged(self):
        with Server(options=JSON_LOG, journal=self.postgres.url) as server:
            self.begin(server)
            self.lasts_as_one_outage(lambda: self.sql("alter table orders add constraint refuse check (false) not valid"),
                                     lambda: self.sql("alter table orders drop constraint refuse"), "violates check constraint")

    def test_a_lock_of_another_session_is_one_outage(self):
        for lock in ("lock table events in share mode", "lock table idempotency in access exclusive mode"):
            with self.subTest(lock=lock), Server(options=JSON_LOG, journal=self.postgres.url) as server:
                self.begin(server)
                session = []
                began = time.monotonic()
                self.lasts_as_one_outage(lambda: session.append(self.lock(lock, 9)), lambda: session[0].wait(20), "lock|answer")
                self.assertLess(time.monotonic() - began, 20)

    def test_a_database_made_read_only_takes_no_writes_and_is_read(self):
        with Server(options=JSON_LOG, journal=self.postgres.url) as server:
            self.begin(server)
            time.sleep(7)  # the orders leave memory
            self.sql("alter system set default_transaction_read_only = on")
            self.sql("select pg_reload_conf()")
            self.is_told_within(KNOWN_WITHIN + 1)
            time.sleep(4)
            for _ in range(5):
                for number in self.kept:
                    self.assertEqual(self.client.get(f"/api/v1/orders/{number}").status, 200)
                    self.assertEqual(self.client.get(f"/api/v1/orders/{number}/events").status, 200)
                self.assertEqual(len(self.client.all_orders()), len(self.kept))
            self.refuses_writes_at_once_in_every_dialect()
            for session in ("", "terminate"):
                if session:
                    self.sql("select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'orderflow%'")
                    time.sleep(1)
                self.assertEqual(self.client.get(f"/api/v1/orders/{self.kept[0]}").status, 200, session)
                self.assertEqual(len(self.client.all_orders()), len(self.kept))
            self.assertEqual(self.readyz().status, 503)
            subprocess.run(["psql", self.postgres.url, "-Atqc", "alter system reset default_transaction_read_only"],
                           env={**os.environ, "PGOPTIONS": "-c default_transaction_read_only=off"}, check=True, timeout=20)
            self.sql("select pg_reload_conf()")
            self.comes_back_by_itself()


class PostgresCannotBeRead(RefusingStore):
    def setUp(self):
        self.postgres = Postgres()
        self.addCleanup(self.postgres.__exit__)

    def idle_orders_are_refused_at_once(self, begins, ends):
        with Server(options=JSON_LOG, journal=self.postgres.url) as server:
            self.begin(server)
            time.sleep(7)  # the orders leave memory
            begins()
            try:
                self.is_told_within(KNOWN_WITHIN)
                time.sleep(1)
                overloaded, refused = self.refused("overload"), self.refused("store_away")

                def read(place):
                    number = self.kept[place % len(self.kept)]
                    path = [f"/api/v1/orders/{number}", f"/api/v1/orders/{number}/events", f"/api/v1/payments/order/{number}",
                            "/api/v1/orders/"][place % 4]
                    began = time.monotonic()
                    reply = Client(server, timeout=20).get(path)
                    return reply, time.monotonic() - began

                with ThreadPoolExecutor(100) as pool:
                    replies = list(pool.map(read, range(400)))
                self.assertEqual({reply.status for reply, _ in replies}, {503})
                for reply, _ in replies[::4]:
                    self.assertTrue(reply.json["type"].endswith("/store-unavailable"), reply)
                took = sorted(took for _, took in replies)
                self.assertLess(took[len(took) // 2], 0.6, "on a busy machine")
                self.assertEqual(self.refused("overload"), overloaded)
                self.assertEqual(self.refused("store_away"), refused + len(replies))
                self.assertEqual(self.events("overload-began"), [])
            finally:
                ends()
            self.comes_back_by_itself()

    def test_idle_orders_are_refused_at_once_while_postgresql_is_stopped(self):
        self.idle_orders_are_refused_at_once(self.postgres.stop, self.postgres.start)

    def test_idle_orders_are_refused_at_once_while_postgresql_is_paused(self):
        self.idle_orders_are_refused_at_once(self.postgres.pause, self.postgres.go_on)


if __name__ == "__main__":
    unittest.main()
