// Time stands still, so that replies can be compared; it moves only when a test says so.
#pragma once

#include <atomic>

#include "base/time.hpp"

namespace orderflow {

class fixed_clock final : public clock {
 public:
  /// 2025-12-01T10:00:00Z, the document's own example.
  [[nodiscard]] timestamp now() const override { return from_ms(1'764'583'200'000 + passed_ms_.load()); }
  void advance(milliseconds by) { passed_ms_ += by.count(); }

 private:
  std::atomic<int64_t> passed_ms_{0};  ///< The I/O thread looks at it too.
};

}  // namespace orderflow
