#include "actors/outbound/cart_actor.hpp"

namespace orderflow {

cart_actor::behavior_type cart_state::make_behavior() {
  return {[this](const cart_call& call) { return run(call); },
          [this](uint64_t number, const fetched_cart& cart) { answered(number, cart); }};
}

/// The service answers each call, if only that its time is up.
caf::result<fetched_cart> cart_state::run(const cart_call& call) {
  auto to = self_->make_response_promise<fetched_cart>();
  const auto number = ++calls_;
  waiting_.emplace(number, to);
  auto heard = [me = cart_actor{self_}, number](fetched_cart cart) { caf::anon_send(me, number, std::move(cart)); };
  if (call.clear) {
    carts_.clear(call.user, [heard](std::string failure) { heard({{}, {}, std::move(failure)}); });
  } else {
    carts_.fetch(call.user, heard);
  }
  return to;
}

void cart_state::answered(uint64_t number, const fetched_cart& cart) {
  auto ended = waiting_.extract(number);
  if (ended.empty()) return;
  if (cart.failure.empty()) {
    ended.mapped().deliver(cart);
  } else {
    ended.mapped().deliver(to_error(errc::gateway_unavailable, cart.failure));
  }
}

}  // namespace orderflow
