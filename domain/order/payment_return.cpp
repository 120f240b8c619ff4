#include "domain/order/payment_return.hpp"

#include "base/assert.hpp"

namespace orderflow {
namespace {

bool none_is_to_stay(const order& now) {
  switch (now.status) {
    case order_status::pending:
    case order_status::payment_processing: return false;
    case order_status::paid:
    case order_status::shipped:
    case order_status::delivered: return now.accepted > 0 && now.granted >= now.accepted;
    case order_status::cancelled: return captured_sum(now) > 0;
  }
  ORDERFLOW_UNREACHABLE("order_status");
}

}  // namespace

payment_return payment_return_of(const order& now) {
  if (!now.exists() || !none_is_to_stay(now)) return payment_return::none;
  return refunded_sum(now) >= captured_sum(now) ? payment_return::done : payment_return::under_way;
}

}  // namespace orderflow
