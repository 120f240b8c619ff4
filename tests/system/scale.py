#!/usr/bin/env python3
"""How the server does on a store that is already full: start-up time until /readyz, resident memory, and what a paid order costs.

    scale.py [--journal sqlite|postgres] [--open N] [--verify] [--under DIRECTORY] STORED…      one fresh store per number of stored orders

Each store is removed afterwards. A million orders take 0.9 GB: --under names a directory with enough room for what you ask for."""
import argparse
import contextlib
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

from filled_store import fill, verify
from server import BINARY, NoPostgres, Postgres, Server, wait_until

FORM = "{:>10} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>8} {:>8}"


def resident_mb(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1)) / 1024


def has_counted(server, orders):
    """Behind its start the server counts what is stored, once: seconds of CPU with very many orders, and no cost of a new one."""
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/metrics", timeout=10) as answer:
        told = re.findall(r'^orderflow_orders\{status="\w+"\} (\d+)', answer.read().decode(), re.MULTILINE)
    return sum(map(int, told)) >= orders


def cost_of_orders(server, postgres, duration):
    """What `orderflow bench` says: it reads back every order and compares the ledger, or it fails."""
    words = [BINARY, "bench", "--url", f"http://127.0.0.1:{server.port}", "--connections", "32", "--duration", duration, "--warmup", "500ms", "--tracked",
             "--server-pid", str(server.process.pid)]
    if postgres:
        words += ["--postgres-pid", str(postgres.first_process())]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    found = {name: re.search(form, done.stdout) for name, form in (("rate", r"rate +([\d.]+)"), ("p99", r"p99 ([\d.]+)"), ("server", r"server ([\d.]+) us"),
                                                                     ("postgres", r"postgres ([\d.]+) us"))}
    return {name: float(match.group(1)) if match else 0.0 for name, match in found.items()}


def measure(journal, stored, still_open, duration="3s", verified=False):
    """One fresh store, filled, started, loaded, and where asked verified: the figures."""
    with (Postgres() if journal == "postgres" else contextlib.nullcontext()) as postgres, \
            Server(journal=postgres.url if postgres else None) as server:
        began = time.monotonic()
        size = fill(server, stored, still_open)
        figures = {"stored": stored, "open": still_open, "fill_s": time.monotonic() - began, "store_mb": size / 2**20}
        if verified:
            verify(server)
        began = time.monotonic()
        figures["ready_s"] = server.start(ready_within=120)
        figures["ready_mb"] = resident_mb(server.process.pid)
        wait_until(lambda: has_counted(server, stored + still_open), 300, "the stored orders are counted")
        figures["counted_s"] = time.monotonic() - began
        figures.update(cost_of_orders(server, postgres, duration))
        figures["loaded_mb"] = resident_mb(server.process.pid)
        server.stop()
        if verified:
            figures["verified"] = verify(server)
        return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--journal", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--open", type=int, default=10_000)
    parser.add_argument("--duration", default="3s")
    parser.add_argument("--verify", action="store_true", help="db verify before the start and after the load")
    parser.add_argument("--under", metavar="DIRECTORY", help="where the stores are made instead of the usual place for temporary files")
    parser.add_argument("stored", type=int, nargs="+")
    options = parser.parse_args()
    if options.under and not os.path.isdir(options.under):
        parser.error(f"--under {options.under} is no directory")
    tempfile.tempdir = options.under  # The data directories and a PostgreSQL's cluster are temporary ones.
    print(FORM.format("stored", "open", "fill s", "store MB", "ready s", "ready MB", "counted s", "orders/s", "server us", "pg us", "p99 ms", "load MB"), flush=True)
    for stored in options.stored:
        try:
            seen = measure(options.journal, stored, options.open, options.duration, options.verify)
        except NoPostgres as reason:
            print(f"skipped: {reason}")
            return 0
        print(FORM.format(stored, options.open, f"{seen['fill_s']:.0f}", f"{seen['store_mb']:.0f}", f"{seen['ready_s']:.2f}", f"{seen['ready_mb']:.0f}",
                          f"{seen['counted_s']:.1f}", f"{seen['rate']:.0f}", f"{seen['server']:.0f}", f"{seen['postgres']:.0f}", f"{seen['p99']:.1f}",
                          f"{seen['loaded_mb']:.0f}"), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
