#!/usr/bin/env python3
"""One measurement: a server on a fresh store, one run of `orderflow bench` against it, everything removed afterwards.

    bench_run.py [--journal sqlite|postgres] [-- options of orderflow bench]"""
import argparse
import contextlib
import subprocess
import sys

from server import BINARY, NoPostgres, Postgres, Server


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--journal", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("bench", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    try:
        with (Postgres() if options.journal == "postgres" else contextlib.nullcontext()) as postgres, \
                Server(journal=postgres.url if postgres else None) as server:
            server.start()
            words = [BINARY, "bench", "--url", f"http://127.0.0.1:{server.port}", "--server-pid", str(server.process.pid)]
            if postgres:
                words += ["--postgres-pid", str(postgres.first_process())]
            return subprocess.call(words + [word for word in options.bench if word != "--"])
    except NoPostgres as reason:
        print(f"skipped: {reason}")
        return 0


if __name__ == "__main__":
    sys.exit(main())
