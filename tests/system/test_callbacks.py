"""What the payment gateway tells by itself: signed, repeated, late, shuffled, forged, for the wrong order. Checked against its ledger."""
import json
import os
import random
import time
import unittest

from client import Client, new_key
from keys import keys_of, sign_callback
from orders import OrderTest, order_of
from server import Server, wait_until

TOTAL = 179600


class CallbackTest(OrderTest):
    # The gateway is not asked by itself as long as a test takes: only the callbacks make us ask.
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

    def waiting(self, method="lost_reply"):
        """An order whose charge has no answer. With `lost_reply` the gateway has taken the money."""
        made = self.create(order_of(payment_method=method), headers={"Prefer": "wait=0"})
        return self.becomes(made["id"], "payment_processing")["id"]

    def declined(self):
        made = self.create(order_of(payment_method="declined"))
        self.assertEqual(made["status"], "pending")
        return made["id"]

    def events(self, number):
        return [event["type"] for event in self.client.get(f"/api/v1/orders/{number}/events").json]

    def audited(self, event):
        with open(os.path.join(self.server.data, "audit.log"), encoding="utf-8") as log:
            return [line for line in map(json.loads, log) if line["event"] == event]

    def differences(self, number):
        return [line for line in self.audited("callback-differs") if line["order"] == str(number)]

    def mode(self, word):
        self.assertEqual(self.client.put("/dev/gateway/mode", {"mode": word}).status, 200)


# What a callback may say of an amount of 179600 JPY: another unit, one off, another currency, nothing at all.
OTHER_AMOUNTS = [{"amount": 179599}, {"amount": 179601}, {"amount": 1796.0}, {"amount": 17960000}, {"amount": None}, {"amount": "179600"},
                 {"amount": 179600.5}, {"amount": -179600}, {"amount": 0}, {"amount": []}, {"amount": 9, "currency": "USD"},
                 {"amount": 179600, "currency": "KRW"}, {"amount": 179600, "currency": None}]


