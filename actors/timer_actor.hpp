// Fires the orders' deadlines. Deadlines are data (`due_at`): those of the near future stand in a timing wheel, told by the
// orders as they arise or read from the store one window ahead; no order has a timer of its own in the actor framework, whose
// clock collapses above some ten thousand of them. Fired on the clock that the services share, never before their time; a
// stale one is harmless, because the order's state says which deadline it is.
#pragma once

#include "actors/services.hpp"
#include "base/timing_wheel.hpp"

namespace orderflow {

class timer_state {
 public:
  static inline const char* name = "orderflow.timer";

  timer_state(timer_actor::pointer self, services_ptr with);

  timer_actor::behavior_type make_behavior();

 private:
  void sweep();
  void read_window();
  void read_page(timestamp until, std::optional<due_order> after);
  void fire(order_id order, timestamp at);

  timer_actor::pointer self_;
  services_ptr services_;
  timing_wheel<order_id> wheel_;
  timestamp read_until_{};  ///< Deadlines before this are in the wheel, or were told by orders since.
  bool reading_ = false;
};

}  // namespace orderflow
