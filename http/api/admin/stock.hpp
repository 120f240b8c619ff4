// The inventory check of the cart workflow (D3) and the products: what there is, how much of it, and what it costs.
#pragma once

#include <vector>

#include "codec/json.hpp"
#include "domain/catalogue/catalogue.hpp"
#include "http/api/common/handler_context.hpp"
#include "http/pipeline/router.hpp"

namespace orderflow {

/// {"productId","name","price","currency"}
void write_product_json(json_writer& out, const product& item);

[[nodiscard]] std::vector<route> stock_routes(handler_context& context);

}  // namespace orderflow
