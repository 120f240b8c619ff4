#include "actors/outbound/carrier_actor.hpp"

#include "base/crash_point.hpp"

namespace orderflow {

namespace {

constexpr auto tick = milliseconds{50};

}  // namespace

carrier_state::carrier_state(carrier_actor::pointer self, services_ptr with, carrier& shipments)
    : self_(self), services_(std::move(with)), shipments_(shipments) {}

carrier_actor::behavior_type carrier_state::make_behavior() {
  return {[this](const book_shipment& request) { book(request); },
          [this](order_id order, const booking_answer& answer) { answered(order, answer); }, [this](sweep_atom) { sweep(); }};
}

void carrier_state::book(const book_shipment& request) {
  auto [place, fresh] =
      calls_.try_emplace(key_of(request.order, book_carrier{}), call{request, 0, {}, services_->time->now(), {}});
  if (fresh) ask(place->second);
  wake();
}

void carrier_state::ask(call& one) {
  const auto& limits = services_->limits;
  auto key = key_of(one.request.order, book_carrier{});
  one.pause = spread_pause(limits, one.pause, key, one.tries);
  one.due = services_->time->monotonic() + limits.payment_timeout + one.pause;
  ++one.tries;
  schedule_.at(one.due, key);
  crash_point("carrier-before-send");
  shipments_.book({key, one.request.order, one.request.name, one.request.address},
                  [me = carrier_actor{self_}, order = one.request.order](booking_answer answer) {
                    caf::anon_send(me, order, std::move(answer));
                  });
}

void carrier_state::answered(order_id order, const booking_answer& answer) {
  crash_point("carrier-after-answer");
  auto found = calls_.find(key_of(order, book_carrier{}));
  if (found == calls_.end()) return;
  switch (answer.status) {
    case booking_status::booked: tell(order, shipment_was_booked{answer.tracking}); break;
    case booking_status::refused: tell(order, booking_was_refused{answer.reason}); break;
    case booking_status::failed: {
      const auto again_at = services_->time->now() + (found->second.due - services_->time->monotonic());
      effect_progress progress{order, found->first, found->second.tries, found->second.since, again_at};
      return self_->send(services_->shard_of(order), std::move(progress), order);
    }
  }
  calls_.erase(found);
}

/// No definite answer by then: the same booking is made again.
void carrier_state::sweep() {
  awake_ = false;
  while (auto due = schedule_.take_due(services_->time->monotonic())) {
    auto found = calls_.find(due->second);
    if (found != calls_.end() && found->second.due == due->first) ask(found->second);
  }
  wake();
}

void carrier_state::wake() {
  if (awake_ || calls_.empty()) return;
  awake_ = true;
  self_->delayed_send(self_, tick, sweep_atom_v);
}

void carrier_state::tell(order_id order, order_action what) {
  self_->send(services_->shard_of(order), order_report{order, {std::move(what), services_->time->now()}});
}

}  // namespace orderflow
