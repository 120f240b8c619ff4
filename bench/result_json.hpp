// What a run found, as JSON: the form of --json, and what reports are made of. Times in microseconds unless a name says
// otherwise.
#pragma once

#include <nlohmann/json.hpp>

#include "bench/run.hpp"

namespace orderflow::bench {

/// Ordered, so that a person finds what comes first in the file first.
using json = nlohmann::ordered_json;

[[nodiscard]] json to_json(const run_result& result);

}  // namespace orderflow::bench
