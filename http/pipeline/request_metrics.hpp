// Replies by group of routes and class of status, and how long they took. Thread rule: the I/O thread.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

#include "http/pipeline/metric_text.hpp"

namespace orderflow {

class request_metrics {
 public:
  using duration = std::chrono::steady_clock::duration;

  /// `group`: a word of `dialects`, or empty where there is no such route. `took`: from the whole request to its reply.
  void answered(std::string_view group, uint16_t status, duration took);
  void write(metric_text& out) const;

 private:
  static constexpr size_t group_count = 9;    ///< The words of `dialects`, and none of them.
  static constexpr size_t class_count = 6;    ///< 1xx to 5xx by their first digit.
  static constexpr size_t bucket_count = 15;  ///< The last one has no upper bound.

  struct figures {
    std::array<uint64_t, class_count> by_class{};
    std::array<uint64_t, bucket_count> by_bucket{};
    duration sum{};
  };
  std::array<figures, group_count> groups_{};
};

}  // namespace orderflow
