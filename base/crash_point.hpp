// Named places at which the process can be made to die at once, as kill -9 would: ORDERFLOW_CRASH_AT=name:n ends it the n-th
// time it passes `name`. The kill tests walk through all of them. Thread rule: any thread.
#pragma once

#include <string_view>
#include <vector>

namespace orderflow {

/// Every place there is; another name is refused at start.
[[nodiscard]] const std::vector<std::string_view>& crash_points();

/// Reads ORDERFLOW_CRASH_AT. Returns an empty text, or why it is wrong.
[[nodiscard]] std::string_view arm_crash_point();

/// Dies here if this place is armed and its turn has come. `name` is one of `crash_points()`.
void crash_point(std::string_view name);

}  // namespace orderflow
