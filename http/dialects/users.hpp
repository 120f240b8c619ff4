// Ours, for every dialect: how to reach a customer, and the payment method on file. A customer sees only itself.
#pragma once

#include <vector>

#include "http/dialects/edge.hpp"
#include "http/router.hpp"

namespace orderflow {

[[nodiscard]] std::vector<route> users_routes(edge& on);

}  // namespace orderflow
