"""A SQLite store that is put in place of another one: by `db restore`, and by `cp` after a server was killed."""
import glob
import os
import shutil
import tempfile
import time
import unittest

from client import Client, new_key
from orders import order_of
from server import Server, wait_until
from test_db import Tools, remove, sqlite_backup, sqlite_of


class CopiedStore(Tools, unittest.TestCase):
    def test_no_number_comes_again_after_a_second_restore_on_sqlite(self):
        with Server() as server, tempfile.TemporaryDirectory(prefix="orderflow-db-") as folder:
            server.start()
            client = Client(server)
            self.assertEqual(client.post("/api/v1/orders/", order_of(), key=new_key()).status, 201)
            restore = sqlite_backup(self, server, folder)
            restore.take()
            sold = []
            for _ in range(2):
                server.kill()
                restore.put_back()
                server.start()
                client = Client(server)
                sold.append({client.post("/api/v1/orders/", order_of(), key=new_key()).json["id"] for _ in range(70)})
            self.assertFalse(sold[0] & sold[1])
            client.close()

    def test_a_copy_beside_the_log_of_a_killed_server_is_refused(self):
        for before, after in ((300, 300), (5, 64)):
            with self.subTest(before=before), Server() as server, tempfile.TemporaryDirectory(prefix="orderflow-db-") as folder:
                client, copy = self.copy_of_orders(server, folder, before)
                present = os.path.join(server.data, "orderflow.db")
                for _ in range(after):
                    self.assertEqual(client.post("/api/v1/orders/", order_of()).status, 201)
                server.kill()
                shutil.copy(copy, present)
                code, told = server.run_to_end()
                self.assertEqual(code, 69, told)
                self.assertIn("-wal is the log of the database that was there before", told)
                for action in ("migrate", "skip-numbers"):
                    self.assertEqual(self.db(action, sqlite_of(server.data))[0], 69)
                remove([present + "-wal", present + "-shm"])
                server.start()
                client = Client(server)
                self.assertEqual(len(client.all_orders()), before)
                self.assertEqual(client.post("/api/v1/orders/", order_of()).status, 201)
                client.close()
                self.assertEqual(server.stop(), 0)
                self.assertEqual(self.db("verify", sqlite_of(server.data))[0], 0)

    def test_a_copy_whose_first_start_is_killed_at_any_moment_starts(self):
        with Server() as server, tempfile.TemporaryDirectory(prefix="orderflow-db-") as folder:
            client, copy = self.copy_of_orders(server, folder, 30)
            client.close()
            server.kill()
            for attempt in range(24):
                for source in (copy, None):
                    remove(glob.glob(os.path.join(server.data, "orderflow.db*")))
                    if source:
                        shutil.copy(source, os.path.join(server.data, "orderflow.db"))
                    else:
                        remove(glob.glob(os.path.join(server.data, "*.log*")) + glob.glob(os.path.join(server.data, "*ledger*")))
                    for _ in range(2):
                        process = server.spawn()
                        wait_until(lambda: os.path.exists(os.path.join(server.data, "orderflow.lock")), 5, "it has begun")
                        time.sleep(attempt * 0.004)
                        server.kill()
                        process.stdout.close()
                    # Without `serve`: it says whether the store can be opened, and is done at once.
                    code, told = self.db("migrate", sqlite_of(server.data))
                    self.assertEqual(code, 0, (attempt, source, told))
                    code, told = self.db("skip-numbers", sqlite_of(server.data))
                    self.assertEqual(code, 0, (attempt, source, told))
            server.start()


if __name__ == "__main__":
    unittest.main()