class Outcomes(CallbackTest):
    def test_completed_makes_us_ask_and_the_gateways_capture_pays(self):
        number = self.waiting()
        self.word(number, "completed", amount=179600.0, currency="JPY")
        self.assertEqual(self.order(number)["status"], "paid")
        self.assertEqual(self.differences(number), [])

    def test_whatever_completed_says_of_the_amount_the_gateways_word_counts(self):
        for said in OTHER_AMOUNTS:
            with self.subTest(said):
                number = self.waiting()
                self.word(number, "completed", **said)
                now = self.order(number)
                self.assertEqual((now["status"], now.get("needs_operator")), ("paid", None))
                self.assertEqual(self.amounts(number, "capture"), [TOTAL])
                wait_until(lambda order=number: self.differences(order), 5, "the difference is in the audit log")
                self.cancel(number)
                self.holds(number, 0)

    def test_completed_pays_nothing_that_the_gateway_has_not_taken(self):
        for said in ({}, {"amount": 179600}, {"amount": 9, "currency": "USD"}):
            with self.subTest(said):
                number = self.declined()
                before = self.events(number)
                self.word(number, "completed", **said)
                self.assertEqual((self.order(number)["status"], self.events(number)), ("pending", before))
                self.assertTrue(self.differences(number))
                self.put_status(number, "payment_processing", payment_method="ok")
                self.becomes(number, "paid")
                self.cancel(number)
                self.assertEqual(self.amounts(number, "capture"), [TOTAL])
                self.holds(number, 0)

    def test_completed_while_the_gateway_is_at_it_changes_nothing_yet(self):
        number = self.waiting("slow")
        self.word(number, "completed", amount=1)
        self.becomes(number, "paid")
        self.assertEqual(self.amounts(number, "capture"), [TOTAL])

    def test_failed_is_believed_no_more_than_completed(self):
        number = self.waiting()
        self.word(number, "failed", reason="insufficient_funds")
        self.assertEqual(self.order(number)["status"], "paid")
        self.assertTrue(self.differences(number))

    def test_failed_leaves_it_pending_with_the_gateways_reason(self):
        number, event = self.waiting("never"), new_key()
        self.assertGreater(int(self.word(number, "failed", 503, event=event).headers["Retry-After"]), 0)  # it does not answer the first question
        self.word(number, "failed", event=event, reason="a rumour")
        now = self.order(number)
        self.assertEqual((now["status"], now["payment"]["reason"]), ("pending", "declined"))

    def test_while_the_gateway_is_away_the_sender_is_asked_to_repeat(self):
        number, refunded, known = self.waiting(), self.create()["id"], new_key()
        other = self.waiting()
        self.word(other, "completed", event=known)
        self.refund_outside(refunded, 600)
        self.mode("down")
        try:
            first, second = new_key(), new_key()
            for status, order, event in (("completed", number, first), ("failed", number, second), ("refunded", refunded, second)):
                self.assertGreater(int(self.word(order, status, 503, event=event).headers["Retry-After"]), 0)
            self.word(other, "completed", event=known)  # had its effect: that is known without the gateway
            self.assertEqual(self.order(number)["status"], "payment_processing")
        finally:
            self.mode("ok")
        self.word(number, "completed", event=first)
        self.assertEqual(self.order(number)["status"], "paid")

    def test_a_late_capture_pays_for_an_order_that_waits_under_the_gateways_number(self):
        number = self.declined()
        self.capture_late(number)
        self.word(number, "completed", amount=1)
        self.assertEqual(self.order(number)["status"], "paid")
        payment = self.payment(number)
        self.assertEqual(payment["transaction_id"], number * 100 + 1)
        self.assertEqual([attempt["transaction_id"] for attempt in payment["attempts"]], [None, str(number * 100 + 1)])
        self.cancel(number)
        self.holds(number, 0)

    def test_a_capture_of_another_amount_at_the_gateway_goes_back_whatever_the_callback_says(self):
        number = self.declined()
        self.capture_late(number, amount=179599)
        self.word(number, "completed", amount=TOTAL)
        now = self.order(number)
        self.assertEqual((now["status"], now["needs_operator"]), ("pending", "capture_of_wrong_amount"))
        self.holds(number, 0)
        for _ in range(2):
            self.word(number, "completed", amount=TOTAL)
        self.put_status(number, "payment_processing", payment_method="ok")
        self.becomes(number, "paid")
        self.holds(number, TOTAL)
        self.cancel(number)
        self.holds(number, 0)
        matter = self.order(number)["attention"][0]
        self.assertEqual((matter["reason"], matter["resolved_by"]), ("capture_of_wrong_amount", ["settle_matter"]))
        self.assertIn("settle_matter", self.order(number)["allowed"])
        settled = self.client.post(f"/api/v1/orders/{number}/settle", {"what": "matter", "number": matter["number"], "reason": "asked the bank"})
        self.assertEqual(settled.status, 200, settled)
        self.assertNotIn("needs_operator", settled.json)
        self.assertEqual(self.order(number)["allowed"], [])

    def test_money_in_another_currency_is_recorded_in_its_own_and_stays_with_the_operator(self):
        number = self.declined()
        self.cancel(number)
        self.capture_late(number, amount=12.34, currency="USD")
        self.word(number, "completed")
        now = self.order(number)
        self.assertEqual((now["status"], now["needs_operator"]), ("cancelled", "capture_in_other_currency"))
        matter = now["attention"][0]
        self.assertEqual((matter["amount"], matter["currency"], matter["resolved_by"]), (12.34, "USD", ["settle_matter"]))
        self.assertEqual(self.differences(number)[0]["gateway_amount"], "12.34 USD")
        payment = self.payment(number)
        self.assertEqual(payment["captured_amount"], 0)
        self.assertEqual([(one["amount"], one["currency"]) for one in payment["captures_in_other_currency"]], [(12.34, "USD")])
        self.word(number, "completed")
        self.assertEqual(len(self.order(number)["attention"]), 1)
        reply = self.client.post("/dev/gateway/refunds", {"order_id": number, "amount": 12.34, "currency": "USD"})
        self.assertEqual(reply.status, 200, reply)
        self.word(number, "refunded")
        self.assertEqual(self.payment(number)["refunds"], [])
        settled = self.client.post(f"/api/v1/orders/{number}/settle", {"what": "matter", "number": matter["number"], "reason": "returned"})
        self.assertEqual(settled.status, 200, settled)
        self.assertNotIn("needs_operator", settled.json)

    def test_an_order_that_expires_keeps_nothing_of_a_capture_of_another_amount(self):
        with_short_timers = ("--set", "timers.payment_due=2s", *self.options)
        with Server(options=with_short_timers, journal=self.journal()) as server:
            server.start()
            elsewhere = type(self)()
            elsewhere.client, elsewhere.secret, elsewhere.server = Client(server), keys_of(server.data)["webhook_secret"][0]["secret"], server
            number = elsewhere.declined()
            elsewhere.capture_late(number, amount=179599)
            elsewhere.word(number, "completed", amount=TOTAL)
            elsewhere.becomes(number, "cancelled")
            elsewhere.holds(number, 0)

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
        entries = [(entry["id"], entry["amount"], entry["status"], entry["source"]) for entry in self.payment(number)["refunds"]]
        self.assertEqual(entries, [(None, 600.0, "settled", "outside"), (None, 179000.0, "settled", "outside")])

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
        self.assertEqual(self.payment(number)["refunded_amount"], 179600.0)

    def test_the_shops_callback_says_the_same(self):
        number = self.waiting()
        body = {"eventId": new_key(), "orderId": f"ORD{number:06}", "transactionId": f"TXN{number * 100 + 1}", "status": "COMPLETED",
                "paymentAmount": 9, "currency": "USD"}
        reply = self.told("/api/payment/callback", body)
        self.assertEqual(reply.json, {"code": 200, "message": "Callback received"})
        self.assertEqual(self.order(number)["status"], "paid")
        self.assertTrue(self.differences(number))
        self.assertEqual(self.told("/api/payment/callback", {"eventId": "e"}, 400).json["code"], 400)
        self.mode("down")
        try:
            body["eventId"] = new_key()
            reply = self.told("/api/payment/callback", body, 503)
            self.assertEqual((reply.json["code"], int(reply.headers["Retry-After"]) > 0), (503, True))
        finally:
            self.mode("ok")


