"""A payment service over HTTP, with all that can go wrong on the way. The sandbox's own ledger is the judge: every
order is charged at most once, and everything settles."""
import json
import threading
import time
import unittest

from client import Client, Unanswered
from keys import keys_of, sign_callback
from orders import order_of
from remote import Proxy, Sandbox, changed_attempts
from server import Server, wait_until

TOTAL = 179600
QUICK = ("--set", "payment.timeout=500ms", "--set", "payment.retry_first=50ms", "--set", "payment.retry_most=400ms")
METHODS = ("ok", "slow", "lost_reply", "error_500", "never", "declined", "insufficient_funds", "expired_card")
CAPTURED = {"ok", "slow", "lost_reply", "error_500"}


def remote_server(url, idempotent=True, options=()):
    return Server(options=["--set", "payment.gateway=http", "--set", f"payment.url={url}", "--set",
                           f"payment.remote_idempotent={'true' if idempotent else 'false'}", *QUICK, *options])


class RemoteTest(unittest.TestCase):
    """The service, a proxy before it, and the server; `idempotent` as the operator has it."""
    idempotent = True

    def setUp(self):
        self.sandbox = self.enter(Sandbox())
        self.sandbox.start()
        self.proxy = self.enter(Proxy(self.sandbox))
        self.server = self.enter(remote_server(self.proxy.url, self.idempotent))
        self.server.start()
        self.client = Client(self.server)
        self.addCleanup(self.client.close)

    def enter(self, what):
        entered = what.__enter__()
        self.addCleanup(what.__exit__, None, None, None)
        return entered

    def create(self, method="ok", wait=10):
        reply = self.client.post("/api/v1/orders/", order_of(payment_method=method), headers={"Prefer": f"wait={wait}"})
        self.assertEqual(reply.status, 201, reply)
        return reply.json["id"]

    def order(self, number):
        reply = self.client.get(f"/api/v1/orders/{number}")
        self.assertEqual(reply.status, 200, reply)
        return reply.json

    def becomes(self, number, status, within=20):
        return wait_until(lambda: (lambda now: now if now["status"] == status else None)(self.order(number)), within,
                          f"order {number} is {status}; it is {self.order(number)}")

    def stays_in_processing(self, number, calls=6):
        """For so many more calls to the service, which the waiting order counts."""
        def tries():
            return ((self.order(number).get("waiting_for") or {}).get("attempts") or 0)
        before = tries()
        wait_until(lambda: tries() >= before + calls, 20, f"order {number} is asked for again")
        self.assertEqual(self.order(number)["status"], "payment_processing")

    def check_ledger(self, orders):
        """No key captures twice, no order is charged more than its total, and nothing is kept that an order does not account for."""
        for number in orders:
            entries, status = self.sandbox.ledger_of(number), self.order(number)["status"]
            keys = [entry["key"] for entry in entries if entry["kind"] == "capture"]
            self.assertEqual(len(keys), len(set(keys)), entries)
            captured = sum(entry["amount"] for entry in entries if entry["kind"] == "capture")
            refunded = sum(entry["amount"] for entry in entries if entry["kind"] == "refund")
            self.assertEqual(captured - refunded, TOTAL if status == "paid" else 0, (status, entries))
            self.assertLessEqual(captured, TOTAL, entries)


