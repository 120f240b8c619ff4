// The products of a run: put in place before it, counted before and after.
#pragma once

#include <optional>

#include "bench/scenario.hpp"

namespace orderflow::bench {

/// Over all products of a run.
struct stock_sums {
  int64_t on_hand = 0;
  int64_t reserved = 0;
};

void set_up_products(blocking_client& server, const std::vector<sold_product>& products);

/// Nothing where there are no products, or where the server does not tell what it has of them.
[[nodiscard]] std::optional<stock_sums> count_stock(blocking_client& server, const std::vector<sold_product>& products);

/// What the orders hold and took away is what the stock has reserved and no longer has; nothing is refused while there is some.
/// Waits for what ships or is released behind an answer. Throws std::runtime_error when the sums do not come to fit.
void check_stock(blocking_client& server, const scenario& what, const stock_sums& before);

}  // namespace orderflow::bench
