"""The services that are compared, each on a store of its own that is thrown away, and what their tables must say afterwards."""
import contextlib
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "system"))

from server import NoPostgres, Postgres, Server, die_with_parent, wait_until  # noqa: E402  (found through the line above)

CRUD = os.environ.get("COMPARE_CRUD", os.path.join(ROOT, "build", "release", "compare_crud"))
STOCK_PER_PRODUCT = 1_000_000_000  # what `orderflow bench --tracked` puts on the shelf

# Debian's own; a service is left out, and said to be, where one is missing.
FASTAPI_MODULES = ("fastapi", "asyncpg", "uvicorn", "uvloop", "httptools")


class Missing(Exception):
    """Something that a service needs is not on this machine."""


def python_with(modules):
    """An interpreter that has them: this one, or Debian's where another one comes first in PATH."""
    for python in (sys.executable, "/usr/bin/python3"):
        if os.access(python, os.X_OK) and subprocess.run([python, "-c", "import " + ", ".join(modules)], capture_output=True, check=False).returncode == 0:
            return python
    raise Missing("no Python with " + ", ".join(modules) + ": apt-get install " + " ".join("python3-" + name for name in modules))


def query(url, sql):
    """Rows as lists of text, by psql: nothing but PostgreSQL itself is needed for the last check."""
    done = subprocess.run(["psql", "--no-psqlrc", "-At", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql],
                          capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise AssertionError(f"psql: {done.stderr.strip()}")
    return [line.split("\t") for line in done.stdout.splitlines()]


def numbers(url, sql):
    return [int(word) for word in query(url, sql)[0]]


class Service:
    """Once started: `url`, where it listens, and the process of which all of its processes are children."""
    name = ""
    postgres = None

    def first_process(self):
        raise NotImplementedError

    def counts(self):
        """(orders, payments, units taken from the shelf) as the store has them."""
        raise NotImplementedError


class Orderflow(Service):
    """`orderflow serve --dev` on a fresh store."""

    def __init__(self, stack, journal):
        self.name = f"orderflow-{journal}"
        self.postgres = stack.enter_context(Postgres()) if journal == "postgres" else None
        self.server = stack.enter_context(Server(journal=self.postgres.url if self.postgres else None))

    def start(self):
        self.server.start()
        self.url = f"http://127.0.0.1:{self.server.port}"

    def first_process(self):
        return self.server.process.pid

    def counts(self):
        """With the server stopped, because `db verify` also holds every event against every state."""
        self.server.stop()
        journal = self.postgres.url if self.postgres else "sqlite:" + os.path.join(self.server.data, "orderflow.db")
        done = subprocess.run([self.server.binary, "db", "verify", "--journal", journal], capture_output=True, text=True, timeout=300, check=False)
        if done.returncode != 0:
            raise AssertionError(f"orderflow db verify: {done.stdout}{done.stderr}")
        if self.postgres:
            return numbers(self.postgres.url, self.sql)
        with contextlib.closing(sqlite3.connect(os.path.join(self.server.data, "orderflow.db"))) as store:
            return list(store.execute(self.sql).fetchone())

    # The stored numbers of a capture (the twelfth event of an order) and, in the lowest four bits of a stream, of its kind "order". A
    # row is an append: its first event, and in `more` those that were appended with it.
    sql = ("SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM events WHERE (type = 12 OR more LIKE '%[12,%') AND stream % 16 = 1), "
           "(SELECT coalesce(sum(reserved), 0) FROM stock)")


class OnTables(Service):
    """Services of others: the same tables in both, so the same questions afterwards."""

    def __init__(self, stack, pool):
        self.pool = pool
        self.stack = stack
        self.postgres = stack.enter_context(Postgres())
        self.log = stack.enter_context(tempfile.TemporaryFile("w+"))
        self.process = None

    def first_process(self):
        return self.process.pid

    def spawn(self, words, **others):
        self.process = subprocess.Popen(words, stderr=self.log, stdin=subprocess.DEVNULL, preexec_fn=die_with_parent, **others)
        self.stack.callback(self.stop)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)

    def wait_ready(self):
        def ready():
            if self.process.poll() is not None:
                self.log.seek(0)
                raise AssertionError(f"{self.name} ended with {self.process.returncode}: {self.log.read()[-2000:]}")
            try:
                with urllib.request.urlopen(self.url + "/readyz", timeout=2) as answer:
                    return answer.status == 200
            except (urllib.error.URLError, OSError):
                return False
        wait_until(ready, 30, f"{self.name} is ready")

    def counts(self):
        return numbers(self.postgres.url, f"SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM payments), "
                                          f"(SELECT coalesce(sum({STOCK_PER_PRODUCT} - available), 0) FROM stock)")


class Crud(OnTables):
    name = "crud"

    def __init__(self, stack, pool):
        if not os.access(CRUD, os.X_OK):
            raise Missing(f"{CRUD} is not built: scripts/build release compare_crud")
        super().__init__(stack, pool)

    def start(self):
        self.spawn([CRUD, "--postgres", self.postgres.url, "--pool", str(self.pool)], stdout=subprocess.PIPE, text=True)
        found = re.match(r"listening on (http://\S+)", self.process.stdout.readline())
        self.stack.callback(self.process.stdout.close)
        if not found:
            self.log.seek(0)
            raise AssertionError(f"crud did not say where it listens: {self.log.read()[-2000:]}")
        self.url = found.group(1)
        self.wait_ready()


class FastApi(OnTables):
    name = "fastapi"
    workers = 2

    def __init__(self, stack, pool):
        self.python = python_with(FASTAPI_MODULES)
        super().__init__(stack, pool)

    def start(self):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        words = [self.python, "-m", "uvicorn", "shop:app", "--app-dir", os.path.join(HERE, "fastapi"), "--port", str(port), "--workers",
                 str(self.workers), "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning", "--backlog", "4096"]
        self.spawn(words, stdout=self.log, env={**os.environ, "DATABASE_URL": self.postgres.url, "POOL": str(self.pool)})
        self.url = f"http://127.0.0.1:{port}"
        self.wait_ready()
