"""What HTTP promises, byte by byte and on both journals: conditions, lists over several lines, methods, versions, and texts that
no store could hold."""
import re
import socket
import unittest

from client import Client
from orders import OrderTest, order_of
from server import Postgres, Server

NO_TEXT = ("%00", "a%00b", "%0A", "%1F", "%7F", "%C2%85", "%FF", "%C3%28", "%ED%A0%80")
HIDDEN = ("\u0085", "\u00a0", "\u061c", "\u200b", "\u200e", "\u200f", "\u2028", "\u2029", "\u202a", "\u202e", "\u2066", "\u2069", "\ufeff")


class StoredTexts:
    """What could reach the journal: one body for both stores."""

    def tearDown(self):
        self.assertEqual(self.client.get("/readyz").status, 200)

    def test_a_path_or_a_query_that_is_no_text_is_malformed_and_never_asks_the_store(self):
        for value in NO_TEXT:
            for method, path in (("GET", "/api/v1/orders/{}"), ("GET", "/api/v1/orders/?external_id={}"), ("GET", "/api/v1/orders/?batch_id={}"),
                                 ("GET", "/api/v1/orders/?customer_email={}"), ("GET", "/api/v1/orders/?import_group={}"),
                                 ("GET", "/api/v1/orders/1/events{}"), ("GET", "/api/v1/users/{}/contact"), ("GET", "/api/v1/stock/{}"),
                                 ("GET", "/api/orders?userId={}"), ("GET", "/api/orders/{}"), ("GET", "/api/cart/{}"), ("GET", "/api/products/{}"),
                                 ("GET", "/api/inventory/check?quantity=1&productId={}"), ("PUT", "/api/v1/inventory/reduce/101/1?orderId={}"),
                                 ("PUT", "/api/v1/inventory/reduce/{}/1"), ("DELETE", "/api/cart/ann/items/{}"), ("DELETE", "/api/cart/clear/{}"),
                                 ("DELETE", "/api/v1/orders/{}"), ("GET", "/nowhere/{}")):
                with self.subTest(path.format(value)):
                    self.assertEqual(self.client.request(method, path.format(value)).status, 400)

    def test_a_body_or_a_header_that_no_store_could_hold_is_refused(self):
        texts = ("a\u0000b", "\u0001", "a\nb", "\u007f", "\u0085")
        cart = {"customerId": "ann", "items": [{"productId": "101", "quantity": 1, "price": 45}]}
        for text in texts:
            for path, body in (("/api/v1/orders/", order_of(customer_name=text)), ("/api/v1/orders/", order_of(batch_id=text)),
                               ("/api/v1/orders/", order_of(import_group=text)), ("/api/order/cart.json", {**cart, "customerId": text}),
                               ("/api/cart/add", {"userId": text, "productId": 101, "quantity": 1}),
                               ("/api/cart/add", {"userId": "ann", "productId": text, "quantity": 1}),
                               ("/api/inventory/reduce", {"productId": 101, "quantity": 1, "orderId": text}),
                               ("/api/notification/send", {"userId": "ann", "notificationType": "email", "subject": text, "message": "m",
                                                           "recipient": "a@shop.example"}),
                               ("/api/payment/callback", {"eventId": text, "paymentId": "1", "status": "completed", "orderId": 1})):
                with self.subTest(path=path, text=text):
                    self.assertIn(self.client.post(path, body).status, (400, 401, 422))
            reply = self.client.put("/api/v1/users/ann/contact", {"name": text})
            self.assertIn(reply.status, (400, 422), reply)
        for key in ("a\x7f", "a\x01", "\u00fc"):
            self.assertEqual(self.client.post("/api/v1/orders/", order_of(), key=key).status, 400)
        self.assertEqual(self.client.post("/api/v1/orders/", order_of()).status, 201)

    def test_one_rule_for_addresses_wherever_one_is_taken(self):
        number = self.create()["id"]
        addresses = [f"a{hidden}b@shop.example" for hidden in HIDDEN] + [f"a@sh{hidden}op.example" for hidden in HIDDEN]
        addresses += ["a@-shop.example", "a@shop-.example", "a@shop.-example", "a@shop..example", "a b@shop.example", "a@shop_1.example"]
        for address in addresses:
            with self.subTest(address.encode("unicode_escape")):
                self.assertEqual(self.client.post("/api/v1/orders/", order_of(address)).status, 422)
                self.assertEqual(self.client.put("/api/v1/users/ann/contact", {"email": address}).status, 422)
                self.assertEqual(self.client.post("/api/v1/notifications/email", {"template": "ORDER_CONFIRMATION", "order_id": number,
                                                                                  "to": address}).status, 422)
                self.assertEqual(self.client.post("/api/order/email.json", {"event": "OrderShipped", "name": "Ann", "email": address}).status, 400)
                self.assertEqual(self.client.post("/api/notification/send", {
                    "userId": "ann", "notificationType": "email", "subject": "s", "message": "m", "recipient": address}).status, 400)
        self.create(order_of("田中@例え.jp"))

    def test_a_condition_holds_for_one_of_several_versions(self):
        path = f"/api/v1/orders/{self.create()['id']}"
        tag = self.client.get(path).headers["ETag"]
        for method in ("GET", "HEAD"):
            known = self.client.request(method, path, headers={"If-None-Match": f'W/"0", W/{tag}'})
            self.assertEqual((known.status, known.body, known.headers["ETag"]), (304, b"", tag))
        shipped = {"status": "shipped"}
        for refused in ('"0", "99"', f"W/{tag}", '"07"'):
            self.assertEqual(self.client.put(path + "/status", shipped, headers={"If-Match": refused}).status, 412)
        self.assertEqual(self.client.put(path + "/status", shipped, headers={"If-None-Match": f'"0", {tag}'}).status, 412)
        self.assertEqual(self.client.put(path + "/status", shipped, headers={"If-Match": tag[:-1]}).status, 400)
        self.assertEqual(self.client.put(path + "/status", shipped, headers={"If-Match": f'"0", {tag}'}).status, 200)

    def test_a_list_without_a_find_for_a_raw_plus_says_so(self):
        self.create(order_of("a+b@shop.example"))
        found = self.client.get("/api/v1/orders/?customer_email=a%2Bb@shop.example")
        self.assertEqual((len(found.json), found.headers["X-Hint"]), (1, None))
        nothing = self.client.get("/api/v1/orders/?customer_email=a+b@shop.example")
        self.assertEqual(nothing.json, [])
        self.assertIn("%2B", nothing.headers["X-Hint"])


