#!/usr/bin/env python3
"""Kills the server again and again under load, starts it on the same data, and compares what clients were told with what is there.

    kill_test.py --kills N [--journal sqlite|postgres] [--seed N]     SIGKILL at random times
    kill_test.py --crash-at POINT|all [--journal …]                   the process ends itself at its named crash points
    kill_test.py --restart-postgres N --journal postgres              the store goes away instead of us
The seed fixes the faults and the requests, not their order in time. Ends with `N passed, N failed, N skipped`."""
import argparse
import contextlib
import random
import subprocess
import sys
import time

import checker
from client import Client
from load import HOT_PRODUCT, IMMEDIATE, Load
from server import BINARY, NoPostgres, Postgres, Server, wait_until

STOCK = 400
READY_WITHIN = 5           # seconds, all but the slowest twentieth of the starts
SETTLED_WITHIN = 10        # seconds after readiness, for orders whose gateway answers at once
SETTLED_SLOWLY_WITHIN = 40
CRASHED = 137


class Report:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def check(self, what, wrong):
        """`wrong`: sentences, none when all is well."""
        if wrong:
            self.failed += 1
            print(f"FAILED {what}: {len(wrong)}")
            for sentence in wrong[:20]:
                print(f"       {sentence}")
        else:
            self.passed += 1
            print(f"ok     {what}", flush=True)

    def skip(self, what, why):
        self.skipped += 1
        print(f"skipped: {what}: {why}")

    def finish(self):
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        return 1 if self.failed else 0


def start(server, ready_times, environment=None):
    ready_times.append(server.start(environment=environment))


def settle(server, book, ready_at):
    """Sentences about orders that did not end by themselves in time."""
    client = Client(server)
    method = {intent.email: intent.body["payment_method"] for intent in book.intents}

    def open_orders(wanted):
        orders = {order["id"]: order for order in client.all_orders("status=payment_processing")}
        return [number for number in checker.unfinished(orders.values())
                if not wanted or method.get(orders[number]["customer_email"]) in wanted]

    wrong = []
    for wanted, seconds in ((IMMEDIATE, SETTLED_WITHIN), (None, SETTLED_SLOWLY_WITHIN)):
        left = open_orders(wanted)
        while left and time.monotonic() < ready_at + seconds:
            time.sleep(0.1)
            left = open_orders(wanted)
        for order in (client.get(f"/api/v1/orders/{number}").json for number in left):
            wrong.append(f"order {order['id']} ({method.get(order['customer_email'])}, made {order['created_at']}) has not ended {seconds} s after "
                         f"readiness; it waits for {order.get('waiting_for')}")
    return wrong


def differences(server, book):
    """Invariant → sentences, from one look at store and ledger."""
    client = Client(server)
    orders, ledger = client.all_orders(), client.ledger()
    return {
        "I1 I2 I15 every acknowledged order is there, once": checker.check_intents(book.intents, orders),
        "I3 stock is explained and never oversold": checker.check_stock(orders, HOT_PRODUCT, STOCK, client.available(HOT_PRODUCT)),
        "I4 I5 captures and refunds fit the orders": checker.check_money(orders, ledger),
        "I5 I15 what was promised back went back, once": checker.check_refunds_granted(orders, book.granted, book.unsure, ledger),
        f"I8 all {len(book.letters)} acknowledged messages came": checker.check_letters(book.letters, client.sent_mail()),
        "I7 only the diagram's moves were seen": checker.check_observations(book.observations) + checker.check_final(book.observations, orders),
    }


