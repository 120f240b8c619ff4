"""The cart workflow, played by a client that knows nothing but its document: the seven steps, what goes wrong, and kill -9."""
import contextlib
import itertools
import threading
import unittest

from client import Client, Unanswered
from keys import bearer
from orders import OrderTest
from server import Postgres, Server, wait_until

numbers = itertools.count(7001)
P101, P102 = 101, 102


class CartTest(OrderTest):
    """One server for the class, a user for each test."""
    timeout = 30

    def setUp(self):
        self.user = next(numbers)
        for product in (P101, P102):
            self.leave(product, 1000)

    def leave(self, product, available):
        """So much of it, besides what the orders before have reserved."""
        plenty = 1_000_000
        self.client.set_stock(product, plenty)
        self.client.set_stock(product, plenty - self.client.available(product) + available)

    def cart(self, user=None):
        return self.expect(self.client.get(f"/api/cart/{user or self.user}"), 200)

    def add(self, product, quantity, status=200, **more):
        return self.expect(self.client.post("/api/cart/add", {"userId": self.user, "productId": product, "quantity": quantity}, **more), status)

    def place(self, status=201, client=None, **more):
        return self.expect((client or self.client).post("/api/orders/place", {"userId": self.user, **more}), status)

    def check(self, product, quantity, route="/api/inventory/check"):
        return self.expect(self.client.get(f"{route}?productId={product}&quantity={quantity}"), 200)

    def captured(self, order):
        return [entry["amount"] for entry in self.client.ledger() if entry["order"] == order and entry["kind"] == "capture"]


class SevenSteps(CartTest):
    def test_an_order_goes_through_all_seven_steps(self):
        price = {item["productId"]: float(item["price"]) for item in self.client.get("/api/products").json}
        self.add(P101, 2)
        cart = self.add(P102, 1)
        self.assertEqual(cart["userId"], self.user)
        self.assertEqual([(item["productId"], item["quantity"]) for item in cart["items"]], [(P101, 2), (P102, 1)])
        total = 2 * price[P101] + price[P102]
        self.assertEqual(cart["totalPrice"], total)
        self.assertEqual(self.cart(), cart)
        before = self.check(P101, 2)
        self.assertTrue(before["available"])

        order = self.place()
        self.assertEqual(list(order), ["orderId", "userId", "items", "totalPrice", "paymentStatus", "status", "timestamp"])
        self.assertEqual((order["userId"], order["totalPrice"]), (self.user, total))
        self.assertEqual((order["paymentStatus"], order["status"]), ("SUCCESS", "CONFIRMED"))
        self.assertEqual(order["items"], cart["items"])
        self.assertEqual(self.cart()["items"], [])
        self.assertEqual(self.check(P101, 2)["availableQuantity"], before["availableQuantity"] - 2)
        self.assertEqual(self.captured(order["orderId"]), [round(total * 100)])
        self.assertEqual(self.expect(self.client.get(f"/api/orders/{order['orderId']}"), 200), order)
        self.assertEqual(self.expect(self.client.get(f"/api/orders?userId={self.user}"), 200), [order])

    def test_both_paths_of_the_inventory_check_say_the_same(self):
        self.assertEqual(self.check(P101, 2), self.check(P101, 2, "/api/v1/inventory/check"))

    def test_an_unknown_product_is_not_put_in(self):
        self.assertEqual(self.add(987654, 1, status=400)["status"], "FAILED")
        self.assertEqual(self.client.get("/api/inventory/check?productId=987654&quantity=1").status, 404)
        self.assertEqual(self.cart()["items"], [])

    def test_lines_are_changed_taken_out_and_cleared(self):
        self.add(P101, 2)
        self.add(P102, 1)
        items = f"/api/cart/{self.user}/items"
        self.assertEqual(self.expect(self.client.put(f"{items}/{P101}", {"quantity": 5}), 200)["items"][0]["quantity"], 5)
        self.assertEqual([item["productId"] for item in self.expect(self.client.delete(f"{items}/{P102}"), 200)["items"]], [P101])
        for _ in range(2):
            self.assertEqual(self.expect(self.client.delete(f"/api/cart/clear/{self.user}"), 200)["items"], [])
        self.assertEqual(self.cart()["totalPrice"], 0.0)

    def test_an_addition_sent_again_with_its_key_is_made_once(self):
        for _ in range(3):
            cart = self.add(P101, 600, key=f"add-{self.user}")
        self.assertEqual(cart["items"][0]["quantity"], 600)

    def test_an_empty_cart_cannot_be_placed(self):
        self.assertEqual(self.place(status=409)["status"], "FAILED")


