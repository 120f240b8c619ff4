"""Every route of the running program × every role × whose the object is: nobody gets at what is not his, and nobody is told
that it exists. The routes are asked of the program itself (GET /dev/routes), so that a new one is tested without anybody
thinking of it; only what its body has to look like stands here."""
import json
import re
import unittest

from client import Client, new_key
from keys import bearer
from server import Server

ROLES = ("customer", "merchant", "service", "operator")
OWNER = "alice"
MARK = "alice.only@example.com"  # in every order of hers, so that a leak shows in whatever form it comes

# Where the object is named in the body: what to send, with ORDER for its number and USER for who asks. A route that is
# not here gets {} and must not take it for a wish.
BODIES = {
    "POST /api/v1/orders": {"customer_email": "new@example.com", "customer_name": "New", "currency": "USD",
                            "items": [{"product_id": "P001", "product_name": "Notebook", "quantity": 1, "unit_price": 25.0}]},
    "PUT /api/v1/orders/{id}/status": {"status": "cancelled"},
    "POST /api/v1/orders/{id}/settle": {"captured": False, "reason": "test"},
    "POST /api/v1/payments": {"order_id": "ORDER", "amount": 25.0, "currency": "USD"},
    "POST /api/v1/payments/refund": {"order_id": "ORDER"},
    "POST /api/v1/notifications/email": {"order_id": "ORDER", "template": "ORDER_CONFIRMATION"},
    "POST /api/order/invoice.json": {
        "customerId": "USER", "orderId": "ORDER", "tax": 0, "subTotalAmount": 25.0, "totalAmount": 25.0, "currency": "USD",
        "items": [{"productId": "P001", "quantity": 1, "price": 25.0}], "name": "N", "phone": "1", "shipping_address": "A"},
    "POST /api/order/payment.json": {"customerId": "USER", "invoiceId": "ORDER", "totalAmount": 25.0},
    "POST /api/order/shipping.json": {"orderId": "ORDER", "name": "N", "phone": "1", "shipping_address": "A"},
    "POST /api/payment/pay": {"orderId": "ORDER", "userId": "USER", "amount": 25.0, "paymentMethod": "ok"},
    "POST /api/v1/payment/pay": {"orderId": "ORDER", "userId": "USER", "amount": 25.0, "paymentMethod": "ok"},
}
# One path for two calls, of which the body decides: customers may send themselves mail by it, and ship nothing.
NOT_WITH_THIS_BODY = {"POST /api/order/shipping.json": {"customer"}}
# Reads and commands whose object is in the body: there, too, a stranger must get 404.
NAMED_IN_BODY = {route for route, body in BODIES.items() if "ORDER" in body.values()}
NAMES_ORDER = re.compile(r"/orders?/\{|/payments/order/\{|/quarantine/\{")
NAMES_USER = re.compile(r"\{userId\}")


def name_of(route):
    return f"{route['method']} {route['path'].rstrip('/') or '/'}"


def may(route, role):
    return role in route["roles"] and role not in NOT_WITH_THIS_BODY.get(name_of(route), ())


def path_for(route, order, user):
    def value(match):
        place = match.group(1).lower()
        if "user" in place or "customer" in place:
            return user
        if "product" in place:
            return "P001"
        return "1" if place == "quantity" else str(order)
    # A pattern's {id} below products is a product, everywhere else an order.
    pattern = route["path"].replace("/products/{id}", "/products/{productId}")
    return re.sub(r"\{(\w+)\}", value, pattern)


def body_for(route, order, user):
    if route["method"] in ("GET", "DELETE"):
        return None
    text = json.dumps(BODIES.get(name_of(route), {}))
    return json.loads(text.replace('"ORDER"', str(order)).replace('"USER"', json.dumps(user)))


