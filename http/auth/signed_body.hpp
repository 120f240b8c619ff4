// The client's side of D0's signed orders: a body as the shop has it in, the same with token and signature out.
#pragma once

#include <string>
#include <string_view>

#include "base/secret.hpp"

namespace orderflow {

struct signed_body {
  std::string body;
  std::string error;  ///< A sentence; empty where `body` counts.
};

/// Numbers keep their text. Members keep their order; token and signature take the place of those that are there.
[[nodiscard]] signed_body sign_body(std::string_view body, const std::string& token, const secret<std::string>& key);

}  // namespace orderflow
