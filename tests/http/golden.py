#!/usr/bin/env python3
"""Replays golden exchanges against a running server.

    golden.py --base http://127.0.0.1:8080 tests/http/golden/d4

A file is a sequence of exchanges, each introduced by a line `### name`: a request line, header lines, an empty line, the
body; then a line `<<<` and the expected reply: status, header lines, an empty line, the body. Where a body follows, JSON
content type is sent unless the file says otherwise. Lines that begin with `#` before a request are comments.

Placeholders: `{{name}}` matches anything the first time and the same afterwards, also in later requests of the file;
`{{name:int}}`, `{{name:time}}` say what it must look like; `{{:any}}`, `{{:int}}`, `{{:time}}` are not remembered.
`{{=name}}` in a request makes a value that is new in every run. A request header `Signed-By: SUBJECT` is not sent: a token for
that subject and a signature are filled into the body (`--orderflow` and `--data` say with what). Numbers are compared by their text, members by
their order; a member named "..." stands for members that the file does not name.
"""
import argparse
import http.client
import json
import pathlib
import re
import subprocess
import sys
import urllib.parse
import uuid

PLACEHOLDER = re.compile(r"\{\{(=?)([a-z_]*)(?::(any|int|time))?\}\}")
FORMS = {
    "any": r".*",
    "int": r"-?\d+",
    "time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    None: r".*",
}


class Number(str):
    """A JSON number by its own text."""


class Mismatch(Exception):
    pass


def parse_json(text):
    return json.loads(text, parse_float=Number, parse_int=Number, object_pairs_hook=lambda pairs: ("object", pairs))


def is_object(value):
    return isinstance(value, tuple) and value[0] == "object"


class Exchange:
    def __init__(self, name, lines):
        self.name = name
        cut = lines.index("<<<")
        self.request_line, self.request_headers, self.request_body = self.parts(lines[:cut])
        self.status, self.reply_headers, self.reply_body = self.parts(lines[cut + 1:])

    @staticmethod
    def parts(lines):
        while lines and (not lines[0].strip() or lines[0].startswith("#")):
            lines = lines[1:]
        while lines and not lines[-1].strip():
            lines = lines[:-1]
        empty = lines.index("") if "" in lines else len(lines)
        headers = [tuple(line.split(": ", 1)) for line in lines[1:empty]]
        return lines[0], headers, "\n".join(lines[empty + 1:])


def read_file(path):
    exchanges, name, lines = [], None, []
    for line in path.read_text(encoding="utf-8").splitlines() + ["### end"]:
        if line.startswith("### "):
            if name is not None:
                exchanges.append(Exchange(name, lines))
            name, lines = line[4:], []
        else:
            lines.append(line)
    return exchanges


