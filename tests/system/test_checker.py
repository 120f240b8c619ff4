"""The checker must see every kind of wrong that it exists for."""
import unittest

import checker
from checker import Intent, Observation

LINES = [{"product_id": "P001", "quantity": 2}]


def order(number=1, status="paid", email="a@example.com", total=50.0, currency="USD"):
    return {"id": number, "status": status, "customer_email": email, "total_amount": total, "currency": currency, "items": LINES}


def entry(kind, amount=5000, number=1, key="charge/1/1"):
    return {"kind": kind, "order": number, "amount": amount, "key": key}


def intent(email="a@example.com", ids=(1,), acknowledged=True):
    made = Intent(email, {"items": LINES})
    made.ids, made.acknowledged = set(ids), acknowledged
    return made


class Intents(unittest.TestCase):
    def test_what_fits_is_accepted(self):
        self.assertEqual(checker.check_intents([intent()], [order()]), [])
        self.assertEqual(checker.check_intents([intent(ids=(), acknowledged=False)], []), [])
        self.assertEqual(checker.check_intents([intent(ids=(), acknowledged=False)], [order()]), [])

    def test_a_lost_order_is_seen(self):
        self.assertIn("lost", checker.check_intents([intent()], [])[0])

    def test_a_doubled_order_is_seen_in_the_store_and_in_the_answers(self):
        self.assertTrue(checker.check_intents([intent()], [order(1), order(2)]))
        self.assertTrue(checker.check_intents([intent(ids=(1, 2))], [order(1)]))

    def test_an_order_nobody_asked_for_is_seen(self):
        self.assertTrue(checker.check_intents([], [order()]))

    def test_an_order_under_another_number_is_seen(self):
        self.assertTrue(checker.check_intents([intent(ids=(7,))], [order(1)]))


class StockAndMoney(unittest.TestCase):
    def test_stock_that_is_explained_is_accepted(self):
        self.assertEqual(checker.check_stock([order(), order(2, "cancelled"), order(3, "shipped")], "P001", 10, 6), [])

    def test_stock_that_leaked_or_was_oversold_is_seen(self):
        self.assertTrue(checker.check_stock([order()], "P001", 10, 7))
        self.assertTrue(checker.check_stock([order()], "P001", 10, 5))
        self.assertTrue(checker.check_stock([order(), order(2)], "P001", 3, -1))

    def test_money_that_fits_is_accepted(self):
        self.assertEqual(checker.check_money([order()], [entry("charge"), entry("capture")]), [])
        self.assertEqual(checker.check_money([order()], [entry("capture"), entry("refund", 500)]), [])
        self.assertEqual(checker.check_money([order(status="cancelled")], [entry("capture"), entry("refund")]), [])
        self.assertEqual(checker.check_money([order(status="pending")], [entry("charge"), entry("decline")]), [])
        self.assertEqual(checker.check_money([order(total=50.0, currency="JPY")], [entry("capture", 50)]), [])

    def test_money_that_does_not_fit_is_seen(self):
        cases = {
            "paid without a capture": ([order()], []),
            "captured twice": ([order()], [entry("capture"), entry("capture", key="charge/1/2")]),
            "one key captured twice": ([order(status="cancelled")], [entry("capture"), entry("capture"), entry("refund", 10000)]),
            "another amount": ([order()], [entry("capture", 4999)]),
            "cancelled and kept": ([order(status="cancelled")], [entry("capture")]),
            "refunded in part only": ([order(status="cancelled")], [entry("capture"), entry("refund", 4999)]),
            "more back than came": ([order()], [entry("capture"), entry("refund", 5001)]),
            "pending and captured": ([order(status="pending")], [entry("capture")]),
            "captured for no order": ([], [entry("capture")]),
        }
        for name, (orders, ledger) in cases.items():
            with self.subTest(name):
                self.assertTrue(checker.check_money(orders, ledger))

    def test_a_refund_that_was_promised_and_never_made_is_seen(self):
        self.assertEqual(checker.check_refunds_granted([order()], {1: 500}, set(), [entry("capture"), entry("refund", 500)]), [])
        self.assertTrue(checker.check_refunds_granted([order()], {1: 500}, set(), [entry("capture")]))

    def test_a_refund_that_was_made_twice_for_one_request_is_seen(self):
        twice = [entry("capture"), entry("refund", 500), entry("refund", 500)]
        self.assertTrue(checker.check_refunds_granted([order()], {1: 500}, set(), twice))
        self.assertEqual(checker.check_refunds_granted([order()], {1: 500}, {1}, twice), [])


class Letters(unittest.TestCase):
    def test_a_message_that_came_twice_under_one_id_is_fine_and_others_are_seen(self):
        first, again, other = ({"recipient": "a", "id": name} for name in ("1", "1", "2"))
        self.assertEqual(checker.check_letters(["a"], [first, again]), [])
        self.assertTrue(checker.check_letters(["a"], [first, other]))
        self.assertTrue(checker.check_letters(["a"], []))


class Moves(unittest.TestCase):
    def test_the_diagrams_moves_are_accepted_and_overlapping_looks_are_not_compared(self):
        seen = [Observation(1, "pending", 0, 1), Observation(1, "paid", 2, 3), Observation(1, "shipped", 4, 5)]
        self.assertEqual(checker.check_observations(seen), [])
        self.assertEqual(checker.check_observations([Observation(1, "paid", 0, 5), Observation(1, "pending", 1, 6)]), [])

    def test_a_move_backwards_is_seen(self):
        self.assertTrue(checker.check_observations([Observation(1, "paid", 0, 1), Observation(1, "pending", 2, 3)]))
        self.assertTrue(checker.check_observations([Observation(1, "cancelled", 0, 1), Observation(1, "paid", 2, 3)]))
        self.assertTrue(checker.check_final([Observation(1, "shipped", 0, 1)], [order(status="paid")]))

    def test_a_gap_in_the_events_is_seen(self):
        self.assertEqual(checker.check_history(1, [{"seq": 1}, {"seq": 2}]), [])
        self.assertTrue(checker.check_history(1, [{"seq": 1}, {"seq": 3}]))
        self.assertTrue(checker.check_history(1, [{"seq": 2}]))


if __name__ == "__main__":
    unittest.main()
