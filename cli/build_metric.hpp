// The last touches to what /metrics says.
#pragma once

#include <string>

namespace orderflow {

/// Which build this is.
[[nodiscard]] std::string build_metric();
/// The actor framework calls a gauge of its own as if it were a counter, which Prometheus' linter does not let pass.
[[nodiscard]] std::string with_sound_names(std::string text);

}  // namespace orderflow
