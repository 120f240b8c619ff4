// The load loop: keep-alive connections on one thread. It knows when something is due, sends what the scenario says and measures;
// what is sent and what an answer means is the scenario's business.
// Closed loop: each connection begins the next piece of work when the last one is done. Open loop: work begins at times of its
// own (arrivals.hpp) on any free connection, and its latency is counted from the time at which it was due.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bench/histogram.hpp"
#include "bench/http_client.hpp"
#include "bench/scenario.hpp"

namespace orderflow::bench {

struct load_plan {
  endpoint to;
  unsigned connections = 128;
  std::chrono::milliseconds warmup{2000};
  std::chrono::milliseconds duration{8000};
  std::optional<double> rate;  ///< Pieces of work per second; nothing: closed loop.
  bool survives_loss = false;  ///< A lost connection is made anew and its request sent again, and so is what was refused.
};

/// In a closed loop both are the same. In an open loop they differ by how long something waited for a free connection, or for
/// the load itself: who judges the server's answer alone looks at the second, who judges what a customer sees at the first.
struct latencies {
  histogram from_due_us;      ///< To the whole last answer.
  histogram from_sending_us;  ///< From the first byte of the first request to the same.
};

struct operation_metrics {
  std::string name;
  latencies took;
};

struct load_report {
  latencies latency;                          ///< Of work that was due within the measured time.
  latencies refusal;                          ///< The same of what was refused.
  std::vector<operation_metrics> operations;  ///< Of single requests, in the scenario's order.
  std::chrono::microseconds elapsed{};        ///< The measured time.
  uint64_t finished = 0;                      ///< Within the measured time.
  uint64_t refused = 0;                       ///< Within the measured time.
  uint64_t most_busy = 0;                     ///< Connections at the same time within the measured time.
  uint64_t unsent = 0;  ///< Due within the measured time, and not sent before its end. Counted in `latency` from when it was due.
  uint64_t lost = 0;    ///< Connections that broke.
  uint64_t sent_again = 0;
  std::chrono::microseconds longest_silence{};  ///< Between two pieces of work that were finished.
  std::chrono::microseconds longest_stall{};    ///< That the loop itself was held up, by this machine and not by the server.
};

/// Pieces of work finished and refused since the beginning of a run, per slice of time. Stages of a run share one.
class timeline {
 public:
  using steady = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds slice{200};
  struct counts {
    uint32_t finished = 0;
    uint32_t refused = 0;
  };

  explicit timeline(steady::time_point start) : start_(start) {}
  void finished(steady::time_point at) { ++at_time(at).finished; }
  void refused(steady::time_point at) { ++at_time(at).refused; }
  [[nodiscard]] const std::vector<counts>& slices() const { return slices_; }
  [[nodiscard]] steady::time_point start() const { return start_; }

 private:
  counts& at_time(steady::time_point at) {
    const auto place = static_cast<size_t>((at - start_) / slice);
    if (place >= slices_.size()) slices_.resize(place + 1);
    return slices_[place];
  }

  steady::time_point start_;
  std::vector<counts> slices_;
};

/// Who is told while the load goes on.
struct load_listener {
  std::function<void()> at_start;                        ///< The measured time begins.
  std::function<void()> at_end;                          ///< It ends.
  std::function<void(const load_report&)> every_second;  ///< What was measured so far.
};

/// Runs the load and waits for the last answers. Throws std::runtime_error at the first reply that the scenario does not allow,
/// or when answers stay out.
[[nodiscard]] load_report run_load(const load_plan& plan, scenario& what, timeline& over, const load_listener& told);

}  // namespace orderflow::bench