class WhatThePriceDoes(unittest.TestCase):
    """A server of its own for each journal: prices are everybody's."""

    def test_nobody_is_charged_more_than_he_was_told_also_across_a_kill(self):
        with Server() as server:
            self.play(server)

    def test_nobody_is_charged_more_than_he_was_told_on_postgres(self):
        with Postgres() as postgres, Server(journal=postgres.url) as server:
            self.play(server)

    def play(self, server):
        server.start()
        client = Client(server, timeout=30)
        self.addCleanup(client.close)
        user = next(numbers)

        def ask(reply, status):
            self.assertEqual(reply.status, status, reply)
            return reply.json

        def price(amount):
            ask(client.put(f"/api/products/{P101}", {"name": "Keyboard", "price": amount}), 200)

        def place(status, **more):
            return ask(client.post("/api/orders/place", {"userId": user, **more}), status)

        price(40)
        ask(client.post("/api/cart/add", {"userId": user, "productId": P101, "quantity": 2}), 200)
        price(45)
        server.kill()
        server.start()
        refused = place(409)
        self.assertEqual((refused["error"], refused["totalPrice"], refused["previousTotalPrice"]), ("PRICE_CHANGED", 90.0, 80.0))
        self.assertIn("45.00 instead of 40.00", refused["message"])
        self.assertEqual(client.ledger(), [])
        shown = ask(client.get(f"/api/cart/{user}"), 200)
        self.assertEqual((shown["totalPrice"], shown["currentTotalPrice"]), (80.0, 90.0))
        server.kill()
        server.start()
        self.assertEqual(place(409, totalPrice=80)["error"], "PRICE_CHANGED")
        self.assertEqual(place(409), refused, "a refusal is no consent")
        order = place(201, totalPrice=90)
        self.assertEqual(order["totalPrice"], 90.0)
        price(50)
        self.assertEqual(place(201)["orderId"], order["orderId"], "a second click")
        self.assertEqual([entry["amount"] for entry in client.ledger() if entry["kind"] == "capture"], [9000])
        self.play_while_the_price_changes(server)

    def play_while_the_price_changes(self, server, rounds=60):
        """What the reply to cart/add shows is what placing compares with."""
        ended = threading.Event()

        def change():
            with contextlib.closing(Client(server, timeout=30)) as operator:
                for amount in itertools.cycle((40, 45, 50)):
                    if ended.is_set():
                        return
                    operator.put(f"/api/products/{P101}", {"name": "Keyboard", "price": amount})

        def buy(wrong):
            with contextlib.closing(Client(server, timeout=30)) as client:
                for _ in range(rounds):
                    user = next(numbers)
                    shown = client.post("/api/cart/add", {"userId": user, "productId": P101, "quantity": 1}).json["items"][0]["price"]
                    again = client.get(f"/api/cart/{user}").json["items"][0]["price"]
                    placed = client.post("/api/orders/place", {"userId": user})
                    told = placed.json["totalPrice"] if placed.status == 201 else placed.json["items"][0]["previousPrice"]
                    if again != shown or (told > shown if placed.status == 201 else told != shown):
                        wrong.append((shown, again, placed))

        wrong = []
        buyers = [threading.Thread(target=buy, args=(wrong,)) for _ in range(4)]
        changer = threading.Thread(target=change)
        for each in (changer, *buyers):
            each.start()
        for each in buyers:
            each.join()
        ended.set()
        changer.join()
        self.assertEqual(wrong, [])


