"""Compares three accounts of the same run: what clients were told, what the store says, and the gateway's own ledger.
Every function returns sentences about what does not fit; the numbers are those of the invariants in ARCHITECTURE.md."""
from collections import defaultdict
from decimal import Decimal

SUCCESSORS = {
    "pending": {"payment_processing", "cancelled"},
    "payment_processing": {"paid", "pending"},
    "paid": {"shipped", "cancelled"},
    "shipped": {"delivered"},
    "delivered": set(),
    "cancelled": set(),
}
EXPONENTS = {"JPY": 0}


def reachable():
    """Status → every status that may be seen later, itself included."""
    table = {status: {status} for status in SUCCESSORS}
    for _ in SUCCESSORS:
        for status, later in table.items():
            for step in list(later):
                later |= SUCCESSORS[step]
    return table


REACHABLE = reachable()


def minor_units(amount, currency):
    return int((Decimal(str(amount)) * 10 ** EXPONENTS.get(currency, 2)).to_integral_exact())


class Observation:
    """A status that a client saw: it held at some time between the request's start and its end."""

    def __init__(self, order, status, start, end):
        self.order, self.status, self.start, self.end = order, status, start, end


class Intent:
    """One order that a client meant to make: one e-mail address of its own, one key, however many tries."""

    def __init__(self, email, body):
        self.email, self.body = email, body
        self.ids = set()          # of every 2xx that any of its tries got
        self.acknowledged = False


class Account:
    """The ledger's entries of one order."""

    def __init__(self):
        self.captures, self.refunds, self.capture_keys = [], [], defaultdict(int)

    @property
    def captured(self):
        return sum(self.captures)

    @property
    def refunded(self):
        return sum(self.refunds)


def accounts(ledger):
    table = defaultdict(Account)
    for entry in ledger:
        account = table[entry["order"]]
        if entry["kind"] == "capture":
            account.captures.append(entry["amount"])
            account.capture_keys[entry["key"]] += 1
        elif entry["kind"] == "refund":
            account.refunds.append(entry["amount"])
    return table


def check_intents(intents, orders):
    """I1, I2, I15: every acknowledged order is there, no intent became two orders, nothing is there that nobody meant."""
    wrong = []
    by_email = defaultdict(list)
    for order in orders:
        by_email[order["customer_email"]].append(order)
    for intent in intents:
        found = by_email.pop(intent.email, [])
        if len(intent.ids) > 1:
            wrong.append(f"I2: {intent.email} was told two orders, {sorted(intent.ids)}")
        if len(found) > 1:
            wrong.append(f"I2: {intent.email} has {len(found)} orders, {[order['id'] for order in found]}")
        if intent.acknowledged and not found:
            wrong.append(f"I1: order {sorted(intent.ids)} of {intent.email} was acknowledged and is lost")
        if found and intent.ids and found[0]["id"] not in intent.ids:
            wrong.append(f"I1: {intent.email} was told {sorted(intent.ids)} and has {found[0]['id']}")
        if found and len(found[0]["items"]) != len(intent.body["items"]):
            wrong.append(f"I1: order {found[0]['id']} has other lines than were sent")
    for email, found in by_email.items():
        wrong.append(f"I1: order {found[0]['id']} of {email} was never asked for")
    return wrong


def check_stock(orders, product, initial, available):
    """I3: what is available is what was there, less what orders hold or took away."""
    taken = sum(item["quantity"] for order in orders if order["status"] != "cancelled"
                for item in order["items"] if item.get("product_id") == product)
    wrong = []
    if available < 0:
        wrong.append(f"I3: {product} is oversold: {available} available")
    if taken > initial:
        wrong.append(f"I3: {product}: {taken} are held or sold, only {initial} were there")
    if available != initial - taken:
        wrong.append(f"I3: {product}: {available} available, but {initial} less {taken} held or sold is {initial - taken}")
    return wrong


def check_money(orders, ledger):
    """I4, I5: captures and refunds of each order against its status; no key was captured twice."""
    wrong = []
    table = accounts(ledger)
    known = {order["id"] for order in orders}
    wrong += [f"I4: order {order} was captured and does not exist" for order in table if order not in known and table[order].captures]
    for order in orders:
        account = table[order["id"]]
        name = f"order {order['id']} ({order['status']})"
        total = minor_units(order["total_amount"], order["currency"])
        wrong += [f"I4: {name}: key {key} was captured {count} times" for key, count in account.capture_keys.items() if count > 1]
        if account.refunded > account.captured:
            wrong.append(f"I4: {name}: captured {account.captured}, refunded {account.refunded}")
        if order["status"] in ("paid", "shipped", "delivered"):
            if total > 0 and account.captures != [total]:
                wrong.append(f"I4: {name}: total {total}, captures {account.captures}")
        elif order["status"] == "cancelled" and account.captured != account.refunded:
            wrong.append(f"I5: {name}: captured {account.captured}, refunded {account.refunded}")
        elif order["status"] == "pending" and account.captured != account.refunded:
            wrong.append(f"I4: {name}: captured {account.captured} although nothing is paid")
    return wrong


def check_refunds_granted(orders, granted, unsure, ledger):
    """I5, I15: what was promised back (order → sum of acknowledged parts) went back, and not a second time for a repeated request."""
    table = accounts(ledger)
    wrong = []
    for order in orders:
        promised, returned = granted.get(order["id"], 0), table[order["id"]].refunded
        if returned < promised:
            wrong.append(f"I5: order {order['id']}: {promised} was promised back, {returned} went back")
        elif order["status"] in ("paid", "shipped", "delivered") and order["id"] not in unsure and returned != promised:
            wrong.append(f"I15: order {order['id']} ({order['status']}): {promised} was promised back, {returned} went back")
    return wrong


def check_observations(observations):
    """I7: whatever was seen surely later must be reachable from what was seen before."""
    wrong = []
    by_order = defaultdict(list)
    for seen in observations:
        by_order[seen.order].append(seen)
    for order, seen in by_order.items():
        seen.sort(key=lambda one: one.end)
        for index, later in enumerate(seen):
            for earlier in seen[:index]:
                if earlier.end < later.start and later.status not in REACHABLE[earlier.status]:
                    wrong.append(f"I7: order {order} was seen {earlier.status} and later {later.status}")
    return wrong


def check_final(observations, orders):
    """I7: the state that is left must be reachable from all that was ever seen."""
    status = {order["id"]: order["status"] for order in orders}
    return [f"I7: order {seen.order} was seen {seen.status} and is {status[seen.order]} in the end" for seen in observations
            if seen.order in status and status[seen.order] not in REACHABLE[seen.status]]


def check_history(order, events):
    """I6: the events of an order are numbered from 1 without a gap."""
    numbers = [event["seq"] for event in events]
    if numbers != list(range(1, len(numbers) + 1)):
        return [f"I6: order {order} has events {numbers}"]
    return []


def check_letters(letters, mails):
    """I8 for messages that clients ask for: each that was acknowledged is delivered, under one Message-ID however often."""
    ids = defaultdict(set)
    for mail in mails:
        ids[mail["recipient"]].add(mail["id"])
    return [f"I8: the message to {address} was acknowledged and " +
            (f"came under {len(ids[address])} ids" if ids[address] else "never came") for address in letters if len(ids[address]) != 1]


def unfinished(orders):
    """Orders that something still has to happen to by itself."""
    return [order["id"] for order in orders if order["status"] == "payment_processing"]