class OnSqlite(StoredTexts, OrderTest):
    pass


class OnPostgres(StoredTexts, OrderTest):
    @classmethod
    def setUpClass(cls):
        store = Postgres()
        cls.addClassCleanup(store.__exit__)
        cls.server = Server(journal=store.url)
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        cls.client = Client(cls.server)
        cls.addClassCleanup(cls.client.close)


class OnTheWire(OrderTest):
    def exchange(self, request):
        """The bytes of all answers until the server closes."""
        with socket.create_connection((self.server.host, self.server.port), timeout=10) as peer:
            peer.sendall(request)
            answer = b""
            while piece := peer.recv(65536):
                answer += piece
            return answer

    def ask(self, line, *headers, body=b""):
        head = "".join(f"{each}\r\n" for each in (line, f"Host: {self.server.host}", "Connection: close", *headers))
        return self.exchange(head.encode() + b"\r\n" + body)

    def test_several_lines_of_a_list_are_one_list(self):
        number = self.create()["id"]
        tag = self.client.get(f"/api/v1/orders/{number}").headers["ETag"]
        body = ("Content-Type: application/json", "Content-Length: 20")
        line = f"PUT /api/v1/orders/{number}/status HTTP/1.1"
        refused = self.ask(line, *body, 'If-Match: "98"', 'If-Match: "99"', body=b'{"status":"shipped"}')
        self.assertTrue(refused.startswith(b"HTTP/1.1 412 "), refused)
        done = self.ask(line, *body, 'If-Match: "98"', f"If-Match: {tag}", "Prefer: return=minimal", "Prefer: wait=5", body=b'{"status":"shipped"}')
        self.assertTrue(done.startswith(b"HTTP/1.1 200 "), done)

    def test_what_is_known_already_has_no_bytes_of_a_body(self):
        number = self.create()["id"]
        tag = self.client.get(f"/api/v1/orders/{number}").headers["ETag"]
        answer = self.ask(f"GET /api/v1/orders/{number} HTTP/1.1", f"If-None-Match: {tag}")
        head, _, rest = answer.partition(b"\r\n\r\n")
        self.assertTrue(head.startswith(b"HTTP/1.1 304 Not Modified\r\n"), head)
        self.assertIn(f"ETag: {tag}".encode(), head)
        self.assertEqual(rest, b"")

    def test_headers_with_one_value_are_refused_on_several_lines(self):
        for name, values in (("Idempotency-Key", ("a", "b")), ("Idempotency-Key", ("", "b")), ("Authorization", ("Bearer x", "Bearer y")),
                             ("Content-Type", ("application/json", "application/json")), ("Host", ("localhost", "localhost"))):
            answer = self.ask("POST /api/v1/orders/ HTTP/1.1", *(f"{name}: {value}" for value in values), "Content-Length: 2", body=b"{}")
            self.assertTrue(answer.startswith(b"HTTP/1.1 400 "), answer)

    def test_other_versions_of_http_are_told_so(self):
        for line in ("GET /livez HTTP/2.0", "PRI * HTTP/2.0", "GET /livez HTTP/3.0", "GET /livez HTTP/0.9"):
            answer = self.ask(line)
            self.assertTrue(answer.startswith(b"HTTP/1.1 505 "), answer)
            self.assertIn(b"HTTP/1.1 and HTTP/1.0", answer)

    def test_limits_are_named_in_bytes(self):
        self.assertRegex(self.ask("GET /livez HTTP/1.1", "X: " + "a" * 9000), rb"^HTTP/1\.1 431 (?s:.*)8192 bytes")
        self.assertRegex(self.ask("POST /api/v1/orders/ HTTP/1.1", "Content-Type: application/json", "Content-Length: 300000"),
                         rb"^HTTP/1\.1 413 (?s:.*)262144 bytes")

    def test_every_route_says_its_methods_and_answers_head_like_get(self):
        patterns = {}
        for row in self.client.get("/dev/routes").json:
            patterns.setdefault(re.sub(r"\{[^}]*\}", "1", row["path"]), set()).add(row["method"])
        for path, methods in patterns.items():
            with self.subTest(path):
                reply = self.client.request("OPTIONS", path)
                self.assertEqual((reply.status, reply.body), (204, b""))
                expected = methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())
                self.assertEqual(set(reply.headers["Allow"].split(", ")), expected)
                if "GET" not in methods:
                    continue
                whole, head = self.client.get(path), self.client.request("HEAD", path)
                self.assertEqual((head.status, head.body), (whole.status, b""))
                self.assertEqual([name for name, _ in head.headers.items()], [name for name, _ in whole.headers.items()])
                if path not in ("/metrics", "/api/v1/quarantine") and whole.status == 200:
                    self.assertEqual(head.headers["Content-Length"], str(len(whole.body)))
        answer = self.ask("OPTIONS * HTTP/1.1")
        self.assertRegex(answer, rb"^HTTP/1\.1 204 (?s:.*)Allow: [A-Z, ]*OPTIONS\r\n")

    def test_an_unknown_parameter_is_named_with_the_nearest_one(self):
        reply = self.client.get("/api/v1/orders/?custommer_email=bob@shop.example")
        self.assertEqual(reply.status, 400, reply)
        self.assertIn("did you mean customer_email?", reply.json["detail"])
        self.assertEqual(self.client.get("/api/orders?custommer=1").status, 200)

    def test_a_compressed_body_is_refused_in_the_documents_form(self):
        for path, member in (("/api/v1/orders/", "type"), ("/api/payment/process", "paymentStatus"), ("/api/order/cart.json", "code"),
                             ("/api/orders/place", "error"), ("/api/inventory/lock", "locked")):
            reply = self.client.post(path, b"\x1f\x8b", headers={"Content-Encoding": "gzip"})
            self.assertEqual((reply.status, reply.headers["Accept-Encoding"]), (415, "identity"))
            self.assertIn(member, reply.json)


if __name__ == "__main__":
    unittest.main()
