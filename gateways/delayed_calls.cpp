#include "gateways/delayed_calls.hpp"

#include <utility>

#include "base/thread.hpp"

namespace orderflow {

delayed_calls::delayed_calls() : thread_([this] { run(); }) {}

delayed_calls::~delayed_calls() {
  {
    std::lock_guard hold{mutex_};
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void delayed_calls::after(std::chrono::milliseconds delay, std::function<void()> call) {
  {
    std::lock_guard hold{mutex_};
    calls_.emplace(std::chrono::steady_clock::now() + delay, std::move(call));
  }
  changed_.notify_one();
}

void delayed_calls::run() {
  name_this_thread("sandbox");
  std::unique_lock hold{mutex_};
  while (!stopping_) {
    if (calls_.empty()) {
      changed_.wait(hold);
      continue;
    }
    const auto next = calls_.begin();
    const auto due = next->first;
    if (due > std::chrono::steady_clock::now()) {
      changed_.wait_until(hold, due);
      continue;
    }
    auto call = calls_.extract(next);
    hold.unlock();
    call.mapped()();
    hold.lock();
  }
}

}  // namespace orderflow