class EveryMethod(RemoteTest):
    def test_every_method_ends_as_it_does_with_the_built_in_gateway(self):
        orders = {method: self.create(method, wait=0) for method in METHODS}
        for method, number in orders.items():
            now = self.becomes(number, "paid" if method in CAPTURED else "pending")
            self.assertEqual(self.sandbox.amounts(number, "capture"), [TOTAL] if method in CAPTURED else [], method)
            if method not in CAPTURED:
                self.assertEqual(now["payment"]["reason"], "declined" if method == "never" else method)
        self.check_ledger(orders.values())
        self.assertEqual(self.client.ledger(), [], "the built-in sandbox is not asked")

    def test_money_goes_back_in_parts_and_whole(self):
        number = self.create()
        self.assertEqual(self.client.post("/api/v1/payments/refund", {"order_id": number, "amount": 600.0}).status, 200)
        wait_until(lambda: self.sandbox.amounts(number, "refund") == [600], 10, "the part went back")
        self.assertEqual(self.client.delete(f"/api/v1/orders/{number}").status, 200)
        wait_until(lambda: self.sandbox.amounts(number, "refund") == [600, TOTAL - 600], 10, "the rest went back")
        self.check_ledger([number])

    def test_money_returned_outside_is_recorded_and_the_rest_goes_back(self):
        number = self.create()
        outside = Client(self.sandbox).post("/api/v1/payments/refund", {"order_id": number, "amount": 600.0})
        self.assertEqual(outside.status, 200, outside)
        self.assertEqual(self.client.delete(f"/api/v1/orders/{number}").status, 200)
        wait_until(lambda: sum(self.sandbox.amounts(number, "refund")) == TOTAL, 10, "all of it is back")
        wait_until(lambda: self.client.get(f"/api/v1/payments/order/{number}").json["refunded_amount"] == TOTAL, 10, "the order knows it")
        now = self.order(number)
        self.assertEqual((now["status"], now["allowed"], now.get("needs_operator")), ("cancelled", [], None))
        self.check_ledger([number])

    def test_the_service_answers_a_client_of_the_document(self):
        service = Client(self.sandbox)
        self.addCleanup(service.close)
        body = {"order_id": 5000, "amount": 179600.0, "currency": "JPY"}
        self.assertEqual(service.get("/api/v1/payments/order/5000").status, 404)
        made = service.post("/api/v1/payments", body)
        self.assertEqual((made.status, made.json["status"], made.json["order_id"], made.json["amount"]), (201, "completed", 5000, 179600.0))
        self.assertEqual(service.post("/api/v1/payments", body).json["transaction_id"], made.json["transaction_id"])
        self.assertEqual(service.get("/api/v1/payments/order/5000").json["status"], "completed")
        back = service.post("/api/v1/payments/refund", {"order_id": 5000})
        self.assertEqual((back.status, back.json["status"], back.json["refunded_amount"]), (200, "refunded", 179600.0))
        self.assertEqual(service.post("/api/v1/payments/refund", {"order_id": 5000, "amount": 1.0}).status, 409)
        self.assertEqual(service.post("/api/v1/payments", {"order_id": 5001, "amount": -1, "currency": "JPY"}).status, 422)
        self.assertEqual(self.sandbox.amounts(5000, "capture"), [TOTAL])


