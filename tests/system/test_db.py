"""`orderflow db`: a live store is verified without false alarms, and its backup is a store again, on both journals."""
import contextlib
import glob
import os
import random
import shutil
import sqlite3
import subprocess
import tempfile
import threading
import unittest

from client import Client, Unanswered, new_key
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

    def copy_of_orders(self, server, folder, orders):
        """Starts it on SQLite and lets it take so many. The client, and where a backup of them is."""
        server.start()
        client = Client(server)
        for _ in range(orders):
            self.assertEqual(client.post("/api/v1/orders/", order_of()).status, 201)
        copy = os.path.join(folder, "copy")
        self.assertEqual(self.db("backup", sqlite_of(server.data), "--to", copy)[0], 0)
        return client, copy

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


    def check_no_number_comes_again(self, server, restore, restored_journal=None):
        """Orders that are lost with the store keep their money to themselves: no later order takes their charges for its own."""
        lamp = {"items": [{"product_name": "Lamp", "quantity": 1, "unit_price": 25}], "currency": "USD"}
        server.start()
        client = Client(server)
        self.assertEqual(client.post("/api/v1/orders/", order_of(**lamp), key=new_key()).status, 201)
        restore.take()
        lost = {client.post("/api/v1/orders/", order_of(**lamp), key=new_key()).json["id"] for _ in range(130)}
        server.kill()
        told = restore.put_back()
        server.journal = restored_journal or server.journal
        server.start()
        client = Client(server)
        before = [line for line in client.ledger() if line["kind"] == "capture"]
        new = [client.post("/api/v1/orders/", order_of(**lamp), key=new_key()).json for _ in range(130)]
        paid = {order["id"] for order in new if order["status"] == "paid"}
        captures = [line for line in client.ledger() if line["kind"] == "capture"][len(before):]
        self.assertEqual(len(paid), 130)
        self.assertEqual({line["order"] for line in captures}, paid)
        self.assertEqual(len(captures), 130)
        self.assertFalse(paid & lost)
        cancelled = new[0]["id"]
        self.assertEqual(client.delete(f"/api/v1/orders/{cancelled}", key=new_key()).status, 200)
        wait_until(lambda: [line["order"] for line in client.ledger() if line["kind"] == "refund"] == [cancelled], 10, "it is refunded")
        self.assertIn(" numbers-skipped ", server.log())
        self.assertLess(max(lost), min(paid))
        client.close()
        self.assertEqual(server.stop(), 0)
        code, told_after = self.db("verify", server.journal or sqlite_of(server.data))
        self.assertEqual(code, 0, told_after)
        # It is a store like any other from then on.
        server.start()
        self.assertEqual(server.log(1000).count(" numbers-skipped "), 1)
        return told


class Backup:
    """`db backup`, and `db restore` to a place that is made empty before."""

    def __init__(self, test, journal, folder, into=None, clear=lambda: None):
        self.test, self.journal, self.into, self.clear = test, journal, into or journal, clear
        self.copy = os.path.join(folder, "copy")

    def take(self):
        code, told = self.test.db("backup", self.journal, "--to", self.copy)
        self.test.assertEqual(code, 0, told)

    def put_back(self):
        self.clear()
        code, told = self.test.db("restore", self.into, "--from", self.copy)
        self.test.assertEqual(code, 0, told)
        return told


class CopiedFiles:
    """A copy by other means than ours, and `db skip-numbers`."""

    def __init__(self, test, data, folder):
        self.test, self.data, self.folder = test, data, folder

    def files(self, directory):
        return [os.path.join(directory, name) for name in os.listdir(directory) if name.startswith("orderflow.db")]

    def take(self):
        for path in self.files(self.data):
            shutil.copy(path, self.folder)

    def put_back(self):
        remove(self.files(self.data))
        for path in self.files(self.folder):
            shutil.copy(path, self.data)
        code, told = self.test.db("skip-numbers", sqlite_of(self.data))
        self.test.assertEqual(code, 0, told)
        return told


def remove(files):
    for path in files:
        os.unlink(path)


def sqlite_backup(test, server, folder):
    return Backup(test, sqlite_of(server.data), folder, clear=lambda: remove(glob.glob(os.path.join(server.data, "orderflow.db*"))))


