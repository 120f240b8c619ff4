// What an operator does about products and stock: prices, counts, corrections. Recorded, and never below what is reserved.
#pragma once

#include <functional>
#include <string_view>
#include <variant>
#include <vector>

#include "domain/catalogue/catalogue.hpp"
#include "http/api/common/handler_context.hpp"
#include "http/pipeline/router.hpp"

namespace orderflow {

/// A product as its operator sends it: name, price, currency (USD where left out); or everything that is wrong with it.
[[nodiscard]] std::variant<product, problem> read_product(std::string_view id, std::string_view body);

/// Puts the product in, once under the request's key, and records who did. What is wrong is answered in the form of `errors`;
/// `done` gets the product as it stands then.
void put_product_once(handler_context& context, const request& req, const responder& to, const product& item,
                      problem_encoder errors, std::function<void(const product&)> done);

/// `on` outlives the routes.
[[nodiscard]] std::vector<route> product_admin_routes(handler_context& context);

}  // namespace orderflow
