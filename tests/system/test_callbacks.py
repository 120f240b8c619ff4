"""What the payment gateway tells by itself: signed, repeated, late, shuffled, forged, for the wrong order. Checked against its ledger."""
import json
import os
import random
import time
import unittest

from client import new_key
from keys import keys_of, sign_callback
from orders import OrderTest, order_of
from server import wait_until

TOTAL = 179600


class CallbackTest(OrderTest):
    # The gateway's silence lasts as long as a test: only the callbacks decide.
    options = ("--set", "payment.timeout=1m")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.secret = keys_of(cls.server.data)["webhook_secret"][0]["secret"]

    def told(self, path, body, expected=200, secret=None, at=None, signature=None):
        raw = json.dumps(body).encode()
        sent = signature if signature is not None else sign_callback(secret or self.secret, raw, at)
        reply = self.client.post(path, raw, headers={"X-Signature": sent})
        self.assertEqual(reply.status, expected, reply)
        return reply

    def word(self, number, status, expected=200, event=None, attempt=1, **more):
        body = {"event_id": event or new_key(), "payment_id": number * 100 + attempt, "status": status, **more}
        return self.told(f"/api/v1/orders/{number}/webhook", body, expected)

    def waiting(self):
        """An order whose charge the gateway does not answer for a while."""
        made = self.create(order_of(payment_method="never"), headers={"Prefer": "wait=0"})
        return self.becomes(made["id"], "payment_processing")["id"]

    def events(self, number):
        return [event["type"] for event in self.client.get(f"/api/v1/orders/{number}/events").json]

    def refund_outside(self, number, amount):
        reply = self.client.post("/dev/gateway/refunds", {"order_id": number, "amount": amount, "currency": "JPY"})
        self.assertEqual(reply.status, 200, reply)

    def audited(self, event):
        with open(os.path.join(self.server.data, "audit.log"), encoding="utf-8") as log:
            return [line for line in map(json.loads, log) if line["event"] == event]


class Outcomes(CallbackTest):
    def test_completed_pays_the_order(self):
        number = self.waiting()
        self.word(number, "completed", amount=179600.0)
        self.assertEqual(self.order(number)["status"], "paid")

    def test_failed_leaves_it_pending_with_the_reason(self):
        number = self.waiting()
        self.word(number, "failed", reason="insufficient_funds")
        now = self.order(number)
        self.assertEqual((now["status"], now["payment"]["reason"]), ("pending", "insufficient_funds"))

    def test_a_capture_of_another_amount_does_not_pay(self):
        number = self.waiting()
        self.word(number, "completed", amount=179599)
        now = self.order(number)
        self.assertEqual(now["status"], "pending")
        self.assertIn("needs_operator", now)
        self.assertIn("stray_capture_recorded", self.events(number))

    def test_an_amount_is_read_exactly(self):
        number = self.waiting()
        self.word(number, "completed", 422, amount=179600.5)
        self.word(number, "completed", 422, amount="179600")
        self.assertEqual(self.order(number)["status"], "payment_processing")

    def test_a_full_refund_cancels_what_is_not_shipped_and_a_part_does_not(self):
        number = self.create()["id"]
        self.refund_outside(number, 600)
        self.word(number, "refunded")
        self.assertEqual(self.order(number)["status"], "paid")
        self.refund_outside(number, 179000)
        self.word(number, "refunded")
        now = self.order(number)
        self.assertEqual((now["status"], now["cancel_reason"]), ("cancelled", "refunded"))
        self.assertEqual(sum(self.amounts(number, "refund")), TOTAL)

    def test_refunded_is_a_hint_and_the_gateways_figure_counts(self):
        number = self.create()["id"]
        before = self.events(number)
        self.word(number, "refunded", amount=179600)
        self.assertEqual((self.order(number)["status"], self.events(number)), ("paid", before))

    def test_a_refund_of_a_shipped_order_is_recorded_and_it_stays_shipped(self):
        number = self.create()["id"]
        self.put_status(number, "shipped")
        self.refund_outside(number, TOTAL)
        self.word(number, "refunded")
        self.assertEqual(self.order(number)["status"], "shipped")
        self.assertEqual(self.client.get(f"/api/v1/payments/order/{number}").json["refunded_amount"], 179600.0)

    def test_the_shops_callback_says_the_same(self):
        number = self.waiting()
        body = {"eventId": new_key(), "orderId": f"ORD{number:06}", "transactionId": f"TXN{number * 100 + 1}", "status": "COMPLETED"}
        reply = self.told("/api/payment/callback", body)
        self.assertEqual(reply.json, {"code": 200, "message": "Callback received"})
        self.assertEqual(self.order(number)["status"], "paid")
        self.assertEqual(self.told("/api/payment/callback", {"eventId": "e"}, 400).json["code"], 400)


