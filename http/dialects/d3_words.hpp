// The error form of the cart workflow (D3): {"status":"FAILED","error":"OUT_OF_STOCK","message":"…"}.
#pragma once

#include <string>

#include "codec/json.hpp"
#include "http/problem.hpp"

namespace orderflow {

/// 422 does not exist in this dialect: what is wrong is 400.
[[nodiscard]] reply d3_problem(const problem& what, std::string_view request_id);

/// The document's ids are numbers: a product id that is a number is written as one.
void d3_write_id(json_writer& out, std::string_view id);

}  // namespace orderflow
