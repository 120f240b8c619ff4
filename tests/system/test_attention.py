"""What waits for a person is found: in the list, at /api/v1/attention, in the metrics, in the log once; and after kill -9, on both
journals."""
import json
import re
import unittest

from client import Client
from keys import bearer
from orders import order_of
from remote import Proxy, Sandbox, changed_attempts
from server import Postgres, Server, wait_until

# A gateway that does not answer is known as such soon, and asked again soon.
QUICK = ("--set", "payment.timeout=500ms", "--set", "payment.retry_first=50ms", "--set", "payment.retry_most=200ms",
         "--set", "log.format=json")


class AttentionTest(unittest.TestCase):
    def setUp(self):
        self.sandbox = self.enter(Sandbox())
        self.sandbox.start()
        self.proxy = self.enter(Proxy(self.sandbox))

    def enter(self, what):
        entered = what.__enter__()
        self.addCleanup(what.__exit__, None, None, None)
        return entered

    def serve(self, journal=None):
        self.server = self.enter(Server(journal=journal, options=[
            "--set", "payment.gateway=http", "--set", f"payment.url={self.proxy.url}", "--set", "payment.remote_idempotent=true", *QUICK]))
        self.server.start()
        self.client = Client(self.server)

    def postgres(self):
        return self.enter(Postgres()).url

    def create(self, wait=5):
        reply = self.client.post("/api/v1/orders/", order_of(), headers={"Prefer": f"wait={wait}"})
        self.assertEqual(reply.status, 201, reply)
        return reply.json["id"]

    def events(self, name):
        with open(self.server.log_path, encoding="utf-8") as log:
            return [line for line in map(json.loads, log) if line["event"] == name]

    def attention(self, kind):
        reply = self.client.get("/api/v1/attention")
        self.assertEqual(reply.status, 200, reply)
        found = [item for item in reply.json["items"] if item["kind"] == kind]
        for item in found:
            self.assertTrue(item["reason"] and item["since"] and item["resolve"]["how"], item)
            self.assertRegex(item["resolve"]["path"], "^/")
        return found

    def metric(self, name):
        text = self.client.get("/metrics").body.decode()
        found = re.search("^" + re.escape(name) + r"(?:\{\})? (\S+)", text, re.M)
        return float(found.group(1)) if found else None

    def needing(self):
        return [order["id"] for order in self.client.get("/api/v1/orders/?needs_operator=true").json]

    def an_order_that_needs_an_operator_is_found(self):
        fine = self.create()
        self.proxy.fault = lambda proxy, to, status, content: proxy.say(to, status, changed_attempts(content, 100000.0))
        number = self.create()
        gauge = 'orderflow_orders_needing_operator{reason="capture_of_wrong_amount"}'

        def is_found():
            self.assertEqual(self.needing(), [number])
            (item,) = self.attention("order")
            self.assertEqual((item["order_id"], item["code"]), (number, "capture_of_wrong_amount"), item)
            self.assertIn(str(number), item["resolve"]["path"])
            self.assertEqual(self.metric(gauge), 1)
            self.assertIn("wait for a person", self.client.get("/readyz?verbose").body.decode())

        wait_until(self.needing, 10, "the order waits for a person")
        is_found()
        self.assertEqual([line["order"] for line in self.events("order-needs-operator")], [number])
        self.assertEqual(self.events("order-needs-operator")[0]["level"], "warning")
        self.proxy.fault = None
        for _ in range(2):
            self.server.kill()
            self.server.start()
            wait_until(lambda: self.metric(gauge) == 1, 10, "the orders that were there are counted")
            self.assertIn(fine, [order["id"] for order in self.client.all_orders()])
            self.client.get(f"/api/v1/orders/{number}")  # loads it
            is_found()
        self.assertEqual(len(self.events("order-needs-operator")), 1)

    def test_an_order_that_needs_an_operator_is_found_also_after_kills_on_sqlite(self):
        self.serve()
        self.an_order_that_needs_an_operator_is_found()

    def test_an_order_that_needs_an_operator_is_found_also_after_kills_on_postgresql(self):
        self.serve(self.postgres())
        self.an_order_that_needs_an_operator_is_found()

    def refunds_that_wait_are_found(self):
        paid = [self.create() for _ in range(3)]
        self.assertEqual(self.attention("refund"), [])
        self.proxy.fault = Proxy.breaks_off
        for number in paid:
            self.assertIn(self.client.delete(f"/api/v1/orders/{number}").status, (200, 202))

        def waiting():
            return {item["order_id"]: item for item in self.attention("refund")}

        wait_until(lambda: set(waiting()) == set(paid) and min(item["tries"] for item in waiting().values()) > 2, 20, "all wait")
        for item in waiting().values():
            self.assertTrue(item["next_try_at"], item)
        wait_until(lambda: self.attention("dependency"), 30, "the payment gateway is known to be away")
        self.assertEqual(self.attention("dependency")[0]["dependency"], "payment_gateway")
        self.assertEqual(self.metric("orderflow_payment_gateway_away"), 1)
        wait_until(lambda: self.metric("orderflow_refunds_waiting") == 3, 5, "they are counted")
        self.assertEqual(len(self.events("payment-gateway-lost")), 1)
        self.server.kill()
        self.server.start()
        wait_until(lambda: set(waiting()) == set(paid), 20, "they still wait after a kill")
        self.proxy.fault = None
        wait_until(lambda: not self.attention("refund") and not self.attention("dependency"), 20, "the money went back")
        for number in paid:
            self.assertEqual(len(self.sandbox.amounts(number, "refund")), 1)
        wait_until(lambda: self.metric("orderflow_refunds_waiting") == 0, 5, "none is counted")

    def test_refunds_that_wait_for_a_gateway_that_is_away_are_found_on_sqlite(self):
        self.serve()
        self.refunds_that_wait_are_found()

    def test_refunds_that_wait_for_a_gateway_that_is_away_are_found_on_postgresql(self):
        self.serve(self.postgres())
        self.refunds_that_wait_are_found()

    def test_another_tenants_operator_sees_none_of_it(self):
        self.serve()
        self.proxy.fault = lambda proxy, to, status, content: proxy.say(to, status, changed_attempts(content, 100000.0))
        self.create()
        wait_until(self.needing, 10, "the order waits for a person")
        other = Client(self.server, headers=bearer(self.server.data, "bob", "operator", tenant="mall"))
        self.assertEqual(other.get("/api/v1/orders/?needs_operator=true").json, [])
        self.assertEqual([item for item in other.get("/api/v1/attention").json["items"] if item["kind"] != "dependency"], [])
        self.assertEqual(Client(self.server, headers=bearer(self.server.data, "alice", "merchant")).get("/api/v1/attention").status, 403)