class WhatGoesWrong(CartTest):
    def test_out_of_stock_names_the_line_and_keeps_the_cart(self):
        self.add(P101, 2)
        self.add(P102, 3)
        self.leave(P102, 1)
        refused = self.place(status=409)
        self.assertEqual((refused["status"], refused["error"]), ("FAILED", "OUT_OF_STOCK"))
        self.assertEqual([item["productId"] for item in refused["items"]], [P102])
        self.assertEqual(len(self.cart()["items"]), 2)
        self.leave(P102, 100)
        self.assertEqual(self.place()["status"], "CONFIRMED")

    def test_more_than_there_is_cannot_be_put_in(self):
        there = self.check(P101, 1)["availableQuantity"]
        self.add(P101, there)
        self.assertEqual(self.add(P101, 1, status=409)["error"], "OUT_OF_STOCK")

    def test_a_retry_with_its_key_gets_the_order_that_was_declined(self):
        self.add(P101, 1)
        body, key = {"userId": self.user, "paymentMethod": "insufficient_funds"}, f"place-{self.user}"
        first = self.expect(self.client.post("/api/orders/place", body, key=key), 402)
        again = self.expect(self.client.post("/api/v1/orders/place", body, key=key), 402)
        self.assertEqual(again["orderId"], first["orderId"])
        self.expect(self.client.post("/api/orders/place", {"userId": self.user}, key=key), 400)
        another = self.expect(self.client.post("/api/orders/place", body, key=key + "-2"), 402)
        self.assertNotEqual(another["orderId"], first["orderId"])
        self.assertEqual(self.cart()["items"][0]["quantity"], 1)

    def test_a_declined_payment_restores_the_stock_and_keeps_the_cart(self):
        before = self.check(P101, 1)["availableQuantity"]
        self.add(P101, 2)
        refused = self.place(status=402, paymentMethod="insufficient_funds")
        self.assertEqual((refused["status"], refused["error"]), ("FAILED", "PAYMENT_FAILED"))
        self.assertEqual(self.cart()["items"][0]["quantity"], 2)
        wait_until(lambda: self.check(P101, 1)["availableQuantity"] == before, 10, "the stock is back")
        order = self.place()
        self.assertNotEqual(order["orderId"], refused["orderId"])
        self.assertEqual(self.cart()["items"], [])

    def test_a_card_is_charged_and_a_wrong_one_is_refused(self):
        self.add(P101, 1)
        card = {"cardNumber": "4000000000000002", "expiryDate": "12/25", "cvv": "123"}
        self.place(status=402, paymentMethod="CREDIT_CARD", paymentDetails=card)
        wrong = self.place(status=400, paymentDetails={**card, "cardNumber": "4000000000000003"})
        self.assertNotIn("4000000000000003", str(wrong))
        self.place(paymentMethod="CREDIT_CARD", paymentDetails={**card, "cardNumber": "4111 1111 1111 1111"})

    def test_an_unknown_outcome_is_told_as_pending_and_settled_later(self):
        self.add(P101, 1)
        reply = self.client.post("/api/orders/place", {"userId": self.user, "paymentMethod": "slow"}, headers={"Prefer": "wait=1"})
        order = self.expect(reply, 202)
        self.assertEqual(order["paymentStatus"], "PENDING")
        again = self.expect(self.client.post("/api/orders/place", {"userId": self.user}, headers={"Prefer": "wait=0"}), 202)
        self.assertEqual(again["orderId"], order["orderId"])
        wait_until(lambda: self.client.get(f"/api/orders/{order['orderId']}").json["status"] == "CONFIRMED", 15, "it is paid")
        wait_until(lambda: self.cart()["items"] == [], 10, "the cart is cleared")

    def test_a_double_click_is_one_order(self):
        self.add(P101, 2)
        replies = []
        clients = [Client(self.server, timeout=30) for _ in range(4)]

        def click(client):
            replies.append(client.post("/api/orders/place", {"userId": self.user}))

        threads = [threading.Thread(target=click, args=(client,)) for client in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(40)
        for client in clients:
            client.close()
        replies.append(self.client.post("/api/v1/orders/place", {"userId": self.user}))
        self.assertEqual([reply.status for reply in replies], [201] * 5, replies)
        self.assertEqual(len({reply.json["orderId"] for reply in replies}), 1)
        self.assertEqual(len(self.captured(replies[0].json["orderId"])), 1)

    def test_only_what_was_ordered_leaves_the_cart(self):
        self.add(P101, 2)
        order = self.expect(self.client.post("/api/orders/place", {"userId": self.user, "paymentMethod": "slow"}, headers={"Prefer": "wait=0"}), 202)
        self.add(P102, 1)
        wait_until(lambda: self.client.get(f"/api/orders/{order['orderId']}").json["status"] == "CONFIRMED", 15, "it is paid")
        wait_until(lambda: [item["productId"] for item in self.cart()["items"]] == [P102], 10, "what was put in meanwhile stays")


class Services(CartTest):
    """The same steps, called one by one by the customer's own order service."""

    def test_stock_is_reduced_all_or_nothing_and_once_per_order(self):
        before = {product: self.check(product, 1)["availableQuantity"] for product in (P101, P102)}
        body = {"orderId": f"their-{self.user}", "items": [{"productId": P101, "quantity": 2}, {"productId": P102, "quantity": 1}]}
        for _ in range(2):
            done = self.expect(self.client.post("/api/inventory/reduce", body), 200)
            self.assertTrue(done["success"])
            self.assertEqual([item["productId"] for item in done["items"]], [P101, P102])
        self.assertEqual(self.check(P101, 1)["availableQuantity"], before[P101] - 2)
        self.assertEqual(self.client.post("/api/inventory/reduce", {**body, "items": body["items"][:1]}).status, 409)
        short = self.expect(self.client.post("/api/inventory/reduce", {"items": [{"productId": P101, "quantity": 1}, {"productId": P102, "quantity": 999999}]}), 409)
        self.assertEqual((short["success"], short["error"]), (False, "OUT_OF_STOCK"))
        self.assertEqual([item["productId"] for item in short["items"]], [P102])
        self.assertEqual(self.check(P101, 1)["availableQuantity"], before[P101] - 2)

    def test_one_product_is_reduced_by_the_path(self):
        before = self.check(P101, 1)["availableQuantity"]
        for path in (f"{P101}/3", f"{P102}/1", f"{P101}/3"):
            self.expect(self.client.put(f"/api/v1/inventory/reduce/{path}?orderId=path-{self.user}", None), 200)
        self.assertEqual(self.check(P101, 1)["availableQuantity"], before - 3)
        self.assertEqual(self.client.put(f"/api/v1/inventory/reduce/{P101}/0", None).status, 400)
        self.assertEqual(self.client.put("/api/v1/inventory/reduce/987654/1", None).status, 404)

    def test_the_stock_of_an_order_of_ours_is_its_own_reservation(self):
        self.add(P101, 2)
        order = self.place()["orderId"]
        before = self.check(P101, 1)["availableQuantity"]
        body = {"orderId": order, "items": [{"productId": P101, "quantity": 2}]}
        self.assertTrue(self.expect(self.client.post("/api/inventory/reduce", body), 200)["success"])
        self.assertEqual(self.check(P101, 1)["availableQuantity"], before)
        self.assertEqual(self.client.post("/api/inventory/reduce", {**body, "items": [{"productId": P101, "quantity": 1}]}).status, 409)

    def test_an_order_is_paid_by_the_payment_call(self):
        made = self.client.post("/api/v1/orders/", {"customer_email": "d3@example.com", "currency": "USD", "auto_pay": False, "items": [
            {"product_id": str(P101), "product_name": "x", "quantity": 1, "unit_price": self.price(P101)}]})
        order = self.expect(made, 201)["id"]
        body = {"orderId": order, "userId": self.user, "amount": self.price(P101), "paymentMethod": "declined"}
        self.assertEqual(self.client.post("/api/payment/pay", {**body, "amount": 1.5}).status, 400)
        failed = self.expect(self.client.post("/api/payment/pay", body), 402)
        self.assertEqual(failed["status"], "FAILED")
        paid = self.expect(self.client.post("/api/v1/payment/pay", {**body, "paymentMethod": "ok"}), 200)
        self.assertEqual(paid["status"], "SUCCESS")
        self.assertEqual(self.expect(self.client.post("/api/payment/pay", body), 200), paid)
        self.assertEqual(len(self.captured(order)), 1)

    def price(self, product):
        return next(float(item["price"]) for item in self.client.get("/api/products").json if item["productId"] == product)


class WhoMayDoWhat(CartTest):
    def test_a_customer_has_only_its_own_cart_orders_and_contact(self):
        ann = bearer(self.server.data, f"ann{self.user}", tenant="dev")
        bob = bearer(self.server.data, f"bob{self.user}", tenant="dev")
        body = {"userId": f"ann{self.user}", "productId": P101, "quantity": 1}
        self.expect(self.client.post("/api/cart/add", body, headers=ann), 200)
        self.assertEqual(self.client.post("/api/cart/add", body, headers=bob).status, 404)
        for path in (f"/api/cart/ann{self.user}", f"/api/v1/users/ann{self.user}/contact", f"/api/orders?userId=ann{self.user}"):
            self.assertEqual(self.client.get(path, headers=ann).status, 200, path)
            self.assertEqual(self.client.get(path, headers=bob).status, 404, path)
        self.assertEqual(self.client.post("/api/orders/place", {"userId": f"ann{self.user}"}, headers=bob).status, 404)
        order = self.expect(self.client.post("/api/orders/place", {"userId": f"ann{self.user}"}, headers=ann), 201)
        self.assertEqual(self.client.get(f"/api/orders/{order['orderId']}", headers=bob).status, 404)
        self.assertEqual(self.client.get(f"/api/orders/{order['orderId']}", headers=ann).status, 200)
        self.assertEqual(self.client.post("/api/inventory/reduce", {"productId": P101, "quantity": 1}, headers=ann).status, 403)

    def test_contact_and_method_are_kept(self):
        users = f"/api/v1/users/{self.user}"
        contact = {"email": "ann@example.org", "phone": "+1 555", "name": "Ann", "address": "1 Main Street"}
        self.expect(self.client.put(f"{users}/contact", contact), 200)
        self.assertEqual(self.expect(self.client.get(f"{users}/contact"), 200), {"user_id": str(self.user), **contact})
        self.assertEqual(self.client.get(f"{users}/payment-method").status, 404)
        card = {"cardNumber": "4000000000000002", "expiryDate": "12/30", "cvv": "123", "firstName": "Ann"}
        kept = self.expect(self.client.put(f"{users}/payment-method", {"card": card}), 200)
        self.assertEqual((kept["first_digits"], kept["last_digits"], kept["expiry_year"]), ("400000", "0002", 2030))
        self.assertNotIn("token", kept)
        self.assertEqual(self.client.put(f"{users}/contact", {"email": "no address"}).status, 422)
        self.add(P101, 1)
        self.place(status=402)


class KilledInTheMiddle(unittest.TestCase):
    def test_killed_in_the_middle_of_a_place_and_again_it_is_one_order_and_one_charge(self):
        for moment, crash in enumerate(("order-before-append:1", "order-after-commit:1", "order-before-effect:1", "order-before-append:3", "order-after-commit:2")):
            with self.subTest(crash), Server() as server:
                self.play(server, crash, 8000 + moment)

    def play(self, server, crash, user):
        server.start(environment={"ORDERFLOW_CRASH_AT": crash})
        client = Client(server, timeout=30)
        crashed = False
        for _ in range(3):
            try:
                client.post("/api/cart/add", {"userId": user, "productId": P101, "quantity": 2}, key=f"add-{user}")
                client.post("/api/orders/place", {"userId": user})
                break
            except Unanswered:
                wait_until(lambda: not server.is_alive(), 10, "the server is dead")
                crashed = True
                server.start()
        self.assertTrue(crashed, "the server went on")
        server.kill()
        server.start()
        reply = client.post("/api/orders/place", {"userId": user})
        self.assertEqual(reply.status, 201, reply)
        order = reply.json["orderId"]
        self.assertEqual(client.get(f"/api/cart/{user}").json["items"], [])
        listed = client.get(f"/api/orders?userId={user}").json
        self.assertEqual([each["orderId"] for each in listed], [order])
        self.assertEqual([entry["order"] for entry in client.ledger() if entry["kind"] == "capture"], [order])
        client.close()


if __name__ == "__main__":
    unittest.main()
