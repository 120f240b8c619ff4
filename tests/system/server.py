"""Starts, stops and kills the real orderflow binary. Only processes started here are ever signalled, each by its own id."""
import contextlib
import ctypes
import http.client
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BINARY = os.environ.get("ORDERFLOW_BINARY", os.path.join(ROOT, "build", "release", "orderflow"))
PR_SET_PDEATHSIG = 1


def wait_until(condition, seconds, what):
    """The condition's first true value; AssertionError when it has none in time."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.01)


def die_with_parent():
    """A test that is stopped for using up its budget must not leave servers behind."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def threads_of(pid):
    """Name, state and place in the kernel of each thread, to tell a server that hangs from a disk that does."""
    told = []
    for task in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{task}/stat", encoding="ascii") as stat, open(f"/proc/{pid}/task/{task}/wchan", encoding="ascii") as place:
                name, _, rest = stat.read().partition("(")[2].rpartition(")")
                told.append(f"{name} {rest.split()[0]} {place.read()}")
        except OSError:
            continue
    return "; ".join(told)


def environment_without_ours():
    """What is set for the tests is no configuration of the server."""
    return {name: value for name, value in os.environ.items() if not name.startswith("ORDERFLOW_")}


class Server:
    """One data directory and, between start and stop, one process on it. Start it from the main thread only."""

    def __init__(self, data=None, options=(), journal=None, dev=True, environment=None, binary=BINARY):
        self.owns_data = data is None
        self.data = data or tempfile.mkdtemp(prefix="orderflow-")
        self.options = list(options)
        self.journal = journal
        self.dev = dev
        self.environment = dict(environment or {})
        self.binary = binary
        self.process = None
        self.said = []  # lines on stdout, of all its starts
        self.host, self.port = "127.0.0.1", None
        self.tls_port = None  # of the last listener with TLS; told right after the first address
        self.wanted_port = 0
        self.log_path = os.path.join(tempfile.gettempdir(), f"orderflow-{os.getpid()}-{id(self):x}.log")

    def command(self):
        words = [self.binary, "serve", "--listen", f"127.0.0.1:{self.wanted_port}", "--data", self.data, *self.options]
        if self.journal:
            words += ["--journal", self.journal]
        if self.dev:
            words.append("--dev")
        return words

    def start(self, ready_within=40, environment=None):
        """Returns the seconds until it was ready."""
        began = time.monotonic()
        self.spawn(environment)
        told = threading.Event()

        def read_output(stream):
            for line in stream:
                self.said.append(line.decode(errors="replace"))
                found = re.match(rb"listening on (https?)://127\.0\.0\.1:(\d+)", line)
                if found and found.group(1) == b"https":
                    self.tls_port = int(found.group(2))
                elif found:
                    self.port = int(found.group(2))
                    told.set()
            told.set()

        self.port = None
        threading.Thread(target=read_output, args=(self.process.stdout,), daemon=True).start()
        told.wait(ready_within)
        if self.port is None:
            ended = self.process.poll()
            how = f"it hangs: {threads_of(self.process.pid)}" if ended is None else f"it ended with {ended}"
            self.kill()
            raise AssertionError(f"the server did not say within {ready_within} s where it listens, {how}\n{self.log()}")
        wait_until(self.is_ready_or_gone, ready_within, "readyz answers 200")
        if self.process.poll() is not None:
            raise AssertionError(f"the server ended with {self.process.returncode} before it was ready\n{self.log()}")
        return time.monotonic() - began

    def spawn(self, environment=None):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                self.command(), stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL,
                env={**environment_without_ours(), **self.environment, **(environment or {})}, preexec_fn=die_with_parent)
        return self.process

    def run_to_end(self, within=10, environment=None):
        """For starts that must fail: (exit code, what it wrote)."""
        process = subprocess.run(self.command(), capture_output=True, timeout=within, check=False, stdin=subprocess.DEVNULL,
                                 env={**environment_without_ours(), **self.environment, **(environment or {})})
        return process.returncode, (process.stdout + process.stderr).decode(errors="replace")

    def is_ready_or_gone(self):
        if self.process.poll() is not None:
            return True
        connection = http.client.HTTPConnection(self.host, self.port, timeout=2)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def is_alive(self):
        return self.process is not None and self.process.poll() is None

    def stays_at_its_port(self):
        """From now on it is started where it is now, for clients that outlive it."""
        self.wanted_port = self.port

    def kill(self):
        """As a power cut for the process: SIGKILL, then reaped."""
        if self.process is not None:
            if self.process.poll() is None:
                self.process.kill()
            self.process.wait(60)  # a process that waits for a slow disk cannot die before that has answered

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def wait(self, seconds):
        return self.process.wait(seconds)

    def stop(self):
        """SIGTERM; the exit code."""
        self.terminate()
        return self.wait(15)

    def log(self, lines=40):
        try:
            with open(self.log_path, encoding="utf-8", errors="replace") as log:
                return "".join(log.readlines()[-lines:])
        except OSError:
            return ""

    def close(self):
        self.kill()
        if self.process is not None and self.process.stdout:
            self.process.stdout.close()
        if self.owns_data:
            shutil.rmtree(self.data, ignore_errors=True)
        if os.path.exists(self.log_path):
            os.unlink(self.log_path)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is not None:
            print(f"the server's last words:\n{self.log()}")
        self.close()


class NoPostgres(unittest.SkipTest):
    """There are no PostgreSQL binaries on this machine: a test case that needs them is skipped by this reason."""


class Postgres:
    """A private PostgreSQL of scripts/pg-private; it goes away with this process, however that ends."""
    script = os.path.join(ROOT, "scripts", "pg-private")
    no_binaries = 77

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="orderflow-pg-")
        self.url = self.call("start")

    def call(self, command):
        done = subprocess.run([self.script, command, self.directory], capture_output=True, text=True, check=False, timeout=60,
                              env={**os.environ, "PG_PRIVATE_WHILE": str(os.getpid())})
        if done.returncode == self.no_binaries:
            raise NoPostgres(done.stderr.strip())
        if done.returncode != 0:
            raise AssertionError(f"pg-private {command} ended with {done.returncode}: {done.stderr}")
        lines = done.stdout.strip().splitlines()
        return lines[-1] if lines else ""

    def first_process(self):
        with open(os.path.join(self.directory, "cluster", "postmaster.pid"), encoding="ascii") as file:
            return int(file.readline())

    def restart(self):
        self.call("restart")

    def stop(self):
        self.call("stop")

    def start(self):
        self.call("start")

    def processes(self):
        """The first process and its children, sessions included."""
        first = self.first_process()
        found = [first]
        for name in os.listdir("/proc"):
            if name.isdigit():
                try:
                    with open(f"/proc/{name}/stat", encoding="ascii", errors="replace") as stat:
                        parent = int(stat.read().rpartition(")")[2].split()[1])
                except OSError:
                    continue
                if parent == first:
                    found.append(int(name))
        return found

    def signal(self, number):
        """To all of its processes; those that have ended meanwhile need none."""
        for each in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(each, number)

    def kill(self):
        """Its number is taken until somebody has asked how it ended: until then it cannot be started again."""
        first = self.first_process()
        self.signal(signal.SIGKILL)
        wait_until(lambda: not os.path.exists(f"/proc/{first}"), 10, "the killed server is gone")

    def pause(self):
        """Sockets stay open and nobody answers, as where its machine hangs."""
        self.signal(signal.SIGSTOP)

    def go_on(self):
        self.signal(signal.SIGCONT)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.call("stop")
        shutil.rmtree(self.directory, ignore_errors=True)
