// The words of the shop (D0): its form of errors.
#pragma once

#include "http/problem.hpp"

namespace orderflow {

/// {"code":400,"message":"…"}; the status is the code. 422 does not exist in this dialect: what is wrong is 400.
[[nodiscard]] reply d0_problem(const problem& what, std::string_view request_id);

}  // namespace orderflow
