"""A client of OrderFlowAPI that knows nothing but its document, and what the document leaves open."""
import re
import unittest

from client import Client, new_key
from keys import bearer
from orders import OrderTest, order_of
from server import wait_until

ITEMS = [{"productId": "1234", "quantity": 2, "price": 50}, {"productId": "2345", "quantity": 1, "price": 100}]
RECEIVER = {"name": "Lital Hay", "phone": "0545870006", "shipping_address": "17 boulevard, 123 apt 6 Brooklyn NY"}


class OrderFlowClient(OrderTest):
    def call(self, name, body, status=200, **more):
        reply = self.client.post(f"/api/order/{name}.json", body, **more)
        self.assertEqual(reply.status, status, reply)
        return reply.json

    def cart(self, items=None, **more):
        return self.call("cart", {"customerId": "8080", "items": items or ITEMS}, **more)

    def invoice_of(self, cart, **more):
        """As the document does it: what the cart said, and the receiver."""
        said = {name: cart[name] for name in ("orderId", "tax", "subTotalAmount", "totalAmount", "items")}
        return {"customerId": "8080", **said, "currency": "USD", **RECEIVER, **more}

    def invoiced(self):
        return self.call("invoice", self.invoice_of(self.cart()))

    def pay(self, invoice, status=200, **more):
        body = {"customerId": invoice["customerId"], "invoiceId": invoice["invoiceId"], "totalAmount": invoice["totalAmount"], **more}
        return self.call("payment", body, status)

    def ship(self, invoice, status=200):
        return self.call("shipping", {"orderId": invoice["orderId"], **RECEIVER}, status)


