"""The process as its operator sees it: start, refusal to start, drain, restart, deadlines."""
import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import threading
import unittest

from client import Client, Unanswered
from orders import OrderTest, order_of, tracked_order
from server import BINARY, Server, wait_until


class Start(unittest.TestCase):
    def test_a_port_in_use_is_named(self):
        with socket.create_server(("127.0.0.1", 0)) as taken, Server() as server:
            port = taken.getsockname()[1]
            server.options = ["--listen", f"127.0.0.1:{port}"]
            command = [word for word in server.command()]
            first = command.index("--listen")
            del command[first:first + 2]
            server.command = lambda: command
            code, said = server.run_to_end()
            self.assertNotEqual(code, 0)
            self.assertIn(str(port), said)

    def test_a_journal_that_another_process_has_is_refused(self):
        with Server() as first:
            first.start()
            with Server(data=first.data) as second:
                code, said = second.run_to_end()
                self.assertNotEqual(code, 0)
                self.assertIn("orderflow.lock", said)
            self.assertEqual(Client(first).get("/readyz").status, 200)

    def test_an_unknown_key_is_named(self):
        with Server(options=["--set", "timers.no_such_timer=1s"]) as server:
            code, said = server.run_to_end()
            self.assertNotEqual(code, 0)
            self.assertIn("timers.no_such_timer", said)

    def test_a_value_that_is_none_is_named(self):
        with Server(options=["--set", "timers.payment_due=soon"]) as server:
            code, said = server.run_to_end()
            self.assertNotEqual(code, 0)
            self.assertIn("timers.payment_due", said)

    def test_a_newer_schema_is_refused_and_left_alone(self):
        with Server() as server:
            server.start()
            server.stop()
            path = os.path.join(server.data, "orderflow.db")
            with sqlite3.connect(path) as store:
                if not raise_schema(store):
                    self.skipTest("this store does not say its schema's number where the test looks for it")
            store.close()
            code, said = server.run_to_end()
            self.assertNotEqual(code, 0)
            self.assertRegex(said.lower(), r"newer|schema")

    def test_a_sandbox_is_not_offered_to_the_network(self):
        with Server(dev=False) as server:
            command = [word if word != "127.0.0.1:0" else "0.0.0.0:0" for word in server.command()]
            server.command = lambda: command
            code, said = server.run_to_end()
            self.assertNotEqual(code, 0, said)


def raise_schema(store):
    """Pretends that a later version wrote the store. True when a number was found and raised."""
    version = store.execute("PRAGMA user_version").fetchone()[0]
    if version > 0:
        store.execute(f"PRAGMA user_version = {version + 1000}")
        return True
    for (table,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE '%schema%' OR name LIKE '%migration%'").fetchall():
        columns = [row[1] for row in store.execute(f"PRAGMA table_info({table})")]
        if "version" in columns:
            store.execute(f"UPDATE {table} SET version = version + 1000")
            return True
    return False


def scheduling_of(pid):
    """The scheduling classes of its threads."""
    return {os.sched_getscheduler(int(task)) for task in os.listdir(f"/proc/{pid}/task")}


class Scheduling(unittest.TestCase):
    def test_by_default_a_woken_thread_may_interrupt_a_busy_neighbour(self):
        with Server() as server:
            server.start()
            self.assertEqual(scheduling_of(server.process.pid), {os.SCHED_OTHER})

    def test_batch_scheduling_is_for_whoever_asks_for_it(self):
        with Server(options=["--set", "runtime.batch_scheduling=true"]) as server:
            server.start()
            self.assertEqual(scheduling_of(server.process.pid), {os.SCHED_BATCH})


class Life(unittest.TestCase):
    def test_a_restart_keeps_everything(self):
        with Server() as server:
            server.start()
            client = Client(server)
            client.set_stock("P001", 10)
            paid = client.post("/api/v1/orders/", tracked_order("P001", 3)).json
            shipped = client.post("/api/v1/orders/", order_of()).json
            client.put(f"/api/v1/orders/{shipped['id']}/status", {"status": "shipped"})
            before = {order["id"]: order for order in client.all_orders()}
            for end in ("stop", "kill"):
                getattr(server, end)()
                server.start()
                self.assertEqual({order["id"]: order for order in client.all_orders()}, before)
                self.assertEqual(client.available("P001"), 7)
            cancelled = client.delete(f"/api/v1/orders/{paid['id']}")
            self.assertEqual(cancelled.status, 200, cancelled)
            wait_until(lambda: client.available("P001") == 10, 5, "the order gives its stock back")

    def test_a_term_signal_drains_and_ends_with_zero(self):
        with Server() as server:
            server.start()
            answers = []

            def wait_for_payment():
                client = Client(server)
                try:
                    answers.append(client.post("/api/v1/orders/", order_of("drain@example.com", payment_method="slow")))
                except Unanswered as lost:
                    answers.append(lost)

            caller = threading.Thread(target=wait_for_payment)
            caller.start()
            wait_until(lambda: Client(server).all_orders("customer_email=drain@example.com"), 5, "the order is there")
            server.terminate()
            self.assertEqual(server.wait(10), 0)
            caller.join(10)
            self.assertEqual(getattr(answers[0], "status", answers[0]), 201)
            number = answers[0].json["id"]
            server.start()
            wait_until(lambda: Client(server).get(f"/api/v1/orders/{number}").json["status"] == "paid", 15, "it is paid after the restart")

    def test_signals_that_are_no_request_to_stop_do_not_stop_it(self):
        with Server() as server:
            server.start()
            for each in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM, signal.SIGVTALRM, signal.SIGPROF, signal.SIGIO, signal.SIGPWR,
                         signal.SIGXFSZ, signal.SIGPIPE, signal.SIGRTMIN, signal.SIGRTMAX):
                server.process.send_signal(each)
                self.assertEqual(Client(server).post("/api/v1/orders/", order_of()).status, 201, each)
            self.assertEqual(server.stop(), 0)

    def test_a_server_that_stops_says_so_before_it_turns_anybody_away(self):
        with Server(options=["--set", "http.drain_grace=5s"]) as server:
            server.start()
            client = Client(server)
            self.assertEqual(client.get("/readyz").status, 200)
            server.terminate()
            wait_until(lambda: client.get("/readyz").status == 503, 4, "readyz says that it is stopping")
            self.assertEqual(Client(server).post("/api/v1/orders/", order_of()).status, 201)
            server.terminate()  # a second signal ends the wait
            self.assertEqual(server.wait(10), 0)

    def serves_beside_idle_connections(self, server, idle):
        with contextlib.ExitStack() as open_ones:
            for _ in range(idle):
                open_ones.enter_context(socket.create_connection((server.host, server.port), timeout=5))
            for _ in range(20):
                self.assertEqual(Client(server).post("/api/v1/orders/", order_of()).status, 201)

    def test_connections_that_only_sit_there_do_not_keep_others_out(self):
        with Server(options=["--set", "http.max_connections=100"]) as server:
            server.start()
            self.serves_beside_idle_connections(server, 300)

    def test_connections_are_bounded_by_the_files_that_the_process_may_have(self):
        with Server() as server:
            command = server.command()
            server.command = lambda: ["sh", "-c", 'ulimit -n 220 && exec "$0" "$@"', *command]
            server.start()
            self.assertIn("connections-bounded", server.log())
            self.serves_beside_idle_connections(server, 400)

    def test_too_few_files_are_told_at_the_start(self):
        with Server() as server:
            command = server.command()
            server.command = lambda: ["sh", "-c", 'ulimit -n 100 && exec "$0" "$@"', *command]
            code, said = server.run_to_end()
            self.assertEqual(code, 78)
            self.assertIn("LimitNOFILE", said)

    def test_a_charge_that_was_cut_off_is_settled_after_the_restart_and_made_once(self):
        with Server() as server:
            server.start()
            made = Client(server).post("/api/v1/orders/", order_of(payment_method="lost_reply"), headers={"Prefer": "wait=0"}).json
            server.kill()
            server.start()
            client = Client(server)
            wait_until(lambda: client.get(f"/api/v1/orders/{made['id']}").json["status"] == "paid", 15, "it is paid after the restart")
            self.assertEqual([entry["kind"] for entry in client.ledger() if entry["order"] == made["id"]].count("capture"), 1)


