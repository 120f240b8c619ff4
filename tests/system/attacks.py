#!/usr/bin/env python3
"""What clients that mean no good cost the server: memory above idle, and how long a good client waits meanwhile.

    attacks.py [--connections N] [NAME…]      a table; without names every attack

Everything stays on this machine, between processes started here. test_attacks.py runs small ones and looks at what was counted."""
import argparse
import contextlib
import http.client
import json
import multiprocessing
import os
import re
import resource
import select
import socket
import ssl
import subprocess
import sys
import tempfile
import time

from client import Client
from orders import order_of
from server import Server, wait_until

RECEIVE_BUFFER = 4096  # a slow reader's: what it has not taken waits at the server
BODY = 256 * 1024
FILES_OF_OUR_OWN = 64


def files_for(connections):
    """As many of the connections as this process may have open."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return min(connections, most - FILES_OF_OUR_OWN)


def certificate(directory):
    files = [os.path.join(directory, f"attacked.{kind}") for kind in ("crt", "key")]
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=attacked", "-out", files[0], "-keyout", files[1]], check=True, capture_output=True, timeout=30)
    return files


def client_hello():
    """The first flight of a real handshake."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with contextlib.suppress(ssl.SSLWantReadError):
        context.wrap_bio(incoming, outgoing).do_handshake()
    return outgoing.read()


def connection_to(port):
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    made.settimeout(20)
    made.connect(("127.0.0.1", port))
    return made


def get(path):
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


class Attack:
    """Connections that send something and then neither read nor go on."""
    over_tls = False

    def __init__(self, server, connections):
        self.server, self.wanted, self.open = server, connections, []

    def prepare(self):
        pass

    def opening(self):
        raise NotImplementedError

    def run(self):
        bytes_to_send, port = self.opening(), self.server.tls_port if self.over_tls else self.server.port
        for _ in range(self.wanted):
            try:
                made = connection_to(port)
                made.settimeout(None)
                made.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    made.send(bytes_to_send)
                self.open.append(made)
            except OSError:
                continue  # turned away: that is the server's right

    def end(self):
        for each in self.open:
            each.close()
        self.open = []


class Documents(Attack):
    """The largest reply that needs no token, asked for by all and taken by none."""
    def opening(self):
        return get("/openapi.json")


class Lists(Attack):
    """Long pages of orders that nobody takes."""
    orders, page = 400, 1000

    def prepare(self):
        client = Client(self.server)
        for _ in range(self.orders):
            assert client.post("/api/v1/orders/", order_of(auto_pay=False)).status == 201
        client.close()

    def opening(self):
        return get(f"/api/v1/orders/?limit={self.page}")


