// Ours, for every dialect: how to reach a customer, and the payment method on file. A customer sees only itself.
#pragma once

#include <vector>

#include "http/api/common/handler_context.hpp"
#include "http/pipeline/router.hpp"

namespace orderflow {

[[nodiscard]] std::vector<route> users_routes(handler_context& context);

}  // namespace orderflow
