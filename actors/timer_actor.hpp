// Fires the orders' deadlines. Deadlines are data (`due_at`): those of the near future stand in a timing wheel, told by the
// orders as they arise or read from the store one window ahead; no order has a timer of its own in the actor framework, whose
// clock collapses above some ten thousand of them. The wheel turns with monotonic time; whether a deadline has come by the wall
// clock, too, its order decides, and whether it is still one: a stale one is harmless. Also lets others pause.
//
// Deadlines are not released all at once: after a long time down a million deadlines may have passed, and after an outage
// everybody's pause may be over. Each is started a bounded number at a time.
#pragma once

#include <map>

#include "actors/services.hpp"
#include "base/fifo.hpp"
#include "base/timing_wheel.hpp"

namespace orderflow {

class timer_state {
 public:
  static inline const char* name = "orderflow.timer";

  timer_state(timer_actor::pointer self, services_ptr with);

  timer_actor::behavior_type make_behavior();

 private:
  using wheel = timing_wheel<order_id>;

  void sweep();
  void read_window();
  void read_page(timestamp until, std::optional<due_order> after);
  void page_was_read(timestamp until, const std::vector<due_order>& found);
  void fire_more();
  [[nodiscard]] monotonic_time monotonic_of(timestamp at) const;
  caf::result<void> pause(caf::timespan length);
  void end_pauses();
  void wake_pauses();

  timer_actor::pointer self_;
  services_ptr services_;
  wheel wheel_;
  fifo<wheel::due_item> due_;    ///< Have come, and wait for their turn.
  uint32_t under_way_ = 0;       ///< Told, and not looked at yet.
  monotonic_time read_until_{};  ///< Deadlines before this are in the wheel, or were told by orders since.
  bool reading_ = false;
  monotonic_time read_again_at_{};  ///< After a failure, not at every tick.
  std::function<void()> read_on_;   ///< The window's next page, while too much is due already.
  std::multimap<monotonic_time, caf::typed_response_promise<void>> pauses_;
  bool pauses_awake_ = false;
};

}  // namespace orderflow
