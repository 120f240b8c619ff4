// Messages that clients ask for: what every dialect does with them in the same way.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "http/dialects/edge.hpp"

namespace orderflow {

/// Queues it in the name of the request's principal, under its Idempotency-Key where it has one; `route` is part of the key's
/// scope. Nothing: it is durable, now or since an earlier call with this key.
void queue_notice(edge& on, const request& asked, std::string_view route, free_notice wish,
                  std::function<void(std::optional<problem>)> done);

}  // namespace orderflow
