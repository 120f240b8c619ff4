"""Who is let in: tokens, keys.toml, listeners, TLS, the audit log. Against the real program, with keys as an operator keeps them."""
import http.client
import json
import os
import re
import signal
import socket
import ssl
import stat
import subprocess
import tempfile
import threading
import time
import unittest

from client import Client
from keys import bearer, keys_of, run, token, token_by_hand
from orders import order_of
from server import Server, wait_until


def status_with(server, path="/api/v1/orders/", **headers):
    with_headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return Client(server, headers=with_headers).get(path).status


class Story(unittest.TestCase):
    def test_a_customer_sees_only_orders_of_its_own(self):
        with Server() as server:
            server.start()
            alice = Client(server, headers=bearer(server.data, "alice"))
            bob = Client(server, headers=bearer(server.data, "bob"))
            other_shop = Client(server, headers=bearer(server.data, "alice", tenant="mall"))
            items = [{"product_id": "P001", "product_name": "Notebook", "quantity": 1, "unit_price": 25.00}]
            made = alice.post("/api/v1/orders/", {**order_of("alice@example.com"), "items": items, "currency": "USD"})
            self.assertEqual(made.status, 201, made)
            path = f"/api/v1/orders/{made.json['id']}"
            self.assertEqual(alice.get(path).status, 200)
            for stranger in (bob, other_shop):
                for reply in (stranger.get(path), stranger.get(path + "/events"), stranger.delete(path),
                              stranger.get(f"/api/v1/payments/order/{made.json['id']}")):
                    self.assertEqual(reply.status, 404, reply)
                self.assertEqual(stranger.get("/api/v1/orders/").json, [])
            self.assertEqual([order["id"] for order in alice.get("/api/v1/orders/").json], [made.json["id"]])
            self.assertEqual(Client(server).get(path).status, 200)  # the operator of the same shop
            self.assertNotEqual(alice.get(path).json["status"], "cancelled")


class Tokens(unittest.TestCase):
    def test_a_token_made_by_hand_counts_like_one_of_the_program(self):
        with Server() as server:
            server.start()
            secret = keys_of(server.data)["token_key"][0]["secret"]
            soon = int(time.time()) + 60
            good = token_by_hand(secret, {"sub": "shop", "role": "merchant", "tenant": "dev", "exp": soon})
            self.assertEqual(status_with(server, Authorization="Bearer " + good), 200)
            for wrong in (token_by_hand(secret, {"sub": "shop", "exp": soon - 120}), token_by_hand(secret, {"sub": "shop"}),
                          token_by_hand("x" * 32, {"sub": "shop", "exp": soon}),
                          token_by_hand(secret, {"sub": "shop", "exp": soon}, {"alg": "none"}), good[:-1], good + "x", "x"):
                self.assertEqual(status_with(server, Authorization="Bearer " + wrong), 401, wrong)

    def test_a_token_expires(self):
        with Server() as server:
            server.start()
            headers = bearer(server.data, "alice", ttl="2s")
            self.assertEqual(status_with(server, **headers), 200)
            wait_until(lambda: status_with(server, **headers) == 401, 10, "the token has expired")

    def test_without_dev_a_token_is_demanded_and_without_keys_none_counts(self):
        with Server(dev=False) as server:
            server.start()
            reply = Client(server).get("/api/v1/orders/")
            self.assertEqual((reply.status, reply.headers["WWW-Authenticate"]), (401, "Bearer"))
            self.assertIn("no-token-keys", server.log())
            self.assertFalse(os.path.exists(os.path.join(server.data, "keys.toml")))
            self.assertEqual(status_with(server, Authorization="Bearer " + token_by_hand("", {"sub": "a", "exp": 9999999999})), 401)
            self.assertEqual(Client(server).get("/readyz").status, 200)
            wait_until(lambda: "login-failed" in server.log(), 5, "the failed login is told")

    def test_the_commands_say_what_is_wrong(self):
        with tempfile.TemporaryDirectory() as data:
            self.assertEqual(run(["token", "--data", data, "--subject", "a"]).returncode, 78)
            done = run(["token", "--data", data, "--subject", "a", "--role", "root"])
            self.assertEqual(done.returncode, 64)
            self.assertIn(b"operator", done.stderr)
            self.assertEqual(run(["token", "--data", data, "--subject", "a", "--ttl", "soon"]).returncode, 64)
            self.assertEqual(run(["token", "--data", data]).returncode, 64)
            self.assertEqual(run(["sign", "--data", data, "--token", "x"], b"{}").returncode, 78)

    def test_sign_keeps_the_numbers_as_they_are_written(self):
        with Server() as server:
            server.start()
            made = token(server.data, "123456")
            body = b'{"userId":123456,"token":"","signature":"","orderAmount":100.50,"items":[{"productId":"P001","quantity":2}]}'
            done = run(["sign", "--data", server.data, "--token", made], body)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(b'"orderAmount":100.50', done.stdout)
            self.assertRegex(json.loads(done.stdout)["signature"], "^[0-9a-f]{64}$")
            self.assertEqual(json.loads(done.stdout)["token"], made)


