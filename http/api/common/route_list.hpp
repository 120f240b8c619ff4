// What a listener serves and who may use it, as it is and not as somebody wrote it down: for tests of authorisation and for
// an operator who asks.
#pragma once

#include <vector>

#include "http/pipeline/router.hpp"

namespace orderflow {

/// GET /dev/routes: method, path, dialect and roles of every row of `table`.
[[nodiscard]] route route_list_route(const std::vector<route>& table);

}  // namespace orderflow
