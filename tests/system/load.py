"""Clients that make, pay, ship, cancel and refund orders all at once, keep asking with the same key until they have an answer, and
write down everything they were told."""
import json
import random
import threading
import time
from collections import Counter

from checker import Intent, Observation, minor_units
from client import Client, Unanswered, new_key
from keys import keys_of, sign_callback
from orders import order_of, tracked_order

HOT_PRODUCT = "P001"
# How the gateway behaves, each with its share of the orders.
METHODS = [("ok", 60), ("declined", 6), ("insufficient_funds", 4), ("slow", 6), ("lost_reply", 10), ("never", 4), ("error_500", 10)]
IMMEDIATE = {"ok", "declined", "insufficient_funds"}
ANSWER_PATIENCE = 30


class Book:
    """What all clients were told. Safe for threads."""

    def __init__(self):
        self.lock = threading.Lock()
        self.intents, self.observations = [], []
        self.recent = []                 # ids and amounts of orders to act on
        self.granted = Counter()         # order → minor units promised back
        self.letters = []                # addresses of messages that were acknowledged
        self.unsure = set()              # orders of which it is not known how much was promised back
        self.started, self.answered, self.statuses = Counter(), Counter(), Counter()
        self.defects = []

    def begin(self, kind):
        with self.lock:
            self.started[kind] += 1

    def told(self, kind, reply, start, end, intent=None):
        with self.lock:
            self.answered[kind] += 1
            self.statuses[f"{kind} {reply.status}"] += 1
            if reply.status == 500:
                self.defects.append(f"{kind} answered {reply}")
            if reply.status >= 300 or not reply.body.startswith(b"{"):
                return
            now = reply.json
            if "status" in now and "items" in now:
                self.observations.append(Observation(now["id"], now["status"], start, end))
            if intent is not None:
                intent.acknowledged = True
                if now["id"] not in intent.ids:
                    intent.ids.add(now["id"])
                    self.recent.append((now["id"], now["total_amount"], now["currency"]))
                    del self.recent[:-300]

    def some_order(self, chance):
        with self.lock:
            return chance.choice(self.recent) if self.recent else None

    def success(self):
        """Share of operations that got a definite answer."""
        return sum(self.answered.values()) / max(1, sum(self.started.values()))


