// The order's rules. Pure: no clock, no I/O, no actor. The table of states and commands is in ARCHITECTURE.md; every
// cell of it is a row of tests/domain/order/decide_test.cpp.
#pragma once

#include <memory>

#include "domain/order/events.hpp"
#include "domain/order/order.hpp"
#include "domain/order/refusal.hpp"

namespace orderflow {

/// What a command leads to: facts to append (none: nothing new, same answer), or a refusal.
struct decision {
  std::vector<order_event> events;
  refusal refused = refusal::none;
  /// The request is granted but takes effect only when something else has settled (HTTP 202).
  bool accepted = false;
  /// The state that `events` lead to; nothing without events.
  std::shared_ptr<const order> after = nullptr;
};

/// Requests may be refused; reports never are: what no longer fits is recorded and the order owes the opposite.
/// Deciding a second time on the resulting state gives no events.
[[nodiscard]] decision decide(const order& now, const order_command& command);

/// Limits of an order (API "Rules for all").
inline constexpr size_t max_lines = 1000;
inline constexpr int64_t max_quantity = 1'000'000;
inline constexpr uint32_t max_attempts = 99;

}  // namespace orderflow
