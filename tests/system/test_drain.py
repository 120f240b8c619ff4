"""A server that is stopped while clients keep posting: none of them is left without an answer."""
import http.client
import json
import threading
import unittest

from orders import order_of
from server import Postgres, Server, wait_until

CLIENTS = 32


class Poster(threading.Thread):
    """Posts over one connection as long as the server keeps it; where nobody listens any more, nothing was sent and it ends."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.answers, self.closes, self.lost = server, 0, 0, None

    def run(self):
        connection = None
        while True:
            try:
                if connection is None:
                    connection = http.client.HTTPConnection(self.server.host, self.server.port, timeout=15)
                    connection.connect()
            except OSError:
                return
            try:
                connection.request("POST", "/api/v1/orders/", json.dumps(order_of(auto_pay=False)).encode(), {"Content-Type": "application/json"})
                reply = connection.getresponse()
                reply.read()
            except (OSError, http.client.HTTPException) as why:
                self.lost = repr(why)
                return
            self.answers += 1
            if reply.will_close:
                self.closes += 1
                connection.close()
                connection = None


class Drain(unittest.TestCase):
    def test_no_keep_alive_client_loses_a_post_when_the_server_is_stopped(self):
        with Server() as server:
            server.start()
            clients = [Poster(server) for _ in range(CLIENTS)]
            for each in clients:
                each.start()
            wait_until(lambda: all(each.answers >= 3 for each in clients), 30, "every client has been answered")
            server.terminate()
            self.assertEqual(server.wait(15), 0)
            for each in clients:
                each.join(20)
            self.assertEqual([each.lost for each in clients if each.lost], [])
            self.assertTrue(all(each.closes >= 1 for each in clients), "every client was told to move on")

    def test_a_store_that_does_not_answer_leaves_the_drain_unfinished_and_it_is_told_so(self):
        with Postgres() as postgres, Server(journal=postgres.url) as server:
            server.start()
            postgres.pause()
            try:
                server.terminate()
                server.wait(30)
            finally:
                postgres.go_on()
            self.assertIn("drain-not-finished", server.log())
            self.assertNotIn("drain-finished", server.log())

    def test_a_client_that_was_idle_gets_an_answer_that_says_that_nothing_was_done(self):
        with Server() as server:
            server.start()
            idle = http.client.HTTPConnection(server.host, server.port, timeout=15)
            idle.request("GET", "/livez")
            idle.getresponse().read()
            server.terminate()
            self.assertEqual(server.wait(15), 0)
            idle.sock.settimeout(5)
            said = b"".join(iter(lambda: idle.sock.recv(65536), b""))
            idle.close()
            self.assertTrue(said.startswith(b"HTTP/1.1 408 "), said)
            self.assertIn(b"Connection: close", said)


if __name__ == "__main__":
    unittest.main()
