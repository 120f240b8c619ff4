"""An Idempotency-Key on a call that changes nothing is kept: its retry does nothing either. On both journals, across kill -9."""
import itertools
import unittest

from orders import OrderTest
from server import wait_until

numbers = itertools.count(9001)
P101, P102 = 101, 102


class KeyTest(OrderTest):
    timeout = 30

    def setUp(self):
        self.user = next(numbers)
        for product in (P101, P102):
            self.client.set_stock(product, 100_000)
        self.mode("ok")

    def mode(self, word):
        self.expect(self.client.put("/dev/gateway/mode", {"mode": word}), 200)

    def restart(self):
        self.server.kill()
        self.server.start()

    def captures(self, orders):
        return [entry["order"] for entry in self.client.ledger() if entry["kind"] == "capture" and entry["order"] in orders]

    def add(self, product, quantity):
        self.expect(self.client.post("/api/cart/add", {"userId": self.user, "productId": product, "quantity": quantity}), 200)

    def place(self, status=201, key=None, **more):
        return self.expect(self.client.post("/api/orders/place", {"userId": self.user}, key=key, **more), status)

    def unpaid(self):
        lines = [{"product_name": "x", "quantity": 1, "unit_price": 10.0}]
        made = self.client.post("/api/v1/orders/", {"customer_email": "k@example.com", "currency": "USD", "auto_pay": False, "items": lines})
        return self.expect(made, 201)["id"]


class TheSecondClick(KeyTest):
    def test_its_key_stays_with_the_first_order(self):
        self.add(P101, 1)
        first = self.place()["orderId"]
        self.assertEqual(self.place(key=f"k{self.user}")["orderId"], first)
        self.restart()
        self.add(P102, 3)
        self.assertEqual(self.place(key=f"k{self.user}")["orderId"], first)
        self.assertNotEqual(self.place()["orderId"], first)

    def test_its_key_stays_with_an_order_that_was_undecided_and_then_declined(self):
        self.mode("never")
        self.add(P101, 1)
        now = {"Prefer": "wait=0"}
        first = self.place(202, headers=now)["orderId"]
        self.assertEqual(self.place(202, key=f"k{self.user}", headers=now)["orderId"], first)
        self.restart()
        wait_until(lambda: self.client.get(f"/api/v1/orders/{first}").json["status"] == "cancelled", 40, "the order is declined")
        self.mode("ok")
        self.assertEqual(self.place(402, key=f"k{self.user}")["orderId"], first)
        self.assertEqual(self.captures([first]), [])


class AJoinedPayment(KeyTest):
    def test_its_key_does_not_charge_again(self):
        now = {"Prefer": "wait=0"}

        def cart(order):
            return self.client.post("/api/payment/pay", {"orderId": order, "userId": self.user, "amount": 10.0}, headers=now, key=self.key)

        def status(order):
            return self.client.put(f"/api/v1/orders/{order}/status", {"status": "payment_processing"}, headers=now, key=self.key)

        def payments(order):
            return self.client.post("/api/v1/payments", {"order_id": order, "amount": 10.0, "currency": "USD"}, headers=now, key=self.key)

        def shop(order):
            body = {"orderId": order, "userId": "k@example.com", "paymentAmount": 10.0, "paymentMethod": "on_file"}
            return self.client.post("/api/payment/process", body, headers=now, key=self.key)

        self.mode("never")
        ways = {each: self.unpaid() for each in (cart, status, payments, shop)}
        for pay, order in ways.items():
            self.key = None
            self.assertIn(pay(order).status, (200, 202), pay.__name__)
            self.key = f"j{self.user}"
            self.assertIn(pay(order).status, (200, 202), pay.__name__)
            self.assertEqual(self.client.get(f"/api/v1/orders/{order}").json["status"], "payment_processing")
        self.restart()
        for order in ways.values():
            wait_until(lambda order=order: self.client.get(f"/api/v1/orders/{order}").json["status"] == "pending", 40, "it is declined")
        self.mode("ok")
        for pay, order in ways.items():
            with self.subTest(pay.__name__):
                pay(order)
                self.assertEqual(self.client.get(f"/api/v1/orders/{order}").json["status"], "pending")
        self.assertEqual(self.captures(ways.values()), [])


