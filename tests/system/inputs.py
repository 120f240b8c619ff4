"""Makes requests of the reference: valid ones, ones on a limit, and ones that nobody should send."""
import copy
import json
import urllib.parse
from decimal import Decimal

WRONG_TOKENS = ['"2"', "2.0", "true", "1e3", "9223372036854775808", "-9223372036854775809", "-0", "-0.0", "NaN", "Infinity", "-1", "0",
                "1e400", "0.1e1", "00", "1.5", "1000001", "null", '""', "[]", "{}", "[null]", '{"a":1}', '"\\u0000"', '"\\ud800"',
                '"a\\nb"', '"\x01"', '"\u00e9\u202e"', "[" * 40 + "]" * 40, '"' + "x" * 1025 + '"', '"ORD1"', '"ORD000000"', "'x'", "1,"]
WRONG_BODIES = [b"", b"{", b"[]", b"null", b"7", b'"x"', b"nonsense", b'{"a":1,}', b'{"a":"\xff\xfe"}', b"\xef\xbb\xbf{}", b"[" * 100_000,
                b'{"a":' * 40 + b"1" + b"}" * 40, b"{}\x00", b'{"a":1}{"b":2}', b'{"x":"' + b"y" * 300_000 + b'"}']
WRONG_SEGMENTS = ["0", "-1", "1.0", "ORD1", "ORD999999999999999999999", "9223372036854775807", "9223372036854775808", "%00", "%FF", "%C3%28",
                  "..", "%2e%2e", "a:b", "a,b", "'", "%0d%0aX:1", "x" * 1100, "ü".encode().hex(), "null", "%"]
WRONG_HEADERS = [("Idempotency-Key", "x" * 256), ("If-Match", "nonsense"), ("If-Match", '"0"'), ("If-Match", 'W/"1"'), ("Prefer", "wait=-1"),
                 ("Prefer", "wait=99999999999"), ("Content-Type", "text/plain"), ("Content-Type", ""), ("Origin", "http://evil.example"),
                 ("Sec-Fetch-Site", "cross-site"), ("Authorization", "Bearer nonsense"), ("Authorization", "Basic Og=="), ("Expect", "magic")]


class Raw(str):
    """JSON that is sent as it stands."""


