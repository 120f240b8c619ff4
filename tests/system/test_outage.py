"""The store goes away under a running server: full disk, PostgreSQL stopped, killed, paused. What is told, how soon, and that it ends."""
import json
import os
import resource
import signal
import time
import unittest

from client import Client, new_key
from orders import order_of, tracked_order
from server import Postgres, Server, wait_until

JSON_LOG = ("--set", "log.format=json")
# 0.5 s until a probe, 1.4 s until it counts as hanging, and what a busy machine adds.
KNOWN_WITHIN = 2.5


class Room:
    """Takes a process's room on the disk away, as a quota does, and gives it back."""

    def __init__(self, server):
        self.pid = server.process.pid
        self.before = resource.prlimit(self.pid, resource.RLIMIT_FSIZE)
        wal = os.path.join(server.data, "orderflow.db-wal")
        self.limit = max(os.path.getsize(wal), os.path.getsize(os.path.join(server.data, "orderflow.db")))

    def take(self):
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (self.limit, self.before[1]))

    def give_back(self):
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, self.before)


class OutageTest(unittest.TestCase):
    """What holds in each of the outages."""

    def begin(self, server):
        self.server = server
        server.start()
        self.client = Client(server)
        self.client.set_stock("P001", 1000)
        self.kept = [self.created() for _ in range(3)]

    def created(self, within=15):
        reply = Client(self.server, timeout=within).post("/api/v1/orders/", tracked_order("P001", 1))
        self.assertEqual(reply.status, 201, reply)
        return reply.json["id"]

    def events(self, name):
        with open(self.server.log_path, encoding="utf-8") as log:
            return [line for line in map(json.loads, log) if line["event"] == name]

    def readyz(self):
        return Client(self.server, timeout=2).get("/readyz")

    def is_told_within(self, seconds):
        began = time.monotonic()
        wait_until(lambda: self.readyz().status == 503, seconds, "readyz says that nothing can be written")
        self.assertEqual(self.readyz().json["status"], "store_away")
        self.assertEqual(self.client.get("/livez").status, 200)
        return time.monotonic() - began

    def refuses_writes_at_once_in_every_dialect(self):
        writes = [
            ("POST", "/api/v1/orders/", order_of(), lambda body: body["type"].endswith("/store-unavailable")),
            ("DELETE", f"/api/v1/orders/{self.kept[0]}", None, lambda body: body["status"] == 503),
            ("POST", "/api/orders/create", {"userId": "7"}, lambda body: body["code"] == 503),
            ("POST", "/api/inventory/lock", {"orderId": "ORD000001", "items": []}, lambda body: body["locked"] is False),
            ("POST", "/api/inventory/reduce", {"productId": "P001", "quantity": 1}, lambda body: body["status"] == "FAILED"),
            ("POST", "/api/order/cart.json", {"customerId": "7"}, lambda body: body["status"] == "error"),
        ]
        for method, path, body, is_dialects in writes:
            with self.subTest(path=path):
                began = time.monotonic()
                reply = self.client.request(method, path, body)
                took = time.monotonic() - began
                self.assertEqual(reply.status, 503, reply)
                self.assertTrue(reply.headers["Retry-After"])
                self.assertTrue(is_dialects(reply.json), reply)
                self.assertLess(took, 1, reply)

    def comes_back_by_itself(self, within=30):
        wait_until(lambda: self.readyz().status == 200, within, "readyz says that it is ready again")
        self.kept.append(self.created())
        for number in self.kept:
            self.assertEqual(self.client.get(f"/api/v1/orders/{number}").status, 200)
        wait_until(lambda: self.events("store-back"), 5, "the log says that the store is back")
        lost, back = self.events("store-lost"), self.events("store-back")
        self.assertEqual(len(lost), len(back), (lost, back))
        self.assertTrue(lost[0]["because"])
        self.assertGreater(back[0]["duration_ms"], 0)
        self.assertGreater(sum(each["refused"] for each in back), 0)

    def is_not_flooded(self, most_lines=120):
        with open(self.server.log_path, encoding="utf-8") as log:
            lines = [json.loads(line) for line in log]
        self.assertLess(len(lines), most_lines, lines[-20:])
        for line in lines:
            for value in map(str, line.values()):
                self.assertNotIn("1(", value, line)


