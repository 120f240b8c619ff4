"""Bodies of orders as the customer's document DD-ORDER-001 writes them, and a test class with one running server."""
import itertools
import unittest

from client import Client, new_key
from server import Postgres, Server, wait_until

DOCUMENTS_ORDER = {
    "customer_email": "tanaka@example.co.jp",
    "customer_name": "田中太郎",
    "items": [{"product_name": "ノートPC", "quantity": 2, "unit_price": 89800.0}],
    "currency": "JPY",
}
numbers = itertools.count(1)


def order_of(email=None, **more):
    """The document's order for a customer of its own, with more or other fields."""
    return {**DOCUMENTS_ORDER, "customer_email": email or f"customer{next(numbers)}@example.com", **more}


def tracked_order(product, quantity, **more):
    """Lines of the demo catalogue; its prices are in US dollars."""
    return order_of(currency="USD", items=[{"product_id": product, "product_name": product, "quantity": quantity, "unit_price": 25.0}], **more)


class OrderTest(unittest.TestCase):
    """One server for the whole class."""
    options = ()
    postgres = False  # on a private PostgreSQL instead of SQLite
    timeout = 15  # seconds that the client waits for a reply

    @classmethod
    def journal(cls):
        if not cls.postgres:
            return None
        store = Postgres()
        cls.addClassCleanup(store.__exit__)
        return store.url

    @classmethod
    def setUpClass(cls):
        cls.server = Server(options=cls.options, journal=cls.journal())
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        cls.client = Client(cls.server, timeout=cls.timeout)
        cls.addClassCleanup(cls.client.close)

    def expect(self, reply, status):
        self.assertEqual(reply.status, status, reply)
        return reply.json

    def create(self, body=None, status=201, **more):
        reply = self.client.post("/api/v1/orders/", body or order_of(), **more)
        self.assertEqual(reply.status, status, reply)
        return reply.json

    def order(self, number):
        reply = self.client.get(f"/api/v1/orders/{number}")
        self.assertEqual(reply.status, 200, reply)
        return reply.json

    def put_status(self, number, status, expected=200, **more):
        reply = self.client.put(f"/api/v1/orders/{number}/status", {"status": status, **more})
        self.assertEqual(reply.status, expected, reply)
        return reply.json

    def cancel(self, number, expected=200):
        reply = self.client.delete(f"/api/v1/orders/{number}")
        self.assertEqual(reply.status, expected, reply)
        return reply.json

    def becomes(self, number, status, within=10):
        return wait_until(lambda: (lambda now: now if now["status"] == status else None)(self.order(number)), within,
                          f"order {number} is {status}; it is {self.order(number)['status']}")

    def ledger_of(self, number):
        return [entry for entry in self.client.ledger() if entry["order"] == number]

    def amounts(self, number, kind):
        return [entry["amount"] for entry in self.ledger_of(number) if entry["kind"] == kind]

    def capture_late(self, number, attempt=1, amount=None, told=False, currency=None):
        """The gateway takes money for a charge that it had declined; `told`: it reports that by itself."""
        order = self.order(number)
        body = {"order_id": number, "attempt": attempt, "amount": order["total_amount"] if amount is None else amount,
                "currency": currency or order["currency"],
                "told": told}
        reply = self.client.post("/dev/gateway/captures", body)
        self.assertEqual(reply.status, 200, reply)

    def refund_outside(self, number, amount):
        body = {"order_id": number, "amount": amount, "currency": self.order(number)["currency"]}
        reply = self.client.post("/dev/gateway/refunds", body)
        self.assertEqual(reply.status, 200, reply)

    def payment(self, number):
        reply = self.client.get(f"/api/v1/payments/order/{number}")
        self.assertEqual(reply.status, 200, reply)
        return reply.json

    def balance(self, number):
        """What the gateway holds for the order, by its own ledger."""
        return sum(self.amounts(number, "capture")) - sum(self.amounts(number, "refund"))

    def holds(self, number, amount, within=10):
        wait_until(lambda: self.balance(number) == amount, within, f"the gateway holds {amount} of order {number}: {self.ledger_of(number)}")

    def mails_to(self, address):
        return [mail for mail in self.client.sent_mail() if mail["recipient"] == address]

    @staticmethod
    def key():
        return new_key()
