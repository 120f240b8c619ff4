"""What customers are written to: once, truly, and in words that they understand."""
import contextlib
import unittest

from client import Client
from orders import OrderTest, order_of, tracked_order
from server import Postgres, Server, wait_until

SOON = ["--set", "timers.payment_reminder=1s"]


class Reminders(unittest.TestCase):
    def test_who_has_not_paid_is_reminded_once_also_across_restarts(self):
        self.play(contextlib.nullcontext())

    def test_who_has_not_paid_is_reminded_once_on_postgres(self):
        self.play(Postgres())

    def play(self, store):
        with store as postgres, Server(journal=postgres.url if postgres else None, options=SOON) as server:
            server.start()
            client = Client(server)
            self.addCleanup(client.close)
            self.create(client, "forgetful@example.com", auto_pay=False)
            self.create(client, "prompt@example.com")
            first = self.reminders_of(client, "forgetful@example.com")
            self.assertIn("Please pay", first[0]["subject"])
            self.assertIn("179600 JPY", first[0]["text"])
            server.stop()
            server.start()
            # Due while nobody is there to write: it is made up for.
            self.create(client, "late@example.com", auto_pay=False)
            server.kill()
            server.start()
            self.reminders_of(client, "late@example.com")
            self.assertEqual(self.reminders_of(client, "forgetful@example.com"), first)
            self.assertEqual([mail["subject"] for mail in client.sent_mail() if mail["recipient"] == "prompt@example.com" and "Please pay" in mail["subject"]], [])

    def create(self, client, email, **more):
        reply = client.post("/api/v1/orders/", order_of(email, **more))
        self.assertEqual(reply.status, 201, reply)

    @staticmethod
    def reminders_of(client, email):
        return wait_until(lambda: [mail for mail in client.sent_mail() if mail["recipient"] == email and "Please pay" in mail["subject"]], 15,
                          f"{email} is reminded")


class Texts(OrderTest):
    def only_mail(self, address, subject):
        wait_until(lambda: self.mails_to(address), 10, f"{address} is told")
        mails = self.mails_to(address)
        self.assertEqual(len(mails), 1, mails)
        self.assertIn(subject, mails[0]["subject"])
        return mails[0]["text"]

    def test_where_nothing_was_taken_nothing_is_said_to_come_back(self):
        unpaid = self.create(order_of(auto_pay=False))
        self.cancel(unpaid["id"])
        text = self.only_mail(unpaid["customer_email"], "is cancelled")
        self.assertIn("You have not been charged.", text)
        self.assertNotIn("return", text)

    def test_where_nothing_is_to_be_paid_no_money_is_named(self):
        free = self.create(order_of(items=[{"product_name": "leaflet", "quantity": 1, "unit_price": 0}]))
        self.assertEqual(free["status"], "paid")
        self.assertIn("there is nothing to pay", self.only_mail(free["customer_email"], "is confirmed"))
        self.cancel(free["id"])
        wait_until(lambda: len(self.mails_to(free["customer_email"])) == 2, 10, "the cancellation is told")
        self.assertNotIn("JPY", self.mails_to(free["customer_email"])[1]["text"])

    def test_what_is_short_is_named(self):
        self.client.set_stock("P001", 1)
        short = self.create(tracked_order("P001", 2))
        self.assertEqual(short["cancel_reason"], "out_of_stock")
        self.assertIn("not enough in stock of: ", self.only_mail(short["customer_email"], "is cancelled"))

    def test_a_decline_is_told_in_words_for_people(self):
        declined = self.create(order_of(payment_method="declined"))
        text = self.only_mail(declined["customer_email"], "failed")
        self.assertIn("was declined: the bank refused it. You have not been charged.", text)


class Templates(OrderTest):
    def send(self, order, template, status):
        reply = self.client.post("/api/v1/notifications/email", {"order_id": order["id"], "template": template, "to": "to@example.com"})
        self.assertEqual(reply.status, status, reply)
        return reply.json

    def test_only_what_is_true_of_the_order_is_sent(self):
        paid = self.create()
        self.assertEqual(self.send(paid, "ORDER_SHIPPED", 409)["type"], "/problems/event-must-have-happened")
        for template in ("ORDER_CANCELLED", "ORDER_TIMEOUT_ALERT", "PAYMENT_FAILED", "REFUNDED", "PAYMENT_REMINDER"):
            self.send(paid, template, 409)
        self.send(paid, "ORDER_CONFIRMATION", 200)
        self.put_status(paid["id"], "shipped")
        self.send(paid, "ORDER_SHIPPED", 200)
        unpaid = self.create(order_of(auto_pay=False))
        self.send(unpaid, "ORDER_CONFIRMATION", 409)
        self.send(unpaid, "PAYMENT_REMINDER", 200)
        self.cancel(unpaid["id"])
        self.send(unpaid, "ORDER_CANCELLED", 200)
        self.send(unpaid, "REFUNDED", 409)

    def test_an_event_mail_about_an_order_fits_its_state(self):
        order = self.create(order_of(currency="USD", auto_pay=False))
        mail = {"name": "Ann", "email": "ann@example.com", "orderId": order["id"]}
        for event in ("InvoiceCreated", "PaymentProcessed", "OrderShipped"):
            self.assertEqual(self.client.post("/api/order/shipping.json", {**mail, "event": event}).status, 409, event)


if __name__ == "__main__":
    unittest.main()
