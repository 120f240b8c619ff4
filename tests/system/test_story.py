"""The customer's document, played word for word, and what an order goes through after it."""
import re
import unittest

from orders import OrderTest, order_of, tracked_order
from server import wait_until


class DocumentStory(OrderTest):
    def test_the_documents_example_is_answered_word_for_word(self):
        body = ('{"customer_email": "tanaka@example.co.jp", "customer_name": "田中太郎", '
                '"items": [{"product_name": "ノートPC", "quantity": 2, "unit_price": 89800.0}], "currency": "JPY"}').encode()
        reply = self.client.post("/api/v1/orders/", body)
        self.assertEqual(reply.status, 201, reply)
        order = reply.json
        self.assertEqual(list(order)[:9], ["id", "customer_email", "customer_name", "status", "total_amount", "currency", "items",
                                           "created_at", "updated_at"])
        self.assertEqual(order["customer_name"], "田中太郎")
        self.assertEqual(order["customer_email"], "tanaka@example.co.jp")
        self.assertEqual(order["status"], "paid")
        self.assertIn('"total_amount":179600.0,', reply.body.decode().replace(": ", ":"))
        self.assertEqual(order["currency"], "JPY")
        self.assertEqual(order["items"], [{"id": 1, "product_name": "ノートPC", "quantity": 2, "unit_price": 89800.0}])
        for field in ("created_at", "updated_at"):
            self.assertRegex(order[field], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertTrue(reply.headers["Location"].rstrip("/").endswith(f"/api/v1/orders/{order['id']}"))
        self.assertTrue(reply.headers["Request-Id"])
        self.assertEqual(self.amounts(order["id"], "capture"), [179600])

    def test_the_order_is_found_alone_and_in_the_list(self):
        made = self.create()
        self.assertEqual(self.order(made["id"])["customer_email"], made["customer_email"])
        listed = self.client.get("/api/v1/orders/").json
        self.assertLessEqual(len(listed), 20)
        self.assertIn(made["id"], [order["id"] for order in listed])
        reply = self.client.get("/api/v1/orders/987654321")
        self.assertEqual(reply.status, 404)
        self.assertEqual(reply.json["detail"], "Order not found")

    def test_every_spelling_of_the_number_and_a_missing_slash_find_the_order(self):
        made = self.client.post("/api/v1/orders", order_of()).json
        for spelling in (made["id"], f"ORD{made['id']:06d}"):
            self.assertEqual(self.order(spelling)["id"], made["id"])

    def test_an_order_is_shipped_and_delivered_and_the_customer_is_told(self):
        made = self.create()
        self.assertEqual(self.put_status(made["id"], "shipped")["status"], "shipped")
        self.assertEqual(self.put_status(made["id"], "SHIPPED")["status"], "shipped")
        self.assertEqual(self.put_status(made["id"], "delivered")["status"], "delivered")
        self.assertEqual(self.put_status(made["id"], "shipped", expected=409)["status"], 409)
        self.cancel(made["id"], expected=409)
        wait_until(lambda: len(self.mails_to(made["customer_email"])) >= 2, 10, "confirmation and shipping notice are sent")

    def test_moves_that_the_diagram_does_not_have_are_refused_with_both_states_named(self):
        made = self.create(order_of(auto_pay=False))
        self.assertEqual(made["status"], "pending")
        for wish in ("shipped", "delivered", "paid"):
            reply = self.client.put(f"/api/v1/orders/{made['id']}/status", {"status": wish})
            self.assertEqual(reply.status, 409, reply)
            self.assertEqual(reply.headers["Content-Type"].split(";")[0], "application/problem+json")
            self.assertIn("pending", reply.json["detail"])
        self.assertEqual(self.order(made["id"])["status"], "pending")

    def test_an_order_left_pending_is_paid_by_a_status_change(self):
        made = self.create(order_of(auto_pay=False))
        self.assertEqual(self.amounts(made["id"], "charge"), [])
        self.put_status(made["id"], "payment_processing")
        self.becomes(made["id"], "paid")
        self.assertEqual(self.amounts(made["id"], "capture"), [179600])

    def test_a_paid_order_is_cancelled_and_its_money_goes_back(self):
        made = self.create()
        self.assertEqual(self.cancel(made["id"])["status"], "cancelled")
        wait_until(lambda: self.amounts(made["id"], "refund") == [179600], 10, "the refund is in the ledger")
        self.assertEqual(self.cancel(made["id"])["status"], "cancelled")
        self.assertEqual(self.amounts(made["id"], "refund"), [179600])
        wait_until(lambda: len(self.mails_to(made["customer_email"])) >= 2, 10, "confirmation and cancellation notice are sent")

    def test_an_unpaid_order_is_cancelled_without_any_payment(self):
        made = self.create(order_of(auto_pay=False))
        self.assertEqual(self.cancel(made["id"])["status"], "cancelled")
        self.assertEqual(self.ledger_of(made["id"]), [])

    def test_the_history_of_an_order_is_numbered_without_gaps(self):
        made = self.create()
        self.put_status(made["id"], "shipped")
        events = self.client.get(f"/api/v1/orders/{made['id']}/events")
        self.assertEqual(events.status, 200, events)
        self.assertEqual([event["seq"] for event in events.json], list(range(1, len(events.json) + 1)))
        self.assertEqual(events.json[0]["type"], "order_placed")

    def test_an_order_tells_what_it_waits_for_and_what_is_allowed(self):
        made = self.create()
        now = self.order(made["id"])
        self.assertEqual(now["waiting_for"]["what"], "shipping")
        self.assertIn("ship", now["allowed"])
        self.assertIn("cancel", now["allowed"])
        self.assertNotIn("deliver", now["allowed"])


class Stock(OrderTest):
    def test_tracked_lines_hold_stock_and_shipping_takes_it(self):
        self.client.set_stock("P001", 10)
        made = self.create(tracked_order("P001", 4))
        self.assertEqual(made["status"], "paid")
        self.assertEqual(self.client.available("P001"), 6)
        self.put_status(made["id"], "shipped")
        wait_until(lambda: self.client.available("P001") == 6, 5, "shipping leaves what is available as it is")
        other = self.create(tracked_order("P001", 6))
        self.assertEqual(self.client.available("P001"), 0)
        self.cancel(other["id"])
        wait_until(lambda: self.client.available("P001") == 6, 5, "a cancelled order gives its stock back")

    def test_an_order_that_stock_does_not_cover_is_cancelled_and_never_charged(self):
        self.client.set_stock("P002", 1)
        body = tracked_order("P002", 2)
        body["items"][0]["unit_price"] = 50.5
        made = self.create(body)
        self.assertEqual((made["status"], made["cancel_reason"]), ("cancelled", "out_of_stock"))
        self.assertEqual(self.ledger_of(made["id"]), [])
        self.assertEqual(self.client.available("P002"), 1)

    def test_an_order_is_all_or_nothing_over_its_lines(self):
        self.client.set_stock("P001", 5)
        self.client.set_stock("P002", 0)
        body = tracked_order("P001", 1)
        body["items"].append({"product_id": "P002", "product_name": "P002", "quantity": 1, "unit_price": 50.5})
        self.assertEqual(self.create(body)["status"], "cancelled")
        self.assertEqual(self.client.available("P001"), 5)

    def test_a_price_that_is_not_the_catalogues_is_refused(self):
        body = tracked_order("P001", 1)
        body["items"][0]["unit_price"] = 24.99
        self.assertEqual(self.client.post("/api/v1/orders/", body).status, 422)

    def test_stock_below_what_is_held_is_refused(self):
        self.client.set_stock("1234", 5)
        body = tracked_order("1234", 3)
        body["items"][0]["unit_price"] = 50
        self.create(body)
        self.assertEqual(self.client.put("/dev/stock/1234", {"on_hand": 2}).status, 409)
        self.assertEqual(self.client.available("1234"), 2)


class Repetition(OrderTest):
    def test_the_same_key_gives_the_same_order_in_its_present_state(self):
        key, body = self.key(), order_of()
        first = self.create(body, key=key)
        self.put_status(first["id"], "shipped")
        again = self.client.post("/api/v1/orders/", body, key=key)
        self.assertIn(again.status, (200, 201))
        self.assertEqual((again.json["id"], again.json["status"]), (first["id"], "shipped"))
        self.assertEqual(len(self.client.all_orders(f"customer_email={body['customer_email']}")), 1)
        self.assertEqual(self.amounts(first["id"], "capture"), [179600])

    def test_the_same_key_with_another_body_is_refused(self):
        key, body = self.key(), order_of()
        self.create(body, key=key)
        self.assertEqual(self.client.post("/api/v1/orders/", {**body, "customer_name": "Suzuki"}, key=key).status, 422)

    def test_if_match_lets_only_the_first_of_two_changes_through(self):
        made = self.create()
        path = f"/api/v1/orders/{made['id']}"
        tag = self.client.get(path).headers["ETag"]
        first = self.client.put(path + "/status", {"status": "shipped"}, headers={"If-Match": tag})
        self.assertEqual(first.status, 200, first)
        second = self.client.put(path + "/status", {"status": "delivered"}, headers={"If-Match": tag})
        self.assertEqual(second.status, 412, second)
        self.assertNotEqual(self.client.get(path).headers["ETag"], tag)


class Lists(OrderTest):
    def test_pages_by_cursor_show_every_order_once(self):
        email = "pages@example.com"
        made = [self.create(order_of(email, auto_pay=False))["id"] for _ in range(7)]
        seen, path, pages = [], f"/api/v1/orders/?limit=3&customer_email={email}", 0
        while path:
            reply = self.client.get(path)
            self.assertEqual(reply.status, 200, reply)
            seen += [order["id"] for order in reply.json]
            link = re.search(r"<([^>]+)>;\s*rel=\"next\"", reply.headers.get("Link") or "")
            path = link.group(1) if link else None
            pages += 1
        self.assertEqual(sorted(seen), sorted(made))
        self.assertGreaterEqual(pages, 3)

    def test_skip_limit_count_and_status_select(self):
        email = "select@example.com"
        paid = [self.create(order_of(email))["id"] for _ in range(3)]
        self.create(order_of(email, auto_pay=False))
        reply = self.client.get(f"/api/v1/orders/?customer_email={email}&status=paid&count=true&limit=2")
        self.assertEqual((len(reply.json), reply.headers["X-Total-Count"]), (2, "3"))
        rest = self.client.get(f"/api/v1/orders/?customer_email={email}&status=PAID&skip=2").json
        self.assertEqual(len(rest), 1)
        self.assertIn(rest[0]["id"], paid)

    def test_limits_outside_their_range_are_refused(self):
        for query in ("limit=1001", "limit=-1", "skip=10001", "limit=x", "status=unknown"):
            self.assertIn(self.client.get(f"/api/v1/orders/?{query}").status, (400, 422), query)


if __name__ == "__main__":
    unittest.main()
