// What an operator does about products and stock: prices, counts, corrections. Recorded, and never below what is reserved.
#pragma once

#include <string_view>
#include <variant>
#include <vector>

#include "domain/catalogue/catalogue.hpp"
#include "http/api/common/handler_context.hpp"
#include "http/pipeline/router.hpp"

namespace orderflow {

/// A product as its operator sends it: name, price, currency (USD where left out); or everything that is wrong with it.
[[nodiscard]] std::variant<product, problem> read_product(std::string_view id, std::string_view body);

/// `on` outlives the routes.
[[nodiscard]] std::vector<route> product_admin_routes(handler_context& context);

}  // namespace orderflow
