"""A small HTTP client: one keep-alive connection, JSON in and out, Idempotency-Key."""
import http.client
import json
import uuid


class Unanswered(Exception):
    """No (whole) answer came: what was asked may have happened, or not."""


class Reply:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:500].decode(errors='replace')}"


def new_key():
    return uuid.uuid4().hex


class Client:
    """Not for several threads at once. `server` tells host and port anew for each connection."""

    def __init__(self, server, timeout=15, headers=None):
        self.server = server
        self.timeout = timeout
        self.headers = dict(headers or {})
        self.connection = None
        self.peer = None

    def request(self, method, path, body=None, headers=None, key=None):
        """`body`: bytes go out as they are, anything else as JSON. Raises Unanswered."""
        sent = dict(self.headers)
        if body is not None:
            sent["Content-Type"] = "application/json"
        if key is not None:
            sent["Idempotency-Key"] = key
        sent.update(headers or {})
        payload = body if body is None or isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        peer = (self.server.host, self.server.port)
        if self.peer != peer:
            self.close()
        if self.server.port is None:
            raise Unanswered("nothing is listening")
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection(*peer, timeout=self.timeout)
                self.peer = peer
            self.connection.request(method, path, payload, {name: value for name, value in sent.items() if value is not None})
            reply = self.connection.getresponse()
            content = reply.read()
            if reply.will_close:
                self.close()
            return Reply(reply.status, reply.headers, content)
        except (OSError, http.client.HTTPException, TypeError) as error:
            self.close()
            raise Unanswered(f"{method} {path}: {error!r}") from error

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, body, **more):
        return self.request("POST", path, body, **more)

    def put(self, path, body, **more):
        return self.request("PUT", path, body, **more)

    def delete(self, path, **more):
        return self.request("DELETE", path, **more)

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def all_orders(self, query=""):
        """Every order of the list, page by page, newest first."""
        path = "/api/v1/orders/?limit=1000" + (f"&{query}" if query else "")
        orders = []
        while path:
            reply = self.get(path)
            if reply.status != 200:
                raise AssertionError(f"GET {path} answered {reply}")
            orders += reply.json
            path = next_page(reply)
        return orders

    def ledger(self):
        """The gateway's own book: dicts with kind, key, order, amount (minor units), transaction."""
        reply = self.get("/dev/gateway/ledger")
        if reply.status != 200:
            raise AssertionError(f"the ledger answered {reply}")
        return [{**entry, "order": entry["order_id"], "amount": entry["amount_minor"]} for entry in reply.json]

    def sent_mail(self):
        reply = self.get("/dev/sent")
        if reply.status != 200:
            raise AssertionError(f"the mailbox answered {reply}")
        return reply.json

    def set_stock(self, product, on_hand):
        reply = self.put(f"/dev/stock/{product}", {"on_hand": on_hand})
        if reply.status != 200:
            raise AssertionError(f"stock of {product} answered {reply}")

    def available(self, product):
        reply = self.get(f"/api/inventory/check?productId={product}&quantity=1")
        if reply.status != 200:
            raise AssertionError(f"the inventory answered {reply}")
        return reply.json["availableQuantity"]


def next_page(reply):
    """The target of `Link: <…>; rel="next"` without scheme and host; None on the last page."""
    for part in (reply.headers.get("Link") or "").split(","):
        target, _, relation = part.partition(";")
        if 'rel="next"' in relation:
            target = target.strip().strip("<>")
            return target if target.startswith("/") else "/" + target.split("/", 3)[3]
    return None
