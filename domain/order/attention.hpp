// What about an order waits for a person: why, since when, and the command that resolves it. The one place that says so, for
// the order's own view, the list of what needs attention, and the metrics.
#pragma once

#include <string_view>
#include <vector>

#include "domain/order/order.hpp"

namespace orderflow {

struct attention {
  operator_matter matter;
  std::vector<std::string_view>
      resolved_by;  ///< Names as in `allowed_commands`; any of them will do, or is the step before. Never empty.
};

/// What became of its payment attempt has to be said first: until then nothing else closes the matter.
[[nodiscard]] bool waits_for_its_attempt(const order& now, const operator_matter& matter);

/// In the order in which it came up; empty where no person is needed.
[[nodiscard]] std::vector<attention> attention_of(const order& now);

}  // namespace orderflow