class FullDisk(OutageTest):
    def test_a_full_disk_is_told_within_two_seconds_and_refuses_writes_at_once(self):
        with Server(options=JSON_LOG) as server:
            self.begin(server)
            room = Room(server)
            room.take()
            self.is_told_within(KNOWN_WITHIN + 5)  # a little room is left until the first probe that does not fit
            lost = wait_until(lambda: self.events("store-lost"), 5, "the log says that the store is lost")
            self.assertIn("the disk", lost[0]["because"])
            self.refuses_writes_at_once_in_every_dialect()
            for number in self.kept:
                self.assertEqual(self.client.get(f"/api/v1/orders/{number}").json["status"], "paid")
            self.assertEqual(len(self.client.all_orders()), len(self.kept))
            refused = [self.client.post("/api/v1/orders/", order_of(), key=new_key()).status for _ in range(200)]
            self.assertEqual(set(refused), {503})
            room.give_back()
            self.comes_back_by_itself()
            self.assertEqual(len(self.client.all_orders()), len(self.kept))
            self.is_not_flooded()

    def test_a_full_disk_is_told_as_one_outage(self):
        with Server(options=JSON_LOG) as server:
            self.begin(server)
            room = Room(server)
            room.take()
            self.is_told_within(KNOWN_WITHIN + 5)
            until = time.monotonic() + 4
            while time.monotonic() < until:
                self.assertEqual(self.readyz().status, 503)
                time.sleep(0.05)
            room.give_back()
            wait_until(lambda: self.readyz().status == 200, 30, "it is ready again")
            wait_until(lambda: self.events("store-back"), 5, "the log says that the store is back")
            self.assertEqual(len(self.events("store-lost")), 1)


class FileMoved(OutageTest):
    def test_a_database_that_was_moved_away_takes_no_writes_until_it_is_back(self):
        with Server(options=JSON_LOG) as server:
            self.begin(server)
            path = os.path.join(server.data, "orderflow.db")
            os.rename(path, path + ".away")
            self.is_told_within(KNOWN_WITHIN)
            self.refuses_writes_at_once_in_every_dialect()
            lost = wait_until(lambda: self.events("store-lost"), 5, "the log says that the store is lost")
            self.assertIn("move them back", lost[0]["because"])
            for number in self.kept:
                self.assertEqual(self.client.get(f"/api/v1/orders/{number}").status, 200)
            os.rename(path + ".away", path)
            self.comes_back_by_itself()
            self.assertIn("move them back", self.events("store-back")[0]["because"])
            server.kill()
            server.start()
            for number in self.kept:
                self.assertEqual(Client(server).get(f"/api/v1/orders/{number}").status, 200)


class PostgresAway(OutageTest):
    def setUp(self):
        self.postgres = Postgres()
        self.addCleanup(self.postgres.__exit__)

    def outage(self, begins, ends):
        with Server(options=JSON_LOG, journal=self.postgres.url) as server:
            self.begin(server)
            begins()
            try:
                self.is_told_within(KNOWN_WITHIN)
                self.refuses_writes_at_once_in_every_dialect()
            finally:
                ends()
            self.comes_back_by_itself()
            self.is_not_flooded()

    def test_a_postgresql_that_was_stopped_is_told_within_two_seconds(self):
        self.outage(self.postgres.stop, self.postgres.start)

    def test_a_postgresql_that_was_paused_is_told_within_two_seconds_although_its_sockets_are_open(self):
        self.outage(self.postgres.pause, self.postgres.go_on)

    def test_a_postgresql_that_was_killed_is_told_within_two_seconds(self):
        self.outage(self.postgres.kill, self.postgres.start)

    def test_what_was_under_way_when_it_was_paused_has_one_true_outcome(self):
        with Server(options=JSON_LOG, journal=self.postgres.url) as server:
            self.begin(server)
            key = new_key()
            self.postgres.pause()
            try:
                began = time.monotonic()
                reply = Client(server, timeout=30).post("/api/v1/orders/", order_of("paused@example.com"), key=key)
                self.assertLess(time.monotonic() - began, 8, "whoever waits is not left waiting")
                self.assertEqual(reply.status, 503, reply)
                self.assertRegex(reply.json["type"], "outcome-unknown|store-unavailable")
            finally:
                self.postgres.go_on()
            wait_until(lambda: self.readyz().status == 200, 30, "it is ready again")
            again = Client(server, timeout=30).post("/api/v1/orders/", order_of("paused@example.com"), key=key)
            self.assertIn(again.status, (201, 422), again)
            self.assertEqual(len(self.client.all_orders("customer_email=paused@example.com")), 1)
