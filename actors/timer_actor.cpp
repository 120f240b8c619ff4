#include "actors/timer_actor.hpp"

#include "base/crash_point.hpp"
#include "base/log.hpp"

namespace orderflow {

namespace {

constexpr auto tick = milliseconds{20};
constexpr auto pause_after_failure = milliseconds{500};
constexpr uint32_t page = 1000;
/// While more deadlines have come, no more are read: the store keeps them better than memory does.
constexpr size_t most_due = 10'000;
/// Pauses that end at a tick; the rest has to wait for the next one.
constexpr size_t pauses_per_tick = 256;

}  // namespace

timer_state::timer_state(timer_actor::pointer self, services_ptr with)
    : self_(self), services_(std::move(with)), wheel_(services_->time->monotonic()), read_until_(services_->time->monotonic()) {}

timer_actor::behavior_type timer_state::make_behavior() {
  return {[this](const armed_deadline& told) { wheel_.arm(told.order, monotonic_of(told.at)); }, [this](sweep_atom) { sweep(); },
          [this](reopen_atom, caf::timespan length) { return pause(length); }};
}

// -- deadlines ---------------------------------------------------------------------------------------------------------

/// As the wall clock goes now; where it is stepped later, the order tells or finds its deadline again.
monotonic_time timer_state::monotonic_of(timestamp at) const {
  return services_->time->monotonic() + (at - services_->time->now());
}

void timer_state::sweep() {
  auto now = services_->time->monotonic();
  for (auto& due : wheel_.advance(now)) due_.push(std::move(due));
  fire_more();
  // Orders tell deadlines up to two windows ahead, so reading one window ahead of time leaves no gap between the two.
  if (!reading_ && now >= read_again_at_ && read_until_ < now + services_->limits.timer_window) read_window();
  if (read_on_ && due_.size() < most_due) std::exchange(read_on_, nullptr)();
  self_->delayed_send(self_, tick, sweep_atom_v);
}

void timer_state::read_window() {
  reading_ = true;
  read_page(services_->time->now() + 2 * services_->limits.timer_window, std::nullopt);
}

void timer_state::read_page(timestamp until, std::optional<due_order> after) {
  auto found = std::make_shared<std::vector<due_order>>();
  read_task look{[found, until, after](reader& from) { *found = from.due_before(until, after, page); }};
  self_->request(services_->upkeep, caf::infinite, std::move(look))
      .then([this, found, until] { page_was_read(until, *found); },
            [this](caf::error& why) {
              reading_ = false;
              read_again_at_ = services_->time->monotonic() + pause_after_failure;
              log_warn("timer-window-not-read", {{"because", sentence_of(why)}});
            });
}

/// An order may have told a deadline while the page was on its way: the earlier one counts, since one that is fired too early
/// is told anew by its order.
void timer_state::page_was_read(timestamp until, const std::vector<due_order>& found) {
  for (const auto& one : found) wheel_.arm_no_later(one.id, monotonic_of(one.due_at));
  if (found.size() == page) {
    for (auto& due : wheel_.advance(services_->time->monotonic())) due_.push(std::move(due));
    read_on_ = [this, until, last = found.back()] { read_page(until, last); };
    if (due_.size() < most_due) std::exchange(read_on_, nullptr)();
    return;
  }
  reading_ = false;
  read_until_ = std::min(monotonic_of(until), services_->time->monotonic() + 2 * services_->limits.timer_window);
}

void timer_state::fire_more() {
  while (!due_.empty() && under_way_ < services_->limits.deadlines_at_once) {
    const auto one = due_.pop();
    crash_point("timer-before-fire");
    services_->figures->deadlines_fired->inc();
    ++under_way_;
    const auto looked_at = [this] {
      --under_way_;
      fire_more();
    };
    self_->request(services_->shard_of(one.key), caf::infinite, deadline_due{one.key}).then(looked_at, [looked_at](caf::error&) {
      looked_at();
    });
  }
}

// -- pauses ------------------------------------------------------------------------------------------------------------

caf::result<void> timer_state::pause(caf::timespan length) {
  auto to = self_->make_response_promise<void>();
  pauses_.emplace(services_->time->monotonic() + std::chrono::ceil<milliseconds>(length), to);
  wake_pauses();
  return to;
}

void timer_state::end_pauses() {
  pauses_awake_ = false;
  const auto now = services_->time->monotonic();
  for (size_t n = 0; n < pauses_per_tick && !pauses_.empty() && pauses_.begin()->first <= now; ++n) {
    auto over = pauses_.extract(pauses_.begin());
    over.mapped().deliver();
  }
  wake_pauses();
}

void timer_state::wake_pauses() {
  if (pauses_awake_ || pauses_.empty()) return;
  pauses_awake_ = true;
  self_->run_delayed(tick, [this] { end_pauses(); });
}

}  // namespace orderflow
