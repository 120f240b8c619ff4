#!/usr/bin/env python3
"""A store that is filled in seconds is a store like any other, and the server starts on it, serves and leaves it sound."""
import sys
import unittest

import run
import scale

STORED, OPEN = 5000, 500


class FilledStores(unittest.TestCase):
    def serves(self, journal):
        seen = scale.measure(journal, STORED, OPEN, duration="500ms", verified=True)
        self.assertGreater(seen["rate"], 0)
        # What is stored must not be held in memory: 2 KB for each order would be seen.
        self.assertLess(seen["ready_mb"], 60)
        self.assertGreater(seen["verified"], STORED + OPEN + 2)  # the two that were copied, and what was loaded

    def test_a_filled_sqlite_store_is_verified_before_and_after_it_was_served(self):
        self.serves("sqlite")

    def test_a_filled_postgresql_store_is_verified_before_and_after_it_was_served(self):
        self.serves("postgres")


if __name__ == "__main__":
    sys.exit(run.run_module("__main__"))
