"""Whose a request is: one key for every spelling of an operation, none for two principals; on both journals and across kill -9."""
import contextlib
import http.client
import json
import os
import sqlite3
import unittest

from client import Client, new_key
from keys import bearer
from orders import order_of
from server import Postgres, Server, wait_until

FNV_BASIS, FNV_PRIME, MASK = 14695981039346656037, 1099511628211, (1 << 64) - 1


def key_hash(scope, key):
    """As the store hashes a key: FNV-1a 64, signed."""
    value = FNV_BASIS
    for byte in f"{scope}\0{key}".encode():
        value = ((value ^ byte) * FNV_PRIME) & MASK
    return value - (1 << 64) if value >> 63 else value


class OneServer(unittest.TestCase):
    """One server for the class, on the journal that it names."""

    @classmethod
    def journal(cls):
        return contextlib.nullcontext()

    @classmethod
    def setUpClass(cls):
        postgres = cls.enter(cls.journal())
        cls.server = cls.enter(Server(journal=postgres.url if postgres else None))
        cls.server.start()
        cls.client = Client(cls.server, timeout=30)
        cls.addClassCleanup(cls.client.close)

    @classmethod
    def enter(cls, context):
        value = context.__enter__()
        cls.addClassCleanup(context.__exit__, None, None, None)
        return value

    def restart(self):
        self.server.kill()
        self.server.start()

    def expect(self, reply, status):
        self.assertEqual(reply.status, status, reply)
        return reply.json

    def create(self, **more):
        return self.expect(self.client.post("/api/v1/orders/", order_of(**more)), 201)["id"]

    def entries(self, order, kind):
        return [entry for entry in self.client.ledger() if entry["order"] == order and entry["kind"] == kind]