class OnSqlite(Tools, unittest.TestCase):
    def test_no_number_comes_again_after_a_restore_on_sqlite(self):
        with Server() as server, tempfile.TemporaryDirectory(prefix="orderflow-db-") as folder:
            told = self.check_no_number_comes_again(server, sqlite_backup(self, server, folder))
            self.assertIn("the next start leaves out all numbers", told)

    def test_no_number_comes_again_after_files_were_copied_by_other_means(self):
        with Server() as server, tempfile.TemporaryDirectory(prefix="orderflow-db-") as folder:
            self.check_no_number_comes_again(server, CopiedFiles(self, server.data, folder))

    def test_a_damaged_file_and_one_without_an_index_are_not_passed(self):
        with Server() as server, tempfile.TemporaryDirectory(prefix="orderflow-db-") as folder:
            client, copy = self.copy_of_orders(server, folder, 300)
            client.close()
            self.assertEqual(self.db("verify", "sqlite:" + copy)[0], 0)
            with open(copy, "rb") as file:
                sound = file.read()
            chance, broken = random.Random(5), os.path.join(folder, "broken")
            unsound, passed = 0, []
            for _ in range(40):
                at = chance.randrange(4096, len(sound) - 16)
                with open(broken, "wb") as file:
                    file.write(sound[:at] + bytes(byte ^ 0xff for byte in sound[at:at + 16]) + sound[at + 16:])
                code, told = self.db("verify", "sqlite:" + broken)
                self.assertIn(code, (0, 1), told)
                self.assertEqual("FAIL" in told, code == 1, told)
                if not self.is_sound(broken):
                    unsound += 1
                    if code == 0:
                        passed.append(at)
                remove(glob.glob(broken + "*"))
            self.assertEqual(passed, [])
            self.assertGreater(unsound, 0)
            with contextlib.closing(sqlite3.connect(copy)) as store:
                store.execute("DROP INDEX events_by_stream")
            code, told = self.db("verify", "sqlite:" + copy)
            self.assertEqual(code, 1, told)
            self.assertIn("CREATE UNIQUE INDEX events_by_stream", told)

    def is_sound(self, path):
        with contextlib.closing(sqlite3.connect(path)) as store:
            store.text_factory = bytes  # it quotes what is damaged
            try:
                return [row[0] for row in store.execute("PRAGMA integrity_check")] == [b"ok"]
            except (sqlite3.DatabaseError, UnicodeDecodeError):
                return False

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
            code, told = self.db("verify", sqlite_of(server.data))
            self.assertEqual(code, 69, told)
            self.assertNotIn("orderflow serve", told)
            for way in ("move the database back", "orderflow db restore", "orderflow db migrate"):
                self.assertIn(way, told)
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

    def test_no_number_comes_again_after_a_restore_on_postgresql(self):
        empty = self.other_database("restored")
        with Server(journal=self.postgres.url) as server, tempfile.TemporaryDirectory(prefix="orderflow-db-") as folder:
            self.check_no_number_comes_again(server, Backup(self, self.postgres.url, folder, into=empty), restored_journal=empty)

    def test_numbers_are_not_skipped_under_a_server(self):
        with Server(journal=self.postgres.url) as server:
            server.start()
            code, told = self.db("skip-numbers", self.postgres.url)
            self.assertEqual(code, 69, told)
            self.assertIn(f"process {server.process.pid} on ", told)
            self.assertEqual(Client(server).post("/api/v1/orders/", order_of()).status, 201)
            self.assertEqual(server.stop(), 0)
            self.assertEqual(self.db("skip-numbers", self.postgres.url)[0], 0)

    def test_a_postgresql_store_without_an_index_is_not_passed(self):
        code, told = self.db("verify", self.postgres.url)
        self.assertEqual(code, 69, told)
        self.assertIn("orderflow db migrate", told)
        self.assertEqual(self.db("migrate", self.postgres.url)[0], 0)
        self.assertEqual(self.db("verify", self.postgres.url)[0], 0)
        subprocess.run(["psql", "--no-psqlrc", "-q", "-d", self.postgres.url, "-c", "DROP INDEX order_state_due"], check=True)
        code, told = self.db("verify", self.postgres.url)
        self.assertEqual(code, 1, told)
        self.assertIn("CREATE INDEX order_state_due", told)

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