class Bodies(Attack):
    """Requests whose bodies stop shortly before their ends."""
    def opening(self):
        head = f"POST /api/v1/orders/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {BODY}\r\n\r\n"
        return head.encode() + b" " * (BODY - 1)

    def run(self):
        """As much as the server takes, in turns: it refuses some while others still send."""
        super().run()
        rest = {each: BODY // 2 for each in self.open}
        until = time.monotonic() + 10
        while rest and time.monotonic() < until:
            for each in list(rest):
                try:
                    rest[each] -= each.send(b" " * min(rest[each], 16384))
                    if rest[each] <= 0:
                        del rest[each]
                except BlockingIOError:
                    continue
                except OSError:
                    del rest[each]


class Floods(Attack):
    """Bodies that are too large: whoever is refused goes on sending, and comes again once the connection ends."""
    seconds = 10

    def run(self):
        head = b"POST /api/v1/orders/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n"
        ready, left = select.epoll(), {}

        def come():
            with contextlib.suppress(OSError):
                made = connection_to(self.server.port)
                made.setblocking(False)
                left[made.fileno()] = made
                ready.register(made, select.EPOLLOUT)
                made.send(head)
        for _ in range(self.wanted):
            come()
        until = time.monotonic() + self.seconds
        while time.monotonic() < until:
            for number, _ in ready.poll(0.1, 256):
                try:
                    left[number].send(b" " * 65536)
                except BlockingIOError:
                    continue
                except OSError:
                    ready.unregister(number)
                    left.pop(number).close()
                    come()
        self.open = list(left.values())


class Heads(Attack):
    """Request heads that never end."""
    def opening(self):
        return b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Filler: " + b"a" * 8000


class SilentOnTls(Attack):
    """Connections to a port of TLS that say nothing."""
    over_tls = True

    def opening(self):
        return b""


class HalfHandshakes(Attack):
    """Handshakes that are begun and not ended."""
    over_tls = True

    def opening(self):
        return client_hello()


class IdleOnTls(Attack):
    """Whole handshakes, then nothing."""
    over_tls = True

    def run(self):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        for _ in range(self.wanted):
            with contextlib.suppress(OSError):
                self.open.append(context.wrap_socket(connection_to(self.server.tls_port)))


ATTACKS = {"documents": Documents, "lists": Lists, "bodies": Bodies, "floods": Floods, "heads": Heads, "silent-on-tls": SilentOnTls,
           "half-handshakes": HalfHandshakes, "idle-on-tls": IdleOnTls}


def memory_of(pid):
    """Resident now and at its highest since the last `forget_peak`, in MB."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        text = file.read()
    return [int(re.search(rf"{name}:\s+(\d+)", text).group(1)) / 1024 for name in ("VmRSS", "VmHWM")]


def forget_peak(pid):
    with open(f"/proc/{pid}/clear_refs", "w", encoding="ascii") as file:
        file.write("5")


def figures_of(server):
    """The server's own: {name with labels: value}."""
    connection = http.client.HTTPConnection(server.host, server.port, timeout=10)
    try:
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
    finally:
        connection.close()
    return {name: float(value) for name, value in re.findall(r"^(orderflow_\S+) (\S+)$", text, re.MULTILINE)}


def cut_by(server, limit):
    return figures_of(server)[f'orderflow_http_connections_cut_total{{limit="{limit}"}}']


def good_client(port, stop, told):
    """Orders over one connection, one at a time, until told to stop: the times that the answers took, in ms."""
    times, failures = [], 0
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    while not stop.is_set():
        began = time.monotonic()
        try:
            connection.request("POST", "/api/v1/orders/", json.dumps(order_of(auto_pay=False)), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            failures += answer.status != 201
        except (OSError, http.client.HTTPException):
            failures += 1
            connection.close()
        times.append((time.monotonic() - began) * 1000)
        time.sleep(0.005)
    told.send((sorted(times), failures))


@contextlib.contextmanager
def attacked_server(options=()):
    with tempfile.TemporaryDirectory(prefix="orderflow-attacks-") as directory:
        crt, key = certificate(directory)
        path = os.path.join(directory, "tls.toml")
        with open(path, "w", encoding="ascii") as file:
            file.write(f'[[listener]]\naddress = "127.0.0.1:0"\ntls.certificate = "{crt}"\ntls.key = "{key}"\n')
        with Server(options=["--config", path, *options]) as server:
            server.start()
            wait_until(lambda: server.tls_port, 5, "the port of TLS is told")
            yield server


def measure(name, connections):
    with attacked_server() as server:
        attack = ATTACKS[name](server, files_for(connections))
        attack.prepare()
        stop, (ours, theirs) = multiprocessing.Event(), multiprocessing.Pipe()
        good = multiprocessing.Process(target=good_client, args=(server.port, stop, theirs), daemon=True)
        forget_peak(server.process.pid)
        idle, _ = memory_of(server.process.pid)
        good.start()
        began = time.monotonic()
        attack.run()
        took = time.monotonic() - began
        time.sleep(3)  # a measurement, not a test: what the attackers leave behind is waited with
        _, peak = memory_of(server.process.pid)
        stop.set()
        times, failures = ours.recv()
        good.join(10)
        cuts = {limit: int(value) for limit, value in
                ((key.split('"')[1], value) for key, value in figures_of(server).items() if "connections_cut" in key) if value}
        attack.end()
        p99 = times[int(len(times) * 0.99)] if times else float("nan")
        print(f"{name:16} {len(times):7} {attack.wanted:11} {took:6.1f} {idle:8.0f} {peak - idle:9.0f} {p99:8.1f} {times[-1]:8.1f} {failures:8}  {cuts}",
              flush=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--connections", type=int, default=9000)
    arguments.add_argument("names", nargs="*", metavar="NAME", help=", ".join(ATTACKS))
    chosen = arguments.parse_args()
    unknown = [name for name in chosen.names if name not in ATTACKS]
    if unknown:
        arguments.error(f"there is no attack {unknown[0]}; there are {', '.join(ATTACKS)}")
    print(f"{'attack':16} {'orders':>7} {'connections':>11} {'took s':>6} {'idle MB':>8} {'above MB':>9} {'p99 ms':>8} {'max ms':>8} {'failures':>8}  cut by limit")
    for name in chosen.names or ATTACKS:
        measure(name, chosen.connections)


if __name__ == "__main__":
    sys.exit(main())
