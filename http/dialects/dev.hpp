// /dev: the sandbox's ledger and mailbox, its behaviour, stock and products. Only on a listener made for it.
#pragma once

#include <vector>

#include "gateways/sandbox.hpp"
#include "http/dialects/edge.hpp"
#include "http/router.hpp"

namespace orderflow {

/// `with` outlives the routes.
[[nodiscard]] std::vector<route> dev_routes(edge& on, sandbox& with);

}  // namespace orderflow
