"""Examples of the reference: the golden exchanges, with values in place of their placeholders. Numbers keep their text.

An exchange whose name stands in parentheses is a step that others need, and no example."""
import json
import re

import golden

TIME = "2025-12-01T10:00:00Z"
KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"
NUMBERS = {"version": "3", "paid_version": "3", "transaction": "101", "second": "2", "open": "2"}


def resolved(schema, document):
    while isinstance(schema, dict) and "$ref" in schema:
        at = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            at = at[part]
        schema = at
    return schema or {}


def alternatives(schema, document):
    """All schemas that say something about one value."""
    schema = resolved(schema, document)
    found = [schema]
    for key in ("allOf", "anyOf", "oneOf"):
        for each in schema.get(key, []):
            found += alternatives(each, document)
    return found


def types_of(schema, document):
    types = set()
    for each in alternatives(schema, document):
        own = each.get("type", [])
        types.update([own] if isinstance(own, str) else own)
    return types


def member_schema(schema, name, document):
    for each in alternatives(schema, document):
        if name in each.get("properties", {}):
            return each["properties"][name]
    return {}


def item_schema(schema, document):
    for each in alternatives(schema, document):
        if "items" in each:
            return each["items"]
    return {}


def plain_text(text):
    """A text in which placeholders are only parts."""
    def value(match):
        _, name, form = match.groups()
        if name == "key":
            return KEY
        return TIME if form == "time" else NUMBERS.get(name, "1")
    return golden.PLACEHOLDER.sub(value, text)


def placeholder_value(match, schema, document):
    fresh, name, form = match.groups()
    types = types_of(schema, document)
    if form == "time":
        return TIME
    if any(each.get("format") == "date-time" for each in alternatives(schema, document)):
        return TIME
    for each in alternatives(schema, document):
        if "const" in each:
            return each["const"]
        if "enum" in each:
            return each["enum"][0]
        if each.get("examples"):
            return each["examples"][0]
    if "integer" in types or "number" in types:
        return golden.Number(NUMBERS.get(name, "1"))
    if types == {"boolean"}:
        return False
    if types == {"array"}:
        return []
    if "object" in types and "string" not in types:
        return {}
    if fresh or form == "int" or name in NUMBERS or name == "id":
        return NUMBERS.get(name, "1")
    raise ValueError(f"{match[0]} has no value that people could read: its schema needs one under `examples`")


def filled(value, schema, document):
    if golden.is_object(value):
        return {name: filled(each, member_schema(schema, name, document), document) for name, each in value[1]}
    if isinstance(value, list):
        return [filled(each, item_schema(schema, document), document) for each in value if each != "..."]
    if isinstance(value, str) and not isinstance(value, golden.Number):
        whole = golden.PLACEHOLDER.fullmatch(value)
        return placeholder_value(whole, schema, document) if whole else plain_text(value)
    return value


def is_whole(value):
    """No member is left out with "..."; elements may be: an array with fewer of them is still one."""
    if golden.is_object(value):
        return all(name != "..." and is_whole(each) for name, each in value[1])
    return not isinstance(value, list) or all(map(is_whole, value))


def operation_of(document, method, target):
    path = [part for part in target.split("?")[0].split("/") if part]
    best = None
    for pattern, item in document["paths"].items():
        parts = [part for part in pattern.split("/") if part]
        if len(parts) != len(path) or method.lower() not in item:
            continue
        if all(part.startswith("{") or part == own for part, own in zip(parts, path)):
            literals = sum(not part.startswith("{") for part in parts)
            if best is None or literals > best[0]:
                best = (literals, item[method.lower()])
    return best[1] if best else None


def request_schema(operation):
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    return (content, content["schema"]) if content else (None, None)


def title_of(name):
    """What an exchange is called by people who read it alone: without the number of the document's section."""
    text = re.sub(r"^[0-9]+(\.[0-9]+)* ", "", name)
    return text[:1].upper() + text[1:]


def add_request(operation, exchange, name, document):
    content, schema = request_schema(operation)
    if content is None or not exchange.request_body or not exchange.status.split(" ")[1].startswith("2"):
        return
    body = golden.parse_json(re.sub(r'(?<!")(\{\{[^{}]*\}\})(?!")', lambda match: plain_text(match[1]), exchange.request_body))
    value = filled(body, schema, document)
    examples = content.setdefault("examples", {})
    if all(each["value"] != value for each in examples.values()):
        examples[name] = {"summary": title_of(exchange.name), "value": value}


def add_reply(operation, exchange, name, document):
    response = operation["responses"].get(exchange.status.split(" ")[1])
    if response is None or not exchange.reply_body:
        return
    body = golden.parse_json(exchange.reply_body)
    if not is_whole(body):
        return
    content = response.get("content", {})
    is_problem = golden.is_object(body) and str(dict(body[1]).get("type", "")).startswith("/problems/")
    media = "application/problem+json" if is_problem else "application/json"
    if media in content:
        value = filled(body, content[media]["schema"], document)
        content[media].setdefault("examples", {})[name] = {"summary": title_of(exchange.name), "value": value}


def place_of(path):
    """What usually happens comes before what goes wrong."""
    return path.parent.name, path.stem in ("errors", "refusals"), path.stem


def add_goldens(document, folder):
    for path in sorted(folder.glob("*/*.http"), key=place_of):
        for exchange in golden.read_file(path):
            if exchange.name.startswith("("):
                continue
            method, target, *_ = exchange.request_line.split(" ")
            operation = operation_of(document, method, target)
            if operation is None:
                continue
            name = re.sub(r"[^a-z0-9]+", "-", f"{path.stem} {exchange.name}".lower()).strip("-")
            add_request(operation, exchange, name, document)
            add_reply(operation, exchange, name, document)


def written(value):
    """Compact JSON in which a golden number is written as it stands in the file."""
    if isinstance(value, golden.Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name, ensure_ascii=False)}:{written(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(written, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
