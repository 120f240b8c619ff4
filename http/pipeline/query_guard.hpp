// What may stand in the target of a request: text that a store can hold, and the parameters that its route names.
#pragma once

#include <optional>

#include "http/pipeline/router.hpp"

namespace orderflow {

/// 400: the path has a broken percent-encoding, or decodes to something that is no text or has control characters.
[[nodiscard]] std::optional<problem> path_guard(const request& req);

/// 400: the query has a broken percent-encoding, or a name or value that is no text or has control characters. For every route,
/// whether it looks at its query or not.
[[nodiscard]] std::optional<problem> query_text_guard(const request& req);

/// 400: a parameter of the route is there twice, or (in our own dialects) a parameter is not known to the route. The customer's
/// documents D0, D2 and D3 do not look at what they do not know. Asked after query_text_guard.
[[nodiscard]] std::optional<problem> query_guard(const request& req, const route_options& of);

/// A raw '+' of a query is read as a blank. Where that may be why nothing was found, or why the query was refused, the reply
/// says so in X-Hint.
void hint_at_plus(const request& req, reply& made);

}  // namespace orderflow
