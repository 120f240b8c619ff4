"""Whose things are: catalogue, stock, orders, ledger and mailbox of two tenants, on both journals and across kill -9."""
import subprocess
import unittest

from client import Client
from keys import bearer
from orders import order_of
from server import BINARY, Postgres, environment_without_ours, wait_until
import test_identity

PRODUCT = "P001"  # In the demo catalogue of `dev`, too.


class OnSqlite(test_identity.OneServer):
    """Two shops beside the demo: each sells a P001 of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shops = {tenant: bearer(cls.server.data, "boss", "operator", tenant=tenant, ttl="2h") for tenant in ("acme", "globex")}
        for price, (tenant, boss) in enumerate(cls.shops.items(), start=3):
            for path, body in ((f"/api/products/{PRODUCT}", {"name": f"Nut of {tenant}", "price": price, "currency": "USD"}),
                               (f"/api/v1/stock/{PRODUCT}", {"on_hand": 100, "reason": "counted"})):
                reply = cls.client.put(path, body, headers=boss)
                assert reply.status == 200, reply

    def level(self, tenant=None):
        return self.expect(self.client.get(f"/api/v1/stock/{PRODUCT}", headers=self.shops.get(tenant)), 200)

    def order(self, tenant, quantity, price, status=201, **more):
        body = order_of(currency="USD", items=[{"product_id": PRODUCT, "product_name": "Nut", "quantity": quantity, "unit_price": price}], **more)
        return self.expect(self.client.post("/api/v1/orders/", body, headers=self.shops.get(tenant)), status)

    def test_each_tenant_has_its_own_price_and_stock_across_a_kill(self):
        demo, globex = self.level(), self.level("globex")
        before = self.level("acme")
        paid = self.order("acme", 4, 3.0)
        self.assertEqual((paid["status"], paid["total_amount"]), ("paid", 12.0))
        self.order("globex", 1, 3.0, status=422)  # Acme's price is nobody's here.
        held = self.order("globex", 5, 4.0, payment_method="slow", auto_pay=False)
        self.restart()
        self.assertEqual(self.level("acme"), {**before, "reserved": before["reserved"] + 4, "available": before["available"] - 4})
        self.assertEqual(self.level("globex")["reserved"], globex["reserved"] + 5)
        self.assertEqual(self.level(), demo)
        self.expect(self.client.delete(f"/api/v1/orders/{held['id']}", headers=self.shops["globex"]), 200)
        wait_until(lambda: self.level("globex") == globex, 10, "what was held is back")
        self.assertEqual([each["name"] for each in self.expect(self.client.get("/api/products", headers=self.shops["acme"]), 200)], ["Nut of acme"])

    def test_a_foreign_tenant_cannot_reduce_adjust_or_reprice(self):
        untouched = [self.level(), self.level("globex")]
        prices = [self.client.get(f"/api/products/{PRODUCT}", headers=who).json for who in (None, self.shops["globex"])]
        boss = self.shops["acme"]
        self.expect(self.client.put(f"/api/v1/inventory/reduce/{PRODUCT}/7?orderId=their-1", None, headers=boss), 200)
        self.expect(self.client.put(f"/api/v1/stock/{PRODUCT}", {"delta": -3, "reason": "broken"}, headers=boss), 200)
        self.expect(self.client.put(f"/api/products/{PRODUCT}", {"name": "Nut of acme", "price": 3, "currency": "USD"}, headers=boss), 200)
        self.expect(self.client.put(f"/dev/stock/{PRODUCT}", {"on_hand": 90}, headers=boss), 200)
        self.assertEqual([self.level(), self.level("globex")], untouched)
        self.assertEqual([self.client.get(f"/api/products/{PRODUCT}", headers=who).json for who in (None, self.shops["globex"])], prices)
        # Who has nothing has an empty catalogue.
        empty = bearer(self.server.data, "boss", "operator", tenant="initech")
        self.assertEqual(self.expect(self.client.get("/api/products", headers=empty), 200), [])
        self.expect(self.client.get(f"/api/v1/stock/{PRODUCT}", headers=empty), 404)
        self.expect(self.client.get(f"/api/inventory/check?productId={PRODUCT}&quantity=1", headers=empty), 404)
        self.expect(self.client.post("/api/inventory/reduce", {"orderId": "x", "productId": PRODUCT, "quantity": 1}, headers=empty), 404)
        self.expect(self.client.post("/api/cart/add", {"userId": "u", "productId": PRODUCT, "quantity": 1}, headers=empty), 400)

    def test_carts_are_priced_by_their_tenant(self):
        for tenant, price in (("acme", 3.0), ("globex", 4.0)):
            cart = self.expect(self.client.post("/api/cart/add", {"userId": "same", "productId": PRODUCT, "quantity": 2}, headers=self.shops[tenant]), 200)
            self.assertEqual(cart["totalPrice"], 2 * price)
            placed = self.expect(self.client.post("/api/orders/place", {"userId": "same"}, headers=self.shops[tenant]), 201)
            self.assertEqual((placed["totalPrice"], placed["userId"]), (2 * price, "same"))

    def test_ledger_mailbox_and_mode_are_not_shown_to_another_tenant(self):
        mine = self.order("acme", 1, 3.0, email="only-acme@example.com")["id"]
        demo = self.expect(self.client.post("/api/v1/orders/", order_of("only-demo@example.com")), 201)["id"]

        def sees(who, order, address):
            ledger = {entry["order_id"] for entry in self.expect(self.client.get("/dev/gateway/ledger", headers=who), 200)}
            mails = {mail["recipient"] for mail in self.expect(self.client.get("/dev/sent", headers=who), 200)}
            return order in ledger, address in mails

        for who, own, foreign in ((self.shops["acme"], (mine, "only-acme@example.com"), (demo, "only-demo@example.com")),
                                  (None, (demo, "only-demo@example.com"), (mine, "only-acme@example.com")),
                                  (self.shops["globex"], None, (mine, "only-acme@example.com"))):
            if own:
                wait_until(lambda: sees(who, *own) == (True, True), 10, "its own are there")
            self.assertEqual(sees(who, *foreign), (False, False))
        self.expect(self.client.put("/dev/gateway/mode", {"mode": "down"}, headers=self.shops["acme"]), 403)
        refund = {"order_id": demo, "amount": 1, "currency": "JPY"}
        self.expect(self.client.post("/dev/gateway/refunds", refund, headers=self.shops["acme"]), 404)
        self.expect(self.client.post("/dev/gateway/refunds", refund), 200)

    def test_the_customer_of_an_order_is_its_owner_not_the_merchant_that_made_it(self):
        merchant = bearer(self.server.data, "clerk", "merchant", tenant="acme")
        cart = {"customerId": "7707", "items": [{"productId": PRODUCT, "quantity": 1, "price": 3}]}
        first = int(self.expect(self.client.post("/api/order/cart.json", cart, headers=merchant), 200)["orderId"])
        second = self.expect(self.client.post("/api/v1/orders/", order_of("kim@example.com"), headers=merchant), 201)["id"]
        own = order_of("kim@example.com", currency="USD", items=[{"product_id": PRODUCT, "product_name": "Nut", "quantity": 1, "unit_price": 3.0}])
        third = self.expect(self.client.post("/api/v1/orders/", own, headers=bearer(self.server.data, "7707", tenant="acme")), 201)["id"]
        self.restart()

        def ids(path, who):
            return sorted(each.get("orderId", each.get("id")) for each in self.expect(self.client.get(path, headers=who), 200))

        self.assertEqual(ids("/api/orders?userId=7707", merchant), sorted([first, third]))
        self.assertEqual(ids("/api/orders?userId=kim@example.com", merchant), [second])
        self.assertEqual(ids("/api/orders?userId=clerk", merchant), [])
        for order, user in ((first, 7707), (second, "kim@example.com"), (third, 7707)):
            self.assertEqual(self.expect(self.client.get(f"/api/orders/{order}", headers=merchant), 200)["userId"], user)
        for subject, own, foreign in (("7707", sorted([first, third]), second), ("kim@example.com", [second], first)):
            who = bearer(self.server.data, subject, tenant="acme")
            self.assertEqual(ids("/api/orders", who), own)
            self.assertEqual(ids("/api/v1/orders/", who), own)
            for order in own:
                self.expect(self.client.get(f"/api/v1/orders/{order}", headers=who), 200)
            self.expect(self.client.get(f"/api/orders/{foreign}", headers=who), 404)
        # The same subject of another tenant is somebody else.
        self.assertEqual(ids("/api/orders", bearer(self.server.data, "7707", tenant="globex")), [])
        history = self.expect(self.client.get(f"/api/v1/orders/{first}/events", headers=merchant), 200)
        self.assertIn("clerk", str(history))

    def test_the_books_of_every_tenant_hold(self):
        self.assertEqual(self.server.stop(), 0)
        journal = self.server.journal or f"sqlite:{self.server.data}/orderflow.db"
        done = subprocess.run([BINARY, "db", "verify", "--journal", journal], capture_output=True, text=True, check=False, timeout=60, env=environment_without_ours())
        self.server.start()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class OnPostgres(OnSqlite):
    @classmethod
    def journal(cls):
        return Postgres()


if __name__ == "__main__":
    unittest.main()
