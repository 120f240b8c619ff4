#!/usr/bin/env python3
"""Something else that needs the machine: a busy process per core, as a compiler or another container would be. Bounded: each ends by
itself, and with whoever started it.

    neighbour.py [SECONDS]"""
import os
import subprocess
import sys
import time

from server import die_with_parent

MOST_SECONDS = 600


class Neighbour:
    def __init__(self, seconds=MOST_SECONDS):
        self.seconds = seconds
        self.processes = []

    def __enter__(self):
        for _ in range(os.cpu_count()):
            self.processes.append(subprocess.Popen([sys.executable, __file__, str(self.seconds)], stdin=subprocess.DEVNULL, preexec_fn=die_with_parent))
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.kill()
            process.wait()


def be_busy(seconds):
    """Computes and walks through some memory, without ever giving up the core by itself."""
    until = time.monotonic() + seconds
    table = bytearray(4 * 1024 * 1024)
    place = 1
    while time.monotonic() < until:
        for _ in range(10_000):
            place = (place * 1103515245 + 12345) % len(table)
            table[place] = (table[place] + 1) & 0xFF


if __name__ == "__main__":
    be_busy(min(float(sys.argv[1]), MOST_SECONDS) if len(sys.argv) > 1 else MOST_SECONDS)
