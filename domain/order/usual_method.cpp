#include "domain/order/usual_method.hpp"

namespace orderflow {

std::string usual_method(const order& now) {
  if (now.requested_method) return *now.requested_method;
  return now.attempts.empty() ? std::string{default_payment_method} : now.attempts.back().method;
}

}  // namespace orderflow
