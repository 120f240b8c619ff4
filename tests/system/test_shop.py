"""A client of the shop, written from its document alone: create, lock, pay, notify, and everything that can go wrong."""
import hashlib
import hmac
import itertools
import json
import os
import subprocess
import time
import tomllib
import unittest
from concurrent.futures import ThreadPoolExecutor

from client import Client
from server import BINARY, Server, wait_until

users = itertools.count(300001)
DOCUMENTS_ITEMS = [{"productId": "P001", "quantity": 2}, {"productId": "P002", "quantity": 1}]
GOOD_CARD, POOR_CARD, SLOW_CARD, SILENT_CARD = "4111111111111111", "4000000000009995", "4000000000003220", "4000000000000341"


class ShopTest(unittest.TestCase):
    """One server for the whole class."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        cls.client = Client(cls.server)
        cls.addClassCleanup(cls.client.close)

    def orderflow(self, *words, text=""):
        done = subprocess.run([BINARY, *words, "--data", self.server.data], input=text, capture_output=True, text=True, check=False, timeout=20)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def token(self, user, *more):
        return self.orderflow("token", "--subject", user, *more)

    def body(self, user, amount="100.50", items=None, **more):
        """As text: 100.50 must stay 100.50."""
        fields = {"userId": user, "token": "", "signature": "", "orderAmount": "AMOUNT", "items": items or DOCUMENTS_ITEMS, **more}
        return json.dumps(fields).replace('"AMOUNT"', amount)

    def signed(self, user, *more, token=None, **fields):
        return self.orderflow("sign", "--token", token or self.token(user), *more, text=self.body(user, **fields)).encode()

    def create(self, body):
        return self.client.post("/api/orders/create", body)

    def new_order(self, user, **fields):
        reply = self.create(self.signed(user, **fields))
        self.assertEqual(reply.status, 200, reply)
        return reply.json["orderId"]

    def lock(self, order, items=None):
        return self.client.post("/api/inventory/lock", {"orderId": order, "items": items or DOCUMENTS_ITEMS})

    def pay(self, order, user, card=GOOD_CARD, amount="100.50", headers=None):
        body = {"orderId": order, "userId": user, "paymentAmount": "AMOUNT", "paymentMethod": "credit_card",
                "paymentDetails": {"cardNumber": card, "expiryDate": "12/25", "cvv": "123"}}
        return self.client.post("/api/payment/process", json.dumps(body).replace('"AMOUNT"', amount).encode(), headers=headers)

    def notify(self, user, subject, key=None, **more):
        body = {"userId": user, "notificationType": "email", "subject": subject, "message": "text", **more}
        return self.client.post("/api/notification/send", body, key=key)

    def mails(self, subject):
        return [mail for mail in self.client.sent_mail() if mail["subject"] == subject]

    def captures(self, order):
        return [line for line in self.client.ledger() if line["kind"] == "capture" and line["order"] == int(order[3:])]


class Story(ShopTest):
    def test_create_lock_pay_notify(self):
        user = str(next(users))
        made = self.create(self.signed(user))
        self.assertEqual(made.status, 200, made)
        order = made.json["orderId"]
        self.assertRegex(order, r"^ORD\d{6,}$")
        self.assertEqual(made.json, {"code": 200, "message": "Order created successfully", "orderId": order, "status": "pending"})

        for _ in range(2):
            self.assertEqual(self.lock(order).json, {"code": 200, "message": "Inventory locked successfully", "locked": True})

        paid = self.pay(order, user)
        self.assertEqual(paid.status, 200, paid)
        self.assertRegex(paid.json["transactionId"], r"^TXN\d+$")
        self.assertEqual(paid.json, {"code": 200, "message": "Payment successful", "paymentStatus": "completed",
                                     "transactionId": paid.json["transactionId"]})
        self.assertEqual(self.pay(order, user).json, paid.json)
        self.assertEqual([line["amount"] for line in self.captures(order)], [10050])

        sent = self.notify(user, f"Order Status Update {order}")
        self.assertEqual(sent.json, {"code": 200, "message": "Notification sent successfully"})
        mail = wait_until(lambda: self.mails(f"Order Status Update {order}"), 5, "the mail is delivered")
        self.assertEqual((mail[0]["channel"], mail[0]["recipient"], mail[0]["text"]), ("email", f"{user}@sandbox", "text"))

    def test_the_shop_tells_its_customers_of_a_payment_by_itself(self):
        user = str(next(users))
        order = self.new_order(user)
        self.assertEqual(self.pay(order, user).status, 200)
        wait_until(lambda: [mail for mail in self.client.sent_mail() if mail["recipient"] == f"{user}@sandbox"], 10,
                   "the customer is told that the order is confirmed")

    def test_the_payment_waits_for_the_lock_by_itself(self):
        user = str(next(users))
        self.assertEqual(self.pay(self.new_order(user), user).json["paymentStatus"], "completed")

    def test_other_dialects_see_the_same_order(self):
        user = str(next(users))
        order = self.new_order(user)
        seen = self.client.get(f"/api/v1/orders/{order}").json
        self.assertEqual((seen["status"], seen["total_amount"]), ("pending", 100.5))
        self.pay(order, user)
        self.assertEqual(self.client.get(f"/api/v1/orders/{order}").json["status"], "paid")


class Payments(ShopTest):
    def test_insufficient_funds_and_then_another_card(self):
        user = str(next(users))
        order = self.new_order(user)
        poor = self.pay(order, user, POOR_CARD)
        self.assertEqual(poor.json, {"code": 400, "message": "Payment failed due to insufficient funds", "paymentStatus": "failed"})
        self.assertEqual(poor.status, 400)
        self.assertEqual(self.pay(order, user).json["paymentStatus"], "completed")
        self.assertEqual(len(self.captures(order)), 1)

    def test_an_outcome_that_is_not_known_is_processing_and_is_never_charged_twice(self):
        for card in (SLOW_CARD, SILENT_CARD):
            user = str(next(users))
            order = self.new_order(user)
            self.lock(order)
            first = self.pay(order, user, card, headers={"Prefer": "wait=0"})
            self.assertEqual((first.status, first.json["paymentStatus"]), (202, "processing"))
            wait_until(lambda: self.pay(order, user, card).json["paymentStatus"] == "completed", 20, "the payment is through")
            self.assertEqual(len(self.captures(order)), 1)

    def test_what_is_wrong_with_a_payment_is_400_and_nobody_is_charged(self):
        user = str(next(users))
        order = self.new_order(user)
        for reply in (self.pay(order, user, amount="100.51"), self.pay(order, user, amount="100.505"), self.pay(order, user, amount='"100.50"'),
                      self.pay(order, "1"), self.pay(order, user, "4111111111111112"), self.pay(order, user, "411111")):
            self.assertEqual((reply.status, reply.json["code"], reply.json["paymentStatus"]), (400, 400, "failed"), reply)
        self.assertEqual(self.captures(order), [])
        self.assertEqual(self.pay("ORD999999999", user).status, 404)

    def test_no_card_number_is_kept_anywhere(self):
        user = str(next(users))
        card = "4242424242424242"
        self.assertEqual(self.pay(self.new_order(user), user, card).status, 200)
        for folder, _, names in os.walk(self.server.data):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    self.assertNotIn(card.encode(), file.read(), name)
        self.assertNotIn(card, self.server.log(10000))


class Stock(ShopTest):
    def test_short_stock_is_told_by_lock_and_payment_and_nothing_is_charged(self):
        self.client.put("/dev/products/RARE", {"name": "Rare", "price": 10.0, "currency": "USD"})
        self.client.set_stock("RARE", 1)
        items = [{"productId": "RARE", "quantity": 2}]
        user = str(next(users))
        order = self.new_order(user, amount="20.00", items=items)
        for _ in range(2):
            short = self.lock(order, items)
            self.assertEqual((short.status, short.json), (400, {"code": 400, "message": "Insufficient inventory", "locked": False}))
        failed = self.pay(order, user, amount="20.00")
        self.assertEqual(failed.json, {"code": 400, "message": "Payment failed due to insufficient inventory", "paymentStatus": "failed"})
        self.assertEqual(self.captures(order), [])
        self.assertEqual(self.client.available("RARE"), 1)

    def test_locking_twice_takes_the_stock_once(self):
        self.client.put("/dev/products/TWIN", {"name": "Twin", "price": 10.0, "currency": "USD"})
        self.client.set_stock("TWIN", 5)
        items = [{"productId": "TWIN", "quantity": 2}]
        order = self.new_order(str(next(users)), amount="20.00", items=items)
        for _ in range(5):
            self.assertTrue(self.lock(order, items).json["locked"])
        self.assertEqual(self.client.available("TWIN"), 3)
        other = self.lock(order, [{"productId": "TWIN", "quantity": 3}])
        self.assertEqual((other.status, other.json["locked"]), (400, False))

    def test_a_customer_may_not_lock(self):
        order = self.new_order(str(next(users)))
        headers = {"Authorization": "Bearer " + self.token("1")}
        self.assertEqual(self.client.post("/api/inventory/lock", {"orderId": order, "items": DOCUMENTS_ITEMS}, headers=headers).status, 403)


class Signatures(ShopTest):
    def test_the_signature_is_what_the_document_says(self):
        user = str(next(users))
        token = self.token(user)
        with open(os.path.join(self.server.data, "keys.toml"), "rb") as file:
            secret = next(one["signing_secret"] for one in tomllib.load(file)["client"] if one["id"] == "demo")
        text = f"v1\n{user}\n{token}\n100.50\nP001:2,P002:1"
        signature = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        body = json.loads(self.signed(user, token=token))
        self.assertEqual((body["token"], body["signature"]), (token, signature))

    def test_everything_that_is_wrong_is_401_and_audited(self):
        user = str(next(users))
        token = self.token(user)
        good = self.signed(user, token=token).decode()
        bodies = {
            "no token": good.replace('"token"', '"no_token"'),
            "no signature": good.replace('"signature"', '"no_signature"'),
            "another amount": good.replace("100.50", "100.5"),
            "another quantity": good.replace('"quantity": 2', '"quantity": 3').replace('"quantity":2', '"quantity":3'),
            "somebody else's token": self.signed(user, token=self.token("1")).decode(),
            "no token at all": self.body(user).replace('"token": ""', '"token": "user authentication token"'),
        }
        for name, body in bodies.items():
            with self.subTest(name):
                self.assertNotEqual(body, good)
                reply = self.create(body.encode())
                self.assertEqual((reply.status, reply.json["code"]), (401, 401), reply)
        with open(os.path.join(self.server.data, "audit.log"), encoding="utf-8") as log:
            lines = [json.loads(line) for line in log]
        self.assertGreaterEqual(len([line for line in lines if line["event"] == "order-refused"]), len(bodies))
        self.assertEqual(self.create(good.encode()).status, 200)

    def test_a_signed_request_sent_again_is_the_first_order(self):
        user = str(next(users))
        body = self.signed(user)
        first = self.create(body)
        self.assertEqual(self.create(body).json["orderId"], first.json["orderId"])
        other = self.signed(user, timestamp=int(time.time()), nonce="n1")
        second = self.create(other)
        self.assertEqual(second.status, 200, second)
        self.assertNotEqual(second.json["orderId"], first.json["orderId"])
        self.assertEqual(self.create(other).json["orderId"], second.json["orderId"])
        old = self.create(self.signed(user, timestamp=int(time.time()) - 400, nonce="n2"))
        self.assertEqual(old.status, 401)

    def test_a_double_click_is_one_order(self):
        body = self.signed(str(next(users)))

        def click(_):
            client = Client(self.server)
            try:
                return client.post("/api/orders/create", body).json["orderId"]
            finally:
                client.close()
        with ThreadPoolExecutor(8) as pool:
            self.assertEqual(len(set(pool.map(click, range(16)))), 1)

    def test_bad_input_is_400_in_the_documents_form(self):
        user = str(next(users))
        for quantity in ("0", "-1", "1.0", '"1"', "true", "null"):
            body = self.body(user).replace('"quantity": 2', f'"quantity": {quantity}')
            token = self.token(user)
            reply = self.create(body.replace('"token": ""', f'"token": "{token}"').encode())
            self.assertEqual((reply.status, reply.json["code"]), (400, 400), f"{quantity}: {reply}")
        self.assertEqual(self.create(b"{").status, 400)
        self.assertEqual(self.client.post("/api/orders/create", b"{}", headers={"Content-Type": "text/plain"}).status, 415)
        self.assertEqual(self.client.post("/api/orders/create", b"{}", headers={"Origin": "http://evil.example"}).status, 403)


class Messages(ShopTest):
    def test_a_delayed_message_survives_kill_9_and_comes_once(self):
        user = str(next(users))
        sent = self.notify(user, "later", delaySeconds=3)
        self.assertEqual(sent.status, 200, sent)
        self.server.kill()
        self.server.start()
        self.assertEqual(self.mails("later"), [])
        wait_until(lambda: self.mails("later"), 15, "the delayed message is delivered")
        self.assertEqual(self.notify(user, "soon").status, 200)
        wait_until(lambda: self.mails("soon"), 5, "a message after it is delivered")
        self.assertEqual(len(self.mails("later")), 1)

    def test_a_message_that_was_acknowledged_survives_kill_9(self):
        user = str(next(users))
        self.assertEqual(self.notify(user, "acknowledged").status, 200)
        self.server.kill()
        self.server.start()
        mails = wait_until(lambda: self.mails("acknowledged"), 10, "the message is delivered after the restart")
        self.assertEqual(len({mail["id"] for mail in mails}), 1)

    def test_a_key_makes_it_repeatable(self):
        user = str(next(users))
        for _ in range(3):
            self.assertEqual(self.notify(user, "once", key="k1").status, 200)
        self.assertEqual(self.notify(user, "other text", key="k1").status, 400)
        self.assertEqual(self.notify(user, "twice", key="k2").status, 200)
        wait_until(lambda: self.mails("twice"), 5, "the last one is delivered")
        self.assertEqual(len(self.mails("once")), 1)
        self.assertEqual(self.mails("other text"), [])

    def test_a_text_message_goes_to_the_number_given(self):
        reply = self.notify(str(next(users)), "sms", notificationType="sms", recipient="+81 3-1234-5678")
        self.assertEqual(reply.status, 200, reply)
        mail = wait_until(lambda: self.mails("sms"), 5, "the text message is delivered")[0]
        self.assertEqual((mail["channel"], mail["recipient"]), ("sms", "+81 3-1234-5678"))


if __name__ == "__main__":
    unittest.main()
