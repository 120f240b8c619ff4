#!/usr/bin/env python3
"""The scripts themselves: they parse, may be executed, and signal nobody by name."""
import os
import py_compile
import re
import subprocess
import sys
import tempfile
import unittest

import run
from server import ROOT


def tracked_files():
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True)
    return [name for name in listed.stdout.decode().split("\0") if name and os.path.exists(os.path.join(ROOT, name))]


def first_line(name):
    with open(os.path.join(ROOT, name), "rb") as file:
        return file.readline(100).decode(errors="replace").strip()


class Scripts(unittest.TestCase):
    def test_every_shell_script_parses_and_stops_at_the_first_error(self):
        scripts = [name for name in tracked_files() if first_line(name).startswith("#!") and "sh" in first_line(name).split("/")[-1]]
        self.assertIn("test", scripts)
        for name in scripts:
            with self.subTest(name):
                subprocess.run(["bash", "-n", name], cwd=ROOT, check=True)
                with open(os.path.join(ROOT, name), encoding="utf-8") as file:
                    self.assertIn("set -euo pipefail", file.read())

    def test_every_python_file_compiles(self):
        names = [name for name in tracked_files() if name.endswith(".py") or "python3" in first_line(name)]
        self.assertIn("tests/system/run.py", names)
        with tempfile.TemporaryDirectory() as target:
            for name in names:
                with self.subTest(name):
                    py_compile.compile(os.path.join(ROOT, name), cfile=os.path.join(target, "compiled"), doraise=True)

    def test_whatever_has_an_interpreter_line_may_be_executed(self):
        for name in tracked_files():
            if first_line(name).startswith("#!"):
                self.assertTrue(os.access(os.path.join(ROOT, name), os.X_OK), name)

    def test_every_test_program_that_is_built_is_a_suite_of_the_test_script(self):
        with open(os.path.join(ROOT, "CMakeLists.txt"), encoding="utf-8") as file:
            programs = re.findall(r"^\s*orderflow_test\((\w+) ", file.read(), re.MULTILINE)
        listed = subprocess.run(["./test", "--list"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        self.assertIn("domain_tests", programs)
        for program in programs:
            self.assertRegex(listed, rf"build/release/{program}\b")

    def test_no_script_signals_processes_by_name(self):
        by_name = re.compile(r"\b(p" + r"kill|kill" + r"all)\b")
        for name in tracked_files():
            if first_line(name).startswith("#!"):
                with open(os.path.join(ROOT, name), encoding="utf-8") as file:
                    self.assertIsNone(by_name.search(file.read()), name)


if __name__ == "__main__":
    sys.exit(run.run_module("__main__"))
