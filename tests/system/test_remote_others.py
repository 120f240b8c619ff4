"""Notification and cart services over HTTP, with what can go wrong on the way."""
import unittest

from client import Client, new_key
from orders import order_of
from remote import CartService, Sandbox
from server import Server, wait_until


class RemoteMail(unittest.TestCase):
    def setUp(self):
        self.mailbox = Sandbox()
        self.addCleanup(self.mailbox.close)
        self.mailbox.start()
        self.server = Server(options=["--set", "notification.gateway=http", "--set", f"notification.url={self.mailbox.url}",
                                      "--set", "notification.timeout=500ms"])
        self.addCleanup(self.server.close)
        self.server.start()
        self.client = Client(self.server)
        self.addCleanup(self.client.close)

    def pay(self, email):
        reply = self.client.post("/api/v1/orders/", order_of(email))
        self.assertEqual((reply.status, reply.json["status"]), (201, "paid"))
        return reply.json["id"]

    def mails_to(self, address):
        return [mail for mail in Client(self.mailbox).sent_mail() if mail["recipient"] == address]

    def test_a_confirmation_goes_to_the_service_and_not_to_the_built_in_mailbox(self):
        number = self.pay("remote@example.com")
        mail = wait_until(lambda: self.mails_to("remote@example.com"), 10, "the confirmation is there")[0]
        self.assertIn(str(number), mail["subject"] + mail["text"])
        self.assertEqual(self.client.sent_mail(), [])

    def test_a_message_that_could_not_be_delivered_arrives_when_the_service_is_back_once(self):
        self.mailbox.kill()
        addresses = [f"later{number}@example.com" for number in range(3)]
        for address in addresses:
            self.pay(address)
        self.mailbox.start()
        for address in addresses:
            wait_until(lambda to=address: self.mails_to(to), 30, f"{address} was told")
        first = {mail["id"] for mail in Client(self.mailbox).sent_mail()}
        self.server.kill()
        self.server.start()
        self.pay("last@example.com")
        wait_until(lambda: self.mails_to("last@example.com"), 30, "the last one was told")
        mails = [mail["id"] for mail in Client(self.mailbox).sent_mail()]
        self.assertEqual(len(mails), len(set(mails)))
        self.assertTrue(first <= set(mails))

    def test_the_service_takes_the_documents_call(self):
        service = Client(self.mailbox)
        self.addCleanup(service.close)
        body = {"template": "ORDER_CONFIRMATION", "order_id": 7, "to": "somebody@example.com"}
        key = new_key()
        for _ in range(2):
            self.assertEqual(service.post("/api/v1/notifications/email", body, key=key).status, 200)
        self.assertEqual(len(self.mails_to("somebody@example.com")), 1)
        self.assertEqual(service.post("/api/v1/notifications/email", {**body, "template": "HELLO"}).status, 422)


class RemoteCart(unittest.TestCase):
    def setUp(self):
        self.carts = CartService()
        self.addCleanup(self.carts.__exit__)
        self.server = Server(options=["--set", "cart.gateway=http", "--set", f"cart.url={self.carts.url}", "--set", "cart.timeout=2s"])
        self.addCleanup(self.server.close)
        self.server.start()
        self.client = Client(self.server)
        self.addCleanup(self.client.close)

    def place(self, user, status, **more):
        reply = self.client.post("/api/orders/place", {"userId": user, **more})
        self.assertEqual(reply.status, status, reply)
        return reply.json

    def test_what_is_in_the_services_cart_is_placed_at_our_prices_and_cleared_there(self):
        self.carts.carts["ann"] = {"P001": 2, "P002": 1}
        placed = self.place("ann", 201)
        self.assertEqual((placed["status"], placed["totalPrice"]), ("CONFIRMED", 100.5))
        wait_until(lambda: self.carts.cleared == ["ann"], 10, "the cart was cleared")
        wait_until(lambda: self.place("ann", 201)["orderId"] == placed["orderId"], 10, "a second click is the first order")
        self.carts.carts["ann"] = {"P001": 1}
        self.assertNotEqual(self.place("ann", 201)["orderId"], placed["orderId"])

    def test_a_price_above_the_one_that_the_service_shows_is_refused_until_the_new_total_is_named(self):
        self.carts.carts["amy"] = {"P001": 2}
        self.carts.prices["P001"] = 24.5
        refused = self.place("amy", 409)
        self.assertEqual((refused["error"], refused["totalPrice"], refused["previousTotalPrice"]), ("PRICE_CHANGED", 50.0, 49.0))
        self.server.kill()
        self.server.start()
        self.place("amy", 409)
        self.assertEqual(self.place("amy", 201, totalPrice=50.0)["totalPrice"], 50.0)

    def test_a_declined_order_leaves_the_services_cart_alone(self):
        self.carts.carts["bob"] = {"P001": 1}
        self.place("bob", 402, paymentMethod="declined")
        self.place("bob", 402, paymentMethod="declined")
        self.assertEqual((self.carts.cleared, self.carts.carts["bob"]), ([], {"P001": 1}))

    def test_without_an_answer_of_the_service_there_is_no_order(self):
        self.carts.carts["eve"] = {"P001": 1}
        self.carts.down = True
        self.place("eve", 503)
        self.carts.down = False
        self.place("eve", 201)

    def test_a_cart_that_could_not_be_cleared_is_cleared_later_also_after_a_crash(self):
        self.carts.carts["joe"] = {"P001": 1}
        first = self.client.post("/api/orders/place", {"userId": "joe", "paymentMethod": "slow"}, headers={"Prefer": "wait=0"})
        self.assertEqual(first.status, 202, first)
        self.carts.down = True
        wait_until(lambda: self.client.get(f"/api/orders/{first.json['orderId']}").json["paymentStatus"] == "SUCCESS", 10, "it is paid")
        self.server.kill()
        self.server.start()
        self.assertEqual(self.carts.cleared, [])
        self.carts.down = False
        wait_until(lambda: "joe" in self.carts.cleared, 20, "the cart was cleared")


if __name__ == "__main__":
    unittest.main()
