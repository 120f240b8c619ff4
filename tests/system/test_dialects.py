"""An order made by one document is read, paid, shipped and cancelled by the others."""
import itertools
import unittest

from dialects import PRICE, PRODUCT, Buyer, number_of
from orders import OrderTest
from server import wait_until

users = itertools.count(500001)


class AcrossDialects(OrderTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client.set_stock(PRODUCT, 100_000)

    def buyer(self):
        return Buyer(self.client, self.server.data, str(next(users)))

    def unpaid(self, dialect, buyer):
        """A new order whose stock is held and that waits for its payment."""
        if dialect == "d4":
            made = self.client.post("/api/v1/orders/", buyer.order_d4(auto_pay=False))
            self.assertEqual(made.status, 201, made)
            order = made.json["id"]
        else:
            order, held = getattr(buyer, f"buy_{dialect}")()
            self.assertTrue(held)
        wait_until(lambda: self.order(order)["waiting_for"]["what"] == "payment", 10, f"order {order} waits for its payment")
        return order

    def is_read_everywhere(self, order, status):
        self.assertEqual(self.order(order)["status"], status)
        self.assertEqual(self.order(f"ORD{order:06d}")["status"], status)
        seen = self.client.get(f"/api/orders/{order}")
        self.assertEqual(seen.status, 200, seen)
        self.assertEqual(seen.json["status"], {"paid": "CONFIRMED"}.get(status, status.upper()))
        self.assertEqual(seen.json["totalPrice"], PRICE)

    def test_every_document_pays_what_every_document_made(self):
        for maker, payer in itertools.product(("d0", "d2", "d4"), ("d0", "d2", "d3", "d4")):
            with self.subTest(made_by=maker, paid_by=payer):
                buyer = self.buyer()
                order = self.unpaid(maker, buyer)
                self.is_read_everywhere(order, "pending")
                paid = getattr(buyer, f"pay_{payer}")(order)
                self.assertIn(paid.status, (200, 201), paid)
                self.is_read_everywhere(order, "paid")
                self.assertEqual(self.amounts(order, "capture"), [PRICE * 100])

    def test_every_document_ships_and_cancels_what_every_document_made(self):
        for maker, ender in itertools.product(("d0", "d2", "d3", "d4"), ("ship_d2", "ship_d4", "cancel")):
            with self.subTest(made_by=maker, ended_by=ender):
                buyer = self.buyer()
                order, sold = getattr(buyer, f"buy_{maker}")()
                self.assertTrue(sold)
                order = number_of(order)
                if maker in ("d0", "d2"):
                    self.assertEqual(buyer.pay_d4(order).status, 201)
                if ender == "cancel":
                    self.cancel(order)
                    wait_until(lambda: self.amounts(order, "refund") == [PRICE * 100], 10, "the money goes back")
                    self.is_read_everywhere(order, "cancelled")
                else:
                    shipped = getattr(buyer, ender)(order)
                    self.assertEqual(shipped.status, 200, shipped)
                    self.becomes(order, "shipped")
                    self.is_read_everywhere(order, "shipped")
                    self.assertEqual(self.client.delete(f"/api/v1/orders/{order}").status, 409)


if __name__ == "__main__":
    unittest.main()
