// What a run found, as lines for a terminal.
#pragma once

#include "bench/run.hpp"

namespace orderflow::bench {

void print(const run_result& result);

}  // namespace orderflow::bench
