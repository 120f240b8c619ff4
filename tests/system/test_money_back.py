"""Money that came twice, went back without us, or is to go back: the figures of each payment attempt against the gateway's own ledger."""
import time
import unittest

from client import Client
from orders import OrderTest, order_of
from remote import PlainPayments
from server import Postgres, Server, wait_until
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


class SettledByAnOperator(unittest.TestCase):
    """What an operator has settled is not sent any more; what the service shows of it all the same is found."""
    postgres = False

    def setUp(self):
        self.journal = self.enter(Postgres()).url if self.postgres else None

    def enter(self, what):
        entered = what.__enter__()
        self.addCleanup(what.__exit__, None, None, None)
        return entered

    def serve(self, url, idempotent=False):
        self.server = self.enter(Server(journal=self.journal, options=[
            "--set", "payment.gateway=http", "--set", f"payment.url={url}", "--set", f"payment.remote_idempotent={str(idempotent).lower()}",
            "--set", "payment.timeout=500ms", "--set", "payment.retry_first=50ms", "--set", "payment.retry_most=200ms"]))
        self.server.start()
        self.client = Client(self.server)

    def create(self, wait=0):
        reply = self.client.post("/api/v1/orders/", order_of(), headers={"Prefer": f"wait={wait}"})
        self.assertEqual(reply.status, 201, reply)
        return reply.json["id"]

    def order(self, number):
        return self.client.get(f"/api/v1/orders/{number}").json

    def becomes(self, number, status):
        wait_until(lambda: self.order(number)["status"] == status, 15, f"order {number} is {status}")

    def refunds(self, number):
        return [(one["amount"], one["status"], one["source"]) for one in self.client.get(f"/api/v1/payments/order/{number}").json["refunds"]]

    def attention(self, kind):
        return [item for item in self.client.get("/api/v1/attention").json["items"] if item["kind"] == kind]

    def settle(self, number, status=200, **body):
        reply = self.client.post(f"/api/v1/orders/{number}/settle", {**body, "reason": "asked there"})
        self.assertEqual(reply.status, status, reply)
        return reply.json

    def offered(self, kind, **more):
        """Does what is offered."""
        (item,) = wait_until(lambda: self.attention(kind), 15, f"the {kind} is listed")
        resolve = item["resolve"]
        reply = self.client.post(resolve["path"], {**resolve["body"], **more})
        self.assertEqual((resolve["method"], reply.status), ("POST", 200), reply)

    def test_a_charge_that_was_not_sent_never_is(self):
        for idempotent in (False, True):
            with PlainPayments() as gone:
                port = gone.server.server_port
            self.serve(gone.url, idempotent)
            kept, given_up, paid_again, killed = (self.create() for _ in range(4))
            numbers = (kept, given_up, paid_again, killed)
            wait_until(lambda: len(self.attention("charge")) == 4, 15, "the charges wait")
            for number in numbers:
                self.settle(number, captured=False)
            self.assertEqual(self.attention("charge"), [])
            self.server.kill()
            self.server.start()
            self.assertIn(self.client.delete(f"/api/v1/orders/{given_up}").status, (200, 202))
            with PlainPayments(port) as service:
                again = self.client.put(f"/api/v1/orders/{paid_again}/status", {"status": "payment_processing", "payment_method": "ok"})
                self.assertEqual(again.status, 200, again)
                self.becomes(paid_again, "paid")
                later = self.create(wait=5)
                self.becomes(later, "paid")
                self.assertEqual(service.charges, [f"charge/{paid_again}/2", f"charge/{later}/1"])
                self.assertEqual((self.order(kept)["status"], self.order(given_up)["status"]), ("pending", "cancelled"))
            self.server.kill()

    def test_a_charge_that_was_made_after_all_is_found_and_goes_back(self):
        service = self.enter(PlainPayments())
        service.charging = "lost"
        self.serve(service.url, idempotent=True)
        number = self.create()
        self.becomes(number, "payment_processing")
        wait_until(lambda: service.charges, 10, "it was sent")
        service.asking = 503
        self.settle(number, captured=False)
        self.assertIn(self.client.delete(f"/api/v1/orders/{number}").status, (200, 202))
        self.becomes(number, "cancelled")
        self.server.kill()
        sent = len(service.charges)
        service.capture(number, float(TOTAL))
        self.server.start()
        service.asking = service.charging = "made"
        wait_until(lambda: service.payments[number]["refunded_amount"] == TOTAL, 20, "it goes back")
        self.assertEqual(len(service.charges), sent)
        wait_until(lambda: self.refunds(number) == [(TOTAL, "settled", "order")], 10, "and the order knows it")

    def a_refund_without_an_outcome(self, refunding, asking="made"):
        self.service = self.enter(PlainPayments())
        self.serve(self.service.url)
        number = self.create(wait=5)
        self.becomes(number, "paid")
        self.service.refunding = refunding
        self.assertIn(self.client.delete(f"/api/v1/orders/{number}").status, (200, 202))
        wait_until(lambda: self.attention("refund"), 15, "it is listed")
        self.service.asking = asking
        self.assertIn("settle_refund", self.order(number)["allowed"])
        return number

    def is_at_its_end(self, number, refunds):
        wait_until(lambda: self.order(number)["allowed"] == [] and self.order(number)["waiting_for"] is None, 15, "nothing is left to do")
        self.assertEqual(self.refunds(number), refunds)
        self.assertEqual(self.attention("refund"), [])

    def test_a_refund_that_was_lost_is_tried_again_when_an_operator_says_so(self):
        number = self.a_refund_without_an_outcome("lost")
        self.assertEqual(len(self.service.refunds), 1)
        self.server.kill()
        self.server.start()
        self.service.refunding = "made"
        self.offered("refund", returned=False)
        self.is_at_its_end(number, [(TOTAL, "refused", "order"), (TOTAL, "settled", "order")])
        self.assertEqual(self.service.refunds, [f"refund/{number}/1", f"refund/{number}/2"])

    def metric(self, name):
        lines = self.client.get("/metrics").body.decode().splitlines()
        return next(line.split()[1] for line in lines if line.startswith(f"{name} "))

    def waits_for_a_person(self, number):
        (need,) = wait_until(lambda: self.attention("order"), 15, "an operator is called")
        self.assertEqual((need["code"], need["order_id"]), ("refund_unknown_to_gateway", number))
        shown = self.order(number)
        self.assertEqual((shown["needs_operator"], shown["attention"][0]["refund"]), ("refund_unknown_to_gateway", 1))
        self.assertEqual([order["id"] for order in self.client.get("/api/v1/orders/?needs_operator=true").json], [number])
        self.assertEqual(self.metric('orderflow_orders_needing_operator{reason="refund_unknown_to_gateway"}'), "1")

    def test_a_refund_that_the_service_does_not_show_calls_a_person_and_the_service_is_not_away(self):
        number = self.a_refund_without_an_outcome("lost")
        self.service.refunding = "made"
        self.waits_for_a_person(number)
        tries = self.attention("refund")[0]["tries"]
        # On a busy machine one question may go without an answer in time; the next one tells.
        wait_until(lambda: [one for one in self.attention("refund")
                            if one["tries"] >= tries + 6 and one["code"] == "gateway_tells_no_outcome"], 20, "it is asked about again")
        self.assertEqual(self.attention("dependency"), [])
        self.assertEqual(self.metric("orderflow_payment_gateway_away"), "0")
        self.assertNotIn("payment-gateway-lost", self.server.log(10_000))
        self.assertIn("order-needs-operator", self.server.log(10_000))
        self.server.kill()
        self.server.start()
        self.waits_for_a_person(number)
        self.assertEqual(len(self.service.refunds), 1)
        self.offered("order", returned=False)
        self.is_at_its_end(number, [(TOTAL, "refused", "order"), (TOTAL, "settled", "order")])
        self.assertEqual(self.attention("order"), [])

    def test_a_refund_that_a_kill_kept_from_being_sent_calls_a_person(self):
        self.service = self.enter(PlainPayments())
        self.serve(self.service.url)
        number = self.create(wait=5)
        self.becomes(number, "paid")
        self.service.asking, self.service.refunding = 503, "lost"
        self.assertIn(self.client.delete(f"/api/v1/orders/{number}").status, (200, 202))
        self.server.kill()
        self.service.asking = self.service.refunding = "made"
        self.server.start()
        self.waits_for_a_person(number)
        self.offered("order", returned=False)
        wait_until(lambda: self.service.payments[number]["refunded_amount"] == TOTAL, 15, "it went back")
        self.is_at_its_end(number, [(TOTAL, "refused", "order"), (TOTAL, "settled", "order")])

    def test_a_refund_that_an_operator_has_seen_is_not_sent_again(self):
        for refunding, asking in (("lost", "made"), ("lost", 404), ("lost", 500), (404, 410), (403, "made")):
            number = self.a_refund_without_an_outcome(refunding, asking)
            self.offered("refund")
            self.is_at_its_end(number, [(TOTAL, "settled", "order")])
            self.service.refunding = self.service.asking = "made"
            self.server.kill()
            self.server.start()
            sent = len(self.service.refunds)
            self.service.give_back(number, float(TOTAL))
            time.sleep(0.5)
            self.is_at_its_end(number, [(TOTAL, "settled", "order")])
            self.assertEqual(len(self.service.refunds), sent)
            self.server.kill()

    def test_a_refund_is_sent_although_the_service_does_not_say_what_went_back_before(self):
        service = self.enter(PlainPayments())
        self.serve(service.url)
        number = self.create(wait=5)
        self.becomes(number, "paid")
        service.asking = 410
        self.assertIn(self.client.delete(f"/api/v1/orders/{number}").status, (200, 202))
        self.is_at_its_end(number, [(TOTAL, "settled", "order")])
        self.assertEqual(len(service.refunds), 1)

    def test_what_others_returned_is_not_taken_for_a_refund_that_the_service_did_not_make(self):
        for refunding in (409, 422, 403, "lost"):
            self.service = self.enter(PlainPayments())
            self.serve(self.service.url)
            number = self.create(wait=5)
            self.becomes(number, "paid")
            self.service.give_back(number, float(TOTAL))
            self.service.refunding = refunding
            self.assertIn(self.client.delete(f"/api/v1/orders/{number}").status, (200, 202))
            self.is_at_its_end(number, [(TOTAL, "refused", "order"), (TOTAL, "settled", "outside")])
            self.server.kill()

    def test_a_part_that_the_service_does_not_make_goes_to_an_operator(self):
        for refunding in (422, 403, "lost"):
            self.service = self.enter(PlainPayments())
            self.serve(self.service.url)
            number = self.create(wait=5)
            self.becomes(number, "paid")
            self.assertEqual(self.client.put(f"/api/v1/orders/{number}/status", {"status": "shipped"}).status, 200)
            self.service.give_back(number, 600.0)
            self.service.refunding = refunding
            self.assertEqual(self.client.post("/api/v1/payments/refund", {"order_id": number, "amount": 600}).status, 200)
            wait_until(lambda: (600.0, "settled", "outside") in self.refunds(number), 15, "what others returned is known")
            wait_until(lambda: self.attention("refund") or self.attention("order"), 15, "an operator is asked")
            self.assertNotIn((600.0, "settled", "order"), self.refunds(number))
            self.assertIn("settle_refund", self.order(number)["allowed"])
            self.server.kill()


class SettledByAnOperatorOnPostgres(SettledByAnOperator):
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
                           ({"what": "matter", "number": 1}, "matter-must-be-open"),
                           ({"what": "shipment"}, "booking-must-be-open")):
            reply = self.client.post(f"/api/v1/orders/{number}/settle", {**body, "reason": "x"})
            self.assertEqual((reply.status, reply.json["type"]), (409, f"/problems/{rule}"))
        for status in ("shipped", "delivered"):
            self.assertEqual(self.client.put(f"/api/v1/orders/{number}/status", {"status": status}).status, 200)
            reply = self.client.post(f"/api/v1/orders/{number}/settle", {"what": "shipment", "reason": "x"})
            self.assertEqual((reply.status, reply.json["type"]), (409, "/problems/booking-must-be-open"))


if __name__ == "__main__":
    unittest.main()