def verify(report, server, load, ready_at):
    book = load.end()
    report.check("every order ends by itself", settle(server, book, ready_at))
    # Refunds and releases that are under way need a moment; what is lost or doubled stays so.
    deadline = time.monotonic() + 15
    found = differences(server, book)
    while any(found.values()) and time.monotonic() < deadline:
        time.sleep(0.25)
        found = differences(server, book)
    for what, wrong in found.items():
        report.check(what, wrong)
    client = Client(server)
    orders = client.all_orders()
    gaps = []
    for order in orders[::max(1, len(orders) // 200)]:
        gaps += checker.check_history(order["id"], client.get(f"/api/v1/orders/{order['id']}/events").json)
    report.check("I6 events are numbered without gaps", gaps)
    report.check("no request was answered with 500", book.defects)
    share = book.success()
    report.check(f"at least half of the operations got an answer ({share:.1%})", [] if share >= 0.5 else [str(dict(book.started))])
    reached = {status: sum(order["status"] == status for order in orders) for status in checker.SUCCESSORS}
    report.check(f"the load reached {reached}", [f"no order is {status}" for status in ("paid", "shipped", "cancelled", "pending") if not reached[status]])
    print(f"       {len(orders)} orders in {load.seconds:.0f} s; answers {dict(sorted(book.statuses.items()))}")


def kill_again_and_again(report, server, seed, kills):
    chance, ready = random.Random(seed), []
    start(server, ready)
    Client(server).set_stock(HOT_PRODUCT, STOCK)
    load = Load(server, seed)
    for _ in range(kills):
        time.sleep(chance.uniform(0.2, 2.0))
        if not server.is_alive():
            report.check("the server ends only when it is killed", [f"it ended with {server.process.returncode}\n{server.log()}"])
        server.kill()
        start(server, ready)
    ready_at = time.monotonic()
    time.sleep(0.5)
    slowest = sorted(ready)[max(0, len(ready) * 19 // 20 - 1)]
    report.check(f"{kills} kills, ready again within {slowest:.2f} s", [] if slowest <= READY_WITHIN else [str(ready)])
    verify(report, server, load, ready_at)


def crash_points(binary):
    return subprocess.run([binary, "crash-points"], capture_output=True, text=True, check=True, timeout=10).stdout.split()


def crash_once(server, point, turn):
    """True when the process died at the point, be it while starting or under load."""
    try:
        server.start(environment={"ORDERFLOW_CRASH_AT": f"{point}:{turn}"})
        wait_until(lambda: not server.is_alive(), 6, f"{point} is reached {turn} times")
    except AssertionError:
        pass
    code = server.process.poll()
    server.kill()
    return code == CRASHED


def crash_at(report, server, seed, points):
    chance, ready = random.Random(seed), []
    server.options += ["--set", "timers.payment_reminder=1s"]
    start(server, ready)
    Client(server).set_stock(HOT_PRODUCT, STOCK)
    load = Load(server, seed)
    for point in points:
        server.kill()
        turn = chance.randint(1, 12)
        died = crash_once(server, point, turn)
        report.check(f"the process dies at {point}:{turn} and starts again", [] if died else ["the point was not reached"])
        start(server, ready)
        wait_until(lambda at=time.monotonic(): time.monotonic() > at + 0.3, 5, "a little load in between")
    verify(report, server, load, time.monotonic())


def restart_postgres(report, server, postgres, seed, restarts):
    chance, ready = random.Random(seed), []
    start(server, ready)
    Client(server).set_stock(HOT_PRODUCT, STOCK)
    load = Load(server, seed)
    for _ in range(restarts):
        time.sleep(chance.uniform(0.5, 2.0))
        postgres.restart()
    ready_at = time.monotonic()
    report.check("the server outlives its store", [] if server.is_alive() else [f"it ended with {server.process.returncode}\n{server.log()}"])
    wait_until(server.is_ready_or_gone, 10, "ready after the last restart of the store")
    time.sleep(0.5)
    verify(report, server, load, ready_at)


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--journal", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--crash-at", default="")
    parser.add_argument("--restart-postgres", type=int, default=0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--binary", default=BINARY)
    return parser.parse_args()


def run(options, report, postgres):
    with Server(journal=postgres.url if postgres else None, binary=options.binary) as server:
        try:
            if options.kills:
                kill_again_and_again(report, server, options.seed, options.kills)
            elif options.crash_at:
                points = crash_points(options.binary) if options.crash_at == "all" else options.crash_at.split(",")
                crash_at(report, server, options.seed, points)
            elif options.restart_postgres and postgres:
                restart_postgres(report, server, postgres, options.seed, options.restart_postgres)
        except AssertionError as error:
            report.check("the run itself", [str(error)])
        if report.failed:
            server.owns_data = False
            print(f"the server's last words:\n{server.log()}\nits data is left in {server.data}")


def main():
    options, report = parse(), Report()
    print(f"seed {options.seed}", flush=True)
    try:
        with (Postgres() if options.journal == "postgres" else contextlib.nullcontext()) as postgres:
            run(options, report, postgres)
    except NoPostgres as reason:
        report.skip("kill test on PostgreSQL", str(reason))
    except AssertionError as error:
        report.check("the private PostgreSQL", [str(error)])
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