def written(value):
    if isinstance(value, (Raw, Decimal)):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{written(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(written, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


class Inputs:
    """`pool`: ids that replies have told, by kind. `rng` decides everything, so a seed repeats a run."""

    def __init__(self, schemas, rng, pool):
        self.schemas = schemas
        self.rng = rng
        self.pool = pool

    # -- values ---------------------------------------------------------------------------------------------------------

    def known(self, name):
        """What a member of this name usually holds, as the shop of the demo catalogue has it; None where nothing is known."""
        pick = self.rng.choice
        low = name.lower().replace("_", "")
        if low in ("orderid", "paymentid", "invoiceid"):
            return pick(self.pool["order"])
        if low in ("productid",):
            return pick(["101", 102, "P001", "P002", "1234", "2345"])
        if low in ("email", "customeremail", "to"):
            return pick(["a@shop.example", "b@shop.example", "tanaka@example.co.jp"])
        if low in ("userid", "customerid"):
            return pick(self.pool["user"])
        if low == "currency":
            return pick(["JPY", "USD"])
        if low in ("status",):
            return pick(["shipped", "delivered", "cancelled", "payment_processing", "PAID"])
        if low == "paymentmethod":
            return pick(["ok", "ok", "declined", "insufficient_funds", "never"])
        return None

    def value(self, schema, name="", depth=0):
        schema = self.schemas.resolved(schema)
        pick = self.rng.choice
        known = self.known(name)
        if known is not None and self.rng.random() < 0.8:
            return known
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return pick(schema["enum"])
        for key in ("anyOf", "oneOf"):
            choices = [each for each in schema.get(key, []) if set(each) != {"required"}]
            if choices and "properties" not in schema:
                return self.value(pick(choices), name, depth + 1)
        kinds = schema.get("type", "object" if "properties" in schema else "string")
        kind = kinds if isinstance(kinds, str) else pick(kinds)
        return getattr(self, f"a_{kind}")(schema, name, depth)

    def a_null(self, *_):
        return None

    def a_boolean(self, *_):
        return self.rng.random() < 0.5

    def a_integer(self, schema, *_):
        least, most = schema.get("minimum", -5), schema.get("maximum", 2**63 - 1)
        usual = self.rng.randint(max(least, 1), min(most, 5)) if most >= 1 else least
        return self.rng.choice([least, most, usual, usual, usual, usual])

    def a_number(self, schema, *_):
        least = schema.get("minimum", 0)
        return self.rng.choice([least, 100, 100, Raw("100.0"), Raw("50.50"), Raw("1e2"), 9223372036854775807])

    def a_string(self, schema, *_):
        if schema.get("format") == "date-time":
            return self.rng.choice(["2025-12-01T10:00:00Z", "2099-01-01T00:00:00+09:00"])
        if schema.get("format") == "email":
            return "c@shop.example"
        if schema.get("examples"):
            return self.rng.choice(schema["examples"])
        longest = min(schema.get("maxLength", 1024), 1024)
        return self.rng.choice(["x", "Ann Ox", "田中太郎"[:longest], "a" * longest, "b" * max(schema.get("minLength", 0), 1), "-", "=1+1"])

    def a_array(self, schema, name, depth):
        size = self.rng.choice([schema.get("minItems", 0), 1, 1, 2, 3])
        return [self.value(schema.get("items", {}), name, depth + 1) for _ in range(min(size, schema.get("maxItems", 3)))]

    def a_object(self, schema, _, depth):
        parts = list(self.schemas.parts(schema))
        demanded = set()
        for part in parts:
            demanded.update(part.get("required", []))
        branches = [each for key in ("anyOf", "oneOf") for each in schema.get(key, []) if set(each) == {"required"}]
        if branches:
            chosen = set(self.rng.choice(branches)["required"])
            others = {name for each in branches for name in each["required"]} - chosen
            demanded = (demanded - others) | chosen
        else:
            others = set()
        made = {}
        for part in parts:
            for name, each in part.get("properties", {}).items():
                if name in demanded or (name not in others and self.rng.random() < (0.3 if depth else 0.4)):
                    made[name] = self.value(each, name, depth + 1)
        return made

    # -- what is wrong --------------------------------------------------------------------------------------------------

    def spoiled(self, body):
        """One mistake somewhere in a valid body."""
        places = list(self.places(body))
        if not places or self.rng.random() < 0.1:
            return self.rng.choice(WRONG_BODIES)
        holder, name = self.rng.choice(places)
        kind = self.rng.randrange(6)
        if kind == 0 and isinstance(holder, dict):
            del holder[name]
        elif kind == 1 and isinstance(holder, dict):
            holder[name] = Raw(f"{written(holder[name])},{json.dumps(name)}:{self.rng.choice(WRONG_TOKENS)}")
        elif kind == 2 and isinstance(holder, dict):
            holder["nobody_knows_this"] = Raw(self.rng.choice(WRONG_TOKENS))
        else:
            holder[name] = Raw(self.rng.choice(WRONG_TOKENS))
        return written(body).encode("utf-8", "surrogatepass")

    def places(self, value):
        entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for name, each in list(entries):
            yield value, name
            yield from self.places(each)

    # -- requests -------------------------------------------------------------------------------------------------------

    def segment(self, parameter, path, wild, changes):
        if wild and self.rng.random() < 0.5:
            return self.rng.choice(WRONG_SEGMENTS)
        name = parameter["name"]
        if path.endswith("/settle") and self.pool["open"]:
            return str(self.rng.choice(self.pool["open"]))
        if name in ("id", "orderId") and "product" not in path:
            return str(self.rng.choice(self.pool["order"]))
        if name in ("productId", "id"):
            # Prices and stock of the demo catalogue stay, so that orders of it go on being possible.
            keeps = not changes or "cart" in path
            return self.rng.choice(["101", "P001", "1234"] if keeps else ["X-1", "X-2"])
        if name == "userId":
            return self.rng.choice(self.pool["user"])
        schema = self.schemas.resolved(parameter["schema"])
        return urllib.parse.quote(str(self.value(schema, name)), safe="")

    def target(self, path, parameters, wild, changes=False):
        query = []
        for each in parameters:
            if each["in"] == "path":
                path = path.replace("{" + each["name"] + "}", self.segment(each, path, wild, changes) or "x")
            elif each["in"] == "query" and (each.get("required") or self.rng.random() < 0.3) and not (wild and self.rng.random() < 0.2):
                value = self.value(each["schema"], each["name"])
                text = self.rng.choice(["-1", "2.0", "x", "\0", "9" * 30, ""]) if wild and self.rng.random() < 0.4 else str(value)
                query.append(f"{each['name']}={urllib.parse.quote(text, safe='')}")
        if wild and self.rng.random() < 0.1:
            query.append(self.rng.choice(["%", "a=1&a=2", "=", "&&", "skip=%zz"]))
        return path + ("?" + "&".join(query) if query else "")

    def headers(self, parameters, wild):
        made = {}
        for each in parameters:
            if each["in"] != "header":
                continue
            if each["name"] == "Prefer":  # Nobody has the time to wait for a payment that is not answered.
                made["Prefer"] = self.rng.choice(["respond-async", "wait=0", "wait=1", "respond-async, wait=1"])
            elif each["name"] == "Idempotency-Key" and self.rng.random() < 0.5:
                made["Idempotency-Key"] = self.rng.choice(["k1", "k2", f"{self.rng.getrandbits(64):x}", "~ !", "y" * 255])
            elif each["name"] == "If-Match" and self.rng.random() < 0.2:
                made["If-Match"] = self.rng.choice(self.pool["tag"])
        if wild and self.rng.random() < 0.2:
            name, value = self.rng.choice(WRONG_HEADERS)
            made[name] = value
        return made

    def body(self, operation, wild):
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            return self.rng.choice(WRONG_BODIES) if wild and self.rng.random() < 0.1 else None
        shown = list(content.get("examples", {}).values())
        ready = self.pool["ready"].get(operation["operationId"])
        if ready and self.rng.random() < 0.6:
            made = copy.deepcopy(self.rng.choice(ready))
        elif shown and self.rng.random() < 0.4:
            made = copy.deepcopy(self.rng.choice(shown)["value"])
            self.link(made)
        else:
            made = self.value(content["schema"])
        self.bill(made)
        return self.spoiled(made) if wild and isinstance(made, (dict, list)) else written(made).encode()

    def bill(self, value):
        """Where an order and an amount come together, they are often those of an order that waits for its money."""
        if not isinstance(value, dict) or not self.pool["due"] or "customerId" in value or self.rng.random() < 0.3:
            return
        sums = [name for name in value if name in ("amount", "paymentAmount", "totalAmount")]
        orders = [name for name in value if name in ("order_id", "orderId", "invoiceId")]
        if sums and orders:
            value[orders[0]], value[sums[0]], money = self.rng.choice(self.pool["due"])
            if "currency" in value or money != "JPY":
                value["currency"] = money

    def link(self, value):
        """An example's ids are those of its file; here they become ids that exist."""
        for holder, name in list(self.places(value)):
            if isinstance(name, str) and name.lower().replace("_", "") in ("orderid", "paymentid", "invoiceid", "userid", "customerid"):
                holder[name] = self.known(name)
