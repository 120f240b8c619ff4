#!/usr/bin/env python3
"""Two hundred customers race for the last fifty pieces through all documents at once, on a server that is killed with -9 in the
middle: exactly fifty are sold, everybody is told the truth, and the sums are exact. Ends with `N passed, N failed, N skipped`.

    race_test.py [--journal sqlite|postgres] [--kills N]"""
import argparse
import contextlib
import os
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from client import Client, Unanswered  # noqa: E402
from dialects import PRICE, PRODUCT, Buyer, number_of  # noqa: E402
from kill_test import Report  # noqa: E402
from server import NoPostgres, Postgres, Server, wait_until  # noqa: E402

BUYERS, PIECES, PATIENCE = 200, 50, 90
DOCUMENTS = ("d0", "d2", "d3", "d4")


class Racer(threading.Thread):
    def __init__(self, server, number, gate):
        super().__init__(daemon=True)
        self.client, self.gate = Client(server, timeout=20), gate
        self.document = DOCUMENTS[number % len(DOCUMENTS)]
        self.buyer = Buyer(self.client, server.data, str(600_000 + number))
        self.order = self.sold = self.failure = None
        self.unanswered = 0

    def run(self):
        self.gate.wait()
        until = time.monotonic() + PATIENCE
        try:
            while self.sold is None and time.monotonic() < until:
                self.ask()
        except (AssertionError, ValueError, KeyError) as failure:
            self.failure = repr(failure)

    def ask(self):
        try:
            self.order, self.sold = getattr(self.buyer, f"buy_{self.document}")()
        except Unanswered:
            self.unanswered += 1
        if self.sold is None:
            time.sleep(0.05)


def race(server, kills):
    gate = threading.Barrier(BUYERS + 1)
    racers = [Racer(server, number, gate) for number in range(BUYERS)]
    for racer in racers:
        racer.start()
    gate.wait()
    for _ in range(kills):
        wait_until(lambda: any(racer.sold is not None for racer in racers), 30, "somebody is answered")
        server.kill()
        server.start()
    for racer in racers:
        racer.join(PATIENCE + 30)
    return racers


def contradictions(client, racers):
    """What a customer was told, against what the server says afterwards."""
    wrong = []
    for racer in racers:
        if racer.order is None:
            continue
        now = client.get(f"/api/v1/orders/{number_of(racer.order)}").json
        reopened = racer.document == "d2" and (now.get("waiting_for") or {}).get("what") == "checkout"
        if racer.sold and (now["status"] == "cancelled" or reopened):
            wrong.append(f"{racer.document} order {racer.order} was sold and is {now['status']}")
        if not racer.sold and now["status"] != "cancelled" and not reopened:
            wrong.append(f"{racer.document} order {racer.order} was refused and is {now['status']}")
    return wrong


def money(client, racers):
    """D3 and D4 pay at once, D0 and D2 later: nobody is charged twice, and nobody for nothing."""
    paid = {number_of(racer.order) for racer in racers if racer.sold and racer.document in ("d3", "d4")}
    captured = [entry["order"] for entry in client.ledger() if entry["kind"] == "capture"]
    wrong = [f"order {order} was charged {captured.count(order)} times" for order in set(captured) | paid
             if captured.count(order) != (1 if order in paid else 0)]
    return wrong + [f"a capture of {entry['amount']}" for entry in client.ledger() if entry["amount"] != PRICE * 100]


def check(report, server, kills):
    client = Client(server)
    client.set_stock(PRODUCT, PIECES + len(DOCUMENTS))
    first = [Racer(server, BUYERS + number, None) for number in range(len(DOCUMENTS))]
    for racer in first:
        wait_until(lambda racer=racer: racer.ask() or racer.sold is not None, 20, f"{racer.document} answers")
    report.check("each document sells while there is plenty", [racer.document for racer in first if not racer.sold])
    racers = race(server, kills)
    met = sum(racer.unanswered for racer in racers)
    report.check(f"the kills met {met} open requests", [] if met or not kills else ["they came when nobody was asking"])
    report.check("nobody was told nonsense", [racer.failure for racer in racers if racer.failure])
    report.check("everybody got an answer", [f"{racer.document} {racer.buyer.user}" for racer in racers if racer.sold is None])
    sold = [racer for racer in racers if racer.sold]
    report.check(f"exactly {PIECES} pieces were sold", [] if len(sold) == PIECES else [f"{len(sold)} were"])
    report.check("nobody got two", [str(racer.order) for racer in sold if [other.order for other in sold].count(racer.order) > 1])
    report.check("what everybody was told is so", contradictions(client, racers + first))
    left = client.available(PRODUCT)
    report.check("nothing is left and nothing is owed", [] if left == 0 else [f"{left} pieces are left"])
    report.check("the gateway's ledger agrees", money(client, racers + first))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--journal", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--kills", type=int, default=1)
    options = parser.parse_args()
    report = Report()
    try:
        with Postgres() if options.journal == "postgres" else contextlib.nullcontext() as postgres:
            with Server(journal=postgres.url if postgres else None) as server:
                server.start()
                check(report, server, options.kills)
    except NoPostgres as reason:
        report.skip("race on PostgreSQL", str(reason))
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
