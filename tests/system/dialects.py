"""One customer's way through each of the four HTTP documents, for tests that mix them."""
import hashlib
import hmac
import json
import time

from client import new_key
from keys import keys_of, token_by_hand

PRODUCT, PRICE = "1234", 50
RECEIVER = {"name": "Ann", "phone": "0545870006", "shipping_address": "17 boulevard"}
CARD = {"cardNumber": "4111111111111111", "expiryDate": "12/25", "cvv": "123"}


def number_of(order):
    """456 of 456, "456" and "ORD000456"."""
    return int(str(order).removeprefix("ORD"))


class Buyer:
    """Wants one piece of PRODUCT. Every call may be repeated: it carries the key, or the natural key, of its document."""

    def __init__(self, client, data, user):
        self.client, self.user, self.key = client, user, new_key()
        self.in_cart = False
        keys = keys_of(data)
        claims = {"sub": user, "role": "customer", "tenant": "dev", "azp": "demo", "exp": int(time.time()) + 3600}
        self.token = token_by_hand(keys["token_key"][0]["secret"], claims)
        self.secret = next(one["signing_secret"] for one in keys["client"] if one["id"] == "demo")
        self.stamp = str(int(time.time()))

    # Each says (order number or None, whether the piece is this buyer's); None for what is not decided yet.

    def buy_d0(self):
        lines = ["v1", self.user, self.token, f"{PRICE}.00", f"{PRODUCT}:1", self.stamp, self.key]
        signature = hmac.new(self.secret.encode(), "\n".join(lines).encode(), hashlib.sha256).hexdigest()
        body = {"userId": self.user, "token": self.token, "signature": signature, "orderAmount": "AMOUNT", "timestamp": self.stamp,
                "nonce": self.key, "items": [{"productId": PRODUCT, "quantity": 1}]}
        made = self.client.post("/api/orders/create", json.dumps(body).replace('"AMOUNT"', f"{PRICE}.00").encode())
        if made.status != 200:
            return self.undecided(made)
        order = made.json["orderId"]
        locked = self.client.post("/api/inventory/lock", {"orderId": order, "items": body["items"]})
        return self.told(locked, number_of(order), sold=(200,), short=(400,))

    def buy_d2(self):
        items = [{"productId": PRODUCT, "quantity": 1, "price": PRICE}]
        cart = self.client.post("/api/order/cart.json", {"customerId": self.user, "items": items}, key=self.key)
        if cart.status != 200:
            return self.undecided(cart)
        invoice = self.client.post("/api/order/invoice.json", self.invoice_of(cart.json))
        return self.told(invoice, number_of(cart.json["orderId"]), sold=(200,), short=(409,))

    def buy_d3(self):
        # Filling the cart again after an unanswered click would be another purchase; clicking again is the same one.
        if not self.in_cart:
            added = self.client.put(f"/api/cart/{self.user}/items/{PRODUCT}", {"quantity": 1})
            if added.status == 409:
                return None, False
            if added.status != 200:
                return self.undecided(added)
            self.in_cart = True
        placed = self.client.post("/api/orders/place", {"userId": self.user})
        return self.told(placed, placed.json.get("orderId"), sold=(201,), short=(409,))

    def buy_d4(self):
        made = self.client.post("/api/v1/orders/", self.order_d4(), key=self.key)
        if made.status != 201 or made.json["status"] not in ("paid", "cancelled"):
            return self.undecided(made)
        return made.json["id"], made.json["status"] == "paid"

    def order_d4(self, **more):
        line = {"product_id": PRODUCT, "product_name": "x", "quantity": 1, "unit_price": PRICE}
        return {"customer_email": f"{self.user}@example.com", "items": [line], "currency": "USD", **more}

    def invoice_of(self, cart):
        said = {name: cart[name] for name in ("orderId", "tax", "subTotalAmount", "totalAmount", "items")}
        return {"customerId": self.user, **said, "currency": "USD", **RECEIVER}

    def undecided(self, reply):
        if reply.status in (202, 429, 503) or reply.status == 201:
            return None, None
        raise AssertionError(f"{self.user} was answered {reply}")

    def told(self, reply, order, sold, short):
        if reply.status in sold:
            return order, True
        if reply.status in short:
            return order, False
        return self.undecided(reply)

    # Paying and shipping somebody's order, whatever document it came by.

    def pay_d0(self, order):
        known = self.client.get(f"/api/v1/orders/{order}").json
        # DD-ORDER-001 knows its customers by their e-mail addresses.
        user = known["customer_email"] or self.user
        body = {"orderId": order, "userId": user, "paymentAmount": PRICE, "paymentMethod": "credit_card", "paymentDetails": CARD}
        return self.client.post("/api/payment/process", body)

    def pay_d2(self, order):
        said = {"orderId": str(order), "tax": 0.0, "subTotalAmount": float(PRICE), "totalAmount": float(PRICE),
                "items": [{"productId": PRODUCT, "quantity": 1, "price": PRICE}]}
        cart = self.client.post("/api/order/invoice.json", self.invoice_of(said))
        if cart.status == 400:  # An order of this document has the tax that its cart was told.
            said.update(tax=9.0, subTotalAmount=PRICE - 9.0)
            cart = self.client.post("/api/order/invoice.json", self.invoice_of(said))
        return self.client.post("/api/order/payment.json", {"customerId": self.user, "invoiceId": cart.json.get("invoiceId"), "totalAmount": PRICE})

    def pay_d3(self, order):
        return self.client.post("/api/payment/pay", {"orderId": order, "userId": self.user, "amount": PRICE, "paymentMethod": "ok"})

    def pay_d4(self, order):
        return self.client.post("/api/v1/payments", {"order_id": order, "amount": PRICE, "currency": "USD"})

    def ship_d2(self, order):
        return self.client.post("/api/order/shipping.json", {"orderId": str(order), **RECEIVER})

    def ship_d4(self, order):
        return self.client.put(f"/api/v1/orders/{order}/status", {"status": "shipped"})
