#!/usr/bin/env python3
"""Requests made of /openapi.json, right and wrong ones, against the real server: whatever is sent, the answer is one that the
reference documents, and the server goes on.

    property_test.py [--seed N] [--seconds 30] [--operation NAME…]

Ends with `N passed, N failed`, where an operation counts once. A failure tells the seed and the request."""
import argparse
import collections
import hashlib
import hmac
import http.client
import os
import random
import socket
import subprocess
import sys
import time

sys.dont_write_bytecode = True

import keys  # noqa: E402
from inputs import Inputs  # noqa: E402
from json_schema import Schemas, parse  # noqa: E402
from server import BINARY, Server  # noqa: E402

METHODS = ("get", "put", "post", "delete", "patch")
ROLES = ("customer", "merchant", "service", "operator")
# Operations that a random request cannot bring to success, and why.
NO_SUCCESS = {"redriveOrder": "no order is held back", "redriveMessage": "no message was given up", "receivePaymentWebhook": "it needs the payment that the order has",
              "receiveShopCallback": "it needs the payment that the order has",
              "settleOrder": "it needs an attempt that is open at the moment",
              "captureLate": "it needs an attempt that was declined or is open at the moment",
              "reduceInventoryV1": "what there was of the product may be used up by the requests before",
              "refundOutside": "it needs money that was captured in just that currency"}
# First steps of sequences: without what they make the others have nothing to do.
FIRST_STEPS = ("createOrder", "createShopOrder", "putCart", "issueInvoice", "addToCart")
# The sandbox would stay down, or fall asleep, for all that follows.
NOT_CALLED = {"setGatewayMode": "it changes how every later payment ends"}


class Fault(Exception):
    pass


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body


class Wire:
    """One connection that sends exactly what it is told, also what no HTTP library would."""

    def __init__(self, server):
        self.server = server
        self.connection = None

    def send(self, method, target, headers, body):
        for attempt in (1, 2):
            fresh = self.connection is None
            try:
                if fresh:
                    self.connection = http.client.HTTPConnection(self.server.host, self.server.port, timeout=20)
                self.connection.putrequest(method, "/", skip_host=True, skip_accept_encoding=True)
                self.connection._buffer[0] = f"{method} {target} HTTP/1.1".encode("latin-1", "replace")
                for name, value in headers.items():
                    self.connection.putheader(name, value)
                if body is not None:
                    self.connection.putheader("Content-Length", str(len(body)))
                self.connection.endheaders()
                if body:
                    try:
                        self.connection.send(body)
                    except OSError:
                        pass  # A body that is too large is refused before it was sent; the answer is there to be read.
                reply = self.connection.getresponse()
                answer = Answer(reply.status, reply.headers, reply.read())
                if reply.will_close:
                    self.close()
                return answer
            except (OSError, http.client.HTTPException, socket.timeout) as why:
                self.close()
                if fresh or attempt == 2:
                    raise Fault(f"there was no answer: {why!r}") from why
        raise Fault("there was no answer")

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def tokens_of(server):
    """A bearer token per role, all of the tenant of the requests without one."""
    return {role: keys.token(server.data, f"{role}-1", role, tenant="dev", client="demo", ttl="1h") for role in ROLES}


