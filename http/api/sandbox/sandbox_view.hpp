// What the sandbox saw and how it behaves: its ledger, its mailbox, its mode. The same beside the server (`--dev`) and where the
// sandbox is a process of its own.
#pragma once

#include <vector>

#include "gateways/sandbox.hpp"
#include "http/pipeline/router.hpp"

namespace orderflow {

/// `with` outlives the routes.
[[nodiscard]] std::vector<route> sandbox_view_routes(sandbox& service);

}  // namespace orderflow
