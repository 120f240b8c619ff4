// Which build this is, as a metric.
#pragma once

#include <string>

namespace orderflow {

[[nodiscard]] std::string build_metric();

}  // namespace orderflow
