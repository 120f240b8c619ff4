// Waiting for what a server does behind its answers: looks again until it is there or a minute has passed.
#pragma once

#include <functional>

namespace orderflow::bench {

/// False: it did not become true in time.
[[nodiscard]] bool wait_until(const std::function<bool()>& done);

}  // namespace orderflow::bench
