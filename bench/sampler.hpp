// Looks at the processes and at the server's gauges while the load goes on, on a thread of its own so that the load loop never
// waits for it. Costs two requests for /metrics a second.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "bench/cpu.hpp"
#include "bench/http_client.hpp"

namespace orderflow::bench {

struct sample {
  std::chrono::milliseconds at{};  ///< Since the start of the run.
  cpu_reading cpu;                 ///< The counters themselves.
  uint64_t server_rss_kb = 0;
  std::map<std::string, double> gauges;  ///< By the names of `sampled_gauges`; empty while the server does not answer.
};

/// What waits where: names in /metrics.
[[nodiscard]] const std::vector<std::string>& sampled_gauges();

class sampler {
 public:
  static constexpr std::chrono::milliseconds interval{500};

  sampler(endpoint server, const watched_processes& processes, std::chrono::steady_clock::time_point start);
  ~sampler();
  sampler(const sampler&) = delete;
  sampler& operator=(const sampler&) = delete;

  /// Ends the thread; everything that it saw.
  [[nodiscard]] std::vector<sample> finish();

 private:
  void run();
  [[nodiscard]] sample look();
  void stop();

  blocking_client server_;
  watched_processes processes_;
  std::chrono::steady_clock::time_point start_;
  std::vector<sample> seen_;
  socket_handle wake_;
  std::thread thread_;
};

}  // namespace orderflow::bench