def issues_tokens():
    """The command is on the list that `orderflow --help` prints."""
    said = subprocess.run([BINARY, "--help"], capture_output=True, text=True, timeout=10, check=False).stdout
    return any(line.split()[:1] == ["token"] for line in said.splitlines())


class Tokens(unittest.TestCase):
    def token(self, server, *options):
        done = subprocess.run([server.binary, "token", "--data", server.data, *options], capture_output=True, text=True, check=True, timeout=10)
        return done.stdout.strip()

    @unittest.skipUnless(issues_tokens(), "this version has no `orderflow token`")
    def test_a_customer_sees_only_orders_of_its_own(self):
        with Server() as server:
            server.start()
            clients = {}
            for subject in ("alice", "bob"):
                token = self.token(server, "--subject", subject, "--role", "merchant")
                self.assertEqual(token.count("."), 2)
                clients[subject] = Client(server, headers={"Authorization": "Bearer " + self.token(server, "--subject", subject)})
            body = tracked_order("P001", 1)
            made = clients["alice"].post("/api/v1/orders/", body)
            self.assertEqual(made.status, 201, made)
            number = made.json["id"]
            self.assertEqual(clients["alice"].get(f"/api/v1/orders/{number}").status, 200)
            self.assertEqual(clients["bob"].get(f"/api/v1/orders/{number}").status, 404)
            self.assertEqual(clients["bob"].delete(f"/api/v1/orders/{number}").status, 404)
            self.assertEqual(clients["bob"].get("/api/v1/orders/").json, [])
            self.assertEqual(clients["alice"].get("/dev/gateway/ledger").status, 403)

    def test_without_dev_a_request_needs_a_token(self):
        with Server(dev=False) as server:
            server.start()
            self.assertEqual(Client(server).get("/api/v1/orders/").status, 401)


class Deadlines(OrderTest):
    options = ("--set", "timers.payment_reminder=1s", "--set", "timers.payment_alert=2s", "--set", "timers.payment_due=3s")

    def test_an_unpaid_order_is_reminded_alerted_and_expires_in_this_order(self):
        made = self.create(order_of(auto_pay=False))
        self.becomes(made["id"], "cancelled", within=10)
        self.assertEqual(self.order(made["id"])["cancel_reason"], "expired")
        events = self.client.get(f"/api/v1/orders/{made['id']}/events").json
        self.assertEqual(len(events), len({event["seq"] for event in events}))
        self.assertGreaterEqual(len(events), 4)
        self.assertEqual(self.ledger_of(made["id"]), [])

    def test_a_paid_order_does_not_expire(self):
        made = self.create()
        other = self.create(order_of(auto_pay=False))
        self.becomes(other["id"], "cancelled", within=10)
        self.assertEqual(self.order(made["id"])["status"], "paid")

    def test_a_deadline_that_passed_while_nothing_ran_is_kept_after_the_restart(self):
        made = self.create(order_of(auto_pay=False))
        self.server.kill()
        self.server.start()
        self.becomes(made["id"], "cancelled", within=10)


if __name__ == "__main__":
    unittest.main()
