// What the gateway's answer about a charge means for its order: the payment actor and the HTTP side, which asks because of a
// callback, say it in the same way.
#pragma once

#include <optional>

#include "domain/order/commands.hpp"
#include "gateways/payment_gateway.hpp"

namespace orderflow {

/// Captured or declined; anything else is no word about the payment. What a currency that is not the order's means is the order's
/// own rule.
[[nodiscard]] inline std::optional<order_action> report_of(const charge_answer& answer, uint32_t attempt) {
  switch (answer.status) {
    case charge_status::captured: return money_was_captured{attempt, answer.transaction, answer.amount, answer.money};
    case charge_status::declined: return payment_was_declined{attempt, answer.reason, answer.money};
    case charge_status::in_progress:
    case charge_status::not_found:
    case charge_status::failed: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace orderflow
