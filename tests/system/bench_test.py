#!/usr/bin/env python3
"""The load generator against the real server, one second per scenario: it must verify every order, and must say so when it cannot."""
import socket
import subprocess
import sys
import threading
import unittest

import run
from server import BINARY, Server


def bench(url, *options):
    return subprocess.run([BINARY, "bench", "--url", url, "--duration", "1s", "--warmup", "200ms", "--connections", "8", *options],
                          capture_output=True, text=True, timeout=60, check=False)


class Bench(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        cls.url = f"http://127.0.0.1:{cls.server.port}"

    def verifies(self, *options):
        done = bench(self.url, "--server-pid", str(self.server.process.pid), *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        for word in ("rate ", "p99", "server ", "verified "):
            self.assertIn(word, done.stdout)
        return done.stdout

    def test_paid_orders_are_each_read_back_and_found_in_the_ledger(self):
        self.assertNotIn(" 0 captures", self.verifies("--scenario", "paid"))

    def test_tracked_and_keyed_orders_are_verified_too(self):
        self.verifies("--scenario", "paid", "--tracked", "--keyed")

    def test_accepted_orders_are_waited_for(self):
        self.assertIn("backlog", self.verifies("--scenario", "accepted"))

    def test_orders_that_are_only_made_are_never_charged(self):
        self.assertIn(" 0 captures", self.verifies("--scenario", "create"))


class WhatCannotBeVerified(unittest.TestCase):
    def test_a_server_that_acknowledges_and_forgets_gets_no_figure(self):
        with socket.create_server(("127.0.0.1", 0)) as listening:
            threading.Thread(target=serve_forgetfully, args=(listening,), daemon=True).start()
            done = bench(f"http://127.0.0.1:{listening.getsockname()[1]}", "--scenario", "paid")
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertNotIn("rate", done.stdout)
        self.assertIn("lost", done.stderr)


def serve_forgetfully(listening):
    """Acknowledges every order and lists none."""
    numbers = iter(range(1, 10_000_000))

    def serve(peer):
        buffer = b""
        while piece := peer.recv(65536):
            buffer += piece
            while b"\r\n\r\n" in buffer:
                head, _, rest = buffer.partition(b"\r\n\r\n")
                length = int(next((line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), b"0"))
                if len(rest) < length:
                    break
                buffer = rest[length:]
                body = b'{"id":%d,"status":"paid"}' % next(numbers) if head.startswith(b"POST") else b"[]"
                status = b"201 Created" if head.startswith(b"POST") else b"200 OK"
                peer.sendall(b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body))

    while True:
        try:
            peer, _ = listening.accept()
        except OSError:
            return
        threading.Thread(target=serve, args=(peer,), daemon=True).start()


if __name__ == "__main__":
    sys.exit(run.run_module("__main__"))
