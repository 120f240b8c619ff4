// The inventory check of the cart workflow (D3) and the products: what there is, how much of it, and what it costs.
#pragma once

#include <vector>

#include "http/dialects/edge.hpp"
#include "http/router.hpp"

namespace orderflow {

[[nodiscard]] std::vector<route> stock_routes(edge& on);

}  // namespace orderflow
