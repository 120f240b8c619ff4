// Sums behind the rules about money. Internal to domain/order.
#pragma once

#include <limits>

#include "base/assert.hpp"
#include "domain/order/order.hpp"

namespace orderflow {

/// For reports, which are never refused: a sum of non-negative amounts that leaves the range stays at its end.
[[nodiscard]] inline minor_units saturating_add(minor_units a, minor_units b) {
  return checked_add(a, b).value_or(std::numeric_limits<minor_units>::max());
}

/// Σ of the captures that do not pay for the order.
[[nodiscard]] minor_units unmatched_sum(const order& now);
/// Σ of our refunds that are through.
[[nodiscard]] minor_units settled_refunds(const order& now);
/// Σ of our refunds that are on their way; refused ones are not.
[[nodiscard]] minor_units started_refunds(const order& now);
/// What the gateway can still return, as far as its cumulative figure is known; `told`: what it has just said.
[[nodiscard]] minor_units left_to_return(const order& now, minor_units told = 0);
/// All that the gateway's cumulative figure may come to with nothing new: our refunds, and what others returned as far as we
/// know.
[[nodiscard]] minor_units explained_refunds(const order& now);

}  // namespace orderflow
