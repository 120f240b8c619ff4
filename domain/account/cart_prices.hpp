// What a cart costs now, and what its customer was last told that it costs: nobody is charged more than he was shown.
#pragma once

#include "domain/account/account.hpp"
#include "domain/order/order.hpp"

namespace orderflow {

/// A line whose piece has another price than the customer was told.
struct changed_price {
  order_line line;  ///< As it costs now.
  minor_units told = 0;
};

struct cart_prices {
  minor_units total = 0;
  minor_units told = 0;  ///< The total at the prices that were told; what was never told counts as it is now.
  std::vector<changed_price> changed;
};

/// `lines` carry the present prices, in `money`. A price that was told in another currency is none. Nothing: a total that no
/// order may have.
[[nodiscard]] std::optional<cart_prices> compare_prices(const std::vector<quoted_price>& told, currency money,
                                                        const std::vector<order_line>& lines);

}  // namespace orderflow