class Replay:
    def __init__(self, base, signer=None):
        self.signer = signer
        url = urllib.parse.urlsplit(base)
        self.connection = http.client.HTTPConnection(url.hostname, url.port, timeout=40)
        self.known = {}

    def signed(self, body, subject):
        if self.signer is None:
            raise Mismatch("it is signed; name the program and its data with --orderflow and --data")
        program, data = self.signer
        token = subprocess.run([program, "token", "--data", data, "--subject", subject], capture_output=True, check=True)
        return subprocess.run([program, "sign", "--data", data, "--token", token.stdout.decode().strip()], input=body,
                              capture_output=True, check=True).stdout.strip()

    def fill(self, text):
        def value(match):
            fresh, name, _ = match.groups()
            if fresh:
                self.known[name] = uuid.uuid4().hex
            if name not in self.known:
                raise Mismatch(f"the request uses {name} before anything gave it a value")
            return self.known[name]
        return PLACEHOLDER.sub(value, text)

    def match_text(self, expected, actual, where):
        """A text with placeholders in it, against a whole text."""
        pattern, at, names = "", 0, []
        for found in PLACEHOLDER.finditer(expected):
            _, name, form = found.groups()
            pattern += re.escape(expected[at:found.start()])
            if name and name in self.known:
                pattern += re.escape(self.known[name])
            else:
                pattern += "(" + FORMS[form] + ")"
                names.append(name)
            at = found.end()
        pattern += re.escape(expected[at:])
        matched = re.fullmatch(pattern, actual, re.S)
        if not matched:
            raise Mismatch(f"{where}: expected {expected}, got {actual}")
        for name, value in zip(names, matched.groups()):
            if name:
                self.known[name] = value

    def match(self, expected, actual, where):
        if isinstance(expected, str) and not isinstance(expected, Number) and PLACEHOLDER.search(expected):
            if isinstance(actual, (tuple, list)) or actual is None:
                if not PLACEHOLDER.fullmatch(expected) or ":any" not in expected:
                    raise Mismatch(f"{where}: expected {expected}, got {show(actual)}")
                return
            self.match_text(expected, str(actual), where)
        elif is_object(expected):
            self.match_object(expected[1], actual, where)
        elif isinstance(expected, list):
            if not isinstance(actual, list):
                raise Mismatch(f"{where}: expected an array, got {show(actual)}")
            open_end = bool(expected) and expected[-1] == "..."
            wanted = expected[:-1] if open_end else expected
            if len(actual) < len(wanted) or (len(actual) > len(wanted) and not open_end):
                raise Mismatch(f"{where}: expected {len(wanted)} elements, got {len(actual)}: {show(actual)}")
            for index, each in enumerate(wanted):
                self.match(each, actual[index], f"{where}/{index}")
        elif type(expected) is not type(actual) or expected != actual:
            raise Mismatch(f"{where}: expected {show(expected)}, got {show(actual)}")

    def match_object(self, expected, actual, where):
        if not is_object(actual):
            raise Mismatch(f"{where}: expected an object, got {show(actual)}")
        others_allowed = any(name == "..." for name, _ in expected)
        wanted = [(name, value) for name, value in expected if name != "..."]
        order = [name for name, _ in wanted]
        seen = [name for name, _ in actual[1] if name in order or not others_allowed]
        if seen != order:
            raise Mismatch(f"{where}: expected the members {order}, got {[name for name, _ in actual[1]]}")
        for name, value in wanted:
            self.match(value, dict(actual[1])[name], f"{where}/{name}")

    def run(self, exchange):
        method, target, *_ = exchange.request_line.split(" ")
        body = self.fill(exchange.request_body).encode()
        headers = {name: self.fill(value) for name, value in exchange.request_headers}
        subject = headers.pop("Signed-By", None)
        if subject is not None:
            body = self.signed(body, subject)
        if body:
            headers.setdefault("Content-Type", "application/json")
        self.connection.request(method, self.fill(target), body=body or None, headers=headers)
        reply = self.connection.getresponse()
        text = reply.read().decode("utf-8")
        status = exchange.status.split(" ")[1]
        if str(reply.status) != status:
            raise Mismatch(f"expected status {status}, got {reply.status}: {text}")
        for name, value in exchange.reply_headers:
            self.match_text(value, reply.getheader(name) or "(absent)", f"header {name}")
        if exchange.reply_body:
            self.match(parse_json(exchange.reply_body), parse_json(text), "")


def show(value):
    if is_object(value):
        return "{" + ", ".join(f"{name}: {show(each)}" for name, each in value[1]) + "}"
    return str(value)


def main():
    arguments = argparse.ArgumentParser(description="Replays golden exchanges against a running server.")
    arguments.add_argument("--base", required=True, help="such as http://127.0.0.1:8080")
    arguments.add_argument("paths", nargs="+", help="files, or folders of *.http")
    arguments.add_argument("--orderflow", help="the program, for exchanges that are signed")
    arguments.add_argument("--data", help="the server's data directory, where its keys are")
    chosen = arguments.parse_args()
    signer = (chosen.orderflow, chosen.data) if chosen.orderflow and chosen.data else None
    files = []
    for path in map(pathlib.Path, chosen.paths):
        files += sorted(path.glob("*.http")) if path.is_dir() else [path]
    failures, exchanges = 0, 0
    for path in files:
        replay = Replay(chosen.base, signer)
        for exchange in read_file(path):
            exchanges += 1
            try:
                replay.run(exchange)
            except (Mismatch, OSError, http.client.HTTPException, json.JSONDecodeError, subprocess.CalledProcessError) as why:
                failures += 1
                print(f"{path.name}: {exchange.name}: {why}", file=sys.stderr)
                break  # What follows in the file builds on it.
    print(f"{exchanges} exchanges in {len(files)} files, {failures} failures")
    return 1 if failures or not exchanges else 0


if __name__ == "__main__":
    sys.exit(main())
