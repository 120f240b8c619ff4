// The operator's products: an immutable snapshot with a version. Prices and their version travel in the command.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "domain/ids.hpp"
#include "domain/money.hpp"
#include "domain/order/order.hpp"
#include "domain/order/refusal.hpp"

namespace orderflow {

struct product {
  product_id id;
  std::string name;
  currency money;
  minor_units price = 0;
  bool operator==(const product&) const = default;
};

struct catalogue {
  uint64_t version = 0;
  std::unordered_map<product_id, product> products;
};
using catalogue_snapshot = std::shared_ptr<const catalogue>;

/// Puts a product in, or replaces it.
struct put_product {
  product item;
};
/// Stored format: add, never change.
struct product_put {
  product item;
  bool operator==(const product_put&) const = default;
};
using catalogue_event = std::variant<product_put>;

void evolve(catalogue& now, const catalogue_event& event);

/// Puts catalogue names and prices into lines: a line whose product is known becomes tracked and must carry the catalogue's
/// price or none (−1); a line without a product, or (if `unknown_allowed`) with an unknown one, keeps its own price and name.
/// `client_prices_allowed`: the principal is a merchant, service or operator.
struct pricing_rules {
  bool unknown_allowed = true;
  bool client_prices_allowed = true;
};
[[nodiscard]] refusal price_lines(const catalogue& known, currency money, const pricing_rules& rules,
                                  std::vector<order_line>& lines);
inline constexpr minor_units price_of_catalogue = -1;

}  // namespace orderflow