class Authorisation(unittest.TestCase):
    """`strict` is a second listener of the same program that has no principal of its own."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        cls.routes = Client(cls.server).get("/dev/routes").json
        cls.tokens = {(subject, role, tenant): bearer(cls.server.data, subject, role, tenant=tenant)
                      for subject in (OWNER, "bob") for role in ROLES for tenant in ("dev", "mall")}

    def ask(self, route, headers, order, asker=OWNER):
        client = Client(self.server, headers={"Prefer": "wait=1", **headers})
        self.addCleanup(client.close)
        key = new_key() if route["method"] != "GET" else None
        return client.request(route["method"], path_for(route, order, OWNER), body_for(route, order, asker), key=key)

    def new_order(self, **more):
        made = Client(self.server, headers=self.tokens[OWNER, "customer", "dev"]).post(
            "/api/v1/orders/", {**BODIES["POST /api/v1/orders"], "customer_email": MARK, **more})
        self.assertEqual(made.status, 201, made)
        return made.json["id"]

    def restricted(self):
        return [route for route in self.routes if route["roles"]]

    def test_the_list_is_the_whole_program(self):
        known = {name_of(route) for route in self.routes}
        self.assertGreater(len(known), 20)
        self.assertLessEqual(set(BODIES), known)
        for route in self.routes:
            self.assertEqual(bool(route["roles"]) + route["anyone"] + route["signed"], 1, route)
            self.assertTrue(route["dialect"], route)

    def test_a_token_that_does_not_count_is_401_everywhere(self):
        order = self.new_order()
        for route in self.restricted():
            with self.subTest(name_of(route)):
                reply = self.ask(route, {"Authorization": "Bearer " + "x" * 40}, order)
                self.assertEqual(reply.status, 401, reply)
                self.assertNotIn(MARK.encode(), reply.body)

    def test_without_a_token_nothing_but_probes_and_documents_is_answered(self):
        with Server(data=None, dev=False) as strict:
            strict.start()
            client = Client(strict)
            for route in self.routes:
                if route["dialect"] == "dev":
                    continue
                with self.subTest(name_of(route)):
                    reply = client.request(route["method"], path_for(route, 1, OWNER), body_for(route, 1, OWNER))
                    if route["anyone"]:
                        self.assertNotIn(reply.status, (401, 403), reply)
                    else:
                        # A signed callback may find its body malformed before it looks at the signature.
                        self.assertIn(reply.status, (400, 401) if route["signed"] else (401,), reply)

    def test_a_role_that_may_not_is_403_and_one_that_may_is_let_in(self):
        for route in self.restricted():
            for role in ROLES:
                with self.subTest(f"{name_of(route)} as {role}"):
                    reply = self.ask(route, self.tokens[OWNER, role, "dev"], self.new_order(auto_pay=False))
                    if may(route, role):
                        self.assertNotIn(reply.status, (401, 403, 405, 500), reply)
                    else:
                        self.assertEqual(reply.status, 403, reply)

    def test_a_stranger_is_told_404_and_changes_nothing(self):
        order = self.new_order()
        before = Client(self.server).get(f"/api/v1/orders/{order}").json
        strangers = [("bob", "customer", "dev")] + [(OWNER, role, "mall") for role in ROLES]
        for route in self.restricted():
            for subject, role, tenant in strangers:
                if not may(route, role):
                    continue
                with self.subTest(f"{name_of(route)} as {role} {subject} of {tenant}"):
                    reply = self.ask(route, self.tokens[subject, role, tenant], order, subject)
                    self.assertNotIn(MARK.encode(), reply.body)
                    self.assertLess(reply.status, 500, reply)
                    if NAMES_ORDER.search(route["path"]) or name_of(route) in NAMED_IN_BODY:
                        self.assertEqual(reply.status, 404, reply)
                    elif NAMES_USER.search(route["path"]) and tenant == "dev":
                        self.assertIn(reply.status, (403, 404), reply)
        self.assertEqual(Client(self.server).get(f"/api/v1/orders/{order}").json, before)

    def test_the_owner_and_the_shop_get_at_it(self):
        order = self.new_order()
        for subject, role in ((OWNER, "customer"), ("bob", "merchant"), ("bob", "service"), ("bob", "operator")):
            reply = Client(self.server, headers=self.tokens[subject, role, "dev"]).get(f"/api/v1/orders/{order}")
            self.assertEqual((reply.status, reply.json["customer_email"]), (200, MARK))


if __name__ == "__main__":
    unittest.main()
