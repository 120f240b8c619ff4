"""`orderflow db`: a live store is verified without false alarms, and its backup is a store again, on both journals."""
import contextlib
import os
import subprocess
import tempfile
import threading
import unittest

from client import Client, Unanswered
from keys import run
from orders import order_of, tracked_order
from server import Postgres, Server, wait_until


def sqlite_of(directory):
    return "sqlite:" + os.path.join(directory, "orderflow.db")


class Load:
    """A few clients that make, ship and cancel orders until told to stop. Which orders were acknowledged is in `made`."""

    def __init__(self, server, clients=4):
        self.server, self.over, self.made, self.lock = server, threading.Event(), [], threading.Lock()
        self.threads = [threading.Thread(target=self.run, daemon=True) for _ in range(clients)]

    def run(self):
        client = Client(self.server)
        while not self.over.is_set():
            try:
                reply = client.post("/api/v1/orders/", order_of())
                if reply.status != 201:
                    continue
                made = reply.json["id"]
                with self.lock:
                    self.made.append(made)
                if made % 3 == 0:
                    client.delete(f"/api/v1/orders/{made}")
                elif made % 3 == 1:
                    client.put(f"/api/v1/orders/{made}/status", {"status": "shipped"})
            except Unanswered:
                continue
        client.close()

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()


class Tools:
    def db(self, action, journal, *more):
        done = run(["db", action, "--journal", journal, *more])
        return done.returncode, (done.stdout + done.stderr).decode()

    def check_verify_under_load(self, server, journal):
        with Load(server) as load:
            wait_until(lambda: len(load.made) > 20, 30, "orders are made")
            for _ in range(6):
                code, told = self.db("verify", journal)
                self.assertEqual(code, 0, told)

    def check_round_trip(self, server, journal, empty, serve_restored):
        """Backup under load → restore → verify → serve: what was acknowledged before the backup is there, and the restored store goes on."""
        with tempfile.TemporaryDirectory(prefix="orderflow-db-") as folder:
            copy = os.path.join(folder, "copy")
            with Load(server) as load:
                wait_until(lambda: len(load.made) > 30, 30, "orders are made")
                acknowledged = list(load.made)
                code, told = self.db("backup", journal, "--to", copy)
                self.assertEqual(code, 0, told)
            code, told = self.db("restore", empty, "--from", copy)
            self.assertEqual(code, 0, told)
            self.assertRegex(told, r"restored from .*copy\n\d+ orders")
            code, told = self.db("restore", empty, "--from", copy)
            self.assertEqual(code, 69, told)
            code, told = self.db("verify", empty)
            self.assertEqual(code, 0, told)
        with serve_restored() as restored:
            restored.start()
            client = Client(restored)
            for order in acknowledged:
                self.assertEqual(client.get(f"/api/v1/orders/{order}").status, 200)
            made = client.post("/api/v1/orders/", order_of())
            self.assertEqual(made.status, 201, made)
            self.assertEqual(client.get("/api/v1/orders/?limit=1").json[0]["id"], made.json["id"])
            client.close()
            self.assertEqual(restored.stop(), 0)
        code, told = self.db("verify", empty)
        self.assertEqual(code, 0, told)


class OnSqlite(Tools, unittest.TestCase):
    def test_a_live_sqlite_store_is_verified_without_an_alarm(self):
        with Server() as server:
            server.start()
            self.check_verify_under_load(server, sqlite_of(server.data))

    def test_a_sqlite_backup_taken_under_load_is_restored_verified_and_served(self):
        with Server() as server, tempfile.TemporaryDirectory(prefix="orderflow-restored-") as folder:
            server.start()
            self.check_round_trip(server, sqlite_of(server.data), sqlite_of(folder), lambda: Server(data=folder))


    def test_a_data_directory_that_was_used_is_not_served_without_its_database(self):
        with Server() as server:
            server.start()
            client = Client(server)
            self.assertEqual(client.post("/api/v1/orders/", tracked_order("P001", 1)).status, 201)
            client.close()
            self.assertEqual(server.stop(), 0)
            path = os.path.join(server.data, "orderflow.db")
            os.rename(path, path + ".away")
            code, told = server.run_to_end()
            self.assertEqual(code, 69, told)
            self.assertRegex(told, r"is of an earlier run, but sqlite:\S+ is not there\. .*orderflow db migrate --data ")
            self.assertFalse(os.path.exists(path))
            code, told = self.db("migrate", sqlite_of(server.data))
            self.assertEqual(code, 0, told)
            server.start()
            self.assertEqual(Client(server).all_orders(), [])


class OnPostgres(Tools, unittest.TestCase):
    def setUp(self):
        self.postgres = Postgres()
        self.addCleanup(self.postgres.__exit__)

    def other_database(self, name):
        subprocess.run(["psql", "--no-psqlrc", "-q", "-d", self.postgres.url, "-c", f"CREATE DATABASE {name}"], check=True)
        before, _, options = self.postgres.url.partition("?")
        return before.rpartition("/")[0] + f"/{name}?{options}"

    def test_a_live_postgresql_store_is_verified_without_an_alarm(self):
        with Server(journal=self.postgres.url) as server:
            server.start()
            self.check_verify_under_load(server, self.postgres.url)

    def test_a_postgresql_backup_taken_under_load_is_restored_verified_and_served(self):
        empty = self.other_database("restored")
        with Server(journal=self.postgres.url) as server:
            server.start()
            self.check_round_trip(server, self.postgres.url, empty, lambda: Server(journal=empty))

    def test_a_server_that_takes_over_says_so_and_the_idle_one_stops_loudly(self):
        with contextlib.ExitStack() as stack:
            first = stack.enter_context(Server(journal=self.postgres.url))
            first.start()
            self.assertFalse([line for line in first.said if "took over" in line])
            second = stack.enter_context(Server(journal=self.postgres.url))
            second.start()
            told = [line for line in second.said if "took over" in line]
            self.assertEqual(len(told), 1, second.said)
            self.assertIn(f"process {first.process.pid} on ", told[0])
            self.assertIn("store-taken-over", second.log())
            # It has nothing to do, and notices within two seconds; a busy machine gets more.
            self.assertEqual(first.wait(10), 3)
            said = next(line for line in first.log().splitlines() if " fenced " in line)
            self.assertIn(f"process {second.process.pid} on ", said)
            self.assertEqual(Client(second).post("/api/v1/orders/", order_of()).status, 201)


if __name__ == "__main__":
    unittest.main()
