// The way to the carrier: one booking per order at a time, made again with growing pauses until the answer is definite. The
// carrier honours keys (`ship/<order>`), so asking again is harmless.
#pragma once

#include <unordered_map>

#include "actors/outbound/call_schedule.hpp"

namespace orderflow {

class carrier_state {
 public:
  static inline const char* name = "orderflow.carrier";

  carrier_state(carrier_actor::pointer self, services_ptr with, carrier& shipments);

  carrier_actor::behavior_type make_behavior();

 private:
  struct call {
    book_shipment request;
    uint32_t tries = 0;
    milliseconds pause{0};
    timestamp since{};
    monotonic_time due{};
  };

  void book(const book_shipment& request);
  void ask(call& one);
  void answered(order_id order, const booking_answer& answer);
  void sweep();
  void wake();
  void tell(order_id order, order_action what);

  carrier_actor::pointer self_;
  services_ptr services_;
  carrier& shipments_;
  std::unordered_map<std::string, call> calls_;
  call_schedule schedule_;
  bool awake_ = false;
};

}  // namespace orderflow
