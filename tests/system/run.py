#!/usr/bin/env python3
"""Runs the tests of this folder against the real binary. Ends with `N passed, N failed, N skipped`; skips are named.

    tests/system/run.py [PATTERN…]      only tests whose name contains one of the patterns"""
import os
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)


class Lines(unittest.TestResult):
    """One line per test, as it ends."""

    def __init__(self):
        super().__init__()
        self.passed = self.failed = self.left_out = 0
        self.began = time.monotonic()

    def startTest(self, test):
        super().startTest(test)
        self.began = time.monotonic()

    def line(self, word, test, more=""):
        print(f"{word} {time.monotonic() - self.began:6.2f} s  {name_of(test)}{more}", flush=True)

    def addSuccess(self, test):
        self.passed += 1
        self.line("ok    ", test)

    def addFailure(self, test, err):
        self.failed += 1
        self.line("FAILED", test, "\n" + self._exc_info_to_string(err, test))

    addError = addFailure

    def addSubTest(self, test, subtest, err):
        if err is not None:
            print(f"FAILED part of {name_of(test)}: {subtest}\n{self._exc_info_to_string(err, test)}", flush=True)
            self.failed += 1

    def addSkip(self, test, reason):
        self.left_out += 1
        print(f"skipped: {name_of(test)}: {reason}", flush=True)


def name_of(test):
    return getattr(test, "_testMethodName", str(test)).removeprefix("test_").replace("_", " ")


def all_tests(suite):
    for part in suite:
        if isinstance(part, unittest.TestSuite):
            yield from all_tests(part)
        else:
            yield part


def run(suite):
    result = Lines()
    suite.run(result)
    print(f"{result.passed} passed, {result.failed} failed, {result.left_out} skipped")
    return 1 if result.failed else 0


def run_module(name):
    """For a test file that is a suite of its own."""
    return run(unittest.defaultTestLoader.loadTestsFromName(name))


if __name__ == "__main__":
    found = unittest.defaultTestLoader.discover(HERE, pattern="test_*.py")
    patterns = sys.argv[1:]
    chosen = [test for test in all_tests(found) if not patterns or any(word in test.id() for word in patterns)]
    sys.exit(run(unittest.TestSuite(chosen)))
