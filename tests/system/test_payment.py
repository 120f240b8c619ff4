"""Every behaviour of the gateway, checked against the gateway's own ledger and not against our word."""
import unittest

from orders import OrderTest, order_of
from server import wait_until

TOTAL = 179600


class GatewayBehaviour(OrderTest):
    def test_declines_leave_the_order_pending_with_the_reason(self):
        for method in ("declined", "insufficient_funds", "expired_card"):
            with self.subTest(method):
                made = self.create(order_of(payment_method=method))
                self.assertEqual(made["status"], "pending")
                self.assertEqual(made["payment"]["status"], "failed")
                self.assertIn(method, made["payment"]["reason"])
                self.assertEqual(self.amounts(made["id"], "capture"), [])

    def test_after_a_decline_another_method_pays(self):
        made = self.create(order_of(payment_method="declined"))
        self.put_status(made["id"], "payment_processing", payment_method="ok")
        self.becomes(made["id"], "paid")
        self.assertEqual(self.amounts(made["id"], "capture"), [TOTAL])

    def test_a_slow_gateway_is_waited_for_and_charged_once(self):
        made = self.create(order_of(payment_method="slow"))
        self.assertEqual(made["status"], "paid")
        self.assertEqual(self.amounts(made["id"], "capture"), [TOTAL])

    def test_a_caller_who_does_not_wait_gets_the_order_as_it_is(self):
        made = self.create(order_of(payment_method="slow"), headers={"Prefer": "wait=0"})
        self.assertIn(made["status"], ("pending", "payment_processing"))
        self.becomes(made["id"], "paid")

    def test_a_lost_reply_is_asked_for_and_never_charged_again(self):
        made = self.create(order_of(payment_method="lost_reply"))
        self.becomes(made["id"], "paid", within=15)
        self.assertEqual(self.amounts(made["id"], "capture"), [TOTAL])

    def test_errors_of_the_gateway_are_retried_with_one_capture(self):
        made = self.create(order_of(payment_method="error_500"))
        self.becomes(made["id"], "paid", within=20)
        self.assertEqual(self.amounts(made["id"], "capture"), [TOTAL])

    def test_an_unknown_outcome_stays_in_processing_until_the_gateway_says_declined(self):
        made = self.create(order_of(payment_method="never"), headers={"Prefer": "wait=1"})
        self.assertEqual(made["status"], "payment_processing")
        self.becomes(made["id"], "pending", within=30)
        self.assertEqual(self.amounts(made["id"], "capture"), [])

    def test_a_payment_made_by_its_own_call_joins_what_is_going_on(self):
        made = self.create(order_of(auto_pay=False))
        body = {"order_id": made["id"], "amount": 179600.0, "currency": "JPY"}
        first = self.client.post("/api/v1/payments", body)
        self.assertEqual(first.status, 201, first)
        self.assertEqual((first.json["status"], first.json["amount"]), ("completed", 179600.0))
        again = self.client.post("/api/v1/payments", body)
        self.assertIn(again.status, (200, 201))
        self.assertEqual(again.json["transaction_id"], first.json["transaction_id"])
        self.assertEqual(self.amounts(made["id"], "capture"), [TOTAL])
        self.assertEqual(self.client.get(f"/api/v1/payments/order/{made['id']}").json["status"], "completed")

    def test_a_payment_of_the_wrong_amount_is_refused_and_nothing_is_charged(self):
        made = self.create(order_of(auto_pay=False))
        reply = self.client.post("/api/v1/payments", {"order_id": made["id"], "amount": 1.0, "currency": "JPY"})
        self.assertIn(reply.status, (409, 422), reply)
        self.assertEqual(self.ledger_of(made["id"]), [])

    def test_an_order_without_an_attempt_has_no_payment(self):
        made = self.create(order_of(auto_pay=False))
        self.assertEqual(self.client.get(f"/api/v1/payments/order/{made['id']}").status, 404)


