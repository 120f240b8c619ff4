#!/usr/bin/env python3
"""Puts the reference together: the documents of this folder and the golden exchanges become one C++ file.

    assemble.py --version 1.2.3 --goldens tests/http/golden --out build/api_documents.cpp [--json FILE]

What README.md lists is filled in here. A document that contradicts itself ends this with a sentence and exit code 1."""
import argparse
import base64
import gzip
import hashlib
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path[:0] = [str(HERE), str(HERE.parent.parent / "tests" / "http")]

import examples  # noqa: E402
import pages  # noqa: E402

METHODS = ("get", "put", "post", "delete", "patch")
UNSAFE = ("put", "post", "delete", "patch")
STRICT = ("d4", "ours", "dev")  # Dialects that refuse query parameters that they do not know: http/pipeline/query_guard.cpp.
ROLES = ("customer", "merchant", "service", "operator")
WIRE_MEDIA = "application/problem+json"


class Contradiction(Exception):
    pass


def demand(condition, sentence):
    if not condition:
        raise Contradiction(sentence)


def add_all(into, more, where):
    for name, value in more.items():
        demand(name not in into, f"{where}: {name} is defined twice")
        into[name] = value


class Assembler:
    def __init__(self, version):
        self.base = self.read("base")
        self.problems = self.read("problems")
        self.common = self.base.pop("x-common")
        self.components = self.base["components"]
        self.document = {"openapi": "3.1.0", "info": {**self.base["info"], "version": version}, "servers": self.base["servers"], "tags": [],
                         "paths": {}, "components": self.components}
        self.operations = {}

    @staticmethod
    def read(name):
        return json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))

    def add_dialect(self, name):
        dialect = self.read(name)
        demand(dialect["tag"]["name"] == name, f"{name}.json: its tag is {dialect['tag']['name']}")
        self.document["tags"].append(dialect["tag"])
        for kind in ("schemas", "parameters"):
            add_all(self.components[kind], dialect.get(kind, {}), f"{name}.json")
        for path, item in dialect["paths"].items():
            into = self.document["paths"].setdefault(path, {})
            for key, value in item.items():
                if key in METHODS:
                    demand(key not in into, f"{name}.json: {key} {path} is there twice")
                    into[key] = self.expanded(dialect, path, key, value)
                else:
                    demand(into.get(key, value) == value, f"{name}.json: {path} has another {key} elsewhere")
                    into[key] = value

    def expanded(self, dialect, path, method, operation):
        where = f"{method.upper()} {path}"
        name = operation.get("operationId")
        demand(name and name not in self.operations, f"{where}: operationId is missing or there twice")
        roles = operation.get("x-roles")
        demand(roles in (["anyone"], ["signature"]) or (roles and set(roles) <= set(ROLES)), f"{where}: x-roles is not a list of roles")
        operation = {"tags": [dialect["tag"]["name"]], **operation}
        operation["security"] = [] if roles in (["anyone"], ["signature"]) else [{"bearer": []}]
        if method in UNSAFE and roles != ["signature"]:
            operation["parameters"] = [*operation.get("parameters", []), {"$ref": "#/components/parameters/IdempotencyKey"}]
        if "version_must_match" in operation.get("x-problems", []):
            operation["parameters"] = [*operation.get("parameters", []), {"$ref": "#/components/parameters/IfMatch"}]
        operation["responses"] = self.responses(dialect, where, operation, method)
        if method == "get" and "ETag" in operation["responses"]["200"].get("headers", {}):
            self.add_conditions(operation)
        self.operations[name] = operation
        return operation

    @staticmethod
    def add_conditions(operation):
        operation["parameters"] = [*operation.get("parameters", []), {"$ref": "#/components/parameters/IfMatch"},
                                   {"$ref": "#/components/parameters/IfNoneMatch"}]
        made = {"description": "The client knows this version: If-None-Match names it.", "headers": {"ETag": {"$ref": "#/components/headers/ETag"}}}
        operation["responses"] = dict(sorted({**operation["responses"], "304": made}.items()))

    def words_for(self, dialect, operation, method):
        groups = ["every"]
        if method == "get":
            groups.append("tagged")
        if operation["x-roles"] == ["signature"]:
            groups.append("signature")
        elif operation["x-roles"] != ["anyone"]:
            groups += ["principal", "read"] if method == "get" else ["principal"]
            if method in UNSAFE:
                groups.append("unsafe")
        if "requestBody" in operation:
            groups.append("body")
        if operation["x-roles"] != ["anyone"]:
            if dialect["tag"]["name"] in STRICT:
                groups.append("strict")
            elif any(each.get("in") == "query" for each in map(self.resolved, operation.get("parameters", []))):
                groups.append("query")
        return [word for group in groups for word in self.common[group]]

    def resolved(self, parameter):
        return self.components["parameters"].get(parameter["$ref"].rpartition("/")[2], {}) if "$ref" in parameter else parameter

    def responses(self, dialect, where, operation, method):
        own = operation.pop("x-problems", [])
        form = operation.pop("x-errors", dialect["errors"]["schema"])
        by_status = {}
        for word in dict.fromkeys([*own, *self.words_for(dialect, operation, method)]):
            demand(word in self.problems, f"{where}: problems.json has no {word}")
            usual = str(self.problems[word]["status"])
            status = dialect["errors"].get("statuses", {}).get(usual, usual)
            by_status.setdefault(status, []).append(word)
        responses = dict(operation.get("responses", {}))
        demand(any(status < "300" for status in responses), f"{where}: there is no reply of success")
        for status in sorted(by_status):
            words = by_status[status]
            made = responses.setdefault(status, {"description": " ".join(self.problems[word]["means"] for word in words if word in own)
                                                 or self.problems[words[0]]["means"]})
            made["x-problems"] = words
            made["x-common"] = not any(word in own for word in words)
            content = made.setdefault("content", {dialect["errors"]["media"]: {"schema": self.schema(form)}})
            if any(word in self.common["every"] for word in words):
                content.setdefault(WIRE_MEDIA, {"schema": self.schema("Problem")})
            if status in ("429", "503"):
                made.setdefault("headers", {})["Retry-After"] = {"$ref": "#/components/headers/RetryAfter"}
        return {status: responses[status] for status in sorted(responses)}

    @staticmethod
    def schema(name):
        return {"$ref": f"#/components/schemas/{name}"}

    def check_references(self):
        def walk(value):
            if isinstance(value, dict):
                reference = value.get("$ref")
                if isinstance(reference, str):
                    at = self.document
                    for part in reference.removeprefix("#/").split("/"):
                        demand(isinstance(at, dict) and part in at, f"{reference} leads nowhere")
                        at = at[part]
                for each in value.values():
                    walk(each)
            elif isinstance(value, list):
                for each in value:
                    walk(each)
        walk(self.document)


