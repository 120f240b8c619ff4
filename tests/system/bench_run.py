#!/usr/bin/env python3
"""One measurement: a server on a fresh store, one run of `orderflow bench` against it, everything removed afterwards.

    bench_run.py [--journal sqlite|postgres] [--neighbour] [--set KEY=VALUE]... [-- options of orderflow bench]

With the scenario `restart` the server is killed with SIGKILL twice while the load goes on, and started again on its store."""
import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time

from neighbour import Neighbour
from server import BINARY, NoPostgres, Postgres, Server

KILLS = 2
SECONDS_BETWEEN_KILLS = 1.5


def sync_latency_ms():
    """Median of 100 times 4 KiB and fdatasync, where the server's data will be: without it no figure can be compared."""
    with tempfile.TemporaryFile(buffering=0) as file:
        times = []
        for _ in range(100):
            file.write(bytes(4096))
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - began)
    return statistics.median(times) * 1000


def kill_and_start(server, load):
    """Leaves the load enough time to be under way, and ends early with it."""
    server.stays_at_its_port()
    for _ in range(KILLS):
        with contextlib.suppress(subprocess.TimeoutExpired):
            load.wait(SECONDS_BETWEEN_KILLS)
            return
        server.kill()
        server.start()


def measure(journal, words, output=None, neighbour=False, settings=()):
    """The exit code of `orderflow bench`; NoPostgres where there is none. `output`: a file for what it prints. `neighbour`: beside a
    busy process per core. `settings`: keys of the server's configuration, KEY=VALUE."""
    restarts = "restart" in words
    options = [word for one in settings for word in ("--set", one)]
    # All orders of D0 are one customer's, who may not do that outside of a measurement.
    options += ["--set", "http.principal_rate=0"] if "d0" in words else []
    with (Postgres() if journal == "postgres" else contextlib.nullcontext()) as postgres, \
            Server(journal=postgres.url if postgres else None, options=options) as server:
        server.start()
        print(f"disk           fdatasync {sync_latency_ms():.2f} ms", file=output, flush=True)
        command = [BINARY, "bench", "--url", f"http://127.0.0.1:{server.port}", "--data", server.data, "--label", journal]
        if not restarts:
            command += ["--server-pid", str(server.process.pid)]
        if postgres:
            command += ["--postgres-pid", str(postgres.first_process())]
        with (Neighbour() if neighbour else contextlib.nullcontext()), subprocess.Popen(command + words, stdout=output) as load:
            if restarts:
                kill_and_start(server, load)
            return load.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--journal", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--neighbour", action="store_true", help="beside a busy process per core")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a key of the server's configuration")
    parser.add_argument("bench", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    try:
        return measure(options.journal, [word for word in options.bench if word != "--"], neighbour=options.neighbour, settings=options.set)
    except NoPostgres as reason:
        print(f"skipped: {reason}")
        return 0


if __name__ == "__main__":
    sys.exit(main())
