// How often one event may be written: what is outside can repeat a line for every request, and a full disk or a reader of the log
// must not suffer for it. Pure: time comes in.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace orderflow {

/// Of one event: a few lines at once, then pauses that double, and a fresh start when it has been quiet.
class log_limit {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr uint32_t lines_at_once = 5;
  static constexpr std::chrono::seconds first_pause{1};
  static constexpr std::chrono::seconds longest_pause{60};

  /// A line may be written: how many were left out since the last one. Nothing: this one is left out, and counted.
  [[nodiscard]] std::optional<uint64_t> admit(time_point now) {
    if (now - last_asked_ >= longest_pause) {
      lines_left_ = lines_at_once;
      pause_ = first_pause;
    }
    last_asked_ = now;
    if (lines_left_ > 0) {
      --lines_left_;
      next_at_ = now + pause_;
    } else if (now < next_at_) {
      ++suppressed_;
      return std::nullopt;
    } else {
      pause_ = std::min(pause_ * 2, longest_pause);
      next_at_ = now + pause_;
    }
    return take_suppressed();
  }

  /// Nothing came since a line could have been written again: how many were left out, once.
  [[nodiscard]] uint64_t ended_with(time_point now) {
    return suppressed_ > 0 && now >= next_at_ && now - last_asked_ >= first_pause ? take_suppressed() : 0;
  }

 private:
  uint64_t take_suppressed() {
    const auto count = suppressed_;
    suppressed_ = 0;
    return count;
  }

  uint32_t lines_left_ = lines_at_once;
  std::chrono::seconds pause_ = first_pause;
  time_point next_at_{};
  time_point last_asked_{};
  uint64_t suppressed_ = 0;
};

}  // namespace orderflow