class TheSameReduction(KeyTest):
    def reduce(self, order, quantity, status, key=None):
        body = {"orderId": order, "items": [{"productId": P102, "quantity": quantity}]}
        return self.expect(self.client.post("/api/inventory/reduce", body, key=key), status)

    def test_its_key_takes_nothing_for_another_order(self):
        before = self.client.available(P102)
        self.reduce(f"A{self.user}", 1, 200)
        self.reduce(f"A{self.user}", 1, 200, key=f"r{self.user}")
        self.restart()
        self.reduce(f"B{self.user}", 5, 409, key=f"r{self.user}")
        self.reduce(f"A{self.user}", 1, 200, key=f"r{self.user}")
        self.assertEqual(self.client.available(P102), before - 1)

    def test_neither_does_one_that_named_an_order_of_ours(self):
        self.add(P102, 2)
        order = self.place()["orderId"]
        before = self.client.available(P102)
        self.reduce(order, 2, 200, key=f"r{self.user}")
        self.reduce(f"B{self.user}", 5, 409, key=f"r{self.user}")
        self.reduce(order, 2, 200, key=f"r{self.user}")
        self.assertEqual(self.client.available(P102), before)

    def test_a_blank_order_is_no_order_that_was_left_out(self):
        before = self.client.available(P102)
        for order in ("", "  ", None):
            self.reduce(order, 1, 400)
        for query in ("orderId=", "orderId=%20"):
            self.expect(self.client.put(f"/api/v1/inventory/reduce/{P102}/1?{query}", None), 400)
        self.assertEqual(self.client.available(P102), before)


class WhatIsThereAlready(KeyTest):
    def test_the_key_of_a_status_that_the_order_had_makes_no_other(self):
        order = self.unpaid()
        self.expect(self.client.put(f"/api/v1/orders/{order}/status", {"status": "payment_processing"}), 200)
        self.expect(self.client.put(f"/api/v1/orders/{order}/status", {"status": "shipped"}), 200)
        path, key = f"/api/v1/orders/{order}/status", f"s{self.user}"
        self.expect(self.client.put(path, {"status": "shipped"}, key=key), 200)
        self.expect(self.client.put(path, {"status": "delivered"}, key=key), 422)
        self.expect(self.client.put(path, {"status": "shipped"}, key=key), 200)
        for _ in range(2):
            self.expect(self.client.put(path, {"status": "payment_processing"}, key=key + "-2"), 409)
        self.expect(self.client.put(path, {"status": "delivered"}), 200)

    def test_the_key_of_a_parcel_that_was_on_its_way_sends_it_nowhere_else(self):
        def ship(key=None, status=200, name="Ann"):
            body = {"orderId": str(order), "name": name, "shipping_address": "1 Main St", "phone": "1"}
            return self.expect(self.client.post("/api/order/shipping.json", body, key=key), status)

        order = self.unpaid()
        self.expect(self.client.put(f"/api/v1/orders/{order}/status", {"status": "payment_processing"}), 200)
        first = ship(key="did-it")
        self.assertEqual(ship(key="found-it"), first)
        for key in ("did-it", "found-it"):
            ship(key, 400, name="Bob")
            self.assertEqual(ship(key), first)

    def test_a_late_retry_of_the_same_cart_puts_no_old_lines_back(self):
        def cart(quantity, key=None, **more):
            body = {"customerId": f"c{self.user}", "items": [{"productId": str(P101), "quantity": quantity, "price": price}], **more}
            return self.expect(self.client.post("/api/order/cart.json", body, key=key), 200)

        price = next(float(item["price"]) for item in self.client.get("/api/products").json if item["productId"] == P101)
        order = cart(9)["orderId"]
        cart(9, key="same", orderId=order)
        cart(8, orderId=order)
        again = cart(9, key="same", orderId=order)
        self.assertEqual([item["quantity"] for item in again["items"]], [8])
        self.assertEqual(again["totalAmount"], 8 * price)


class TheSecondClickOnPostgres(TheSecondClick):
    postgres = True


class AJoinedPaymentOnPostgres(AJoinedPayment):
    postgres = True


class TheSameReductionOnPostgres(TheSameReduction):
    postgres = True


class WhatIsThereAlreadyOnPostgres(WhatIsThereAlready):
    postgres = True


if __name__ == "__main__":
    unittest.main()