class Messages(unittest.TestCase):
    def a_message_given_up_is_found_and_redriven(self, journal=None):
        """The sandbox is the mail service, and it is away for longer than messages are tried."""
        with Sandbox() as mail, Server(journal=journal) as server:
            mail.start()
            server.options = ["--set", "notification.gateway=http", "--set", f"notification.url={mail.url}", "--set", "log.format=json",
                              "--set", "notification.retry_first=50ms", "--set", "notification.retry_most=100ms",
                              "--set", "notification.give_up_after=300ms"]
            server.start()
            client = Client(server)
            mail.kill()
            sent = client.post("/api/notification/send", {"userId": "7", "notificationType": "email", "subject": "S", "message": "M",
                                                         "recipient": "seven@example.com"})
            self.assertEqual(sent.status, 200, sent)

            def given_up():
                return [item for item in client.get("/api/v1/attention").json["items"] if item["kind"] == "message"]

            wait_until(given_up, 40, "the message is given up")
            server.kill()
            server.start()
            (item,) = given_up()
            mail.start()
            resolve = item["resolve"]
            reply = client.request(resolve["method"], resolve["path"], {})
            self.assertEqual(reply.status, 200, reply)
            self.assertEqual(given_up(), [])
            wait_until(lambda: "seven@example.com" in Client(mail).get("/dev/sent").body.decode(), 20, "the message was delivered")
            self.assertEqual(client.request(resolve["method"], resolve["path"], {}).status, 404)

    def test_a_message_that_was_given_up_is_found_and_tried_again_on_sqlite(self):
        self.a_message_given_up_is_found_and_redriven()

    def test_a_message_that_was_given_up_is_found_and_tried_again_on_postgresql(self):
        with Postgres() as postgres:
            self.a_message_given_up_is_found_and_redriven(postgres.url)
