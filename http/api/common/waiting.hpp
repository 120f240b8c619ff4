// "Why is this order waiting?": read off the state, for every dialect.
#pragma once

#include <optional>
#include <string_view>

#include "codec/json.hpp"
#include "messages/values.hpp"

namespace orderflow {

/// What an order waits for. `what` is one of: operator, checkout, stock, payment, payment_gateway, payment_outcome, carrier,
/// shipping, delivery, refund, stock_release.
struct wait_note {
  std::string_view what;
  timestamp since{};
  uint32_t attempts = 0;  ///< Tries of the effect that is owed, where known.
  std::optional<timestamp> next_attempt_at;
  std::optional<timestamp> deadline;  ///< When the order's own timer acts next.
};

/// Nothing: the order waits for nobody. `busy` may be nullptr.
[[nodiscard]] std::optional<wait_note> waiting_for(const order& now, const effect_progress* busy);

/// {"what","since","attempts","next_attempt_at","deadline"} or null.
void write_waiting(json_writer& out, const std::optional<wait_note>& note);

}  // namespace orderflow
