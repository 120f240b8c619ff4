"""The command line as a person types it: what is wrong is told in one sentence with the nearest word that is right."""
import json
import os
import re
import socket
import stat
import subprocess
import tempfile
import tomllib
import unittest

from client import Client
from server import BINARY, Server, environment_without_ours

USAGE, UNAVAILABLE, CONFIGURATION = 64, 69, 78


def orderflow(*words, environment=None, stdin=""):
    """(exit code, stdout, stderr)"""
    done = subprocess.run([BINARY, *words], capture_output=True, text=True, timeout=20, check=False, input=stdin,
                          env={**environment_without_ours(), **(environment or {})})
    return done.returncode, done.stdout, done.stderr


def subcommands(*words):
    """Every command under these words, with its own words before it."""
    _, said, _ = orderflow(*words, "--help")
    names = re.findall(r"^  ([a-z][a-z-]*) ", said.partition("Subcommands:")[2], re.MULTILINE)
    for name in names:
        yield (*words, name)
        yield from subcommands(*words, name)


class Starts(unittest.TestCase):
    def test_why_nothing_is_started_is_a_line_of_the_log_where_that_is_json(self):
        with tempfile.TemporaryDirectory() as data, socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            for code, more in ((UNAVAILABLE, ("--listen", address)), (CONFIGURATION, ("--listen", "127.0.0.1:0", "--set", "http.wait=soon"))):
                with self.subTest(code):
                    ended, _, said = orderflow("serve", "--dev", "--data", data, "--set", "log.format=json", *more)
                    self.assertEqual(ended, code, said)
                    lines = [json.loads(line) for line in said.splitlines()]
                    self.assertEqual((lines[-1]["event"], lines[-1]["level"]), ("start-failed", "error"))
                    self.assertTrue(lines[-1]["because"])


class Words(unittest.TestCase):
    def refused(self, *words):
        code, out, said = orderflow(*words)
        self.assertEqual((code, out), (USAGE, ""), said)
        self.assertEqual(len(said.strip().splitlines()), 1, said)
        return said

    def test_a_mistyped_subcommand_is_named_with_the_nearest_one(self):
        for words, near in ((("serv",), "serve"), (("verison",), "version"), (("db", "verfy"), "verify"), (("config", "chek"), "check"),
                            (("key", "init"), "keys")):
            with self.subTest(words):
                said = self.refused(*words)
                self.assertRegex(said, rf"did you mean {near}\?")

    def test_a_subcommand_unlike_any_is_answered_with_all_of_them(self):
        said = self.refused("frobnicate")
        for name in ("serve", "demo", "db", "token"):
            self.assertIn(name, said)

    def test_a_mistyped_flag_is_named_with_the_nearest_one(self):
        for words, near in ((("serve", "--lisen", "127.0.0.1:0"), "--listen"), (("serve", "--jornal=sqlite:x"), "--journal"),
                            (("token", "--subjct", "a"), "--subject"), (("db", "backup", "--journal", "sqlite:x", "--too", "y"), "--to"),
                            (("bench", "--conections", "1"), "--connections"), (("sandbox", "--calback", "x"), "--callback")):
            with self.subTest(words):
                said = self.refused(*words)
                self.assertIn(f"did you mean {near}?", said)

    def test_a_word_too_many_is_named(self):
        self.assertIn("'now'", self.refused("serve", "now"))

    def test_without_a_subcommand_the_choice_is_told(self):
        for words in ((), ("db",), ("config",), ("keys",)):
            with self.subTest(words):
                self.assertIn("needs a subcommand", self.refused(*words))

    def test_a_flag_that_is_missing_or_has_no_value_is_named(self):
        self.assertIn("--subject", self.refused("token"))
        self.assertIn("--listen", self.refused("serve", "--listen"))
        self.assertIn("--data", self.refused("db", "verify"))
        self.assertIn("KEY=VALUE", self.refused("serve", "--set", "timers.payment_due"))

    def test_the_version_is_told_by_flag_and_by_command(self):
        told = orderflow("--version")
        self.assertEqual(told, orderflow("version"))
        self.assertRegex(told[1], r"^orderflow \d+\.\d+\.\d+\n$")

    def test_every_command_has_help_that_says_what_it_is_for(self):
        found = list(subcommands())
        self.assertIn(("db", "verify"), found)
        self.assertIn(("keys", "init"), found)
        for words in found:
            with self.subTest(words):
                code, said, wrong = orderflow(*words, "--help")
                self.assertEqual((code, wrong), (0, ""))
                self.assertGreater(len(said.splitlines()[0]), 10)
                for flag in re.findall(r"^  --.*(?:\n {10,}.*)?", said, re.MULTILINE):
                    # Newer versions of CLI11 end a flag that may be repeated with "..." and one blank.
                    self.assertRegex(flag, r"(\S\s{2,}|\.\.\. )\w", "each flag says what it does, beside it or below")


