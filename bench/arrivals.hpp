// When work is due in an open loop: at random times of a given mean rate (a Poisson process), whatever the server does. Latency
// is counted from these times, so that a server that holds up the load cannot hide the requests that would have come meanwhile.
#pragma once

#include <chrono>
#include <random>

namespace orderflow::bench {

class arrivals {
 public:
  using steady = std::chrono::steady_clock;

  /// The same times in every run of the same rate.
  arrivals(double per_second, steady::time_point from) : gap_s_(per_second), next_(from) { take(); }

  [[nodiscard]] steady::time_point next() const { return next_; }

  /// The present arrival's time; the next one takes its place.
  steady::time_point take() {
    const auto now = next_;
    next_ += std::chrono::duration_cast<steady::duration>(std::chrono::duration<double>{gap_s_(dice_)});
    return now;
  }

 private:
  std::mt19937_64 dice_{1};
  std::exponential_distribution<double> gap_s_;
  steady::time_point next_;
};

}  // namespace orderflow::bench
