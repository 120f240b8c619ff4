"""Clients that send and do not read, or begin and do not end: what they make the server hold is bounded and counted, others are
served. Small limits and few connections; attacks.py measures the real ones."""
import unittest

from attacks import Bodies, Documents, Floods, HalfHandshakes, Lists, SilentOnTls, attacked_server, cut_by, figures_of, files_for, forget_peak, memory_of
from client import Client
from orders import order_of
from server import wait_until

MIB = 1024 * 1024
CONNECTIONS = 300
# What a connection itself costs, and what the server's other parts may take meanwhile.
OTHER_MB = 40


class Attacks(unittest.TestCase):
    def under(self, attack_type, options, limit, budget_mb, at_least_cut=1):
        """Runs the attack and looks: the limit was kept and counted, a good client is served, the memory stayed within reason."""
        with attacked_server(options) as server:
            attack = attack_type(server, files_for(CONNECTIONS))
            attack.prepare()
            forget_peak(server.process.pid)
            idle, _ = memory_of(server.process.pid)
            attack.run()
            try:
                if at_least_cut:
                    wait_until(lambda: cut_by(server, limit) >= at_least_cut, 20, f"connections are cut because of {limit}")
                    wait_until(lambda: "connections-cut" in server.log(), 20, "the log says so")
                else:
                    self.assertEqual(cut_by(server, limit), 0)
                self.assertEqual(Client(server).post("/api/v1/orders/", order_of()).status, 201)
                figures = figures_of(server)
                self.assertLessEqual(figures["orderflow_http_unsent_bytes"], 16 * MIB)
                self.assertLessEqual(figures["orderflow_http_incomplete_bytes"], 8 * MIB)
                _, peak = memory_of(server.process.pid)
                self.assertLess(peak - idle, budget_mb + OTHER_MB)
                self.assertLess(server.log(1000).count("connections-cut"), 5)
            finally:
                attack.end()

    limits = ("--set", "http.max_unsent=16MiB", "--set", "http.max_incomplete=8MiB", "--set", "http.max_handshakes=20")

    def test_the_reference_costs_nothing_per_client_that_does_not_take_it(self):
        self.under(Documents, self.limits, "max_unsent", 0, at_least_cut=0)

    def test_long_lists_that_nobody_takes_are_bounded(self):
        self.under(Lists, self.limits, "max_unsent", 16)

    def test_bodies_that_do_not_arrive_are_bounded(self):
        self.under(Bodies, self.limits, "max_incomplete", 8)

    def test_floods_of_those_who_were_refused_cost_next_to_nothing(self):
        self.under(Floods, self.limits, "max_incomplete", 0, at_least_cut=0)

    def test_handshakes_that_are_not_ended_are_bounded(self):
        self.under(HalfHandshakes, self.limits, "max_handshakes", 5, at_least_cut=CONNECTIONS - 100)

    def test_connections_that_say_nothing_on_a_port_of_tls_cost_next_to_nothing(self):
        self.under(SilentOnTls, self.limits, "max_handshakes", 0, at_least_cut=0)


if __name__ == "__main__":
    unittest.main()
