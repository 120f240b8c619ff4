"""Card numbers, CVVs, tokens and secrets appear nowhere but where they are needed: not in the store, the ledger, the mailbox, the
logs, the metrics, or a reply, whether the request was right or wrong."""
import json
import os
import unittest

from client import Client
from dialects import Buyer
from keys import bearer, keys_of, token
from orders import OrderTest
from server import wait_until

NUMBER, POOR_NUMBER, CVV = "4242424242424242", "4000000000009995", "9174"


class Canary(OrderTest):
    options = ("--set", "log.level=debug")

    def replies_to_cards(self, token_text):
        """Right and wrong requests with cards, in every document that takes one; what came back."""
        buyer = Buyer(self.client, self.server.data, "700001")
        replies = []
        self.client.set_stock("1234", 1000)
        for number in (NUMBER, POOR_NUMBER):
            order, _ = buyer.buy_d0()
            buyer.key = buyer.key[::-1]
            card = {"cardNumber": number, "expiryDate": "12/29", "cvv": CVV}
            bodies = [
                ("/api/payment/process", {"orderId": order, "userId": buyer.user, "paymentAmount": 1, "paymentMethod": "credit_card", "paymentDetails": card}),
                ("/api/payment/process", {"orderId": order, "userId": buyer.user, "paymentAmount": 50, "paymentMethod": "credit_card",
                                          "paymentDetails": {**card, "expiryDate": "13/29"}}),
                ("/api/payment/process", {"orderId": order, "userId": buyer.user, "paymentAmount": 50, "paymentMethod": number}),
                ("/api/payment/process", {"orderId": order, "userId": buyer.user, "paymentAmount": 50, "paymentMethod": "credit_card", "paymentDetails": card}),
                ("/api/payment/pay", {"orderId": order, "userId": buyer.user, "amount": 50, "paymentMethod": "card", "paymentDetails": card}),
                ("/api/order/payment.json", {"customerId": buyer.user, "invoiceId": str(order), "totalAmount": 50, "payment_method": number}),
                ("/api/v1/payments", {"order_id": order, "amount": 50, "currency": "USD", "payment_method": number}),
                (f"/api/v1/orders/?card={number}", {"customer_email": "a@example.com", "items": [], "card": card}),
            ]
            for path, body in bodies:
                replies.append(self.client.post(path, body))
                replies.append(self.client.post(path, json.dumps(body).encode()[:-3]))
            replies.append(self.client.put(f"/api/v1/users/{buyer.user}/payment-method", {"card": card}))
            replies.append(self.client.get(f"/api/v1/users/{buyer.user}/payment-method"))
            replies.append(self.client.get(f"/api/v1/orders/{order}/events"))
            self.assertEqual([entry["kind"] for entry in self.client.ledger() if entry["order"] == order].count("capture"), number == NUMBER)
        broken = {"Authorization": f"Bearer {token_text[:-2]}"}
        replies.append(self.client.get("/api/v1/orders/", headers=broken))
        replies.append(self.client.get("/api/v1/orders/", headers=bearer(self.server.data, "700002")))
        replies += [self.client.get(path) for path in ("/metrics", "/readyz?verbose", "/dev/gateway/ledger", "/dev/sent")]
        return replies

    def test_no_secret_is_found_anywhere(self):
        signed = token(self.server.data, "700003", client="demo")
        replies = self.replies_to_cards(signed)
        self.assertTrue(any(reply.status == 200 for reply in replies) and any(reply.status >= 400 for reply in replies))
        keys = keys_of(self.server.data)
        secrets = [NUMBER, POOR_NUMBER, f'"{CVV}"', signed[-20:], *(one["secret"] for one in keys["token_key"] + keys["webhook_secret"]),
                   *(one["signing_secret"] for one in keys["client"])]
        for reply in replies:
            for secret in secrets:
                self.assertNotIn(secret.encode(), reply.body)
                self.assertNotIn(secret, str(reply.headers))
        self.server.stop()
        for path in self.files():
            with open(path, "rb") as file:
                content = file.read()
            for secret in secrets:
                self.assertNotIn(secret.encode(), content, f"{secret} stands in {path}")

    def files(self):
        """All that the server has written, but for the file that the secrets are kept in."""
        found = [os.path.join(folder, name) for folder, _, names in os.walk(self.server.data) for name in names if name != "keys.toml"]
        self.assertTrue(any(path.endswith("orderflow.db") for path in found) and any("ledger" in path for path in found), found)
        return [*found, self.server.log_path]


if __name__ == "__main__":
    unittest.main()
