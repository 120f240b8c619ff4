#include "supervision/account_supervisor.hpp"

#include "actors/account/account_actor.hpp"
#include "base/log.hpp"

namespace orderflow {

namespace {

caf::error try_later() { return to_error(errc::quarantined, "the account could not be started again and again; try later"); }

}  // namespace

accounts_state::accounts_state(accounts_actor::pointer self, services_ptr with) : entity_supervisor(self, std::move(with)) {}

accounts_actor::behavior_type accounts_state::make_behavior() {
  return {[this](account_request& request) { return ask(request); }, [this](busy_atom, const account_key& who) { busy(who); },
          [this](sweep_atom) { sweep_accounts(); }, [this](reopen_atom, const account_key& who) { restart(who); }};
}

caf::result<account_reply> accounts_state::ask(account_request& request) {
  if (stopping_) return to_error(errc::shutting_down, "the server is stopping");
  auto to = self_->make_response_promise<account_reply>();
  const auto known = with_child(request.who, [to, request](const account_actor* actor) mutable {
    if (actor == nullptr) return to.deliver(try_later());
    to.delegate(*actor, std::move(request));
  });
  if (!known) to.deliver(try_later());
  return to;
}

/// An account is given another chance once its window is over.
void accounts_state::sweep_accounts() {
  const auto now = services_->time->monotonic();
  std::erase_if(children_, [&](const auto& each) {
    return each.second.quarantined && now - each.second.first_restart > services_->limits.restart_window;
  });
  sweep();
}

account_actor accounts_state::spawn_child(const account_key& who, bool) {
  return self_->spawn<account_actor::stateful_impl<account_actor_state>, caf::monitored>(services_, accounts_actor{self_}, who);
}

void accounts_state::crashed(const account_key& who, uint32_t restarts, const std::string& because) {
  log_error("account-crashed", {{"stream", stream_of(who).packed()}, {"restarts", restarts}, {"because", because}});
}

}  // namespace orderflow