class Keys(unittest.TestCase):
    def test_dev_makes_keys_once_for_their_owner(self):
        with Server() as server:
            server.start()
            path = os.path.join(server.data, "keys.toml")
            self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
            self.assertEqual([each["id"] for each in keys_of(server.data)["client"]], ["demo"])
            headers = bearer(server.data, "alice")
            server.stop()
            server.start()
            self.assertEqual(status_with(server, **headers), 200)

    def test_keys_that_others_may_read_stop_the_start(self):
        with Server() as server:
            server.start()
            server.stop()
            path = os.path.join(server.data, "keys.toml")
            os.chmod(path, 0o640)
            code, said = server.run_to_end()
            self.assertEqual(code, 78)
            self.assertIn("chmod 600 " + path, said)
            done = run(["token", "--data", server.data, "--subject", "a"])
            self.assertEqual(done.returncode, 78)
            self.assertIn(b"chmod 600", done.stderr)
            check = run(["config", "check", "--data", server.data])
            self.assertEqual(check.returncode, 78)
            self.assertIn(b"chmod 600", check.stderr)

    def test_a_hangup_changes_the_keys_and_a_bad_file_leaves_them(self):
        with Server() as server:
            server.start()
            path = os.path.join(server.data, "keys.toml")
            before = bearer(server.data, "alice")
            with open(path, "a", encoding="utf-8") as file:
                file.write("[[client]]\nid = \"short\"\nsigning_secret = \"hunter2\"\n")
            server.process.send_signal(signal.SIGHUP)
            wait_until(lambda: "keys-reload-failed" in server.log(), 10, "the bad file is told")
            self.assertIn("at least 32", server.log())
            self.assertNotIn("hunter2", server.log())
            self.assertEqual(status_with(server, **before), 200)
            with open(path, "w", encoding="utf-8") as file:
                file.write(f"[[token_key]]\nid = \"next\"\nsecret = \"{'n' * 32}\"\n")
            server.process.send_signal(signal.SIGHUP)
            wait_until(lambda: status_with(server, **before) == 401, 10, "the old token counts no more")
            self.assertEqual(status_with(server, **bearer(server.data, "alice")), 200)
            os.unlink(path)
            server.process.send_signal(signal.SIGHUP)
            wait_until(lambda: "is gone or empty" in server.log(), 10, "the missing file is told")
            self.assertEqual(server.stop(), 0)


