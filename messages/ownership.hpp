// Whose an order is: the one rule of who is shown it, wherever a single order is loaded. (Lists have it in their SQL.)
#pragma once

#include <optional>

#include "domain/order/order.hpp"
#include "messages/values.hpp"

namespace orderflow {

/// A foreign order does not exist for a principal: those of his tenant's customers for staff, his own for a customer. Nobody
/// (an actor of ours) is shown every order.
[[nodiscard]] inline bool is_shown_to(const order& now, const std::optional<principal>& who) {
  if (!who) return true;
  if (who->tenant != now.source.tenant) return false;
  return who->as != role::customer || who->subject == now.source.owner;
}

}  // namespace orderflow
