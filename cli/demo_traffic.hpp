// The simulated customers of `orderflow demo`: real orders over HTTP at a gentle pace, a line on stdout for each.
#pragma once

#include <atomic>
#include <string>
#include <thread>

namespace orderflow {

class demo_traffic {
 public:
  /// Prints how to try it by hand, then begins.
  explicit demo_traffic(std::string url);
  /// Ends the customers' thread.
  ~demo_traffic();
  demo_traffic(const demo_traffic&) = delete;
  demo_traffic& operator=(const demo_traffic&) = delete;

 private:
  void run();
  bool pause();

  std::string url_;
  std::atomic<bool> stop_{false};
  std::thread customers_;
};

}  // namespace orderflow