class Faults(RemoteTest):
    def survives(self, fault):
        """Orders and a refund under the fault; nothing is decided by it, and all of it settles once it is gone."""
        paid = self.create()
        self.proxy.fault = fault
        orders = [self.create(method, wait=0) for method in ("ok", "slow", "declined")]
        self.assertLess(self.client.post("/api/v1/payments/refund", {"order_id": paid}).status, 300)
        wait_until(lambda: self.proxy.spoiled >= 12, 20, "the fault shows")
        for number in orders:
            self.assertEqual(self.order(number)["status"], "payment_processing")
        self.proxy.fault = None
        for number, status in zip(orders, ("paid", "paid", "pending")):
            self.becomes(number, status)
        self.becomes(paid, "cancelled")
        wait_until(lambda: self.sandbox.amounts(paid, "refund") == [TOTAL], 10, "the refund was made, once")
        self.check_ledger([paid, *orders])

    def test_a_service_that_hangs(self):
        self.survives(Proxy.hangs)

    def test_a_service_that_breaks_off(self):
        self.survives(Proxy.breaks_off)

    def test_a_service_that_answers_500_to_what_it_has_done(self):
        self.survives(Proxy.fails)

    def test_replies_that_are_cut_off(self):
        self.survives(Proxy.truncates)

    def test_replies_of_somebody_else(self):
        self.survives(Proxy.babbles)

    def test_replies_about_another_order(self):
        self.survives(Proxy.speaks_of_another_order)

    def test_replies_in_another_currency(self):
        self.survives(Proxy.speaks_of_another_currency)

    def test_a_capture_of_another_amount_does_not_pay_and_goes_back(self):
        self.proxy.fault = lambda proxy, to, status, content: proxy.say(to, status, changed_attempts(content, 100000.0))
        number = self.create(wait=5)
        now = self.becomes(number, "pending")
        self.assertEqual(now["needs_operator"], "capture_of_wrong_amount")
        wait_until(lambda: self.sandbox.amounts(number, "refund") == [100000], 10, "what it said it took goes back")
        # Now it says what it took: whatever is told, a callback makes us ask, and the rest goes back too.
        self.proxy.fault = None
        body = json.dumps({"event_id": "e1", "payment_id": number * 100 + 1, "status": "completed", "amount": 9, "currency": "USD"}).encode()
        signature = sign_callback(keys_of(self.server.data)["webhook_secret"][0]["secret"], body)
        told = self.client.post(f"/api/v1/orders/{number}/webhook", body, headers={"X-Signature": signature})
        self.assertEqual(told.status, 200, told)
        wait_until(lambda: sum(self.sandbox.amounts(number, "refund")) == TOTAL, 10, "all that it took goes back")
        self.assertEqual(self.order(number)["needs_operator"], "capture_of_other_figure")
        self.assertEqual(self.client.delete(f"/api/v1/orders/{number}").status, 200)
        self.check_ledger([number])

    def test_the_service_is_killed_and_started_again_in_the_middle(self):
        orders, stop = [], threading.Event()

        def place():
            client = Client(self.server)
            methods = ("ok", "lost_reply", "slow", "error_500")
            while not stop.is_set():
                reply = client.post("/api/v1/orders/", order_of(payment_method=methods[len(orders) % 4]), headers={"Prefer": "wait=0"})
                if reply.status == 201:
                    orders.append(reply.json["id"])
                stop.wait(0.02)

        placing = threading.Thread(target=place)
        placing.start()
        for _ in range(3):
            count = len(orders)
            wait_until(lambda at=count: len(orders) >= at + 8, 20, "orders are placed")
            self.sandbox.kill()
            wait_until(lambda at=count: len(orders) >= at + 16, 20, "orders are placed while the service is away")
            self.sandbox.start()
        stop.set()
        placing.join()
        for number in orders:
            self.becomes(number, "paid", within=60)
        self.check_ledger(orders)

    def test_the_server_is_killed_in_the_middle(self):
        orders = []
        for _ in range(3):
            for method in ("ok", "lost_reply", "slow", "error_500") * 3:
                orders.append(self.create(method, wait=0))
            self.server.kill()
            self.server.start()
        for number in orders:
            self.becomes(number, "paid", within=60)
        self.check_ledger(orders)


class WithoutHonouredKeys(RemoteTest):
    """The service does not promise that a key charges once: what may have been sent is never sent again."""
    idempotent = False

    def charges(self, number):
        return [entry for entry in self.sandbox.ledger_of(number) if entry["kind"] == "charge"]

    def test_what_a_question_can_tell_settles_and_the_rest_waits_for_a_person(self):
        orders = {method: self.create(method, wait=0) for method in METHODS}
        for method, number in orders.items():
            if method != "error_500":
                self.becomes(number, "paid" if method in CAPTURED else "pending")
        lost = orders["error_500"]
        self.stays_in_processing(lost)
        self.assertEqual(len(self.charges(lost)), 1)
        self.server.kill()
        self.server.start()
        self.stays_in_processing(lost)
        self.assertEqual(len(self.charges(lost)), 1)
        settled = self.client.post(f"/api/v1/orders/{lost}/settle", {"captured": False, "reason": "the bank has no such payment"})
        self.assertEqual(settled.status, 200, settled)
        self.becomes(lost, "pending")

    def test_a_charge_that_never_left_is_sent_when_the_service_is_back(self):
        direct = self.enter(remote_server(self.sandbox.url, idempotent=False))
        direct.start()
        self.client = Client(direct)
        self.sandbox.kill()
        orders = [self.create(wait=0) for _ in range(3)]
        self.stays_in_processing(orders[0])
        self.sandbox.start()
        for number in orders:
            self.becomes(number, "paid")
            self.assertEqual(len(self.charges(number)), 1)

    def test_a_refund_whose_answer_is_lost_is_asked_for_and_not_sent_again(self):
        number = self.create()
        self.proxy.fault = Proxy.fails
        self.assertLess(self.client.post("/api/v1/payments/refund", {"order_id": number}).status, 300)
        wait_until(lambda: self.sandbox.amounts(number, "refund") == [TOTAL], 10, "the service has made the refund")
        wait_until(lambda: self.proxy.spoiled >= 5, 10, "it is asked for")
        self.proxy.fault = None
        wait_until(lambda: self.client.get(f"/api/v1/payments/order/{number}").json["refunded_amount"] == 179600.0, 10, "the refund is seen")
        self.assertEqual(self.sandbox.amounts(number, "refund"), [TOTAL])