class Audit(unittest.TestCase):
    def lines(self, server):
        with open(os.path.join(server.data, "audit.log"), encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def test_what_operators_do_and_what_was_refused_is_kept(self):
        with Server() as server:
            server.start()
            self.assertEqual(stat.S_IMODE(os.stat(os.path.join(server.data, "audit.log")).st_mode), 0o600)
            Client(server).set_stock("P001", 77)
            reply = Client(server).put("/dev/products/P009", {"name": "Pen", "price": 1.5, "currency": "USD"})
            self.assertEqual(reply.status, 200, reply)
            reply = Client(server, headers=bearer(server.data, "mallory")).put("/dev/stock/P001", {"on_hand": 1})
            self.assertEqual(reply.status, 403, reply)
            lines = self.lines(server)
            seen = [(line["event"], line["subject"]) for line in lines if line["event"] in
                    ("stock-counted", "product-put", "role-refused")]
            self.assertEqual(seen[-3:], [("stock-counted", "dev"), ("product-put", "dev"), ("role-refused", "mallory")])
            self.assertEqual(lines[-1]["path"], "/dev/stock/P001")
            self.assertEqual(lines[-1]["client"], "demo")
            self.assertNotIn("eyJ", json.dumps(lines))


class Listeners(unittest.TestCase):
    """Several addresses by a configuration file; where each one listens is read from what the server prints."""

    def serve(self, text, dev=True):
        server = Server(dev=dev)
        self.addCleanup(server.close)
        path = os.path.join(server.data, "orderflow.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace("DIR", server.data))
        server.options = ["--config", path]
        return server

    def start(self, server, count):
        server.spawn()
        urls, told = [], threading.Event()

        def read_output(stream):
            for line in stream:
                urls.append(line.decode().strip())
                if len(urls) == count:
                    told.set()
            told.set()

        threading.Thread(target=read_output, args=(server.process.stdout,), daemon=True).start()
        told.wait(40)
        self.assertEqual(len(urls), count, f"{urls}\n{server.log()}")
        found = [re.fullmatch(r"listening on (https?)://127\.0\.0\.1:(\d+)", line) for line in urls]
        server.port = int(found[0].group(2))
        wait_until(server.is_ready_or_gone, 40, "readyz answers 200")
        return [(each.group(1), int(each.group(2))) for each in found]

    def at(self, port, path, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", path, headers=headers or {})
            reply = connection.getresponse()
            return reply.status, reply.read()
        finally:
            connection.close()

    def test_dialects_may_be_named_as_files_of_before_do(self):
        server = self.serve('currency.d4 = "USD"\n[[listener]]\naddress = "127.0.0.1:0"\ndialects = ["d4"]\nauth = "service:shop"\n')
        _, (_, port) = self.start(server, 2)
        self.assertEqual(self.at(port, "/api/v1/orders/")[0], 200)
        self.assertEqual(self.at(port, "/api/products")[0], 404)
        self.assertEqual(server.stop(), 0)

    def test_each_listener_serves_its_dialects_for_its_principal(self):
        server = self.serve('[[listener]]\naddress = "127.0.0.1:0"\ndialects = ["orders_v1"]\nauth = "service:shop"\n'
                            '[[listener]]\naddress = "127.0.0.1:0"\ndialects = ["metrics", "dev"]\nauth = "operator:ops"\n'
                            '[[listener]]\naddress = "127.0.0.1:0"\n')
        (_, first), (_, shop), (_, ops), (_, strict) = self.start(server, 4)
        self.assertEqual(self.at(first, "/api/v1/orders/")[0], 200)
        self.assertEqual(self.at(first, "/metrics")[0], 404)
        self.assertEqual(self.at(first, "/dev/sent")[0], 404)
        self.assertEqual(self.at(shop, "/api/v1/orders/")[0], 200)
        self.assertEqual(self.at(shop, "/api/products")[0], 404)
        self.assertEqual(self.at(ops, "/metrics")[0], 200)
        self.assertEqual(self.at(ops, "/dev/sent")[0], 200)
        self.assertEqual(self.at(ops, "/api/v1/orders/")[0], 404)
        self.assertEqual(self.at(strict, "/api/v1/orders/")[0], 401)
        self.assertEqual(self.at(strict, "/api/v1/orders/", bearer(server.data, "alice"))[0], 200)
        self.assertEqual(self.at(shop, "/api/v1/orders/", {"Host": "evil.example"})[0], 403)
        self.assertIn(b"without a token for shop", self.at(first, "/readyz?verbose")[1])
        self.assertIn("listener-without-token", server.log())
        self.assertEqual(server.stop(), 0)

    def test_a_configuration_that_is_wrong_is_told_by_check_and_by_serve(self):
        for text, part in (('[[listener]]\naddress = "127.0.0.1:0"\nauth = "root:x"\n', "listener.auth"),
                           ('[[listener]]\naddress = "127.0.0.1:0"\ndialects = ["d9"]\n', "d9"),
                           ('[[listener]]\naddress = "127.0.0.1:0"\ntls = {certificate = "DIR/c", key = "DIR/k"}\n', "tls.certificate"),
                           ('[[listener]]\naddress = "0.0.0.0:0"\n', "loopback"),
                           ('[[listener]]\naddress = "nowhere:0"\n', "nowhere")):
            server = self.serve(text, dev=False)
            code, said = server.run_to_end()
            self.assertEqual((code, part in said), (78, True), said)
            check = run(["config", "check", "--data", server.data, *server.options])
            self.assertEqual((check.returncode, part in check.stderr.decode()), (78, True), check)

    def test_check_takes_what_is_sound(self):
        server = self.serve('[[listener]]\naddress = "127.0.0.1:0"\nauth = "service:shop"\n', dev=False)
        check = run(["config", "check", "--data", server.data, *server.options])
        self.assertEqual((check.returncode, b"sound" in check.stdout), (0, True), check)
        shown = run(["config", "show", *server.options])
        self.assertIn(b'auth = "service:shop"', shown.stdout)

    def certificate(self, server, name):
        files = [os.path.join(server.data, f"{name}.{kind}") for kind in ("crt", "key")]
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1", "-out", files[0], "-keyout", files[1]],
                       check=True, capture_output=True, timeout=30)
        return files

    def test_tls_serves_the_same_and_nothing_older_than_1_2(self):
        server = self.serve('[[listener]]\naddress = "127.0.0.1:0"\ntls.certificate = "DIR/one.crt"\ntls.key = "DIR/one.key"\n')
        certificate, _ = self.certificate(server, "one")
        (_, _), (scheme, port) = self.start(server, 2)
        self.assertEqual(scheme, "https")
        trusting = ssl.create_default_context(cafile=certificate)
        trusting.set_alpn_protocols(["h2", "http/1.1"])
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=10, context=trusting)
        headers = bearer(server.data, "alice", role="merchant")
        for _ in range(3):  # one connection, several requests
            connection.request("POST", "/api/v1/orders/", json.dumps(order_of("tls@example.com")),
                               {**headers, "Content-Type": "application/json"})
            reply = connection.getresponse()
            self.assertEqual((reply.status, json.loads(reply.read())["status"]), (201, "paid"))
        self.assertEqual(connection.sock.selected_alpn_protocol(), "http/1.1")
        self.assertIn(connection.sock.version(), ("TLSv1.2", "TLSv1.3"))
        connection.request("GET", "/api/v1/orders/", headers={**headers, "Connection": "close"})
        self.assertEqual(connection.getresponse().status, 200)
        connection.close()
        with socket.create_connection(("127.0.0.1", port), 10) as plain:
            plain.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
            plain.settimeout(10)
            said = b"".join(iter(lambda: plain.recv(65536), b""))
            self.assertTrue(said.startswith(b"HTTP/1.1 400 "), said)
            self.assertIn(b"https://", said)
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        with self.assertRaises((ssl.SSLError, OSError)), socket.create_connection(("127.0.0.1", port), 10) as raw:
            old.wrap_socket(raw)
        self.assertEqual(server.stop(), 0)

    def test_check_finds_a_certificate_that_clients_refuse_and_a_key_that_is_open(self):
        text = '[[listener]]\naddress = "127.0.0.1:0"\ntls.certificate = "DIR/one.crt"\ntls.key = "DIR/one.key"\n'
        server = self.serve(text, dev=False)
        certificate, key = self.certificate(server, "one")
        words = ["config", "check", "--data", server.data, *server.options]
        self.assertEqual(run(words).returncode, 0)
        os.chmod(key, 0o644)
        check = run(words)
        self.assertEqual((check.returncode, b"chmod 640" in check.stderr), (78, True), check)
        code, said = server.run_to_end()
        self.assertEqual((code, "chmod 640" in said), (78, True), said)
        os.chmod(key, 0o640)
        other = self.certificate(server, "two")
        os.replace(other[0], certificate)
        check = run(words)
        self.assertEqual((check.returncode, key.encode() in check.stderr), (78, True), check)
        for days, part in (("-2", b"expired at"), ("2", b"is not valid before")):
            expired(certificate, key, days)
            check = run(words)
            self.assertEqual((check.returncode, part in check.stderr), (78, True), check)
        self.start(server, 2)
        self.assertIn("certificate-not-valid", server.log())
        self.assertEqual(server.stop(), 0)

    def test_a_hangup_takes_a_renewed_certificate(self):
        server = self.serve('[[listener]]\naddress = "127.0.0.1:0"\ntls.certificate = "DIR/one.crt"\ntls.key = "DIR/one.key"\n')
        certificate, key = self.certificate(server, "one")
        (_, _), (_, port) = self.start(server, 2)
        first = ssl.get_server_certificate(("127.0.0.1", port))
        renewed, renewed_key = self.certificate(server, "two")
        os.replace(renewed, certificate)
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "certificate-reload-failed" in server.log(), 10, "the key that does not fit is told")
        self.assertEqual(ssl.get_server_certificate(("127.0.0.1", port)), first)
        os.replace(renewed_key, key)
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: ssl.get_server_certificate(("127.0.0.1", port)) != first, 10, "the new certificate is shown")


