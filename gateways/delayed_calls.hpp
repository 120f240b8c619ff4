// Runs calls later, on a thread of its own. Only for stand-ins of outside systems, whose answers take time; actors wait by
// messages. Thread rule: `after` from any thread, also from within a call.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace orderflow {

class delayed_calls {
 public:
  delayed_calls();
  /// Drops what is not due and waits for the call that is being run; never called from within one.
  ~delayed_calls();
  delayed_calls(const delayed_calls&) = delete;
  delayed_calls& operator=(const delayed_calls&) = delete;

  void after(std::chrono::milliseconds delay, std::function<void()> call);

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::multimap<std::chrono::steady_clock::time_point, std::function<void()>> calls_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace orderflow
