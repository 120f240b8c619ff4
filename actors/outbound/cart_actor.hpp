// The way to a cart service. Whoever sends a call keeps trying where it must be done: an order that was bought owes it.
#pragma once

#include <unordered_map>

#include "messages/interfaces.hpp"

namespace orderflow {

class cart_state {
 public:
  static inline const char* name = "orderflow.cart";

  cart_state(cart_actor::pointer self, cart_service& carts) : self_(self), carts_(carts) {}

  cart_actor::behavior_type make_behavior();

 private:
  caf::result<fetched_cart> run(const cart_call& call);
  void answered(uint64_t number, const fetched_cart& cart);

  cart_actor::pointer self_;
  cart_service& carts_;
  std::unordered_map<uint64_t, caf::typed_response_promise<fetched_cart>> waiting_;
  uint64_t calls_ = 0;
};

}  // namespace orderflow
