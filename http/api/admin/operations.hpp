// What probes and operators ask: liveness, readiness, metrics, orders held back.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "http/api/common/handler_context.hpp"
#include "http/pipeline/router.hpp"

namespace orderflow {

/// How the process stands. `notes`: sentences for an operator, such as a listener that speaks for a fixed principal.
struct health {
  bool ready = false;
  bool draining = false;
  bool store_away = false;  ///< Nothing can be written at the moment.
  std::vector<std::string> notes;
};

struct operations_sources {
  std::function<health()> state;
  std::function<std::string()> metrics;  ///< Prometheus text.
};

/// `context` and `from` outlive the routes. `open`: on a listener of their own metrics and notes need no token. Thread rule of
/// the sources: called on the io_context's thread; must not block.
[[nodiscard]] std::vector<route> operations_routes(handler_context& context, const operations_sources& from, bool open);

}  // namespace orderflow
