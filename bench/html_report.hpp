// Results as one page that needs nothing else: tables, and plots as inline SVG, in light and dark.
#pragma once

#include <vector>

#include "bench/result_json.hpp"

namespace orderflow::bench {

/// `runs`: as `to_json` makes them. Throws nlohmann::json::exception where one is not of that form.
[[nodiscard]] std::string html_report(const std::vector<json>& runs);

}  // namespace orderflow::bench
