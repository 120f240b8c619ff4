// The page at "/": what runs here and where to go from it. Open to anyone, and on every listener.
#pragma once

#include <vector>

#include "http/pipeline/router.hpp"

namespace orderflow {

/// Shows what of the start page's parts is in `table`, which holds all other routes of the listener.
[[nodiscard]] route start_route(const std::vector<route>& table);

}  // namespace orderflow
