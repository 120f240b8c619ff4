// CPU time and memory of processes as the kernel counts them: user plus system, in microseconds (resolution one tick, 10 ms).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace orderflow::bench {

/// Of one process; 0 when it is gone.
[[nodiscard]] uint64_t cpu_us_of(int pid);

/// Of a process and its living children: the PostgreSQL server by its postmaster.
[[nodiscard]] uint64_t cpu_us_of_family(int pid);

/// Of a process's threads, summed by their names; of threads that have ended nothing is known. Empty when it is gone.
using thread_times = std::map<std::string, uint64_t>;
[[nodiscard]] thread_times cpu_us_by_thread(int pid);

/// Resident memory of a process; 0 when it is gone.
[[nodiscard]] uint64_t rss_kb_of(int pid);

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

/// Whose CPU is read besides our own.
struct watched_processes {
  std::optional<int> server;
  std::optional<int> postgres;  ///< PostgreSQL's first process.
};

[[nodiscard]] cpu_reading read_cpu(const watched_processes& of);
/// Never less than nothing: a process may have ended meanwhile.
[[nodiscard]] cpu_reading operator-(const cpu_reading& later, const cpu_reading& earlier);
[[nodiscard]] thread_times operator-(const thread_times& later, const thread_times& earlier);

}  // namespace orderflow::bench
