// How many files the process may have open at a time, connections included.
#pragma once

#include <cstdint>

namespace orderflow {

/// Raises the soft limit to the hard one and returns what now counts.
[[nodiscard]] uint64_t raise_file_limit();

}  // namespace orderflow
