// A directory for one sandbox that goes away with the test, and answers that are waited for with a deadline.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "gateways/sandbox.hpp"

namespace orderflow::testing {

class scratch_directory {
 public:
  scratch_directory();
  ~scratch_directory();
  scratch_directory(const scratch_directory&) = delete;
  scratch_directory& operator=(const scratch_directory&) = delete;
  [[nodiscard]] std::string file(const std::string& name) const { return path + "/" + name; }

  std::string path;
};

[[nodiscard]] std::string read_text(const std::string& path);
void write_text(const std::string& path, const std::string& text);
void append_text(const std::string& path, const std::string& text);

/// Collects what callbacks bring, from any thread. Shared with the callbacks, which may come late.
template <class Answer>
class inbox {
 public:
  void put(Answer answer) {
    {
      std::lock_guard hold{mutex_};
      answers_.push_back(std::move(answer));
    }
    changed_.notify_all();
  }
  [[nodiscard]] bool wait_for(size_t count, milliseconds timeout) {
    std::unique_lock hold{mutex_};
    return changed_.wait_for(hold, timeout, [&] { return answers_.size() >= count; });
  }
  [[nodiscard]] std::vector<Answer> all() {
    std::lock_guard hold{mutex_};
    return answers_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Answer> answers_;
};

constexpr currency usd{{'U', 'S', 'D'}};

/// Calls that are answered within the call, as all are without a delay. Nothing: no answer came.
[[nodiscard]] std::optional<charge_answer> charge(sandbox& at, int64_t order, const std::string& method, int attempt = 1,
                                                  minor_units amount = 10'050);
[[nodiscard]] std::optional<charge_answer> query(sandbox& at, int64_t order, int attempt = 1);
[[nodiscard]] refund_answer refund(sandbox& at, int64_t order, int number, minor_units amount);

/// "charge capture" …: the kinds of the order's entries, oldest first.
[[nodiscard]] std::string kinds_of(const sandbox& at, int64_t order);

}  // namespace orderflow::testing
