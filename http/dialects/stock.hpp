// The inventory check of the cart workflow (D3) and the products: what there is, how much of it, and what it costs.
#pragma once

#include <vector>

#include "codec/json.hpp"
#include "domain/catalogue/catalogue.hpp"
#include "http/dialects/edge.hpp"
#include "http/router.hpp"

namespace orderflow {

/// {"productId","name","price","currency"}
void d3_write_product(json_writer& out, const product& item);

[[nodiscard]] std::vector<route> stock_routes(edge& on);

}  // namespace orderflow