class Story(OrderFlowClient):
    def test_from_the_cart_to_the_parcel(self):
        before = self.client.available("1234")
        cart = self.cart()
        self.assertEqual((cart["tax"], cart["subTotalAmount"], cart["totalAmount"], cart["status"]), (36.0, 164.0, 200.0, "pending"))
        self.assertEqual(cart["items"], ITEMS)
        self.assertEqual(self.client.available("1234"), before, "a cart holds no stock")
        invoice = self.call("invoice", self.invoice_of(cart))
        self.assertEqual((invoice["orderId"], invoice["customerId"], invoice["totalAmount"]), (cart["orderId"], "8080", 200.0))
        self.assertEqual(self.client.available("1234"), before - 2)
        paid = self.pay(invoice)
        self.assertIsInstance(paid["transactionId"], int)
        self.assertEqual(paid["credit_card"]["customer_id"], 8080)
        self.assertEqual((paid["payment"]["amount"], paid["payment"]["currency"]), ("200.0", "USD"))
        for name in ("completed_at", "created_at"):
            self.assertRegex(paid["payment"][name], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$")
        shipped = self.ship(invoice)
        self.assertIsInstance(shipped["tracking_number"], int)
        address = f"{new_key()}@example.com"
        for event in ("InvoiceCreated", "PaymentProcessed", "OrderShipped"):
            self.assertEqual(self.call("shipping", {"event": event, "name": "Lital Hay", "email": address}), {"status": "OK"})
        wait_until(lambda: len(self.mails_to(address)) == 3, 15, "three mails")
        self.assertEqual(self.amounts(int(invoice["orderId"]), "capture"), [20000])
        self.assertEqual(self.order(invoice["orderId"])["status"], "shipped")

    def test_the_order_can_be_seen_and_cancelled_in_another_dialect(self):
        invoice = self.invoiced()
        self.pay(invoice)
        self.cancel(invoice["orderId"])
        wait_until(lambda: self.amounts(int(invoice["orderId"]), "refund") == [20000], 15, "the money goes back")
        self.ship(invoice, status=409)
        self.pay(invoice, status=409)

    def test_an_order_of_another_dialect_gets_an_invoice_and_nothing_else(self):
        made = self.create(order_of(currency="USD", items=[{"product_name": "x", "quantity": 3, "unit_price": 10.5}]))
        said = {"customerId": "8080", "orderId": made["id"], "tax": 0.0, "subTotalAmount": 31.5, "totalAmount": 31.5, "currency": "USD",
                "items": [{"productId": "9", "quantity": 3, "price": 10.5}], **RECEIVER}
        self.assertEqual(self.call("invoice", said)["invoiceId"], str(made["id"]))
        self.assertEqual(self.order(made["id"])["status"], "paid")
        self.assertEqual(len(self.amounts(made["id"], "capture")), 1)


class Rules(OrderFlowClient):
    def test_a_repeat_with_its_key_is_the_first_cart(self):
        key = new_key()
        self.assertEqual(self.cart(key=key)["orderId"], self.cart(key=key)["orderId"])
        self.assertNotEqual(self.cart()["orderId"], self.cart()["orderId"])

    def test_every_repeat_after_the_cart_has_one_effect(self):
        invoice = self.invoiced()
        first = self.pay(invoice)
        self.assertEqual(self.pay(invoice)["transactionId"], first["transactionId"])
        self.assertEqual(self.ship(invoice), self.ship(invoice))
        self.assertEqual(self.amounts(int(invoice["orderId"]), "capture"), [20000])

    def test_short_stock_leaves_the_cart_open(self):
        self.client.put("/dev/products/rare", {"name": "Rare", "price": 100.0, "currency": "USD"})
        self.client.set_stock("rare", 1)
        cart = self.cart([{"productId": "rare", "quantity": 2, "price": 100}])
        self.assertEqual(self.call("invoice", self.invoice_of(cart), 409)["code"], "out_of_stock")
        self.assertEqual(self.order(cart["orderId"])["status"], "pending")
        fewer = self.call("cart", {"customerId": "8080", "orderId": cart["orderId"], "items": [{"productId": "rare", "quantity": 1, "price": 100}]})
        self.pay(self.call("invoice", self.invoice_of(fewer)))

    def test_declined_is_402_and_another_card_pays(self):
        invoice = self.invoiced()
        self.assertEqual(self.pay(invoice, 402, payment_method="declined")["code"], "declined")
        self.pay(invoice)
        self.assertEqual(self.amounts(int(invoice["orderId"]), "capture"), [20000])

    def test_an_unknown_outcome_is_202_and_resolved_later(self):
        invoice = self.invoiced()
        body = {"customerId": "8080", "invoiceId": invoice["invoiceId"], "totalAmount": 200.0, "payment_method": "lost_reply"}
        self.assertEqual(self.call("payment", body, 202, headers={"Prefer": "wait=0"})["status"], "payment_processing")
        self.becomes(invoice["orderId"], "paid", within=20)

    def test_what_is_wrong_is_told_in_the_documents_form(self):
        cart = self.cart()
        for name, body, status in (
                ("cart", {"customerId": "8080", "items": []}, 400),
                ("cart", {"customerId": "8080", "items": [{"productId": "1234", "quantity": 2, "price": 49}]}, 400),
                ("cart", {"customerId": "8080", "items": [{"productId": "1234", "quantity": "2", "price": 50}]}, 400),
                ("cart", {"customerId": "8080", "items": [{"productId": "1234", "quantity": 2, "price": 50.001}]}, 400),
                ("cart", b"{", 400),
                ("invoice", self.invoice_of(cart, totalAmount=201.0), 400),
                ("invoice", self.invoice_of(cart, currency="EUR"), 400),
                ("invoice", self.invoice_of(cart, orderId="999999999"), 404),
                ("invoice", self.invoice_of(cart, customerId="1"), 404),
                ("invoice", self.invoice_of(cart, items=ITEMS[:1]), 400),
                ("payment", {"customerId": "8080", "invoiceId": cart["orderId"], "totalAmount": 200.0}, 404),
                ("shipping", {"orderId": cart["orderId"], **RECEIVER}, 409),
                ("shipping", {"event": "InvoiceCreated", "name": "x", "email": "nobody"}, 400)):
            with self.subTest(name=name, body=body):
                told = self.call(name, body, status)
                self.assertEqual(told["status"], "error")
                self.assertTrue(re.fullmatch(r"[a-z_]+", told["code"]), told)
                self.assertTrue(told["message"])


class Roles(OrderFlowClient):
    def as_customer(self, name, body, status):
        customer = Client(self.server, headers=bearer(self.server.data, "8080", tenant="dev"))
        self.addCleanup(customer.close)
        reply = customer.post(f"/api/order/{name}.json", body)
        self.assertEqual(reply.status, status, reply)
        return reply.json

    def test_a_customer_buys_for_himself_at_the_catalogues_prices(self):
        cart = self.as_customer("cart", {"customerId": "8080", "items": ITEMS}, 200)
        invoice = self.as_customer("invoice", self.invoice_of(cart), 200)
        self.as_customer("payment", {"customerId": "8080", "invoiceId": invoice["invoiceId"], "totalAmount": 200.0}, 200)
        self.as_customer("shipping", {"orderId": cart["orderId"], **RECEIVER}, 403)
        own_price = [{"productId": "unheard-of", "quantity": 1, "price": 0.01}]
        told = self.as_customer("cart", {"customerId": "8080", "items": own_price}, 400)
        self.assertEqual(told["code"], "price_must_come_from_the_catalogue")
        self.as_customer("cart", {"customerId": "9090", "items": ITEMS}, 403)
        self.as_customer("shipping", {"event": "OrderShipped", "name": "x", "email": "stranger@example.com"}, 403)

    def test_who_sells_may_price_what_the_catalogue_does_not_know(self):
        cart = self.cart([{"productId": "unheard-of", "quantity": 3, "price": 0.1}])
        self.assertEqual((cart["totalAmount"], cart["tax"]), (0.3, 0.05))
        self.pay(self.call("invoice", self.invoice_of(cart)))


class AddedTax(OrderFlowClient):
    options = ("--set", "tax.mode=added", "--set", "tax.rate=0.1")

    def test_the_tax_comes_on_top_and_is_charged(self):
        cart = self.cart()
        self.assertEqual((cart["tax"], cart["subTotalAmount"], cart["totalAmount"]), (20.0, 200.0, 220.0))
        invoice = self.call("invoice", self.invoice_of(cart))
        self.assertEqual(self.pay(invoice)["payment"]["amount"], "220.0")
        self.assertEqual(self.amounts(int(invoice["orderId"]), "capture"), [22000])


if __name__ == "__main__":
    unittest.main()
