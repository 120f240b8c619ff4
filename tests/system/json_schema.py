"""As much of JSON Schema as the reference uses, for replies. An object is closed: a member that its schema does not name is
one that the reference forgot, unless the schema says additionalProperties: true."""
import json
import re
from decimal import Decimal

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
KINDS = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, (int, Decimal)) and not isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}


def parse(text):
    """Numbers keep their digits: 2.0 is no integer. A member that comes twice is an error."""
    def pairs(found):
        if len({name for name, _ in found}) != len(found):
            raise ValueError("a member comes twice")
        return dict(found)

    def refused(word):
        raise ValueError(f"{word} is no JSON")
    return json.loads(text, parse_float=Decimal, parse_constant=refused, object_pairs_hook=pairs)


class Schemas:
    def __init__(self, document):
        self.document = document

    def resolved(self, schema):
        while "$ref" in schema:
            at = self.document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                at = at[part]
            schema = at
        return schema

    def parts(self, schema):
        """The schema and all that it is put together of, for one and the same value."""
        schema = self.resolved(schema)
        yield schema
        for key in ("allOf", "anyOf", "oneOf"):
            for each in schema.get(key, []):
                yield from self.parts(each)

    def faults(self, value, schema, at=""):
        """Sentences: what about the value contradicts the schema."""
        found = list(self.contradictions(value, schema, at))
        if isinstance(value, dict):
            parts = list(self.parts(schema))
            known = {name for part in parts for name in part.get("properties", {})}
            if known and not any(part.get("additionalProperties") is True for part in parts):
                found += [f"{at}/{name} is not in the schema" for name in value if name not in known]
        return found

    def contradictions(self, value, schema, at):
        schema = self.resolved(schema)
        for each in schema.get("allOf", []):
            yield from self.contradictions(value, each, at)
        for key in ("anyOf", "oneOf"):
            if key in schema:
                fitting = sum(not list(self.contradictions(value, each, at)) for each in schema[key])
                if fitting == 0 or (key == "oneOf" and fitting > 1):
                    yield f"{at or '/'} fits {fitting} of {key}: {value!r}"
        if "not" in schema and not list(self.contradictions(value, schema["not"], at)):
            yield f"{at or '/'} is what it must not be: {value!r}"
        kinds = schema.get("type", [])
        kinds = [kinds] if isinstance(kinds, str) else kinds
        if kinds and not any(KINDS[kind](value) for kind in kinds):
            yield f"{at or '/'} is no {' or '.join(kinds)}: {value!r}"
            return
        if "const" in schema and value != schema["const"]:
            yield f"{at or '/'} is not {schema['const']!r}: {value!r}"
        if "enum" in schema and value not in schema["enum"]:
            yield f"{at or '/'} is not one of {schema['enum']}: {value!r}"
        if KINDS["number"](value):
            yield from self.number_faults(value, schema, at)
        elif isinstance(value, str):
            yield from self.text_faults(value, schema, at)
        elif isinstance(value, list):
            if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
                yield f"{at or '/'} has {len(value)} elements"
            for index, each in enumerate(value if "items" in schema else []):
                yield from self.faults(each, schema["items"], f"{at}/{index}")
        elif isinstance(value, dict):
            for name in schema.get("required", []):
                if name not in value:
                    yield f"{at}/{name} is missing"
            for name, each in schema.get("properties", {}).items():
                if name in value:
                    yield from self.faults(value[name], each, f"{at}/{name}")
            if schema.get("additionalProperties") is False:
                yield from (f"{at}/{name} is not allowed" for name in value if name not in schema.get("properties", {}))

    @staticmethod
    def number_faults(value, schema, at):
        if value < schema.get("minimum", value) or value > schema.get("maximum", value):
            yield f"{at or '/'} is out of range: {value}"

    @staticmethod
    def text_faults(value, schema, at):
        if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
            yield f"{at or '/'} has {len(value)} characters"
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield f"{at or '/'} does not match {schema['pattern']}: {value!r}"
        if schema.get("format") == "date-time" and not TIME.fullmatch(value):
            yield f"{at or '/'} is no time: {value!r}"
