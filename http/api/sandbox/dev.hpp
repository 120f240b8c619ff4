// /dev: the sandbox's ledger and mailbox, its behaviour, stock and products. Only on a listener made for it.
#pragma once

#include <vector>

#include "gateways/sandbox.hpp"
#include "http/api/common/handler_context.hpp"
#include "http/pipeline/router.hpp"

namespace orderflow {

/// `with` outlives the routes.
[[nodiscard]] std::vector<route> dev_routes(handler_context& context, sandbox& with);

}  // namespace orderflow
