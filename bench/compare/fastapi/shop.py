"""An order service as most teams write it: FastAPI, pydantic models, asyncpg, a pool per worker, one transaction per order.

Started by uvicorn, one worker per core; DATABASE_URL and POOL come from the environment."""
import os
import time
from datetime import datetime, timezone
from typing import Optional

import asyncpg
from fastapi import FastAPI, HTTPException, Request, Response
from pydantic import BaseModel, Field

PENDING, PAYMENT_PROCESSING, PAID = 1, 2, 3
WORDS = {PENDING: "pending", PAYMENT_PROCESSING: "payment_processing", PAID: "paid"}

SCHEMA = """
CREATE TABLE IF NOT EXISTS products (id text PRIMARY KEY, name text NOT NULL, currency text NOT NULL, price bigint NOT NULL);
CREATE TABLE IF NOT EXISTS stock (product text PRIMARY KEY, available bigint NOT NULL CHECK (available >= 0)) WITH (fillfactor = 30);
CREATE TABLE IF NOT EXISTS orders (id bigserial PRIMARY KEY, customer_email text NOT NULL, customer_name text NOT NULL,
  status smallint NOT NULL, currency text NOT NULL, total bigint NOT NULL, created_at bigint NOT NULL);
CREATE INDEX IF NOT EXISTS orders_customer_email ON orders (customer_email, id);
CREATE TABLE IF NOT EXISTS order_items (order_id bigint NOT NULL, line integer NOT NULL, product text NOT NULL, name text NOT NULL,
  quantity bigint NOT NULL, unit_price bigint NOT NULL, PRIMARY KEY (order_id, line));
CREATE TABLE IF NOT EXISTS order_history (order_id bigint NOT NULL, seq integer NOT NULL, status smallint NOT NULL, at bigint NOT NULL,
  PRIMARY KEY (order_id, seq));
CREATE TABLE IF NOT EXISTS payments (order_id bigint NOT NULL, attempt integer NOT NULL, transaction bigint NOT NULL, method text NOT NULL,
  amount bigint NOT NULL, at bigint NOT NULL, PRIMARY KEY (order_id, attempt));
"""

app = FastAPI()


class Line(BaseModel):
    product_id: Optional[str] = None
    product_name: str = ""
    quantity: int = Field(ge=1)
    unit_price: float = Field(ge=0)


class NewOrder(BaseModel):
    customer_email: str = Field(regex=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
    customer_name: str = ""
    items: list[Line] = Field(min_items=1)
    currency: str = "JPY"
    payment_method: str = "ok"


class Product(BaseModel):
    name: str
    price: float
    currency: str = "JPY"


class Stock(BaseModel):
    on_hand: int = Field(ge=0)


class Gateway:
    """Stands in for a payment service: answers at once. The workers have no memory in common, so its ledger is the table of payments."""

    async def charge(self, order_id, amount):
        return order_id * 100 + 1


gateway = Gateway()


@app.on_event("startup")
async def connect():
    app.state.pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=int(os.environ["POOL"]), max_size=int(os.environ["POOL"]))
    async with app.state.pool.acquire() as connection:
        # Two workers that make the tables at the same time would trip over each other.
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock(1)")
            await connection.execute(SCHEMA)


@app.get("/readyz")
async def ready():
    return {"status": "ready"}


@app.put("/dev/products/{product}")
async def put_product(product: str, wish: Product):
    async with app.state.pool.acquire() as connection:
        await connection.execute(
            "INSERT INTO products VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, "
            "currency = EXCLUDED.currency, price = EXCLUDED.price", product, wish.name, wish.currency, round(wish.price))
    return {"id": product}


@app.put("/dev/stock/{product}")
async def put_stock(product: str, wish: Stock):
    async with app.state.pool.acquire() as connection:
        await connection.execute("INSERT INTO stock VALUES ($1, $2) ON CONFLICT (product) DO UPDATE SET available = EXCLUDED.available",
                                 product, wish.on_hand)
    return {"product_id": product, "on_hand": wish.on_hand}


