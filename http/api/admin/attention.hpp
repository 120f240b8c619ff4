// GET /api/v1/attention: all that waits for a person or for something outside, each with the command that resolves it; and the
// command that has a message tried again which was given up.
#pragma once

#include <vector>

#include "http/api/common/handler_context.hpp"
#include "http/pipeline/router.hpp"

namespace orderflow {

/// `on` outlives the routes.
[[nodiscard]] std::vector<route> attention_routes(handler_context& context);

}  // namespace orderflow
