#include "bench/compare/crud/schema.hpp"

namespace orderflow::crud {

const char* const schema = R"sql(
CREATE TABLE IF NOT EXISTS products (
  id       text   PRIMARY KEY,
  name     text   NOT NULL,
  currency text   NOT NULL,
  price    bigint NOT NULL
);
-- Room on the page, so that a decrement writes no index.
CREATE TABLE IF NOT EXISTS stock (
  product   text   PRIMARY KEY,
  available bigint NOT NULL CHECK (available >= 0)
) WITH (fillfactor = 30);
CREATE TABLE IF NOT EXISTS orders (
  id             bigint   PRIMARY KEY,
  customer_email text     NOT NULL,
  customer_name  text     NOT NULL,
  status         smallint NOT NULL,
  currency       text     NOT NULL,
  total          bigint   NOT NULL,
  created_at     bigint   NOT NULL
);
CREATE INDEX IF NOT EXISTS orders_customer_email ON orders (customer_email, id);
CREATE TABLE IF NOT EXISTS order_items (
  order_id   bigint  NOT NULL,
  line       integer NOT NULL,
  product    text    NOT NULL,
  name       text    NOT NULL,
  quantity   bigint  NOT NULL,
  unit_price bigint  NOT NULL,
  PRIMARY KEY (order_id, line)
);
CREATE TABLE IF NOT EXISTS order_history (
  order_id bigint   NOT NULL,
  seq      integer  NOT NULL,
  status   smallint NOT NULL,
  at       bigint   NOT NULL,
  PRIMARY KEY (order_id, seq)
);
CREATE TABLE IF NOT EXISTS payments (
  order_id    bigint NOT NULL,
  attempt     integer NOT NULL,
  transaction bigint NOT NULL,
  method      text   NOT NULL,
  amount      bigint NOT NULL,
  at          bigint NOT NULL,
  PRIMARY KEY (order_id, attempt)
);
CREATE SEQUENCE IF NOT EXISTS order_blocks;
)sql";

// Status 1 pending, 2 payment processing, 3 paid: the history of an order that was paid at once. The division fails the
// statement, and with it all of its inserts, where a product has no stock row.
const postgres::statement place_order_statement{"place_order", R"sql(
WITH made AS (
  INSERT INTO orders VALUES ($1::bigint, $2::text, $3::text, 3, $4::text, $5::bigint, $8::bigint)
), items AS (
  INSERT INTO order_items
  SELECT $1, generate_series(1, cardinality($11::text[])), unnest($11), unnest($12::text[]), unnest($13::bigint[]),
         unnest($14::bigint[])
), story AS (
  INSERT INTO order_history VALUES ($1, 1, 1, $8), ($1, 2, 2, $8), ($1, 3, 3, $8)
), paid AS (
  INSERT INTO payments VALUES ($1, 1, $7::bigint, $6::text, $5, $8)
), taken AS (
  UPDATE stock SET available = stock.available - wanted.quantity
  FROM (SELECT unnest($9::text[]) AS product, unnest($10::bigint[]) AS quantity) AS wanted
  WHERE stock.product = wanted.product
  RETURNING 1
)
SELECT 1 / (count(*) = cardinality($9))::integer FROM taken)sql"};

const postgres::statement list_orders_statement{"list_orders", R"sql(
SELECT orders.id, customer_name, currency, total, created_at, payments.method, payments.transaction, status
FROM orders JOIN payments ON payments.order_id = orders.id AND payments.attempt = 1
WHERE customer_email = $1::text AND orders.id < $2::bigint
ORDER BY orders.id DESC LIMIT $3::bigint)sql"};

const postgres::statement list_items_statement{"list_items", R"sql(
SELECT order_id, product, name, quantity, unit_price
FROM order_items WHERE order_id = ANY($1::bigint[]) ORDER BY order_id DESC, line)sql"};

const postgres::statement put_product_statement{"put_product", R"sql(
INSERT INTO products VALUES ($1::text, $2::text, $3::text, $4::bigint)
ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, currency = EXCLUDED.currency, price = EXCLUDED.price)sql"};

const postgres::statement put_stock_statement{"put_stock", R"sql(
INSERT INTO stock VALUES ($1::text, $2::bigint)
ON CONFLICT (product) DO UPDATE SET available = EXCLUDED.available)sql"};

std::array<const postgres::statement*, 5> all_statements() {
  return {&place_order_statement, &list_orders_statement, &list_items_statement, &put_product_statement, &put_stock_statement};
}

}  // namespace orderflow::crud
