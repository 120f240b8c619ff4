"""The wall clock is set while the server runs, as NTP or an operator does it: what is shown follows, no deadline comes early."""
import calendar
import email.utils
import os
import re
import shutil
import struct
import subprocess
import tempfile
import time
import unittest

from client import Client
from keys import bearer
from orders import order_of
from server import Server, wait_until

HERE = os.path.dirname(os.path.abspath(__file__))
TWO_HOURS = 2 * 3600
DUE = 6  # seconds until an order expires that is not paid


class SteppedServer(Server):
    """Its wall clock is ours and as many seconds more as `step_to` last said."""

    def __init__(self, **more):
        super().__init__(options=["--set", f"timers.payment_due={DUE}s", "--set", "timers.payment_alert=5s", "--set", "timers.payment_reminder=5s"], **more)
        self.place = tempfile.mkdtemp(prefix="orderflow-clock-")
        library, self.file = os.path.join(self.place, "stepped_clock.so"), os.path.join(self.place, "ahead")
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, os.path.join(HERE, "stepped_clock.c")], check=True, capture_output=True, timeout=60)
        with open(self.file, "wb") as file:
            file.write(struct.pack("q", 0))
        self.environment.update({"LD_PRELOAD": library, "ORDERFLOW_TEST_CLOCK": self.file})

    def step_to(self, seconds):
        with open(self.file, "r+b", buffering=0) as file:
            file.write(struct.pack("q", seconds))

    def close(self):
        super().close()
        shutil.rmtree(self.place, ignore_errors=True)


def seconds_ahead(text):
    """Of an RFC 3339 time, in UTC, before ours."""
    return calendar.timegm(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")) - time.time()


@unittest.skipUnless(shutil.which("cc"), "there is no C compiler, so the wall clock cannot be stepped for one process")
class Steps(unittest.TestCase):
    def place(self, client):
        reply = client.post("/api/v1/orders/", order_of(auto_pay=False))
        self.assertEqual(reply.status, 201, reply)
        return reply.json

    def status(self, client, order):
        return client.get(f"/api/v1/orders/{order['id']}").json["status"]

    def shown_time_is_ahead_by(self, client, seconds):
        def date_follows():
            date = email.utils.parsedate_to_datetime(client.get("/livez").headers["Date"]).timestamp()
            return abs(date - time.time() - seconds) < 5
        wait_until(date_follows, 5, f"Date is {seconds} s ahead")

    def test_a_clock_set_ahead_shows_and_ends_no_order_early(self):
        with SteppedServer() as server:
            server.start()
            client = Client(server)
            placed = time.monotonic()
            before = self.place(client)
            with_token = Client(server, headers=bearer(server.data, "alice", ttl="15m"))
            self.assertEqual(with_token.get("/api/v1/orders/").status, 200)
            server.step_to(TWO_HOURS)
            self.shown_time_is_ahead_by(client, TWO_HOURS)
            after = self.place(client)
            self.assertLess(abs(seconds_ahead(after["created_at"]) - TWO_HOURS), 5)
            self.assertEqual(with_token.get("/api/v1/orders/").status, 401)
            jump = wait_until(lambda: re.search(r"clock-jumped by_ms=(\d+)", server.log()), 5, "the log tells of it")
            self.assertLess(abs(int(jump.group(1)) - TWO_HOURS * 1000), 1000, jump)
            wait_until(lambda: self.status(client, before) == "cancelled", DUE + 5, "the first order expires in its time")
            self.assertGreaterEqual(time.monotonic() - placed, DUE)
            wait_until(lambda: self.status(client, after) == "cancelled", DUE + 5, "the second, too")
            self.assertEqual(server.stop(), 0)

    def test_a_clock_set_back_shows_and_holds_up_nobody_who_comes_later(self):
        with SteppedServer() as server:
            server.start()
            client = Client(server)
            before = self.place(client)
            server.step_to(-TWO_HOURS)
            self.shown_time_is_ahead_by(client, -TWO_HOURS)
            placed = time.monotonic()
            after = self.place(client)
            self.assertLess(abs(seconds_ahead(after["created_at"]) + TWO_HOURS), 5)
            wait_until(lambda: self.status(client, after) == "cancelled", DUE + 5, "the later order expires in its time")
            self.assertGreaterEqual(time.monotonic() - placed, DUE)
            self.assertEqual(self.status(client, before), "pending")
            server.step_to(0)
            wait_until(lambda: self.status(client, before) == "cancelled", DUE + 5, "the earlier one when the clock has come to its time")


if __name__ == "__main__":
    unittest.main()
