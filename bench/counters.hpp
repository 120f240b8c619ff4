// What a server counts about itself, read from /metrics (Prometheus text).
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "bench/http_client.hpp"

namespace orderflow::bench {

/// Values by name, labels included: `orderflow_journal_appends_total`, `orderflow_orders{status="paid"}`.
using counter_values = std::map<std::string, double, std::less<>>;

[[nodiscard]] counter_values parse_metrics(std::string_view text);
/// Empty where the server has no /metrics.
[[nodiscard]] counter_values read_metrics(blocking_client& server);
/// How much each counter (`…_total`) has grown.
[[nodiscard]] counter_values growth(const counter_values& before, const counter_values& after);

}  // namespace orderflow::bench