class CancelDuringPayment(OrderTest):
    def test_a_cancel_during_payment_is_carried_out_after_the_capture(self):
        made = self.create(order_of(payment_method="slow"), headers={"Prefer": "wait=0"})
        wait_until(lambda: self.order(made["id"])["status"] == "payment_processing", 5, "the payment is on its way")
        self.cancel(made["id"], expected=202)
        self.becomes(made["id"], "cancelled", within=15)
        wait_until(lambda: sum(self.amounts(made["id"], "capture")) == sum(self.amounts(made["id"], "refund")), 10,
                   "what was captured went back")

    def test_a_cancel_during_a_payment_that_is_declined_costs_nothing(self):
        made = self.create(order_of(payment_method="never"), headers={"Prefer": "wait=0"})
        wait_until(lambda: self.order(made["id"])["status"] == "payment_processing", 5, "the payment is on its way")
        self.cancel(made["id"], expected=202)
        self.becomes(made["id"], "cancelled", within=30)
        self.assertEqual(self.amounts(made["id"], "capture"), [])


class Refunds(OrderTest):
    def refund(self, number, amount=None, **more):
        body = {"order_id": number} if amount is None else {"order_id": number, "amount": amount}
        return self.client.post("/api/v1/payments/refund", body, **more)

    def test_a_part_goes_back_and_the_order_stays_paid(self):
        made = self.create()
        reply = self.refund(made["id"], 600.0)
        self.assertIn(reply.status, (200, 201, 202), reply)
        wait_until(lambda: self.amounts(made["id"], "refund") == [600], 10, "the part is in the ledger")
        self.assertEqual(self.order(made["id"])["status"], "paid")
        payment = wait_until(lambda: (lambda now: now if now["refunded_amount"] == 600.0 else None)(
            self.client.get(f"/api/v1/payments/order/{made['id']}").json), 10, "the payment shows the part")
        self.assertEqual(payment["status"], "completed")

    def test_parts_never_exceed_what_was_captured(self):
        made = self.create()
        self.assertLess(self.refund(made["id"], 100000.0).status, 300)
        self.assertEqual(self.refund(made["id"], 79601.0).status, 422)
        wait_until(lambda: self.amounts(made["id"], "refund") == [100000], 10, "only the first part went back")

    def test_the_same_refund_sent_twice_with_its_key_has_one_effect(self):
        made, key = self.create(), self.key()
        self.assertLess(self.refund(made["id"], 100.0, key=key).status, 300)
        self.assertLess(self.refund(made["id"], 100.0, key=key).status, 300)
        wait_until(lambda: self.amounts(made["id"], "refund"), 10, "the refund is in the ledger")
        self.assertEqual(self.client.get(f"/api/v1/payments/order/{made['id']}").json["refunded_amount"], 100.0)
        self.assertEqual(self.amounts(made["id"], "refund"), [100])

    def test_a_full_refund_cancels_a_paid_order(self):
        made = self.create()
        self.assertLess(self.refund(made["id"]).status, 300)
        self.becomes(made["id"], "cancelled")
        wait_until(lambda: self.amounts(made["id"], "refund") == [TOTAL], 10, "all of it went back")

    def test_a_full_refund_of_a_shipped_order_only_returns_the_money(self):
        made = self.create()
        self.put_status(made["id"], "shipped")
        self.assertLess(self.refund(made["id"]).status, 300)
        wait_until(lambda: self.amounts(made["id"], "refund") == [TOTAL], 10, "all of it went back")
        self.assertEqual(self.order(made["id"])["status"], "shipped")

    def test_an_unpaid_order_has_nothing_to_give_back(self):
        made = self.create(order_of(auto_pay=False))
        self.assertEqual(self.refund(made["id"], 1.0).status, 409)


class GatewayDown(OrderTest):
    def mode(self, word):
        reply = self.client.put("/dev/gateway/mode", {"mode": word})
        self.assertEqual(reply.status, 200, reply)

    def test_orders_wait_while_the_gateway_is_down_and_are_paid_when_it_is_back(self):
        self.mode("down")
        made = self.create(headers={"Prefer": "wait=1"})
        self.assertEqual(made["status"], "payment_processing")
        self.mode("ok")
        self.becomes(made["id"], "paid", within=30)
        self.assertEqual(self.amounts(made["id"], "capture"), [TOTAL])


if __name__ == "__main__":
    unittest.main()