class Property:
    def __init__(self, server, seed, only):
        self.server = server
        self.wire = Wire(server)
        self.last = collections.deque(maxlen=4)  # What a server that ends was asked last.
        document = parse(self.wire.send("GET", "/openapi.json", {"Host": "localhost"}, None).body)
        self.schemas = Schemas(document)
        self.rng = random.Random(seed)
        self.pool = {"order": collections.deque([1, 999999999], 40), "user": ["123456", "8080", "customer-1"], "due": collections.deque(maxlen=20),
                     "open": collections.deque(maxlen=10), "ready": collections.defaultdict(lambda: collections.deque(maxlen=10)),
                     "tag": collections.deque(['"1"', "*"], 10)}
        self.inputs = Inputs(self.schemas, self.rng, self.pool)
        self.tokens = tokens_of(server)
        ring = keys.keys_of(server.data)
        self.client_secret = ring["client"][0]["signing_secret"]
        self.webhook_secrets = [each["secret"] for each in ring.get("webhook_secret", [])]
        self.operations = []
        for path, item in document["paths"].items():
            for method in METHODS:
                if method in item and item[method]["operationId"] not in NOT_CALLED and (not only or item[method]["operationId"] in only):
                    shared = [self.schemas.resolved(each) for each in item.get("parameters", []) + item[method].get("parameters", [])]
                    self.operations.append((path, method, item[method], shared))
        self.seen = collections.defaultdict(collections.Counter)
        self.faults = collections.defaultdict(list)

    def run(self, seconds):
        until = time.monotonic() + seconds
        creates = [each for each in self.operations if each[2]["operationId"].startswith(("create", "place"))]
        turn = 0
        while time.monotonic() < until and self.server.is_alive():
            self.one(*self.operations[turn % len(self.operations)])
            if turn % 3 == 0 and creates:  # Without orders there is nothing to do for the others.
                self.one(*self.rng.choice(creates))
            turn += 1

        self.reach_the_rest()

    def reach_the_rest(self):
        """What chance has not brought to success yet gets valid requests only, after the steps that lead to it."""
        first = [each for each in self.operations if each[2]["operationId"] in FIRST_STEPS]
        for each in self.operations:
            name = each[2]["operationId"]
            for _ in range(30 if name not in NO_SUCCESS else 0):
                if any(status < 300 for status in self.seen[name]) or not self.server.is_alive():
                    break
                for step in [*first, each]:
                    self.one(*step, calm=True)

    def one(self, path, method, operation, parameters, calm=False):
        wild = not calm and self.rng.random() < 0.5
        role = None if calm else self.rng.choice([None, None, None, *self.tokens])
        headers = {"Host": f"localhost:{self.wire.server.port}", "Content-Type": "application/json", **self.inputs.headers(parameters, wild)}
        if role and "Authorization" not in headers:
            headers["Authorization"] = f"Bearer {self.tokens[role]}"
        target = self.inputs.target(path, parameters, wild, method == "put")
        body = self.inputs.body(operation, wild)
        name = operation["operationId"]
        if operation["x-roles"] == ["signature"] and not wild:
            body = self.proven(name, headers, body)
        self.last.append(f"{method.upper()} {target} {body if body is None else body[:400]!r}")
        try:
            answer = self.wire.send(method.upper(), target, headers, body)
            self.seen[name][answer.status] += 1
            refused = role and operation["x-roles"][0] in ROLES and role not in operation["x-roles"]
            self.check(operation, answer, bool(refused))
            self.prepare(name, body, answer)
        except Fault as why:
            said = body if body is None or len(body) < 600 else body[:600] + b"..."
            shown = {key: value for key, value in headers.items() if key not in ("Host", "Authorization")}
            self.faults[name].append(f"{why}\n      {method.upper()} {target} {shown} as {role}\n      {said!r}")

    def proven(self, name, headers, body):
        """What the sender of such a request adds: the shop's order signs itself, a callback is signed in its header."""
        if name == "createShopOrder":
            return self.signed_order()
        if self.webhook_secrets:
            headers["X-Signature"] = keys.sign_callback(self.webhook_secrets[0], body)
        return body

    def signed_order(self):
        user, token, quantity = "customer-1", self.tokens["customer"], self.rng.randint(1, 3)
        amount, at, nonce = f"{25 * quantity}.00", str(int(time.time())), f"{self.rng.getrandbits(64):x}"
        text = "\n".join(["v1", user, token, amount, f"P001:{quantity}", at, nonce])
        signature = hmac.new(self.client_secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        return (f'{{"userId":"{user}","token":"{token}","signature":"{signature}","orderAmount":{amount},'
                f'"items":[{{"productId":"P001","quantity":{quantity}}}],"timestamp":"{at}","nonce":"{nonce}"}}').encode()

    def check(self, operation, answer, refused):
        status = str(answer.status)
        if self.went_elsewhere(answer):
            return
        if refused and answer.status < 300:
            raise Fault(f"a role that must not was answered with {status}")
        if answer.status >= 500 and (answer.status != 503 or "Retry-After" not in answer.headers):
            raise Fault(f"answered {status}: {answer.body[:300]!r}")
        if "Request-Id" not in answer.headers:
            raise Fault("the answer has no Request-Id")
        expected = operation["responses"].get(status)
        if expected is None:
            raise Fault(f"answered {status}, which the reference does not have: {answer.body[:300]!r}")
        media = (answer.headers["Content-Type"] or "").split(";")[0]
        content = expected.get("content", {}).get(media)
        if content is None:
            raise Fault(f"answered {status} as {media}, which the reference does not have: {answer.body[:300]!r}")
        if media in ("application/json", "application/problem+json"):
            self.check_body(answer, content["schema"])
        self.learn(answer)

    @staticmethod
    def went_elsewhere(answer):
        """A path that was bent does not meet its operation any more; that every good path does is seen by its successes."""
        return answer.status in (404, 405) and (b'"/problems/path-must-exist"' in answer.body or b'"/problems/method-must-be-allowed"' in answer.body)

    def check_body(self, answer, schema):
        try:
            value = parse(answer.body)
        except ValueError as why:
            raise Fault(f"the body is no JSON ({why}): {answer.body[:300]!r}") from why
        faults = self.schemas.faults(value, schema)
        if faults:
            raise Fault(f"the body of {answer.status} contradicts its schema: {'; '.join(faults[:5])}: {answer.body[:600]!r}")
        if answer.status >= 400 and isinstance(value, dict):
            sentence = value.get("detail") or value.get("message") or value.get("status")
            if not isinstance(sentence, str) or (" " not in sentence and answer.status != 503):
                raise Fault(f"the error is no sentence: {answer.body[:300]!r}")

    def learn(self, answer):
        """Ids and versions that later requests speak of."""
        if answer.status >= 300:
            return
        if "ETag" in answer.headers:
            self.pool["tag"].append(answer.headers["ETag"])
        if not answer.headers["Content-Type"].startswith("application/json"):
            return
        value = parse(answer.body)
        for each in value[:3] if isinstance(value, list) else [value]:
            for name in ("order_id", "orderId", "invoiceId", "id"):
                if isinstance(each, dict) and name in each and str(each[name]).removeprefix("ORD").isdigit():
                    self.pool["order"].append(each[name])
                    total = each.get("total_amount", each.get("totalAmount"))
                    if total is not None and each.get("status", "pending") == "pending":
                        self.pool["due"].append((each[name], total, each.get("currency", "USD")))

    def prepare(self, name, body, answer):
        """Bodies that follow from what was answered: the next step of a sequence."""
        if answer.status >= 300 or name not in ("createShopOrder", "putCart", "issueInvoice", "createOrder"):
            return
        said, told, ready = parse(body), parse(answer.body), self.pool["ready"]
        if name == "createShopOrder":
            ready["lockInventory"].append({"orderId": told["orderId"], "items": said["items"]})
            ready["processPayment"].append({"orderId": told["orderId"], "userId": said["userId"], "paymentAmount": said["orderAmount"], "paymentMethod": "ok"})
        elif name == "putCart":
            ready["issueInvoice"].append({"customerId": said["customerId"], **{key: told[key] for key in ("orderId", "tax", "subTotalAmount", "totalAmount", "items")},
                                          "name": "Ann Ox", "shipping_address": "1 High Street"})
        elif name == "issueInvoice":
            ready["payInvoice"].append({"customerId": told["customerId"], "invoiceId": told["invoiceId"], "totalAmount": told["totalAmount"]})
        elif told["status"] == "payment_processing":
            self.pool["open"].append(told["id"])
            ready["settleOrder"].append({"captured": False, "reason": "the bank has no such charge"})

    def report(self):
        passed = failed = 0
        if not self.server.is_alive():
            print(f"FAILED the server ended with {self.server.process.returncode}; it was asked last:", *self.last, sep="\n    ")
            return 0, 1
        for _, _, operation, _ in self.operations:
            name = operation["operationId"]
            counted = self.seen[name]
            if not any(status < 300 for status in counted) and name not in NO_SUCCESS:
                self.faults[name].append("no request of all was answered with success: this test does not reach it")
            verdict = "FAILED" if self.faults[name] else "ok    "
            print(f"{verdict} {name}: {', '.join(f'{count} × {status}' for status, count in sorted(counted.items()))}")
            for fault in self.faults[name][:5]:
                print(f"    {fault}")
            passed, failed = (passed, failed + 1) if self.faults[name] else (passed + 1, failed)
        if self.wire.send("GET", "/readyz", {"Host": "localhost"}, None).status != 200:
            print("FAILED the server is not ready any more")
            failed += 1
        return passed, failed


def store_is_sound(server):
    done = subprocess.run([BINARY, "db", "verify", "--journal", "sqlite:" + os.path.join(server.data, "orderflow.db")],
                          capture_output=True, text=True, check=False, timeout=60)
    if done.returncode != 0:
        print(f"FAILED the store is not sound afterwards: {done.stdout}{done.stderr}")
    return done.returncode == 0


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--seed", type=int, default=None, help="repeats a run; chosen anew where left out")
    arguments.add_argument("--seconds", type=float, default=25)
    arguments.add_argument("--operation", nargs="*", default=[], help="only these")
    chosen = arguments.parse_args()
    seed = random.SystemRandom().randrange(2**32) if chosen.seed is None else chosen.seed
    print(f"seed {seed}")
    with Server() as server:
        server.start()
        test = Property(server, seed, chosen.operation)
        test.run(chosen.seconds)
        passed, failed = test.report()
        for name, why in NOT_CALLED.items():
            print(f"not called: {name}: {why}")
        if server.is_alive():
            server.terminate()
            server.process.wait(60)
        else:
            print(server.log())
        sound = store_is_sound(server)
    print(f"{passed + sound} passed, {failed + (not sound)} failed")
    return 1 if failed or not sound else 0


if __name__ == "__main__":
    sys.exit(main())
