// The tables of the CRUD service and every statement that it prepares.
#pragma once

#include <array>

#include "journal/postgres/connection.hpp"

namespace orderflow::crud {

/// Makes the tables where they are absent.
extern const char* const schema;

/// Of each connection. Stock rows are locked in the order in which they are named, so the join that takes them must walk the
/// names: with other joins allowed, two orders could lock the same rows crosswise.
inline constexpr const char* session_settings =
    "SET client_min_messages = warning; SET plan_cache_mode = force_generic_plan; SET jit = off; SET enable_seqscan = off; "
    "SET enable_hashjoin = off; SET enable_mergejoin = off";

/// SQLSTATEs of an order that cannot be had: less than nothing would be left of a product; a product has no stock at all.
inline constexpr std::string_view check_violation = "23514";
inline constexpr std::string_view division_by_zero = "22012";

/// A whole paid order in one statement, which is one transaction and one round trip.
/// ($1 order, $2 email, $3 name, $4 currency, $5 total, $6 method, $7 transaction, $8 at, $9 taken products, sorted, each once,
/// $10 taken quantities, $11 products, $12 names, $13 quantities, $14 prices)
extern const postgres::statement place_order_statement;

/// ($1 email, $2 below this id, $3 limit) → order, name, currency, total, at, method, transaction, status; newest first.
extern const postgres::statement list_orders_statement;
/// ($1 orders) → order, product, name, quantity, price, in order.
extern const postgres::statement list_items_statement;
/// ($1 id, $2 name, $3 currency, $4 price)
extern const postgres::statement put_product_statement;
/// ($1 product, $2 available)
extern const postgres::statement put_stock_statement;

[[nodiscard]] std::array<const postgres::statement*, 5> all_statements();

}  // namespace orderflow::crud