class Configuration(unittest.TestCase):
    def test_config_show_takes_the_flags_of_serve(self):
        code, said, _ = orderflow("config", "show", "--set", "timers.payment_due=15m", "--data", "/srv/shop", "--dev", "--listen", "127.0.0.1:9000")
        self.assertEqual(code, 0)
        for line in ('timers.payment_due = "15m"  # --set', 'data = "/srv/shop"  # --data', "dev = true  # --dev", 'listen = "127.0.0.1:9000"  # --listen'):
            self.assertIn(line, said)

    def test_config_show_refuses_what_serve_would_refuse(self):
        code, _, said = orderflow("config", "show", "--set", "timers.payment_du=15m")
        self.assertEqual(code, CONFIGURATION)
        self.assertIn("did you mean timers.payment_due?", said)

    def test_a_wrong_address_of_the_sandbox_is_a_wrong_command_line(self):
        code, _, said = orderflow("sandbox", "--listen", "nowhere")
        self.assertEqual(code, USAGE)
        self.assertIn("--listen", said)


class Ports(unittest.TestCase):
    def test_a_port_in_use_is_one_sentence_of_what_why_and_what_to_do(self):
        with socket.create_server(("127.0.0.1", 0)) as taken, tempfile.TemporaryDirectory() as data:
            port = taken.getsockname()[1]
            for words in (("serve", "--dev", "--data", data), ("sandbox", "--data", data)):
                with self.subTest(words[0]):
                    code, _, said = orderflow(*words, "--listen", f"127.0.0.1:{port}", environment={"ORDERFLOW_LOG_LEVEL": "off"})
                    self.assertEqual(code, UNAVAILABLE)
                    self.assertEqual(len(said.strip().splitlines()), 1, said)
                    self.assertEqual(said.count(f"127.0.0.1:{port}"), 1, said)
                    self.assertIn("another process has this port", said)
                    self.assertIn("choose another", said)
                    self.assertNotRegex(said, r"bind|system:|server\.cpp")

    def test_an_address_that_the_machine_has_not_is_named(self):
        with tempfile.TemporaryDirectory() as data:
            code, _, said = orderflow("sandbox", "--dev", "--data", data, "--listen", "192.0.2.1:9")
        self.assertEqual(code, UNAVAILABLE)
        self.assertIn("no such address", said)


class Keys(unittest.TestCase):
    def test_keys_are_made_once_fresh_and_for_their_owner_alone(self):
        with tempfile.TemporaryDirectory() as place:
            data = os.path.join(place, "fresh")
            code, said, wrong = orderflow("keys", "init", "--data", data, "--client", "web", "--client", "till")
            self.assertEqual((code, wrong), (0, ""))
            path = os.path.join(data, "keys.toml")
            self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
            with open(path, "rb") as file:
                keys = tomllib.load(file)
            secrets = [keys["token_key"][0]["secret"], keys["webhook_secret"][0]["secret"], *(each["signing_secret"] for each in keys["client"])]
            self.assertEqual(len(set(secrets)), 4)
            self.assertEqual([each["id"] for each in keys["client"]], ["web", "till"])
            for secret in secrets:
                self.assertGreaterEqual(len(secret), 64)
                self.assertNotIn(secret, said)
            code, _, wrong = orderflow("keys", "init", "--data", data)
            self.assertEqual(code, 1)
            self.assertIn("not overwritten", wrong)
            with open(path, "rb") as file:
                self.assertEqual(tomllib.load(file), keys)

    def test_a_server_lets_in_whom_a_token_of_these_keys_names(self):
        with Server(dev=False) as server:
            self.assertEqual(orderflow("keys", "init", "--data", server.data)[0], 0)
            server.start()
            token = orderflow("token", "--data", server.data, "--subject", "olga", "--role", "operator")[1].strip()
            self.assertEqual(Client(server).get("/api/v1/orders/").status, 401)
            self.assertEqual(Client(server, headers={"Authorization": "Bearer " + token}).get("/api/v1/orders/").status, 200)

    def test_where_no_file_can_be_made_the_reason_is_told(self):
        code, _, said = orderflow("keys", "init", "--data", "/proc/nowhere")
        self.assertEqual(code, UNAVAILABLE)
        self.assertIn("/proc/nowhere", said)


class Journals(unittest.TestCase):
    def test_db_commands_take_the_data_directory_of_a_server(self):
        with Server() as server:
            server.start()
            server.stop()
            for words in (("migrate",), ("verify",), ("backup", "--to", os.path.join(server.data, "copy.db"))):
                with self.subTest(words):
                    code, said, wrong = orderflow("db", *words, "--data", server.data)
                    self.assertEqual(code, 0, said + wrong)
            self.assertEqual(orderflow("db", "verify", "--journal", "sqlite:" + os.path.join(server.data, "copy.db"))[0], 0)

    def test_a_journal_and_a_data_directory_together_are_refused(self):
        code, _, said = orderflow("db", "verify", "--journal", "sqlite:x", "--data", "y")
        self.assertEqual(code, USAGE)
        self.assertIn("--data", said)


class Demo(unittest.TestCase):
    def test_the_banner_of_the_demo_names_the_reference(self):
        with Server() as server:
            usual = server.command()
            server.command = lambda: [usual[0], "demo", *(word for word in usual[2:] if word != "--dev")]
            process = server.spawn()
            said = ""
            while "Simulated customers" not in said:
                line = process.stdout.readline().decode()
                self.assertNotEqual(line, "", server.log())
                said += line
        self.assertRegex(said, r"http://127\.0\.0\.1:\d+/docs")


if __name__ == "__main__":
    unittest.main()
