// An order's past: its events as recorded, and the order as it was at a moment.
#pragma once

#include <functional>
#include <string>
#include <variant>

#include "http/api/common/handler_context.hpp"

namespace orderflow {

/// Array of {seq, type, at, data}. The order's owner and tenant are checked like for any other read.
void answer_history(handler_context& context, const request& req, const responder& to);

/// `point`: a version ("3") or a time ("2025-12-01T10:00:00Z"); 422 for anything else, 404 before the order existed.
void read_as_of(handler_context& context, const request& req, order_id id, const std::string& point,
                std::function<void(std::variant<order, problem>)> done);

/// 500: a stored record that this version cannot decode.
[[nodiscard]] problem record_is_damaged();

}  // namespace orderflow
