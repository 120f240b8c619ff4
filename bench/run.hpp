// One run: products put in place, the load in one or more stages, everything settled, counted and verified.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bench/counters.hpp"
#include "bench/load.hpp"
#include "bench/sampler.hpp"
#include "bench/verify.hpp"

namespace orderflow::bench {

struct run_options {
  std::string url;
  std::string label;  ///< What distinguishes this run in a report, such as the journal.
  std::optional<unsigned> connections;
  std::chrono::milliseconds duration{8000};  ///< Of each stage.
  std::chrono::milliseconds warmup{2000};
  scenario_kind kind = scenario_kind::paid;
  bool tracked = false;
  bool keyed = false;
  std::optional<double> rate;                     ///< Open loop; nothing: closed loop.
  std::vector<double> steps{0.5, 1, 2, 3, 4, 5};  ///< Of overload, as multiples of the capacity.
  int64_t stock = 5000;                           ///< Of the hot product.
  std::chrono::milliseconds gateway_delay{250};   ///< Of the slow gateway.
  std::string keys_in;
  watched_processes processes;
  bool progress = false;  ///< A line a second on stderr.
};

/// What was used within a stage's measured time.
struct resource_use {
  cpu_reading cpu;
  thread_times server_threads;
  uint64_t server_rss_kb = 0;  ///< At its end.
};

struct stage_result {
  std::string name;
  unsigned connections = 0;
  std::optional<double> offered;  ///< Pieces of work per second.
  load_report report;
  resource_use used;

  [[nodiscard]] double rate() const;
  /// How busy the load's one thread was: near 1 it is the load that cannot do more.
  [[nodiscard]] double load_share_of_core() const;
};

struct run_result {
  run_options options;
  std::vector<stage_result> stages;
  std::vector<timeline::counts> slices;
  std::vector<sample> samples;
  counter_values counted;               ///< By the server, from before the load until everything was settled.
  uint64_t orders = 0;                  ///< Acknowledged meanwhile, warm-up and tail included.
  std::chrono::milliseconds backlog{};  ///< How long after the last answer the last order was settled.
  verified_counts verified;
  bool stock_verified = false;
};

/// Throws std::runtime_error with a sentence where there is no figure to tell.
[[nodiscard]] run_result run(const run_options& options);

}  // namespace orderflow::bench
