#!/usr/bin/env python3
"""The load generator against the real server, a second or two per scenario: it must verify every order, and must say so when it cannot.
What the server counts per order is held to here, and no time is: those differ from machine to machine."""
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

import run
from bench_run import measure
from server import BINARY, Server


def bench(url, *options):
    return subprocess.run([BINARY, "bench", "--url", url, "--duration", "1s", "--warmup", "200ms", "--connections", "8", *options],
                          capture_output=True, text=True, timeout=120, check=False)


class Bench(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        cls.url = f"http://127.0.0.1:{cls.server.port}"

    def verifies(self, *options):
        """What it printed and what it wrote."""
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "result.json")
            done = bench(self.url, "--server-pid", str(self.server.process.pid), "--data", self.server.data, "--json", path, *options)
            self.assertEqual(done.returncode, 0, done.stderr)
            with open(path, encoding="utf-8") as file:
                result = json.load(file)
        for word in ("rate ", "p99", "server ", "verified "):
            self.assertIn(word, done.stdout)
        self.assertEqual(done.stderr, "", "nobody reads progress from a pipe")
        return done.stdout, result

    def counts(self, result, appends):
        """Appends per order are what they are by design; more of them would be a loss that no clock has to show."""
        per_order, total = result["counted"]["per_order"], result["counted"]["total"]
        self.assertAlmostEqual(per_order["orderflow_journal_appends_total"], appends, delta=0.01, msg=result["counted"])
        self.assertLess(per_order["orderflow_journal_batches_total"], appends, "eight connections share commits")
        for name in ("orderflow_http_shed_total", "orderflow_journal_rejected_total", "orderflow_reloads_total", "orderflow_restarts_total"):
            self.assertEqual(total[name], 0, name)

    def test_paid_orders_are_each_read_back_and_found_in_the_ledger(self):
        told, result = self.verifies("--scenario", "paid")
        self.assertNotIn(" 0 captures", told)
        self.counts(result, appends=2)  # {placed, attempt started} and {captured}
        self.assertEqual(result["counted"]["orders"], result["verified"]["captures"])

    def test_tracked_and_keyed_orders_are_verified_too(self):
        told, result = self.verifies("--scenario", "paid", "--tracked", "--keyed")
        self.assertIn("the stock adds up", told)
        self.counts(result, appends=4)  # placed, reserved in the inventory, {held, attempt started}, captured

    def test_accepted_orders_are_waited_for(self):
        told, result = self.verifies("--scenario", "accepted")
        self.assertIn("backlog", told)
        self.counts(result, appends=2)

    def test_orders_that_are_only_made_are_never_charged(self):
        told, result = self.verifies("--scenario", "create")
        self.assertIn(" 0 captures", told)
        self.counts(result, appends=1)

    def test_an_open_loop_offers_what_it_is_told_whatever_it_gets(self):
        _, result = self.verifies("--rate", "100", "--duration", "2s")
        stage = result["stages"][0]
        self.assertEqual((stage["loop"], stage["offered_per_s"]), ("open", 100))
        self.assertAlmostEqual(stage["latency"]["count"] / stage["seconds"], 100, delta=30)

    def test_a_slow_gateway_is_in_every_latency_of_an_open_loop_even_of_what_could_not_be_sent(self):
        _, result = self.verifies("--scenario", "slow-gateway", "--gateway-delay", "1500ms", "--rate", "200", "--duration", "2s")
        stage = result["stages"][0]
        self.assertGreater(stage["unsent"], 100, "8 connections do not take 200 orders a second of 1.5 s each")
        self.assertGreater(stage["latency"]["p50"], 600_000)
        self.assertLess(self.verifies("--scenario", "paid")[1]["stages"][0]["latency"]["p50"], 1_400_000, "the delay is taken back")

    def test_what_waited_for_a_connection_is_told_from_when_it_was_sent_too(self):
        _, result = self.verifies("--scenario", "slow-gateway", "--gateway-delay", "1s", "--rate", "20", "--duration", "2s")
        stage = result["stages"][0]
        self.assertEqual(stage["most_busy_connections"], 8)
        self.assertGreaterEqual(stage["latency_from_sending"]["p50"], 950_000, "what was sent waited for the gateway")
        self.assertLess(stage["latency_from_sending"]["p90"], stage["latency"]["p90"], "and those that were due meanwhile for a connection")

    def test_a_mix_leaves_each_order_in_the_state_that_was_told(self):
        told, result = self.verifies("--scenario", "mixed", "--tracked", "--duration", "2s")
        self.assertEqual(set(result["stages"][0]["operations"]), {"create", "read", "list", "ship", "cancel"})
        self.assertGreater(result["verified"]["refunds"], 0)
        self.assertIn("the stock adds up", told)

    def test_the_shop_documents_story_is_told_to_its_end(self):
        told, result = self.verifies("--scenario", "d0")
        self.assertEqual(set(result["stages"][0]["operations"]), {"create", "lock", "pay"})
        self.assertEqual(result["verified"]["captures"], result["verified"]["orders"])
        self.assertIn("the stock adds up", told)

    def test_of_a_hot_product_exactly_the_stock_is_sold(self):
        _, result = self.verifies("--scenario", "hot", "--stock", "10")
        self.assertEqual(result["verified"]["captures"], 10)
        self.assertGreater(result["verified"]["orders"], 10)

    def test_overload_goes_in_steps_up_to_five_times_the_capacity(self):
        _, result = self.verifies("--scenario", "overload", "--connections", "200")
        stages = result["stages"]
        self.assertEqual([stage["loop"] for stage in stages], ["closed"] + 6 * ["open"])
        self.assertAlmostEqual(stages[-1]["offered_per_s"] / stages[0]["per_s"], 5, delta=0.01)

    def test_the_steps_of_an_overload_can_be_chosen(self):
        told, result = self.verifies("--scenario", "overload", "--connections", "32", "--steps", "0.5")
        capacity, half = result["stages"]
        self.assertAlmostEqual(half["offered_per_s"] / capacity["per_s"], 0.5, delta=0.01)
        self.assertLessEqual(half["most_busy_connections"], 32)
        self.assertEqual(half["latency_from_sending"]["count"], half["latency"]["count"] - half["unsent"])
        self.assertIn("since sending", told)

    def test_the_stages_of_the_server_are_told_by_the_names_of_its_threads(self):
        _, result = self.verifies("--scenario", "paid", "--duration", "2s")
        self.assertLessEqual({"http", "journal", "caf.worker"}, set(result["stages"][0]["server_threads_each"]))


