"""Money that came twice, went back without us, or is to go back: the figures of each payment attempt against the gateway's own ledger."""
import time
import unittest

from orders import OrderTest
from server import wait_until
from test_callbacks import TOTAL, CallbackTest


class TwoCaptures(CallbackTest):
    def test_the_figures_of_a_late_capture_and_a_kept_one_add_up(self):
        number = self.declined()
        again = {"status": "payment_processing", "payment_method": "lost_reply"}
        self.assertEqual(self.client.put(f"/api/v1/orders/{number}/status", again, headers={"Prefer": "wait=0"}).status, 200)
        self.capture_late(number)
        self.word(number, "completed")              # late, first
        self.word(number, "completed", attempt=2)   # kept, second
        self.becomes(number, "paid")
        self.holds(number, TOTAL)
        wait_until(lambda: self.payment(number)["attempts"][0]["refunded_amount"] == TOTAL, 10, "the late one has gone back")
        payment = self.payment(number)
        self.assertEqual((payment["status"], payment["amount"], payment["captured_amount"], payment["refunded_amount"]), ("completed", TOTAL, TOTAL, 0))
        self.assertEqual([(one["status"], one["amount"], one["refunded_amount"], one["transaction_id"]) for one in payment["attempts"]],
                         [("refunded", TOTAL, TOTAL, str(number * 100 + 1)), ("completed", TOTAL, 0, str(number * 100 + 2))])
        self.assertEqual([(one["amount"], one["status"], one["source"]) for one in payment["refunds"]], [(TOTAL, "settled", "order")])
        captured = sum(one["amount"] for one in payment["attempts"])
        returned = sum(one["refunded_amount"] for one in payment["attempts"])
        self.assertEqual((captured, returned), (sum(self.amounts(number, "capture")), sum(self.amounts(number, "refund"))))


class ReturnedOutside(CallbackTest):
    """Somebody returns a part at the gateway, and nobody tells us before we return all of it."""

    def check_all_is_back(self, number, outside):
        self.holds(number, 0)
        wait_until(lambda: self.payment(number)["refunded_amount"] == TOTAL, 10, "the order knows it")
        now = self.order(number)
        self.assertEqual((now["status"], now["allowed"], now.get("needs_operator")), ("cancelled", [], None))
        self.assertIsNone(now["waiting_for"])
        self.assertEqual(sum(self.amounts(number, "refund")), TOTAL)
        refunds = [(one["amount"], one["source"]) for one in self.payment(number)["refunds"] if one["status"] == "settled"]
        self.assertEqual(sorted(refunds), sorted([(outside, "outside"), (TOTAL - outside, "order")]))

    def test_the_rest_goes_back_when_the_order_is_cancelled(self):
        number = self.create()["id"]
        self.refund_outside(number, 600)
        self.cancel(number)
        self.check_all_is_back(number, 600)

    def test_the_rest_goes_back_when_all_of_a_shipped_order_is_refunded(self):
        number = self.create()["id"]
        self.put_status(number, "shipped")
        self.refund_outside(number, 600)
        self.assertEqual(self.client.post("/api/v1/payments/refund", {"order_id": number}).status, 200)
        self.holds(number, 0)
        wait_until(lambda: self.payment(number)["refunded_amount"] == TOTAL, 10, "the order knows it")

    def test_a_part_that_no_longer_fits_is_what_is_left(self):
        number = self.create()["id"]
        self.refund_outside(number, 179000)
        self.assertEqual(self.client.post("/api/v1/payments/refund", {"order_id": number, "amount": 5000}).status, 200)
        wait_until(lambda: self.payment(number)["refunded_amount"] == 179000, 10, "what the gateway says is recorded")
        self.cancel(number)
        self.holds(number, 0)

    def test_it_does_when_the_server_is_killed_at_any_moment_of_it(self):
        numbers = []
        for pause in (0, 0.002, 0.01, 0.05):
            number = self.create()["id"]
            self.refund_outside(number, 600)
            self.cancel(number)
            time.sleep(pause)
            self.server.kill()
            self.server.start()
            numbers.append(number)
        for number in numbers:
            self.check_all_is_back(number, 600)


class ReturnedOutsideOnPostgres(ReturnedOutside):
    postgres = True


class SaidHalfway(OrderTest):
    """On calls that move money out nothing may be said that is not understood."""

    def refused(self, path, body, member):
        reply = self.client.post(path, body)
        self.assertEqual(reply.status, 422, reply)
        self.assertIn(f"/{member}", [error["pointer"] for error in reply.json["errors"]], body)

    def test_a_refund_with_null_or_a_misspelt_member_is_refused_and_names_it(self):
        number = self.create()["id"]
        for more, member in (({"amount": None}, "amount"), ({"ammount": 5}, "ammount"), ({"Amount": 5}, "Amount"), ({"amount ": 5}, "amount "),
                             ({"amount": 5, "currency": None}, "currency"), ({"payment_id": None}, "payment_id"), ({"reason": "broken"}, "reason")):
            self.refused("/api/v1/payments/refund", {"order_id": number, **more}, member)
        self.assertEqual((self.order(number)["status"], self.amounts(number, "refund")), ("paid", []))

    def test_a_settlement_with_null_or_an_unknown_member_is_refused_and_names_it(self):
        number = self.create()["id"]
        path = f"/api/v1/orders/{number}/settle"
        for body, member in (({"captured": None, "reason": "x"}, "captured"), ({"captured": False, "reasons": "x"}, "reasons"),
                             ({"captured": True, "transaction_id": None, "reason": "x"}, "transaction_id"),
                             ({"what": None, "captured": False, "reason": "x"}, "what"),
                             ({"what": "refund", "refund": 1, "returned": None, "reason": "x"}, "returned"),
                             ({"what": "refund", "refund": 1, "returned": True, "amount": 5, "reason": "x"}, "amount")):
            self.refused(path, body, member)

    def test_what_does_not_wait_for_a_person_cannot_be_settled(self):
        number = self.create()["id"]
        for body, rule in (({"what": "refund", "refund": 1, "returned": True}, "refund-must-be-refused"),
                           ({"what": "capture", "transaction_id": "T", "held": True}, "matter-must-be-open"),
                           ({"what": "matter", "number": 1}, "matter-must-be-open")):
            reply = self.client.post(f"/api/v1/orders/{number}/settle", {**body, "reason": "x"})
            self.assertEqual((reply.status, reply.json["type"]), (409, f"/problems/{rule}"))


if __name__ == "__main__":
    unittest.main()
