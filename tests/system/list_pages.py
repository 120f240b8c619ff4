#!/usr/bin/env python3
"""How long a page of a list takes on a store that is already full: the first page and one in the midst, for every filter.

    list_pages.py [--journal sqlite|postgres] [--open N] [--pages N] [--under DIRECTORY] STORED…      one fresh store per number of stored orders

Milliseconds as a client on the same machine sees them, over one connection, and the CPU of the server and of PostgreSQL, which busy
neighbours change little. The store is removed afterwards."""
import argparse
import base64
import contextlib
import os
import struct
import sys
import tempfile
import time

from client import Client, next_page
from filled_store import CUSTOMERS, fill
from server import NoPostgres, Postgres, Server

WARM_UP = 20
FORM = "{:<44} {:>8} {:>8} {:>8} {:>7} {:>7} {:>7}"


def customer(number):
    return f"customer-{number * 31 % CUSTOMERS}"


def filters(middle):
    """Name and query of each list; `number` makes each page another customer's."""
    return {
        "the tenant's": lambda number: "",
        "the tenant's, from the midst": lambda number: f"cursor={middle}",
        "the tenant's, oldest first, from the midst": lambda number: f"sort=created_at&cursor={middle}",
        "the tenant's, limit=100": lambda number: "limit=100",
        "status=pending (the open ones)": lambda number: "status=pending",
        "status=delivered, from the midst": lambda number: f"status=delivered&cursor={middle}",
        "status=shipped (none)": lambda number: "status=shipped",
        "created_from, one moment": lambda number: "created_from=2000-01-01T00:00:00Z&limit=20",
        "customer_email": lambda number: f"customer_email={customer(number)}@example.org",
        "customer_email, from the midst": lambda number: f"customer_email={customer(number)}@example.org&cursor={middle}",
        "customer_email and status": lambda number: f"customer_email={customer(number)}@example.org&status=pending",
        "customer_email of nobody": lambda number: f"customer_email=nobody{number}@example.org",
        "external_id of none": lambda number: f"external_id=none-{number}",
        "D3: userId": lambda number: f"/api/orders?limit=20&userId={customer(number)}",
    }


def percentile(sorted_values, share):
    return sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * share))]


def cpu_us(processes):
    """What all threads of these processes have run so far."""
    total = 0
    for process in processes:
        for task in os.listdir(f"/proc/{process}/task"):
            with open(f"/proc/{process}/task/{task}/schedstat", encoding="ascii") as stat:
                total += int(stat.read().split()[0])
    return total / 1000


def children_of(process):
    with open(f"/proc/{process}/task/{process}/children", encoding="ascii") as children:
        return [int(child) for child in children.read().split()]


def times_of(client, query_of, pages):
    """Sorted milliseconds, and how many orders a page had."""
    taken, found = [], 0
    for number in range(pages + WARM_UP):
        query = query_of(number)
        path = query if query.startswith("/") else "/api/v1/orders/?" + query
        began = time.perf_counter()
        reply = client.get(path)
        took = (time.perf_counter() - began) * 1000
        if reply.status != 200:
            raise AssertionError(f"{path} answered {reply}")
        if number >= WARM_UP:  # the first ones read what the others find in memory
            taken.append(took)
            found = max(found, len(reply.json))
    return sorted(taken), found


def place_in_the_midst(client):
    """Half-way between the first pages of both directions. Nobody else may look into a cursor."""
    ends = [next_page(client.get("/api/v1/orders/?limit=1" + order)).partition("cursor=")[2] for order in ("", "&sort=created_at")]
    form, newest, number = struct.unpack(">bqq", base64.urlsafe_b64decode(ends[0] + "="))
    oldest = struct.unpack(">bqq", base64.urlsafe_b64decode(ends[1] + "="))[1]
    return base64.urlsafe_b64encode(struct.pack(">bqq", form, (newest + oldest) // 2, number)).decode().rstrip("=")


def measure(journal, stored, still_open, pages):
    with (Postgres() if journal == "postgres" else contextlib.nullcontext()) as postgres, \
            Server(journal=postgres.url if postgres else None) as server:
        fill(server, stored, still_open)
        server.start(ready_within=120)
        client = Client(server)
        print(f"{journal}, {stored} orders stored and {still_open} open")
        print(FORM.format("list", "p50 ms", "p99 ms", "max ms", "cpu us", "pg us", "orders"), flush=True)
        for name, query_of in filters(place_in_the_midst(client)).items():
            times_of(client, query_of, 0)
            of_server, of_database = [server.process.pid], children_of(postgres.first_process()) if postgres else []
            before = cpu_us(of_server), cpu_us(of_database)
            taken, found = times_of(client, query_of, pages)
            spent = [(now - then) / (pages + WARM_UP) for now, then in zip((cpu_us(of_server), cpu_us(of_database)), before)]
            print(FORM.format(name, f"{percentile(taken, 0.5):.2f}", f"{percentile(taken, 0.99):.2f}", f"{taken[-1]:.2f}" if taken else "", f"{spent[0]:.0f}",
                              f"{spent[1]:.0f}", found), flush=True)
        client.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--journal", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--open", type=int, default=10_000)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--under", metavar="DIRECTORY", help="where the stores are made instead of the usual place for temporary files")
    parser.add_argument("stored", type=int, nargs="+")
    options = parser.parse_args()
    tempfile.tempdir = options.under  # The data directories and a PostgreSQL's cluster are temporary ones.
    for stored in options.stored:
        try:
            measure(options.journal, stored, options.open, options.pages)
        except NoPostgres as reason:
            print(f"skipped: {reason}")
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
