#!/usr/bin/env python3
"""Replays the golden exchanges of tests/http/golden against the real server."""
import os
import re
import subprocess
import sys

from server import BINARY, ROOT, Server


def main():
    folder = os.path.join(ROOT, "tests", "http", "golden")
    dialects = [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if os.path.isdir(os.path.join(folder, name))]
    with Server() as server:
        server.start()
        done = subprocess.run([sys.executable, os.path.join(ROOT, "tests", "http", "golden.py"), "--base", f"http://127.0.0.1:{server.port}",
                               "--orderflow", BINARY, "--data", server.data, *dialects],
                              capture_output=True, text=True, check=False, timeout=100)
    print(done.stdout, done.stderr, sep="")
    counted = re.search(r"(\d+) exchanges in \d+ files, (\d+) failures", done.stdout)
    exchanges, failures = (int(counted[1]), int(counted[2])) if counted else (0, 1)
    if done.returncode != 0:
        failures = max(failures, 1)
    print(f"{exchanges - failures} passed, {failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