class OneEffect(CallbackTest):
    def test_the_same_word_again_changes_nothing(self):
        number, event = self.waiting(), new_key()
        self.word(number, "completed", event=event)
        before = self.events(number)
        for _ in range(3):
            self.word(number, "completed", event=event)
            self.word(number, "completed")
        self.assertEqual(self.events(number), before)

    def test_an_event_that_comes_with_another_content_is_still_the_same_event(self):
        number, event = self.waiting(), new_key()
        self.word(number, "failed", event=event)
        self.word(number, "completed", event=event)
        self.assertEqual(self.order(number)["status"], "pending")

    def test_words_in_any_order_end_the_same(self):
        luck = random.Random(7)
        for _ in range(4):
            number = self.waiting()
            words = [("completed", new_key()), ("failed", new_key())] * 2 + [("completed", new_key())]
            luck.shuffle(words)
            for status, event in words:
                self.word(number, status, event=event)
            self.assertEqual(self.order(number)["status"], "paid", words)
            self.assertEqual(self.events(number).count("payment_captured"), 1)

    def test_a_word_about_a_cancelled_order_gives_the_money_back_once(self):
        number = self.waiting()
        self.word(number, "failed")
        self.cancel(number)
        event = new_key()
        for _ in range(2):
            self.word(number, "completed", event=event)
        self.assertEqual(self.order(number)["status"], "cancelled")
        self.assertEqual(self.events(number).count("refund_started"), 1)

    def test_it_is_remembered_across_a_crash(self):
        number, event = self.waiting(), new_key()
        self.word(number, "failed", event=event)
        before = self.events(number)
        self.server.kill()
        self.server.start()
        self.word(number, "failed", event=event)
        self.assertEqual(self.events(number), before)


class Doubtful(CallbackTest):
    def test_what_is_not_signed_as_it_should_is_401_and_changes_nothing(self):
        number = self.waiting()
        path = f"/api/v1/orders/{number}/webhook"
        body = {"event_id": new_key(), "payment_id": number * 100 + 1, "status": "completed"}
        now = int(time.time())
        good = sign_callback(self.secret, json.dumps(body).encode())
        self.told(path, body, 401, signature="")
        self.told(path, body, 401, signature="nonsense")
        self.told(path, body, 401, secret="x" * 32)
        self.told(path, body, 401, at=now - 400)
        self.told(path, body, 401, at=now + 400)
        self.told(path, {**body, "amount": 1}, 401, signature=good)
        self.assertEqual(self.client.post(path, body).status, 401)
        self.assertEqual(self.order(number)["status"], "payment_processing")
        wait_until(lambda: self.audited("callback-not-genuine"), 5, "it is in the audit log")

    def test_another_orders_payment_is_404_and_recorded(self):
        mine, other = self.waiting(), self.waiting()
        body = {"event_id": new_key(), "payment_id": other * 100 + 1, "status": "completed"}
        self.told(f"/api/v1/orders/{mine}/webhook", body, 404)
        self.word(mine, "completed", 404, attempt=2)
        for number in (mine, other):
            self.assertEqual(self.order(number)["status"], "payment_processing")
        wait_until(lambda: self.audited("callback-foreign-payment"), 5, "it is in the audit log")

    def test_no_such_order_is_404(self):
        body = {"event_id": new_key(), "payment_id": 99999999901, "status": "completed"}
        for path in ("/api/v1/orders/999999999/webhook", "/api/v1/orders/none/webhook"):
            self.told(path, body, 404)
        self.told("/api/payment/callback", {**body, "orderId": "ORD999999999"}, 404)

    def test_what_cannot_be_read_is_told(self):
        number = self.create()["id"]
        path = f"/api/v1/orders/{number}/webhook"
        for body in ({}, {"event_id": "e", "status": "completed"}, {"event_id": "e", "payment_id": number * 100 + 1, "status": "lost"},
                     {"payment_id": number * 100 + 1, "status": "completed"}):
            self.told(path, body, 422)


if __name__ == "__main__":
    unittest.main()
