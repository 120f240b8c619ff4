#include "base/clock.hpp"

namespace orderflow {

anchored_clock::anchored_clock()
    : wall_at_start_(std::chrono::floor<milliseconds>(std::chrono::system_clock::now())),
      steady_at_start_(std::chrono::steady_clock::now()) {}

timestamp anchored_clock::now() const {
  return wall_at_start_ + std::chrono::floor<milliseconds>(std::chrono::steady_clock::now() - steady_at_start_);
}

}  // namespace orderflow
