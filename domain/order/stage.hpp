// The columns of the state table: status and, while pending, what the order waits for. Internal to domain/order.
#pragma once

#include "base/assert.hpp"
#include "domain/order/order.hpp"

namespace orderflow {

enum class stage : uint8_t {
  nothing,
  awaiting_checkout,
  awaiting_stock,
  awaiting_payment,
  payment_processing,
  paid,
  shipped,
  delivered,
  cancelled,
};

[[nodiscard]] inline stage stage_of(pending_reason reason) {
  switch (reason) {
    case pending_reason::awaiting_checkout: return stage::awaiting_checkout;
    case pending_reason::awaiting_stock: return stage::awaiting_stock;
    case pending_reason::awaiting_payment: return stage::awaiting_payment;
  }
  ORDERFLOW_UNREACHABLE("pending_reason");
}

[[nodiscard]] inline stage stage_of(const order& now) {
  if (!now.exists()) return stage::nothing;
  switch (now.status) {
    case order_status::pending: return stage_of(now.reason);
    case order_status::payment_processing: return stage::payment_processing;
    case order_status::paid: return stage::paid;
    case order_status::shipped: return stage::shipped;
    case order_status::delivered: return stage::delivered;
    case order_status::cancelled: return stage::cancelled;
  }
  ORDERFLOW_UNREACHABLE("order_status");
}

/// It was placed, and no money that pays for it has come yet. Also true where there is nothing to pay.
[[nodiscard]] inline bool waits_for_money(const order& now) {
  switch (stage_of(now)) {
    case stage::awaiting_stock:
    case stage::awaiting_payment:
    case stage::payment_processing: return now.accepted == 0;
    case stage::nothing:
    case stage::awaiting_checkout:
    case stage::paid:
    case stage::shipped:
    case stage::delivered:
    case stage::cancelled: return false;
  }
  ORDERFLOW_UNREACHABLE("stage");
}

}  // namespace orderflow