class Worker(threading.Thread):
    def __init__(self, server, book, seed, stop):
        super().__init__(daemon=True)
        self.client = Client(server, timeout=15)
        self.book, self.stop = book, stop
        self.chance = random.Random(seed)
        self.secret = keys_of(server.data)["webhook_secret"][0]["secret"]
        self.name = f"load-{seed}"
        self.made = 0

    def run(self):
        actions = [(self.create, 60), (self.look, 10), (self.cancel, 10), (self.ship, 9), (self.deliver, 3), (self.refund_part, 5),
                   (self.refund_all, 2), (self.pay, 5), (self.write, 3), (self.callback, 4), (self.return_outside, 1)]
        steps, weights = zip(*actions)
        while not self.stop.is_set():
            self.chance.choices(steps, weights)[0]()
        self.client.close()

    def insist(self, kind, method, path, body=None, intent=None, headers=None):
        """Asks with one key until the outcome is known. Sometimes asks once more all the same: the answer must not change."""
        key = new_key()
        deadline = time.monotonic() + ANSWER_PATIENCE
        self.book.begin(kind)
        while time.monotonic() < deadline:
            start = time.monotonic()
            try:
                reply = self.client.request(method, path, body, key=key, headers=headers)
            except Unanswered:
                self.stop.wait(0.02)
                continue
            if reply.status in (429, 503):
                self.stop.wait(0.05)
                continue
            self.book.told(kind, reply, start, time.monotonic(), intent)
            if self.chance.random() < (0.3 if kind.startswith("refund") else 0.03):
                again = self.ask_again(kind, method, path, body, key, intent)
                if reply.status == 409 and again is not None:
                    reply = again  # What was refused was not done; it may have become possible meanwhile.
            return reply
        return None

    def ask_again(self, kind, method, path, body, key, intent):
        self.book.begin("repeat")
        start = time.monotonic()
        try:
            reply = self.client.request(method, path, body, key=key)
        except Unanswered:
            return None
        if reply.status in (429, 503):
            return None
        self.book.told("repeat", reply, start, time.monotonic(), intent)
        return reply

    def create(self):
        self.made += 1
        methods, weights = zip(*METHODS)
        more = {"payment_method": self.chance.choices(methods, weights)[0]}
        if self.chance.random() < 0.08:
            more["auto_pay"] = False
        email = f"{self.name}-{self.made}@example.com"
        tracked = self.chance.random() < 0.5
        body = tracked_order(HOT_PRODUCT, self.chance.randint(1, 3), email=email, **more) if tracked else order_of(email, **more)
        intent = Intent(email, body)
        with self.book.lock:
            self.book.intents.append(intent)
        # A client that waits for a slow gateway makes no other orders meanwhile, so few do.
        wait = self.chance.choice(["wait=0", None] if more["payment_method"] in IMMEDIATE else ["wait=0", "wait=0", "wait=0", "wait=1"])
        self.insist("create", "POST", "/api/v1/orders/", body, intent, {"Prefer": wait})

    def on_some_order(self, kind, method, path, body=None):
        chosen = self.book.some_order(self.chance)
        if chosen is None:
            return None, None
        return chosen, self.insist(kind, method, path.format(chosen[0]), body(chosen) if callable(body) else body)

    def look(self):
        self.on_some_order("look", "GET", "/api/v1/orders/{}")

    def cancel(self):
        self.on_some_order("cancel", "DELETE", "/api/v1/orders/{}")

    def ship(self):
        self.on_some_order("ship", "PUT", "/api/v1/orders/{}/status", {"status": "shipped"})

    def deliver(self):
        self.on_some_order("deliver", "PUT", "/api/v1/orders/{}/status", {"status": "delivered"})

    def pay(self):
        self.on_some_order("pay", "PUT", "/api/v1/orders/{}/status", {"status": "payment_processing", "payment_method": "ok"})

    def refund_part(self):
        chosen, reply = self.on_some_order("refund part", "POST", "/api/v1/payments/refund", lambda order: {"order_id": order[0], "amount": 5.0})
        with self.book.lock:
            if chosen is not None and reply is None:
                self.book.unsure.add(chosen[0])
            elif chosen is not None and reply.status < 300:
                self.book.granted[chosen[0]] += minor_units(5, chosen[2])

    def refund_all(self):
        chosen, reply = self.on_some_order("refund all", "POST", "/api/v1/payments/refund", lambda order: {"order_id": order[0]})
        with self.book.lock:
            if chosen is not None and (reply is None or reply.status < 300):
                self.book.unsure.add(chosen[0])

    def callback(self):
        """Somebody signs and says anything about the money; what the gateway holds does not change by it."""
        chosen = self.book.some_order(self.chance)
        if chosen is None:
            return
        number = chosen[0]
        body = json.dumps({"event_id": new_key(), "payment_id": number * 100 + 1, "status": self.chance.choice(["completed", "failed", "refunded"]),
                           "amount": self.chance.choice([None, 1, chosen[1], chosen[1] * 100]), "currency": self.chance.choice(["JPY", "USD"])}).encode()
        self.insist("callback", "POST", f"/api/v1/orders/{number}/webhook", body, headers={"X-Signature": sign_callback(self.secret, body)})

    def return_outside(self):
        chosen = self.book.some_order(self.chance)
        if chosen is None:
            return
        with self.book.lock:
            self.book.unsure.add(chosen[0])
        self.insist("return outside", "POST", "/dev/gateway/refunds", {"order_id": chosen[0], "amount": 1.0, "currency": chosen[2]})

    def write(self):
        self.made += 1
        address = f"{self.name}-{self.made}@letters.example.com"
        _, reply = self.on_some_order("write", "POST", "/api/v1/notifications/email",
                                      lambda order: {"template": "ORDER_CONFIRMATION", "order_id": order[0], "to": address})
        if reply is not None and reply.status < 300:
            with self.book.lock:
                self.book.letters.append(address)


class Load:
    """Several workers until `end`."""

    def __init__(self, server, seed, workers=12):
        self.book, self.stop = Book(), threading.Event()
        self.workers = [Worker(server, self.book, f"{seed}-{number}", self.stop) for number in range(workers)]
        self.began = time.monotonic()
        for worker in self.workers:
            worker.start()

    def end(self):
        self.stop.set()
        for worker in self.workers:
            worker.join(ANSWER_PATIENCE + 20)
        self.seconds = time.monotonic() - self.began
        return self.book
