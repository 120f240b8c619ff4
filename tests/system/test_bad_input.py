"""What nobody should send is refused with a reason, and the server goes on."""
import json
import socket
import unittest

from orders import DOCUMENTS_ORDER, OrderTest, order_of


class BadInput(OrderTest):
    def refused(self, body, statuses, path="/api/v1/orders/", method="POST", headers=None):
        reply = self.client.request(method, path, body, headers=headers)
        self.assertIn(reply.status, statuses, reply)
        return reply

    def tearDown(self):
        self.assertEqual(self.client.get("/readyz").status, 200)

    def test_what_is_not_json_is_malformed(self):
        for body in (b"", b"{", b"nonsense", b'{"a":1,}', b"[1,2", b'{"a":"\xff"}', b"{'a':1}", b'{"a":01}', b"\xef\xbb\xbf{}x"):
            with self.subTest(body):
                reply = self.refused(body, (400,))
                self.assertEqual(reply.headers["Content-Type"].split(";")[0], "application/problem+json")
                self.assertTrue(reply.json["detail"])

    def test_deep_nesting_and_duplicate_keys_are_malformed(self):
        self.refused(b"[" * 100000, (400,))
        self.refused(b'{"items":' + b"[" * 40 + b"]" * 40 + b"}", (400,))
        self.refused(b'{"customer_email":"a@example.com","customer_email":"b@example.com"}', (400,))

    def test_values_of_the_wrong_kind_or_size_are_named_by_pointer(self):
        line = DOCUMENTS_ORDER["items"][0]
        cases = {
            "/customer_email": {"customer_email": 7},
            "/items": {"items": []},
            "/items/0/quantity": {"items": [{**line, "quantity": 0}]},
            "/items/0/unit_price": {"items": [{**line, "unit_price": -1}]},
            "/currency": {"currency": "YENS"},
            "/payment_method": {"payment_method": "gold"},
            "/auto_pay": {"auto_pay": "yes"},
        }
        for pointer, wrong in cases.items():
            with self.subTest(pointer):
                reply = self.refused(order_of(**wrong), (422,))
                self.assertIn(pointer, [error["pointer"] for error in reply.json["errors"]])

    def test_quantities_and_prices_must_be_exact(self):
        for text in ('"quantity":1.5', '"quantity":"1"', '"quantity":true', '"quantity":1000001', '"unit_price":0.5', '"unit_price":"1"',
                     '"unit_price":1e400', '"unit_price":92233720368547758070', '"unit_price":null'):
            with self.subTest(text):
                line = {"product_name": "x", "quantity": 1, "unit_price": 1}
                field = text[1:text.index('":')]
                body = json.dumps(order_of(items=[line])).replace(f'"{field}": 1', text)
                self.refused(body.encode(), (400, 422))

    def test_sums_that_overflow_are_refused(self):
        line = {"product_name": "x", "quantity": 1000000, "unit_price": 9000000000000000}
        self.refused(order_of(items=[line, line]), (422,))

    def test_other_content_types_are_refused(self):
        for kind in ("text/plain", "application/x-www-form-urlencoded", None):
            self.refused(b"{}", (415,), headers={"Content-Type": kind})

    def test_unknown_routes_and_methods_are_told_apart(self):
        self.assertEqual(self.client.get("/api/v1/nothing").status, 404)
        reply = self.client.request("PATCH", "/api/v1/orders/")
        self.assertEqual(reply.status, 405)
        self.assertIn("POST", reply.headers["Allow"])

    def test_ids_that_are_none_are_not_found_or_malformed(self):
        for name in ("0", "-1", "abc", "99999999999999999999", "ORD", "%00", "1%2F2"):
            self.assertIn(self.client.get(f"/api/v1/orders/{name}").status, (400, 404, 422), name)

    def test_a_body_that_is_too_large_is_refused(self):
        body = json.dumps(order_of(customer_name="x" * 300_000)).encode()
        self.refused(body, (413,))

    def test_headers_that_are_too_large_are_refused(self):
        reply = self.client.get("/api/v1/orders/", headers={"X-Long": "x" * 20000})
        self.assertIn(reply.status, (400, 431), reply)

    def test_pages_of_other_sites_are_refused(self):
        self.refused(order_of(), (403,), headers={"Origin": "http://evil.example"})
        self.refused(order_of(), (403,), headers={"Sec-Fetch-Site": "cross-site"})
        self.refused(order_of(), (403,), headers={"Host": "evil.example"})

    def raw(self, request):
        with socket.create_connection((self.server.host, self.server.port), timeout=5) as peer:
            peer.sendall(request)
            answer = b""
            while piece := peer.recv(65536):
                answer += piece
            return answer

    def test_requests_that_two_servers_could_read_differently_are_refused_and_the_connection_closed(self):
        host = f"Host: 127.0.0.1:{self.server.port}\r\n".encode()
        for head in (b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", b"Content-Length: 4\r\nContent-Length: 5\r\n",
                     b"Transfer-Encoding: chunked, identity\r\n", b"Content-Length: -1\r\n"):
            with self.subTest(head):
                answer = self.raw(b"POST /api/v1/orders/ HTTP/1.1\r\n" + host + b"Content-Type: application/json\r\n" + head + b"\r\nabcd")
                self.assertRegex(answer, rb"^HTTP/1\.1 (400|501) ")
                self.assertEqual(answer.count(b"HTTP/1.1 "), 1)

    def test_a_token_that_is_sent_is_held_to(self):
        self.assertEqual(self.client.get("/api/v1/orders/", headers={"Authorization": "Bearer nonsense"}).status, 401)


if __name__ == "__main__":
    unittest.main()