async def take_stock(connection, lines):
    taken = {}
    for line in lines:
        if line.product_id:
            taken[line.product_id] = taken.get(line.product_id, 0) + line.quantity
    for product, quantity in sorted(taken.items()):  # in one order, so that two orders cannot wait for each other
        done = await connection.execute("UPDATE stock SET available = available - $2 WHERE product = $1 AND available >= $2", product, quantity)
        if done != "UPDATE 1":
            raise HTTPException(409, f"there is not enough of {product}")


async def write_order(connection, wish, total, at):
    number = await connection.fetchval(
        "INSERT INTO orders (customer_email, customer_name, status, currency, total, created_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
        wish.customer_email, wish.customer_name, PAID, wish.currency, total, at)
    await connection.executemany(
        "INSERT INTO order_items VALUES ($1, $2, $3, $4, $5, $6)",
        [(number, n, line.product_id or "", line.product_name, line.quantity, round(line.unit_price)) for n, line in enumerate(wish.items, 1)])
    transaction = await gateway.charge(number, total)
    await connection.executemany("INSERT INTO order_history VALUES ($1, $2, $3, $4)",
                                 [(number, n, status, at) for n, status in enumerate((PENDING, PAYMENT_PROCESSING, PAID), 1)])
    await connection.execute("INSERT INTO payments VALUES ($1, 1, $2, $3, $4, $5)", number, transaction, wish.payment_method, total, at)
    return number


async def check_prices(connection, lines):
    products = [line.product_id for line in lines if line.product_id]
    prices = {row["id"]: row["price"] for row in await connection.fetch("SELECT id, price FROM products WHERE id = ANY($1)", products)}
    for line in lines:
        if line.product_id and prices.get(line.product_id) != round(line.unit_price):
            raise HTTPException(422, f"the price of {line.product_id} is not the catalogue's")


def told(order, items):
    at = datetime.fromtimestamp(order["created_at"] // 1000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"id": order["id"], "customer_email": order["customer_email"], "customer_name": order["customer_name"],
            "status": WORDS[order["status"]], "total_amount": order["total"], "currency": order["currency"], "items": items,
            "created_at": at, "updated_at": at, "payment": {"status": "completed", "transaction_id": order["id"] * 100 + 1}}


@app.post("/api/v1/orders/", status_code=201)
async def place(wish: NewOrder):
    total = sum(line.quantity * round(line.unit_price) for line in wish.items)
    at = time.time_ns() // 1_000_000
    async with app.state.pool.acquire() as connection:
        async with connection.transaction():
            await check_prices(connection, wish.items)
            await take_stock(connection, wish.items)
            number = await write_order(connection, wish, total, at)
    items = [{"id": n, "product_name": line.product_name, "quantity": line.quantity, "unit_price": line.unit_price, "product_id": line.product_id}
             for n, line in enumerate(wish.items, 1)]
    return told({"id": number, "customer_email": wish.customer_email, "customer_name": wish.customer_name, "status": PAID, "total": total,
                 "currency": wish.currency, "created_at": at}, items)


@app.get("/api/v1/orders/")
async def list_orders(request: Request, response: Response, customer_email: str, limit: int = 20, cursor: int = 2**63 - 1):
    async with app.state.pool.acquire() as connection:
        orders = await connection.fetch("SELECT * FROM orders WHERE customer_email = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
                                        customer_email, cursor, limit)
        rows = await connection.fetch("SELECT * FROM order_items WHERE order_id = ANY($1) ORDER BY order_id, line", [order["id"] for order in orders])
    items = {}
    for row in rows:
        items.setdefault(row["order_id"], []).append({"id": row["line"], "product_name": row["name"], "quantity": row["quantity"],
                                                      "unit_price": row["unit_price"], "product_id": row["product"]})
    if len(orders) == limit:
        following = request.url.include_query_params(cursor=orders[-1]["id"])
        response.headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
    return [told(order, items.get(order["id"], [])) for order in orders]


@app.get("/dev/gateway/ledger")
async def ledger():
    async with app.state.pool.acquire() as connection:
        rows = await connection.fetch("SELECT order_id, amount, method, transaction FROM payments")
    return [{"kind": "capture", "key": f"charge/{row['order_id']}/1", "order_id": row["order_id"], "amount": row["amount"],
             "amount_minor": row["amount"], "method": row["method"], "transaction": str(row["transaction"])} for row in rows]