class SignedCallbacks(unittest.TestCase):
    def test_a_charge_that_ends_by_itself_is_told_by_a_signed_callback(self):
        with Sandbox() as sandbox:
            sandbox.start()
            patient = ["--set", "payment.retry_first=2m", "--set", "payment.retry_most=2m"]  # nobody asks in between
            with Server(options=["--set", "payment.gateway=http", "--set", f"payment.url={sandbox.url}", *patient]) as server:
                server.start()
                sandbox.kill()
                sandbox.options = ["--callback", f"http://127.0.0.1:{server.port}", "--keys", f"{server.data}/keys.toml"]
                sandbox.start()
                reply = Client(server).post("/api/v1/orders/", order_of(payment_method="slow"), headers={"Prefer": "wait=20"})
                self.assertEqual((reply.status, reply.json["status"]), (201, "paid"))
                self.assertEqual(sandbox.amounts(reply.json["id"], "capture"), [TOTAL])


class SandboxProcess(unittest.TestCase):
    def test_it_refuses_an_address_that_others_reach(self):
        with Sandbox() as sandbox:
            sandbox.command = lambda: [sandbox.binary, "sandbox", "--listen", "0.0.0.0:0", "--data", sandbox.data]
            code, said = sandbox.run_to_end()
            self.assertEqual(code, 78)
            self.assertIn("loopback", said)

    def test_it_ends_with_0_when_asked_even_while_somebody_waits(self):
        with Sandbox() as sandbox:
            sandbox.start()
            told = []

            def wait_for_nothing():
                try:
                    Client(sandbox).post("/api/v1/payments", {"order_id": 1, "amount": 1.0, "currency": "USD", "payment_method": "never"})
                except Unanswered:
                    told.append(time.monotonic())

            waiting = threading.Thread(target=wait_for_nothing)
            waiting.start()
            wait_until(lambda: sandbox.ledger_of(1), 10, "the charge has come in")
            self.assertEqual(told, [])
            self.assertEqual(sandbox.stop(), 0)
            waiting.join(10)
            self.assertEqual(len(told), 1)

    def test_a_lost_reply_is_a_closed_connection_after_the_capture(self):
        with Sandbox() as sandbox:
            sandbox.start()
            with self.assertRaises(Unanswered):
                Client(sandbox).post("/api/v1/payments", {"order_id": 1, "amount": 1.0, "currency": "USD", "payment_method": "lost_reply"})
            self.assertEqual(sandbox.amounts(1, "capture"), [100])

    def test_what_it_did_is_remembered_when_it_is_killed(self):
        with Sandbox() as sandbox:
            sandbox.start()
            body = {"order_id": 1, "amount": 1.0, "currency": "USD", "payment_method": "slow"}
            self.assertEqual(Client(sandbox).post("/api/v1/payments", body, key="charge/1/1").status, 202)
            sandbox.kill()
            sandbox.start()
            wait_until(lambda: Client(sandbox).get("/api/v1/payments/order/1").json["status"] == "completed", 10, "it is captured")
            self.assertEqual(Client(sandbox).post("/api/v1/payments", body, key="charge/1/1").status, 201)
            self.assertEqual(sandbox.amounts(1, "capture"), [100])

    def test_a_server_with_remote_payments_needs_their_address(self):
        with Server(options=["--set", "payment.gateway=http"]) as server:
            code, said = server.run_to_end()
            self.assertEqual(code, 78)
            self.assertIn("payment.url", said)

    def test_a_token_file_that_others_may_read_is_refused(self):
        with Server() as server:
            path = f"{server.data}/token"
            with open(path, "w", encoding="ascii") as file:
                file.write("word\n")
            server.options = ["--set", "payment.gateway=http", "--set", "payment.url=http://127.0.0.1:1", "--set", f"payment.token_file={path}"]
            code, said = server.run_to_end()
            self.assertEqual(code, 69)
            self.assertIn("chmod 600", said)
            self.assertNotIn("word\n", said)


if __name__ == "__main__":
    unittest.main()
