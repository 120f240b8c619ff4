// Pauses between tries that grow and are spread out, so that many callers of one broken neighbour do not come back together.
#pragma once

#include <algorithm>

#include "base/time.hpp"

namespace orderflow {

struct backoff_limits {
  milliseconds first{100};
  milliseconds most{10'000};
};

/// Decorrelated jitter: between `first` and three times the last pause, never above `most` (M. Brooker, "Exponential Backoff
/// And Jitter", 2015). `previous`: the last pause, zero before the first. `random`: any 64 bits; pure, so the caller brings them.
[[nodiscard]] constexpr milliseconds next_pause(backoff_limits limits, milliseconds previous, uint64_t random) {
  const auto low = std::min(limits.first, limits.most).count();
  const auto base = std::clamp(previous.count(), low, limits.most.count());
  // Divided, not multiplied: three times the longest duration there is would overflow.
  const auto high = base > limits.most.count() / 3 ? limits.most.count() : std::max(low, base * 3);
  const auto width = static_cast<uint64_t>(high - low) + 1;
  return milliseconds{low + static_cast<int64_t>(random % width)};
}

}  // namespace orderflow
