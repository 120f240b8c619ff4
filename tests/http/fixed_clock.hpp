// Time stands still, so that replies can be compared; it moves only when a test says so.
#pragma once

#include "base/clock.hpp"

namespace orderflow {

class fixed_clock final : public manual_clock {
 public:
  /// 2025-12-01T10:00:00Z, the document's own example.
  fixed_clock() : manual_clock(from_ms(1'764'583'200'000)) {}
};

}  // namespace orderflow
