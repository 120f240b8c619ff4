#include "supervision/account_supervisor.hpp"

#include "actors/account/account_actor.hpp"
#include "base/log.hpp"

namespace orderflow {

namespace {

constexpr auto sweep_every = std::chrono::seconds{1};

}  // namespace

accounts_state::accounts_state(accounts_actor::pointer self, services_ptr with) : self_(self), services_(std::move(with)) {
  self_->set_down_handler([this](caf::down_msg& down) { ended(down); });
  self_->set_exit_handler([this](caf::exit_msg& asked) { stop(asked.reason); });
}

accounts_actor::behavior_type accounts_state::make_behavior() {
  return {[this](account_request& request) { return ask(request); }, [this](busy_atom, const account_key& who) { busy(who); },
          [this](sweep_atom) { sweep(); }, [this](reopen_atom, const account_key& who) { restart(who); }};
}

// -- messages ----------------------------------------------------------------------------------------------------------

caf::result<account_reply> accounts_state::ask(account_request& request) {
  if (stopping_) return to_error(errc::shutting_down, "the server is stopping");
  auto [at, fresh] = children_.try_emplace(request.who);
  auto& one = at->second;
  if (fresh) start(at->first, one);
  if (one.given_up) return to_error(errc::quarantined, "the account could not be started again and again; try later");
  one.used = sweeps_;
  if (one.actor && !one.leaving) return self_->delegate(one.actor, std::move(request));
  auto to = self_->make_response_promise<account_reply>();
  one.waiting.push({std::move(request), to});
  return to;
}

void accounts_state::busy(const account_key& who) {
  auto found = children_.find(who);
  if (found == children_.end()) return;
  found->second.leaving = false;
  found->second.used = sweeps_;
  release(found->second);
}

void accounts_state::sweep() {
  ++sweeps_;
  const auto idle = static_cast<uint64_t>(services_->limits.passivate_after / sweep_every);
  const auto now = services_->time->monotonic();
  std::erase_if(children_, [&](const auto& each) {
    return each.second.given_up && now - each.second.first_restart > services_->limits.restart_window;
  });
  for (auto& [who, one] : children_) {
    if (!one.actor || one.leaving || one.used + idle >= sweeps_) continue;
    one.leaving = true;
    self_->send(one.actor, passivate_atom_v);
  }
  sweeping_ = false;
  if (!children_.empty()) wake_sweep();
}

// -- children ----------------------------------------------------------------------------------------------------------

void accounts_state::start(const account_key& who, child& one) {
  one.actor =
      self_->spawn<account_actor::stateful_impl<account_actor_state>, caf::monitored>(services_, accounts_actor{self_}, who);
  one.used = sweeps_;
  one.leaving = false;
  addresses_[one.actor.address()] = who;
  release(one);
  wake_sweep();
}

void accounts_state::wake_sweep() {
  if (std::exchange(sweeping_, true)) return;
  self_->delayed_send(self_, sweep_every, sweep_atom_v);
}

void accounts_state::release(child& one) {
  if (!one.actor) return;
  for (auto& each : one.waiting.take_all()) each.to.delegate(one.actor, std::move(each.request));
}

/// A child has ended: it left memory (start it again only if somebody waits), or it crashed.
void accounts_state::ended(const caf::down_msg& down) {
  auto address = addresses_.find(down.source);
  if (address == addresses_.end()) return;
  const auto who = std::move(address->second);
  addresses_.erase(address);
  if (stopping_) {
    if (addresses_.empty()) self_->quit(*stopping_);
    return;
  }
  auto found = children_.find(who);
  if (found == children_.end()) return;
  auto& one = found->second;
  one.actor = nullptr;
  if (down.reason) {
    // An empty error has no category: that of one without a reason must not be asked for.
    const auto over = down.reason == errc::fenced || down.reason.category() == caf::type_id_v<caf::exit_reason>;
    if (!over) return crashed(who, one, down.reason);
    children_.erase(found);
  } else if (one.waiting.empty()) {
    children_.erase(found);
  } else {
    start(who, one);
  }
}

void accounts_state::crashed(const account_key& who, child& one, const caf::error& why) {
  const auto& limits = services_->limits;
  const auto now = services_->time->monotonic();
  if (now - one.first_restart > limits.restart_window) {
    one.first_restart = now;
    one.restarts = 0;
  }
  const auto because = to_failure(why).detail;
  log_error("account-crashed", {{"stream", stream_of(who).packed()}, {"restarts", one.restarts}, {"because", because}});
  if (++one.restarts >= limits.restarts_before_quarantine) {
    one.given_up = true;
    for (auto& each : one.waiting.take_all()) each.to.deliver(to_error(errc::quarantined, because));
    return;
  }
  const auto pause = limits.restart_pause * (int64_t{1} << std::min<uint32_t>(one.restarts - 1, 8));
  self_->delayed_send(self_, pause, reopen_atom_v, who);
}

void accounts_state::restart(const account_key& who) {
  auto found = children_.find(who);
  if (stopping_ || found == children_.end() || found->second.actor || found->second.given_up) return;
  services_->figures->restarts->inc();
  start(who, found->second);
}

void accounts_state::stop(const caf::error& reason) {
  if (stopping_) return;
  if (addresses_.empty()) return self_->quit(reason);
  stopping_ = reason;
  for (const auto& [who, one] : children_)
    if (one.actor) self_->send_exit(one.actor, reason);
}

}  // namespace orderflow
