#!/usr/bin/env python3
"""The comparison in its shortest form: every service verifies, and the result has its form. No times are asserted."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

import run
from server import ROOT

COMPARE = os.path.join(ROOT, "bench", "compare", "run")
SERVICES = ("orderflow-sqlite", "orderflow-postgres", "crud", "fastapi")
FIGURES = ("rate", "p50_ms", "p99_ms", "cpu_us", "server_us", "database_us", "load_us")


def compare(*options):
    """(exit code, what it printed, its JSON)"""
    with tempfile.TemporaryDirectory() as directory:
        result = os.path.join(directory, "result.json")
        done = subprocess.run([sys.executable, COMPARE, "--repetitions", "1", "--connections", "8", "--duration", "500ms", "--warmup", "100ms",
                               "--json", result, *options], capture_output=True, text=True, timeout=280, check=False)
        with open(result, encoding="utf-8") as file:
            return done.returncode, done.stdout + done.stderr, json.load(file)


class Comparison(unittest.TestCase):
    def test_every_service_that_is_there_is_measured_once_and_verified(self):
        code, printed, result = compare()
        self.assertEqual(code, 0, printed)
        self.assertEqual(result["failed"], [])
        for name in result["skipped"]:
            self.assertIn(f"skipped: {name}: ", printed)
        measured = [run["service"] for run in result["runs"]]
        self.assertEqual(measured, [name for name in SERVICES if name not in result["skipped"]])
        self.assertIn("orderflow-sqlite", measured)
        for run_of in result["runs"]:
            self.assertGreater(run_of["orders"], 0)
        for row in result["summary"]:
            for figure in FIGURES:
                self.assertLessEqual(row[figure]["least"], row[figure]["median"], figure)
                self.assertLessEqual(row[figure]["median"], row[figure]["most"], figure)
        for name in result["skipped"]:
            print(f"skipped: {name}: {result['skipped'][name]}")

    def test_a_service_that_cannot_start_has_no_figure_and_fails_the_comparison(self):
        with tempfile.TemporaryDirectory() as directory:
            broken = os.path.join(directory, "broken")
            with open(broken, "w", encoding="ascii") as file:
                file.write("#!/bin/sh\necho it cannot >&2\nexit 1\n")
            os.chmod(broken, 0o755)
            os.environ["COMPARE_CRUD"] = broken
            self.addCleanup(os.environ.pop, "COMPARE_CRUD")
            code, printed, result = compare("--only", "crud")
        if result["skipped"]:
            self.skipTest(str(result["skipped"]))
        self.assertEqual(code, 1, printed)
        self.assertEqual((result["runs"], result["summary"]), ([], []))
        self.assertIn("it cannot", result["failed"][0]["why"])


if __name__ == "__main__":
    sys.exit(run.run_module("__main__"))
