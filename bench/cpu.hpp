// CPU time of processes as the kernel counts it: user plus system, in microseconds (resolution one tick, 10 ms).
#pragma once

#include <cstdint>
#include <optional>

namespace orderflow::bench {

/// Of one process; 0 when it is gone.
[[nodiscard]] uint64_t cpu_us_of(int pid);

/// Of a process and its living children: the PostgreSQL server by its postmaster.
[[nodiscard]] uint64_t cpu_us_of_family(int pid);

/// Of this process, exact.
[[nodiscard]] uint64_t own_cpu_us();

/// Of the whole machine: everything that was not idle.
[[nodiscard]] uint64_t machine_cpu_us();

/// What was used since some start, or the counters themselves.
struct cpu_reading {
  uint64_t server = 0;
  uint64_t load = 0;
  uint64_t postgres = 0;
  uint64_t machine = 0;
};

[[nodiscard]] cpu_reading read_cpu(std::optional<int> server_pid, std::optional<int> postgres_pid);
[[nodiscard]] cpu_reading operator-(const cpu_reading& later, const cpu_reading& earlier);

}  // namespace orderflow::bench
