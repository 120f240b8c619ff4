// How long appends wait for the journal, also while it hangs: its thread says when it begins and ends to work for them, and
// whoever admits requests asks. Thread rule: told by the journal's thread, asked by any.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>

namespace orderflow {

class append_wait {
 public:
  using steady = std::chrono::steady_clock;

  /// The store has been given work; the oldest of what it is for waits since then.
  void begins(steady::time_point oldest) {
    oldest_.store(oldest.time_since_epoch().count());
    ended_.store(at_work);
  }
  void ends() { ended_.store(steady::now().time_since_epoch().count()); }

  /// While the store works: the age of the oldest append that it works for. Just afterwards: how long that had to wait, since
  /// the next ones are on their way then. Later nothing waits.
  [[nodiscard]] std::chrono::microseconds now() const {
    const auto ended = ended_.load();
    const steady::duration oldest{oldest_.load()};
    const auto present = steady::now().time_since_epoch();
    if (ended == at_work) return age(present - oldest);
    return present - steady::duration{ended} < says_something_for ? age(steady::duration{ended} - oldest) : age({});
  }

 private:
  static constexpr steady::rep at_work = 0;
  static constexpr std::chrono::milliseconds says_something_for{20};

  static std::chrono::microseconds age(steady::duration waited) {
    return std::chrono::duration_cast<std::chrono::microseconds>(std::max(waited, steady::duration::zero()));
  }

  std::atomic<steady::rep> oldest_{0};
  std::atomic<steady::rep> ended_{1};
};

}  // namespace orderflow
