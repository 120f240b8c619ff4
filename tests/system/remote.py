"""Payment and notification services of other people: the sandbox as a process of its own, and a proxy that spoils its answers."""
import http.client
import http.server
import json
import threading

from client import Client
from server import Server


class Sandbox(Server):
    """`orderflow sandbox`. Started again it listens on the same port, as a service does that has crashed."""
    wanted_port = 0

    def command(self):
        return [self.binary, "sandbox", "--listen", f"127.0.0.1:{self.wanted_port}", "--data", self.data, *self.options]

    def start(self, ready_within=40, environment=None):
        seconds = super().start(ready_within, environment)
        self.wanted_port = self.port
        return seconds

    def is_ready_or_gone(self):
        return True

    @property
    def url(self):
        return f"http://127.0.0.1:{self.wanted_port}"

    def ledger_of(self, order):
        return [entry for entry in Client(self).ledger() if entry["order"] == order]

    def amounts(self, order, kind):
        return [entry["amount"] for entry in self.ledger_of(order) if entry["kind"] == kind]


class Proxy:
    """Passes requests on; `fault` says what becomes of the replies."""

    def __init__(self, behind):
        self.behind, self.fault, self.spoiled, self.closing = behind, None, 0, threading.Event()
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                proxy.handle(self)

            do_GET = do_POST

            def log_message(self, *_):
                pass

        class Quiet(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                """Clients that hang up are what these tests are about."""

        self.server = Quiet(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def handle(self, to):
        body = to.rfile.read(int(to.headers.get("Content-Length") or 0))
        connection = http.client.HTTPConnection("127.0.0.1", self.behind.wanted_port, timeout=10)
        try:
            connection.request(to.command, to.path, body or None, {name: value for name, value in to.headers.items() if name.lower() != "host"})
            reply = connection.getresponse()
            status, content = reply.status, reply.read()
        except (OSError, http.client.HTTPException):
            to.close_connection = True  # as the service behind, so the proxy
            return
        finally:
            connection.close()
        fault = self.fault
        if fault is not None:
            self.spoiled += 1
            fault(self, to, status, content)
        else:
            self.say(to, status, content)

    @staticmethod
    def say(to, status, content, length=None):
        to.send_response(status)
        to.send_header("Content-Type", "application/json")
        to.send_header("Content-Length", str(len(content) if length is None else length))
        to.end_headers()
        to.wfile.write(content)

    # -- faults: the service has done what it was asked, its answer suffers ------------------------------------------------
    def hangs(self, to, *_):
        self.closing.wait(30)
        to.close_connection = True

    def breaks_off(self, to, *_):
        to.close_connection = True

    def fails(self, to, *_):
        self.say(to, 500, b'{"detail":"the database is on fire"}')

    def truncates(self, to, status, content):
        self.say(to, status, content[:len(content) // 2], len(content))
        to.close_connection = True

    def babbles(self, to, status, _):
        self.say(to, status, b"<html>Welcome to the hotel's network</html>")

    def speaks_of_another_order(self, to, status, content):
        self.say(to, status, changed(content, order_id=lambda number: number + 1000))

    def speaks_of_another_currency(self, to, status, content):
        self.say(to, status, changed(content, currency=lambda _: "KRW"))

    def close(self):
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class PlainPayments:
    """A payment service that honours no keys and tells none: it shows sums. What is done with a call:
    "made"     it is done, and answered with the payment
    "lost"     it is not done, and the answer is 500
    a number   it is turned away with that status"""

    def __init__(self, port=0):
        self.payments, self.charges, self.refunds, self.questions = {}, [], [], 0
        self.charging, self.refunding, self.asking = "made", "made", "made"
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                service.asked(self)

            def do_POST(self):
                service.posted(self)

            def log_message(self, *_):
                pass

        class Quiet(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                """Servers that are killed hang up."""

        self.server = Quiet(("127.0.0.1", port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def payment(self, order, amount, currency="JPY"):
        return self.payments.setdefault(order, {"id": order, "order_id": order, "amount": amount, "currency": currency, "status": "processing", "transaction_id": None,
                                                "refunded_amount": 0.0, "attempts": [], "refunds": []})

    def capture(self, order, amount, number=1):
        payment = self.payment(order, amount)
        payment["attempts"].append({"n": number, "status": "completed", "reason": None, "at": "2025-12-01T10:00:00Z", "transaction_id": f"P-{order}-{number}"})
        payment.update(status="completed", transaction_id=f"P-{order}-{number}")

    def give_back(self, order, amount):
        payment = self.payments[order]
        payment["refunds"].append({"id": len(payment["refunds"]) + 1, "amount": amount, "status": "settled", "at": "2025-12-01T10:00:00Z"})
        payment["refunded_amount"] += amount

    def asked(self, to):
        self.questions += 1
        payment = self.payments.get(int(to.path.rsplit("/", 1)[1]))
        if self.asking != "made":
            return self.say(to, self.asking, {"detail": "no"})
        return self.say(to, 200 if payment else 404, payment or {"detail": "Payment not found"})

    def posted(self, to):
        body = json.loads(to.rfile.read(int(to.headers.get("Content-Length") or 0)))
        is_refund = to.path.endswith("/refund")
        (self.refunds if is_refund else self.charges).append(to.headers["Idempotency-Key"])
        what = self.refunding if is_refund else self.charging
        order, amount = body["order_id"], float(body["amount"])
        if what == "made":
            if is_refund:
                self.give_back(order, amount)
            else:
                self.capture(order, amount, int(to.headers["Idempotency-Key"].rsplit("/", 1)[1]))
        status = {"made": 200, "lost": 500}.get(what, what)
        return self.say(to, status, self.payments[order] if status < 500 and order in self.payments else {"detail": "no"})

    @staticmethod
    def say(to, status, what):
        Proxy.say(to, status, json.dumps(what).encode())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def changed(content, **members):
    """The JSON object with members replaced by a function of what they were."""
    payment = json.loads(content)
    for name, change in members.items():
        if name in payment:
            payment[name] = change(payment[name])
    return json.dumps(payment).encode()


def changed_attempts(content, amount):
    payment = json.loads(content)
    for attempt in payment.get("attempts", []):
        attempt["amount"] = amount
    return json.dumps(payment).encode()


class CartService:
    """The cart service of the cart workflow: `carts` by user, product → quantity, at `prices`; with `down` it answers 503."""

    def __init__(self):
        self.carts, self.cleared, self.down = {}, [], False
        self.prices = {"P001": 25.0, "P002": 50.5}
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                service.answer(self, self.path.rsplit("/", 1)[1])

            def do_DELETE(self):
                user = self.path.rsplit("/", 1)[1]
                if not service.down:
                    service.carts.pop(user, None)
                    service.cleared.append(user)
                service.answer(self, user)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, to, user):
        items = [{"productId": product, "name": product, "quantity": count, "price": self.prices[product]} for product, count in self.carts.get(user, {}).items()]
        body = json.dumps({"userId": user, "items": items, "totalPrice": 1.0}).encode()
        Proxy.say(to, 503 if self.down else 200, b"{}" if self.down else body)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