class OutcomesOnPostgres(Outcomes):
    postgres = True


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
        self.word(number, "completed", event=event)
        before = self.events(number)
        self.word(number, "failed", event=event, amount=5)
        self.assertEqual((self.order(number)["status"], self.events(number)), ("paid", before))

    def test_words_in_any_order_end_the_same(self):
        luck = random.Random(7)
        for _ in range(4):
            number = self.waiting()
            words = [("completed", new_key()), ("failed", new_key())] * 2 + [("completed", new_key())]
            luck.shuffle(words)
            for status, event in words:
                self.word(number, status, event=event, amount=luck.choice([1, None, 179600]))
            self.assertEqual(self.order(number)["status"], "paid", words)
            self.assertEqual(self.events(number).count("payment_captured"), 1)
            self.assertEqual(self.amounts(number, "capture"), [TOTAL])

    def test_a_word_about_a_cancelled_order_gives_the_money_back_once(self):
        number = self.declined()
        self.cancel(number)
        self.capture_late(number)
        event = new_key()
        for _ in range(2):
            self.word(number, "completed", event=event)
        self.assertEqual(self.order(number)["status"], "cancelled")
        self.assertEqual(self.events(number).count("refund_started"), 1)
        self.holds(number, 0)

    def test_it_is_remembered_across_a_crash(self):
        number, event = self.waiting(), new_key()
        self.word(number, "completed", event=event)
        before = self.events(number)
        self.server.kill()
        self.server.start()
        self.word(number, "failed", event=event)
        self.assertEqual(self.events(number), before)

    def test_what_was_not_answered_before_a_crash_has_its_effect_after_it(self):
        number, event = self.waiting(), new_key()
        self.mode("down")
        self.word(number, "completed", 503, event=event, amount=9, currency="USD")
        self.server.kill()
        self.server.start()
        self.word(number, "completed", event=event, amount=9, currency="USD")
        self.assertEqual(self.order(number)["status"], "paid")
        self.cancel(number)
        self.server.kill()
        self.server.start()
        self.holds(number, 0)
        self.assertEqual(self.amounts(number, "capture"), [TOTAL])


class OneEffectOnPostgres(OneEffect):
    postgres = True


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
