// The reference served: /openapi.json, /docs, and a page for each type of problem. Open to anyone, like the probes.
#pragma once

#include <vector>

#include "http/pipeline/router.hpp"

namespace orderflow {

[[nodiscard]] std::vector<route> document_routes();

}  // namespace orderflow