class OnSqlite(OneServer):
    def test_a_refund_is_one_refund_under_every_spelling_of_its_path_before_and_after_a_kill(self):
        order, key = self.create(), new_key()
        spellings = ["/api/v1/payments/refund", "/api/v1/payments/refund/", "/api/v1/%70ayments/refund", "/api/v1/payments/%72efund/"]
        for path in [*spellings, None, *spellings]:
            if path is None:
                self.restart()
                continue
            self.expect(self.client.post(path, {"order_id": order, "amount": 100.0}, key=key), 200)
        wait_until(lambda: self.entries(order, "refund"), 10, "the refund is in the ledger")
        self.assertEqual([entry["amount"] for entry in self.entries(order, "refund")], [100])

    def test_an_attempt_is_one_attempt_under_every_spelling_of_the_orders_number(self):
        order, key = self.create(payment_method="declined"), new_key()
        self.assertEqual(len(self.entries(order, "decline")), 1)
        spellings = [f"{order}/status", f"ORD{order:06}/status", f"{order:09}/status/", f"%3{str(order)[0]}{str(order)[1:]}/st%61tus"]
        for path in [*spellings, None, *spellings]:
            if path is None:
                self.restart()
                continue
            self.expect(self.client.put(f"/api/v1/orders/{path}", {"status": "payment_processing", "payment_method": "declined"}, key=key), 200)
        wait_until(lambda: len(self.entries(order, "decline")) >= 2, 10, "the attempt is in the ledger")
        self.assertEqual(len(self.entries(order, "decline")), 2)

    def test_names_with_blanks_are_told_apart(self):
        """Tenant `a` and subject `b c`, tenant `a b` and subject `c`: joined by blanks they were one."""
        one, two = (bearer(self.server.data, subject, "merchant", tenant=tenant) for tenant, subject in (("a", "b c"), ("a b", "c")))
        key, body = new_key(), order_of()
        orders = []
        for _ in range(2):
            for who in (one, two):
                orders.append(self.expect(self.client.post("/api/v1/orders/", body, key=key, headers=who), 201)["id"])
            self.restart()
        self.assertEqual(orders[:2], orders[2:])
        self.assertNotEqual(orders[0], orders[1])
        for who, own, foreign in ((one, orders[0], orders[1]), (two, orders[1], orders[0])):
            self.expect(self.client.get(f"/api/v1/orders/{own}", headers=who), 200)
            self.expect(self.client.get(f"/api/v1/orders/{foreign}", headers=who), 404)
            self.assertEqual([each["id"] for each in self.expect(self.client.get("/api/v1/orders/", headers=who), 200)], [own])

    def test_a_reduction_is_named_by_order_and_product_and_made_once(self):
        for product in ("X", "P/X"):
            self.expect(self.client.put(f"/dev/products/{product.replace('/', '%2F')}", {"name": product, "price": 1, "currency": "USD"}), 200)
            self.client.set_stock(product.replace("/", "%2F"), 10)
        left = {"X": 10, "P/X": 10}
        for order, product in (("A/P", "X"), ("A", "P/X")):
            left[product] -= 3
            for path in ("/api/v1/inventory/reduce", "/api/v1/inventory/%72educe"):
                for quantity in ("3", "003"):
                    target = f"{path}/{product.replace('/', '%2F')}/{quantity}?orderId={order.replace('/', '%2F')}"
                    self.assertEqual(self.expect(self.client.put(target, None), 200)["items"][0]["availableQuantity"], left[product])
            self.restart()
        key = new_key()
        for path in ("/api/v1/inventory/reduce/X/2", "/api/v1/inventory/reduce/X/02/", "/api/v1/inventory/reduce/%58/2"):
            self.assertEqual(self.expect(self.client.put(path, None, key=key), 200)["items"][0]["availableQuantity"], left["X"] - 2)

    def reducible(self, *products, on_hand=50):
        for product in products:
            self.expect(self.client.put(f"/dev/products/{product}", {"name": product, "price": 1, "currency": "USD"}), 200)
            self.client.set_stock(product, on_hand)

    def reduce_by_path(self, product, quantity, status=200, order=None, **more):
        query = f"?orderId={order}" if order else ""
        self.expect(self.client.put(f"/api/v1/inventory/reduce/{product}/{quantity}{query}", None, **more), status)

    def reduce_by_body(self, status=200, **body):
        self.expect(self.client.post("/api/inventory/reduce", body), status)

    def test_the_quantity_of_a_reduction_is_content_of_its_key(self):
        self.reducible("Q")
        key = new_key()
        for quantity, status in ((2, 200), (3, 409), (2, 200)):
            self.reduce_by_path("Q", quantity, status, key=key)
        self.restart()
        self.reduce_by_path("Q", 3, 409, key=key)
        self.reduce_by_path("Q", 2, 409, key=key, order="another-content")
        self.assertEqual(self.client.available("Q"), 48)

    def test_an_order_takes_its_goods_once_by_either_call(self):
        self.reducible("V", "W")
        self.reduce_by_path("V", 2, order="by-path-first")
        self.reduce_by_body(orderId="by-body-first", productId="V", quantity=2)
        for _ in range(2):
            self.reduce_by_body(orderId="by-path-first", productId="V", quantity=2)
            self.reduce_by_path("V", 2, order="by-body-first")
            self.reduce_by_body(409, orderId="by-path-first", productId="V", quantity=3)
            self.reduce_by_path("V", 3, 409, order="by-body-first")
            self.assertEqual(self.client.available("V"), 46)
            self.restart()
        both = [{"productId": "V", "quantity": 1}, {"productId": "W", "quantity": 1}]
        self.reduce_by_path("V", 1, order="in-parts")
        self.reduce_by_body(409, orderId="in-parts", items=both)  # half of it is taken
        self.reduce_by_path("W", 1, order="in-parts")
        self.reduce_by_body(orderId="in-parts", items=both)
        self.reduce_by_body(orderId="as-a-whole", items=both)
        self.reduce_by_path("W", 1, 409, order="as-a-whole")
        self.assertEqual((self.client.available("V"), self.client.available("W")), (44, 48))

    def test_one_key_takes_goods_for_one_order_only(self):
        self.reducible("Z")
        key = new_key()
        self.reduce_by_path("Z", 2, order="first", key=key)
        self.reduce_by_path("Z", 2, 409, order="second", key=key)
        self.reduce_by_path("Z", 2, order="first", key=key)
        self.assertEqual(self.client.available("Z"), 48)

    def test_a_late_repeat_puts_no_old_price_and_no_old_count_back(self):
        self.reducible("L")
        for path, other_body in (("/api/products/L", 400), ("/dev/products/L", 422)):
            first, second = new_key(), new_key()
            product = {"name": "L", "price": 25.0, "currency": "USD"}
            self.assertEqual(float(self.expect(self.client.put(path, product, key=first), 200)["price"]), 25)
            self.expect(self.client.put(path, {**product, "price": 30.0}, key=second), 200)
            for _ in range(2):
                self.assertEqual(float(self.expect(self.client.put(path, product, key=first), 200)["price"]), 30)
                self.expect(self.client.put(path, {**product, "price": 26.0}, key=first), other_body)
                self.assertEqual(float(self.client.get("/api/products/L").json["price"]), 30)
                self.restart()
        first, second = new_key(), new_key()
        self.expect(self.client.put("/dev/stock/L", {"on_hand": 50}, key=first), 200)  # as it was
        self.expect(self.client.put("/dev/stock/L", {"on_hand": 7}, key=second), 200)
        self.assertEqual(self.expect(self.client.put("/dev/stock/L", {"on_hand": 50}, key=first), 200)["on_hand"], 7)
        self.expect(self.client.put("/dev/stock/L", {"on_hand": 8}, key=first), 422)
        self.assertEqual(self.client.available("L"), 7)

    def test_a_change_of_a_cart_is_one_under_every_spelling(self):
        user, key = "u-" + new_key()[:8], new_key()
        self.client.set_stock("101", 1000)
        spelled_add = ["/api/cart/add", "/api/cart/add/", "/api/c%61rt/add"]
        for path in [*spelled_add, None, *spelled_add]:
            if path is None:
                self.restart()
                continue
            cart = self.expect(self.client.post(path, {"userId": user, "productId": 101, "quantity": 2}, key=key), 200)
            self.assertEqual(cart["items"][0]["quantity"], 2)

    def test_a_key_that_says_nothing_is_refused_in_the_words_of_each_dialect(self):
        order = self.create()
        calls = [("POST", "/api/v1/orders/", "errors"), ("DELETE", f"/api/v1/orders/{order}", "detail"), ("POST", "/api/order/cart.json", "code"),
                 ("POST", "/api/orders/place", "error"), ("POST", "/api/payment/process", "paymentStatus"), ("PUT", "/api/v1/stock/101", "type"),
                 ("POST", "/api/notification/send", "code"), ("POST", "/api/orders/create", "code")]
        for method, path, member in calls:
            for lines in ([""], ["   "], ['""'], ["k" * 256], ["a", "b"], ["", "b"], ["a", "a"]):
                with self.subTest(f"{method} {path} with {lines}"):
                    status, told = self.raw(method, path, lines)
                    self.assertEqual(status, 400, told)
                    self.assertIn("Idempotency-Key", json.dumps(told))
                    if member != "errors":
                        self.assertIn(member, told)
        self.expect(self.client.get(f"/api/v1/orders/{order}"), 200)

    def raw(self, method, path, keys):
        connection = http.client.HTTPConnection(self.server.host, self.server.port, timeout=15)
        with contextlib.closing(connection):
            connection.putrequest(method, path)
            connection.putheader("Content-Type", "application/json")
            connection.putheader("Content-Length", "2")
            for key in keys:
                connection.putheader("Idempotency-Key", key)
            connection.endheaders(b"{}")
            reply = connection.getresponse()
            return reply.status, json.loads(reply.read())

    def test_the_same_key_on_another_order_is_another_operation(self):
        key = new_key()
        orders = [self.create(), self.create()]
        for _ in range(2):
            for order in orders:
                self.expect(self.client.post("/api/v1/payments/refund", {"order_id": order, "amount": 7.0}, key=key), 200)
        for order in orders:
            wait_until(lambda: self.entries(order, "refund"), 10, "the refund is in the ledger")
            self.assertEqual([entry["amount"] for entry in self.entries(order, "refund")], [7])


