// Calls that an operator has settled while the gateway had not answered. His word counts for the order, and the gateway is asked
// for what it knows all the same: money that came or went without anybody having seen it.
#include "actors/outbound/payment_actor.hpp"

namespace orderflow {

namespace {

/// The gateway may get to know of a call late. For so long it is asked again.
constexpr auto late_calls_within = std::chrono::minutes{10};

}  // namespace

void payment_state::only_ask(const std::string& key, call& one) {
  one.only_asked = true;
  one.began = services_->time->monotonic();
  if (!one.sent) not_found(key, one);
}

/// It was not made as far as anybody knows. Of a refund the order waits for no word.
void payment_state::not_found(const std::string& key, call& one) {
  if (!is_about_refund(one)) tell(one.order, payment_was_not_found{one.number});
  forget(key);
}

void payment_state::end(const end_refund& request) {
  const auto key = key_of(request.order, refund_payment{request.number});
  if (const auto found = calls_.find(key); found != calls_.end()) only_ask(key, found->second);
}

bool payment_state::was_asked_long_enough(const call& one) const {
  return services_->time->monotonic() - one.began >= late_calls_within;
}

}  // namespace orderflow