def expired(certificate, key, days_from_now):
    """Valid for a day from so many days away: `openssl req` can only begin now, `openssl ca` needs a place of its own."""
    with tempfile.TemporaryDirectory() as place:
        request = os.path.join(place, "request")
        with open(os.path.join(place, "index"), "w", encoding="ascii"), open(os.path.join(place, "ca.cnf"), "w", encoding="ascii") as config:
            config.write(f"[ca]\ndefault_ca = own\n[own]\ndatabase = {place}/index\nnew_certs_dir = {place}\nrand_serial = yes\n"
                         "default_md = sha256\npolicy = any\n[any]\ncommonName = supplied\n")
        subprocess.run(["openssl", "req", "-new", "-key", key, "-subj", "/CN=one", "-out", request], check=True, capture_output=True, timeout=30)
        begin = time.time() + int(days_from_now) * 86400
        dates = [time.strftime("%Y%m%d%H%M%SZ", time.gmtime(at)) for at in (begin, begin + 86400)]
        subprocess.run(["openssl", "ca", "-batch", "-config", os.path.join(place, "ca.cnf"), "-selfsign", "-keyfile", key, "-in", request, "-notext",
                        "-startdate", dates[0], "-enddate", dates[1], "-out", certificate], check=True, capture_output=True, timeout=30)


class Limits(unittest.TestCase):
    def test_a_principal_that_asks_too_often_is_told_when_to_come_back(self):
        with Server(options=["--set", "http.principal_rate=1", "--set", "http.principal_burst=3"]) as server:
            server.start()
            client = Client(server, headers=bearer(server.data, "alice"))
            replies = [client.get("/api/v1/orders/") for _ in range(5)]
            self.assertEqual([reply.status for reply in replies], [200, 200, 200, 429, 429])
            self.assertGreaterEqual(int(replies[-1].headers["Retry-After"]), 1)
            self.assertEqual(Client(server).get("/api/v1/orders/").status, 200)
            self.assertIn(b"orderflow_http_rate_limited_total 2", Client(server).get("/metrics").body)


if __name__ == "__main__":
    unittest.main()