class OnPostgres(OnSqlite):
    @classmethod
    def journal(cls):
        return Postgres()


class AfterAnUpgrade(unittest.TestCase):
    """Keys that an older version wrote down still hold: a retry right after the upgrade makes nothing twice."""

    def test_retries_of_what_an_older_version_was_asked_for_are_made_once(self):
        with Server() as server:
            server.start()
            client = Client(server, timeout=30)
            blank = bearer(server.data, "b c", "merchant", tenant="a")
            key, body = new_key(), order_of()
            order = client.post("/api/v1/orders/", body, key=key, headers=blank).json["id"]
            mine = client.post("/api/v1/orders/", body, key=key).json["id"]
            refund = {"order_id": mine, "amount": 100.0}
            client.post("/api/v1/payments/refund", refund, key=key)
            client.post("/api/cart/add", {"userId": "u", "productId": 101, "quantity": 2}, key=key)
            client.put("/api/v1/inventory/reduce/101/2?orderId=2024%2F17", None)
            by_path, empty_body = new_key(), FNV_BASIS - (1 << 64)
            client.put("/api/v1/inventory/reduce/101/4", None, key=by_path)
            available = client.available(101)
            self.assertEqual(server.stop(), 0)
            self.make_old(server.data, {
                "a b%20c POST /api/v1/orders/": "a b c POST /api/v1/orders/",
                f"dev dev POST /api/v1/payments/refund {mine}": "dev dev /api/v1/payments/refund",
                "dev dev POST /api/cart/add u 101": "dev dev /api/cart/add",
                "dev reduce": "dev reduce",
                "dev dev PUT /api/v1/inventory/reduce/{productId}/{quantity} 101": "dev dev PUT /api/v1/inventory/reduce/{productId}/{quantity} 101 4",
            }, {"2024%2F17/101": "2024/17/101"}, {by_path: empty_body})
            server.start()
            self.assertEqual(client.post("/api/v1/orders/", body, key=key, headers=blank).json["id"], order)
            # The other principal of that old name is not shown it.
            other = client.post("/api/v1/orders/", body, key=key, headers=bearer(server.data, "c", "merchant", tenant="a b"))
            self.assertNotEqual(other.json["id"], order)
            self.assertEqual(client.post("/api/v1/payments/refund", refund, key=key).status, 200)
            cart = client.post("/api/cart/add", {"userId": "u", "productId": 101, "quantity": 2}, key=key).json
            self.assertEqual(cart["items"][0]["quantity"], 2)
            client.put("/api/v1/inventory/reduce/101/2?orderId=2024%2F17", None)
            client.put("/api/v1/inventory/reduce/101/4", None, key=by_path)
            self.assertEqual(client.available(101), available)
            refunds = [entry["amount"] for entry in client.ledger() if entry["order"] == mine and entry["kind"] == "refund"]
            self.assertEqual(refunds, [100])
            client.close()

    def make_old(self, data, scopes, keys, hashes):
        with contextlib.closing(sqlite3.connect(os.path.join(data, "orderflow.db"))) as store, store:
            for scope, old in scopes.items():
                rows = store.execute("SELECT rowid, key FROM idempotency WHERE scope = ?", (scope,)).fetchall()
                self.assertEqual(len(rows), 1, (scope, store.execute("SELECT scope, key FROM idempotency").fetchall()))
                for row, key in rows:
                    named = keys.get(key, key)
                    store.execute("UPDATE idempotency SET scope = ?, key = ?, hash = ? WHERE rowid = ?", (old, named, key_hash(old, named), row))
                    if key in hashes:
                        store.execute("UPDATE idempotency SET body_hash = ? WHERE rowid = ?", (hashes[key], row))


if __name__ == "__main__":
    unittest.main()
