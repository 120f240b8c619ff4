"""Lists are in the order in which orders were made, and a cursor loses and repeats nothing while more are made, on both journals."""
import threading
import unittest

from client import Client, new_key, next_page
from orders import order_of
from server import Postgres, Server


class ListOrder:
    """The tests of both journals."""
    postgres = None

    @classmethod
    def setUpClass(cls):
        cls.server = Server(journal=cls.postgres.url if cls.postgres else None)
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        cls.client = Client(cls.server)
        cls.addClassCleanup(cls.client.close)

    def create(self, client, **more):
        reply = client.post("/api/v1/orders/", order_of(auto_pay=False, **more), key=new_key())  # whose key it is says which shard
        self.assertEqual(reply.status, 201, reply)
        return reply.json["id"]

    def ids(self, path):
        reply = self.client.get(path)
        self.assertEqual(reply.status, 200, reply)
        return [order.get("id", order.get("orderId")) for order in reply.json], next_page(reply)

    def test_the_newest_orders_are_on_the_first_page_and_in_order_whatever_their_numbers_are(self):
        made = [self.create(self.client, email="order@example.org") for _ in range(150)]
        self.assertNotEqual(made, sorted(made), "the numbers come from blocks of shards, so they tell no time")
        newest_first = made[::-1]
        self.assertEqual(self.ids("/api/v1/orders/")[0], newest_first[:20])
        self.assertEqual(self.ids("/api/v1/orders/?customer_email=order@example.org&limit=150")[0], newest_first)
        self.assertEqual(self.ids("/api/v1/orders/?status=pending&limit=30")[0], newest_first[:30])
        self.assertEqual(self.ids("/api/v1/orders/?customer_email=order@example.org&sort=created_at")[0], made[:20])
        self.assertEqual(self.ids("/api/v1/orders/?skip=7&limit=3")[0], newest_first[7:10])
        self.assertEqual(self.ids("/api/orders?limit=10")[0], newest_first[:10])

    def test_a_list_that_is_paged_while_orders_are_made_has_each_earlier_one_once(self):
        earlier = [self.create(self.client, email="paged@example.org") for _ in range(60)]
        for query in ("", "&sort=created_at"):
            seen, path = [], "/api/v1/orders/?limit=7&customer_email=paged@example.org" + query
            while path:
                found, path = self.ids(path)
                seen += found
                if len(seen) < 70:
                    self.create(self.client, email="paged@example.org")
            self.assertEqual(len(seen), len(set(seen)))
            self.assertLessEqual(set(earlier), set(seen))

    def test_whoever_follows_from_the_oldest_on_misses_nothing_of_what_many_clients_make(self):
        made, lock, left = [], threading.Lock(), [8]

        def make():
            client = Client(self.server)
            mine = [self.create(client, email="followed@example.org") for _ in range(60)]
            client.close()
            with lock:
                made.extend(mine)
                left[0] -= 1

        first = "/api/v1/orders/?limit=5&sort=created_at&customer_email=followed@example.org"
        makers = [threading.Thread(target=make) for _ in range(8)]
        for maker in makers:
            maker.start()
        seen, path = set(), first
        while True:
            done = left[0] == 0
            found, following = self.ids(path)
            seen.update(found)
            if following:
                path = following
            elif done:
                break
        for maker in makers:
            maker.join()
        self.assertEqual(len(made), 480)
        self.assertEqual(seen, set(made))

    def test_a_cursor_that_is_none_of_ours_is_refused_with_what_to_do(self):
        for cursor in ("7", "ORD000007", "x", "", "AQ"):
            reply = self.client.get(f"/api/v1/orders/?cursor={cursor}")
            self.assertEqual(reply.status, 422, reply)
            self.assertIn("begin with the first page", reply.json["errors"][0]["detail"])
            reply = self.client.get(f"/api/orders?cursor={cursor}")
            self.assertEqual(reply.status, 400, reply)
            self.assertIn("begin with the first page", reply.json["message"])


class OnSqlite(ListOrder, unittest.TestCase):
    pass


class OnPostgres(ListOrder, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.postgres = Postgres()
        cls.addClassCleanup(cls.postgres.__exit__)
        super().setUpClass()


if __name__ == "__main__":
    unittest.main()