def policy_for(css, script):
    def hashed(text):
        return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return ("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
            f"style-src 'sha256-{hashed(css)}'; script-src 'sha256-{hashed(script)}'")


def literal(text):
    """A raw C++ string; in pieces, because compilers limit a single literal."""
    encoded = text.encode()
    pieces, at = [], 0
    while at < len(encoded):
        end = min(at + 12_000, len(encoded))
        while end < len(encoded) and (encoded[end] & 0xC0) == 0x80:
            end -= 1
        pieces.append('R"__(' + encoded[at:end].decode() + ')__"')
        at = end
    demand(')__"' not in text, "a text holds the end of a C++ literal")
    return "\n".join(pieces) or '""'


def bytes_literal(content):
    """Bytes as a C++ string, in lines that compilers take. Three octal digits end by themselves, hexadecimal ones do not."""
    return "\n".join('"' + "".join(f"\\{byte:03o}" for byte in content[at:at + 2_000]) + '"' for at in range(0, len(content), 2_000))


def built_document(name, text):
    """Two arrays and the value that refers to them. Compressed here, so that serving it costs nothing and two builds are equal."""
    plain = text.encode()
    packed = gzip.compress(plain, 9, mtime=0)
    tag = hashlib.sha256(plain).hexdigest()[:16]
    arrays = f"constexpr char {name}_plain[] =\n{literal(text)};\n\nconstexpr char {name}_gzip[] =\n{bytes_literal(packed)};\n\n"
    row = f"constexpr built_document {name}{{{{{name}_plain, sizeof {name}_plain - 1}}, "
    row += f'R"("{tag}")", {{{name}_gzip, sizeof {name}_gzip - 1}}, R"("{tag}-gzip")"}};\n\n'
    return arrays + row


def source(document, text, docs, policy, problems):
    rows = "\n".join(f'    {{"{word}", {row["status"]},\n{literal(pages.problem_page(word, row))}}},' for word, row in sorted(problems.items()))
    before, after = pages.problem_frame()
    start_before, start_after = pages.start_frame(document)
    start = "\n".join(f'    {{"{section}", "{key}",\n{literal(text)}}},' for section, key, text in pages.start_parts(document))
    return ('// Made by http/openapi/assemble.py.\n#include "http/api/probes/api_documents.hpp"\n\nnamespace orderflow {\n\nnamespace {\n\n'
            f"constexpr problem_page problem_pages[] = {{\n{rows}\n}};\n\n"
            f"constexpr start_part start_parts[] = {{\n{start}\n}};\n\n"
            f"constexpr std::string_view start_before =\n{literal(start_before)};\n\nconstexpr std::string_view start_after =\n{literal(start_after)};\n\n"
            f"{built_document('openapi', text)}{built_document('docs', docs)}"
            f"constexpr std::string_view policy =\n{literal(policy)};\n\n"
            f"constexpr std::string_view before =\n{literal(before)};\n\nconstexpr std::string_view after =\n{literal(after)};\n\n"
            "}  // namespace\n\napi_documents built_documents() { return {openapi, docs, policy, before, after, problem_pages,\n    \"" + document["info"]["version"] + "\", start_before, start_after, start_parts}; }\n\n}  // namespace orderflow\n")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--version", required=True)
    arguments.add_argument("--goldens", required=True, type=pathlib.Path)
    arguments.add_argument("--out", required=True, type=pathlib.Path)
    arguments.add_argument("--json", type=pathlib.Path, help="also write the document there")
    chosen = arguments.parse_args()
    try:
        made = Assembler(chosen.version)
        for name in ("d0", "d2", "d3", "d4", "ours", "probe", "dev"):
            if (HERE / f"{name}.json").exists():
                made.add_dialect(name)
        made.check_references()
        examples.add_goldens(made.document, chosen.goldens)
    except (Contradiction, json.JSONDecodeError, KeyError, ValueError) as why:
        print(f"assemble.py: {why!r}", file=sys.stderr)
        return 1
    text = examples.written(made.document)
    docs = pages.reference(made.document, made.problems)
    chosen.out.write_text(source(made.document, text, docs, policy_for(pages.CSS, pages.SCRIPT), made.problems), encoding="utf-8")
    if chosen.json:
        chosen.json.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
