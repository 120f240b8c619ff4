#include "bench/wait_for.hpp"

#include <chrono>
#include <thread>

namespace orderflow::bench {

bool wait_until(const std::function<bool()>& done) {
  constexpr std::chrono::seconds timeout{60};
  constexpr std::chrono::milliseconds pause{20};
  const auto until = std::chrono::steady_clock::now() + timeout;
  while (!done()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(pause);
  }
  return true;
}

}  // namespace orderflow::bench
