#include "actors/timer_actor.hpp"

#include "base/crash_point.hpp"
#include "base/log.hpp"

namespace orderflow {

namespace {

constexpr auto tick = milliseconds{20};
constexpr uint32_t page = 1000;

}  // namespace

timer_state::timer_state(timer_actor::pointer self, services_ptr with)
    : self_(self), services_(std::move(with)), wheel_(services_->time->now()), read_until_(services_->time->now()) {}

timer_actor::behavior_type timer_state::make_behavior() {
  return {[this](const armed_deadline& told) { wheel_.arm(told.order, told.at); }, [this](sweep_atom) { sweep(); }};
}

void timer_state::sweep() {
  auto now = services_->time->now();
  for (const auto& due : wheel_.advance(now)) fire(due.key, due.at);
  // Orders tell deadlines up to two windows ahead, so reading one window ahead of time leaves no gap between the two.
  if (!reading_ && read_until_ < now + services_->limits.timer_window) read_window();
  self_->delayed_send(self_, tick, sweep_atom_v);
}

void timer_state::read_window() {
  reading_ = true;
  read_page(services_->time->now() + 2 * services_->limits.timer_window, std::nullopt);
}

void timer_state::read_page(timestamp until, std::optional<due_order> after) {
  auto found = std::make_shared<std::vector<due_order>>();
  read_task look{[found, until, after](reader& from) { *found = from.due_before(until, after, page); }};
  self_->request(services_->lists, caf::infinite, std::move(look))
      .then(
          [this, found, until] {
            for (const auto& one : *found) wheel_.arm(one.id, one.due_at);
            if (found->size() == page) return read_page(until, found->back());
            reading_ = false;
            read_until_ = until;
          },
          [this](caf::error& why) {
            reading_ = false;  // Tried again at the next tick.
            log_warn("timer-window-not-read", "because=\"{}\"", caf::to_string(why));
          });
}

void timer_state::fire(order_id order, timestamp at) {
  crash_point("timer-before-fire");
  services_->figures->deadlines_fired->inc();
  self_->send(services_->shard_of(order), due_notice{order, at});
}

}  // namespace orderflow
