// What the operating system says about this process. Linux.
#pragma once

#include <cstdint>

namespace orderflow {

struct process_metrics {
  double cpu_seconds = 0;
  uint64_t resident_bytes = 0;
  uint64_t virtual_bytes = 0;
  uint64_t open_files = 0;
  uint64_t most_files = 0;
  uint64_t threads = 0;
  double started_at = 0;  ///< Seconds since the Unix epoch.
};

/// Reads /proc; what cannot be read is 0. Some 50 µs.
[[nodiscard]] process_metrics read_process_metrics();

}  // namespace orderflow
