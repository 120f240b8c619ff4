"""The figures of a running server, as Prometheus takes them; who may read them; and what the log says under overload."""
import json
import os
import re
import shutil
import subprocess
import threading
import unittest

from client import Client, Unanswered
from keys import bearer, run
from orders import OrderTest, order_of
from server import ROOT, Server, wait_until


class Figures(OrderTest):
    def test_they_are_what_promtool_takes_for_clean(self):
        promtool = shutil.which("promtool")
        if not promtool:
            self.skipTest("promtool is not here; Debian's package prometheus has it")
        self.create()
        self.client.get("/nothing")
        done = subprocess.run([promtool, "check", "metrics"], input=self.client.get("/metrics").body, capture_output=True, timeout=20, check=False)
        said = (done.stdout + done.stderr).decode()
        self.assertEqual((done.returncode, said), (0, ""))

    def test_the_alert_rules_are_sound_and_ask_for_figures_that_are_there(self):
        rules = os.path.join(ROOT, "deploy", "alerts.yml")
        with open(rules, encoding="utf-8") as file:
            asked = set(re.findall(r"\b(orderflow_\w+|process_\w+)", "\n".join(line for line in file if "expr:" in line)))
        told = set(re.findall(r"^([a-z_]+)(?:\{| )", self.client.get("/metrics").body.decode(), re.M))
        self.assertTrue(asked)
        self.assertLessEqual(asked, told)
        promtool = shutil.which("promtool")
        if not promtool:
            self.skipTest("promtool is not here; Debian's package prometheus has it")
        done = subprocess.run([promtool, "check", "rules", rules], capture_output=True, text=True, timeout=20, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_build_and_process_are_told(self):
        text = self.client.get("/metrics").body.decode()
        self.assertRegex(text, r'(?m)^orderflow_build_info\{version="[^"]+",compiler="[^"]+"\} 1$')
        started = float(re.search(r"(?m)^process_start_time_seconds (\S+)", text).group(1))
        self.assertAlmostEqual(started, os.stat(f"/proc/{self.server.process.pid}").st_ctime, delta=30)


class WhoMayRead(unittest.TestCase):
    def test_figures_and_notes_need_a_token_where_tokens_are_demanded(self):
        with Server(dev=False) as server:
            self.assertEqual(run(["keys", "init", "--data", server.data]).returncode, 0)
            server.start()
            client = Client(server)
            self.assertEqual([client.get(path).status for path in ("/livez", "/readyz", "/metrics", "/readyz?verbose")], [200, 200, 401, 401])
            watcher = Client(server, headers=bearer(server.data, "prometheus", "service"))
            self.assertEqual([watcher.get(path).status for path in ("/metrics", "/readyz?verbose")], [200, 200])
            customer = Client(server, headers=bearer(server.data, "alice"))
            self.assertEqual([customer.get(path).status for path in ("/metrics", "/readyz?verbose")], [403, 403])


class Overload(unittest.TestCase):
    def test_one_line_tells_that_it_began_and_one_that_it_has_ended(self):
        with Server(options=["--set", "http.max_in_flight=4", "--set", "log.format=json"]) as server:
            server.start()

            def events(name):
                with open(server.log_path, encoding="utf-8") as log:
                    return [line for line in map(json.loads, log) if line["event"] == name]

            refused, stop = [], threading.Event()

            def place():
                client = Client(server)
                while not stop.is_set():
                    try:
                        reply = client.post("/api/v1/orders/", order_of(), headers={"Prefer": "wait=1"})
                    except Unanswered:
                        continue
                    if reply.status == 503:
                        refused.append(reply)

            callers = [threading.Thread(target=place) for _ in range(12)]
            for each in callers:
                each.start()
            wait_until(lambda: events("overload-began"), 20, "the log says that there is too much to do")
            stop.set()
            for each in callers:
                each.join()
            wait_until(lambda: events("overload-ended"), 10, "the log says that it has ended")
            (began,), (ended,) = events("overload-began"), events("overload-ended")
            self.assertEqual(began["level"], "warning")
            self.assertEqual(ended["refused"], len(refused))
            self.assertGreaterEqual(ended["duration_ms"], 0)