class Refusals(unittest.TestCase):
    def test_refusals_are_told_from_when_they_were_due_and_from_when_they_were_sent(self):
        with Server(options=["--set", "http.max_in_flight=4"]) as server, tempfile.TemporaryDirectory() as directory:
            server.start()
            path = os.path.join(directory, "result.json")
            done = bench(f"http://127.0.0.1:{server.port}", "--scenario", "overload", "--connections", "64", "--steps", "3", "--json", path)
            self.assertEqual(done.returncode, 0, done.stderr)
            with open(path, encoding="utf-8") as file:
                step = json.load(file)["stages"][1]
        self.assertGreater(step["refused"], 0)
        self.assertGreater(step["refusals_from_sending"]["count"], 0)
        self.assertEqual(step["refusals_from_sending"]["count"], step["refusals"]["count"])
        self.assertLessEqual(step["refusals_from_sending"]["p99"], step["refusals"]["p99"])


class Restart(unittest.TestCase):
    def test_a_load_outlives_kills_of_the_server_and_nothing_is_lost_or_doubled(self):
        with tempfile.TemporaryDirectory() as directory, open(os.devnull, "w", encoding="ascii") as nowhere:
            path = os.path.join(directory, "result.json")
            code = measure("sqlite", ["--scenario", "restart", "--connections", "8", "--duration", "5s", "--warmup", "200ms", "--json", path], nowhere)
            self.assertEqual(code, 0)
            with open(path, encoding="utf-8") as file:
                result = json.load(file)
        self.assertGreaterEqual(result["stages"][0]["lost_connections"], 8)
        self.assertGreater(result["stages"][0]["longest_silence"], 10_000, "nobody answers while the server is away")
        self.assertEqual(result["verified"]["captures"], result["verified"]["orders"])


class BesideANeighbour(unittest.TestCase):
    def test_a_neighbour_takes_its_share_of_the_cores_and_ends_with_the_run(self):
        with tempfile.TemporaryDirectory() as directory, open(os.devnull, "w", encoding="ascii") as nowhere:
            path = os.path.join(directory, "result.json")
            code = measure("sqlite", ["--scenario", "paid", "--connections", "8", "--duration", "2s", "--warmup", "200ms", "--json", path], nowhere,
                           neighbour=True)
            self.assertEqual(code, 0)
            with open(path, encoding="utf-8") as file:
                result = json.load(file)
        self.assertGreater(result["stages"][0]["cpu_share_of_others"], 0.2)
        self.assertEqual(processes_that_run("neighbour.py"), [])


def processes_that_run(script):
    """Of this process."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat", encoding="ascii") as stat, open(f"/proc/{pid}/cmdline", "rb") as words:
                if int(stat.read().rpartition(")")[2].split()[1]) == os.getpid() and script.encode() in words.read():
                    found.append(pid)
        except OSError:
            continue
    return found


class Report(unittest.TestCase):
    def test_a_report_of_several_runs_is_one_page_that_needs_nothing_else(self):
        with Server() as server, tempfile.TemporaryDirectory() as directory:
            server.start()
            paths = [os.path.join(directory, name) for name in ("a.json", "b.json", "page.html")]
            for path in paths[:2]:
                done = bench(f"http://127.0.0.1:{server.port}", "--json", path, "--label", "<" + os.path.basename(path))
                self.assertEqual(done.returncode, 0, done.stderr)
            subprocess.run([BINARY, "bench", "report", paths[0], paths[1], "--out", paths[2]], check=True, timeout=20)
            with open(paths[2], encoding="utf-8") as file:
                page = file.read()
        for word in ("&lt;a.json", "&lt;b.json", "<svg", "90 %", "prefers-color-scheme:dark"):
            self.assertTrue(word in page, word)
        self.assertIsNone(re.search(r"https?:|src=|<script|<link|\bnan\b", page))

    def test_what_is_no_result_is_refused_with_its_name(self):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            file.write("{}")
            file.flush()
            done = subprocess.run([BINARY, "bench", "report", file.name, "--out", file.name + ".html"], capture_output=True, text=True, timeout=20, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(file.name, done.stderr)


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
