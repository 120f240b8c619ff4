// Time stands still, so that replies can be compared.
#pragma once

#include "base/time.hpp"

namespace orderflow {

class fixed_clock final : public clock {
 public:
  /// 2025-12-01T10:00:00Z, the document's own example.
  [[nodiscard]] timestamp now() const override { return from_ms(1'764'583'200'000); }
};

}  // namespace orderflow
