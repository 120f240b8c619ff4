// Lists of orders: the SQL made of a query's conditions, and the row they yield.
#pragma once

#include <vector>

#include "journal/sqlite/connection.hpp"
#include "journal/store.hpp"

namespace orderflow::sqlite {

/// All throw `failure`.
[[nodiscard]] std::vector<listed_order> list_orders(connection& db, const order_query& wanted);
[[nodiscard]] uint64_t count_orders(connection& db, const order_query& wanted);
[[nodiscard]] std::optional<listed_order> find_order(connection& db, order_id id);
[[nodiscard]] std::vector<listed_order> scan_orders(connection& db, order_id after, uint32_t limit);

}  // namespace orderflow::sqlite
