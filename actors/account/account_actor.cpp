#include "actors/account/account_actor.hpp"

#include "codec/account_json.hpp"

namespace orderflow {

account_actor_state::account_actor_state(account_actor::pointer self, services_ptr with, accounts_actor parent, account_key who)
    : shell(self, std::move(with), stream_of(who)), parent_(std::move(parent)), who_(std::move(who)) {
  reload();
}

account_actor::behavior_type account_actor_state::make_behavior() {
  return {[this](account_request& request) { return ask(request); }, [this](passivate_atom) { passivate(); }};
}

caf::result<account_reply> account_actor_state::ask(account_request& request) {
  auto to = self_->make_response_promise<account_reply>();
  if (!when_loaded([this, request, to] { answer(request, to); }))
    to.deliver(to_error(errc::reloading, "the account is being loaded and too many requests wait for it"));
  return to;
}

void account_actor_state::passivate() {
  if (quiet() && key_checks_ == 0) return leave();
  self_->send(parent_, busy_atom_v, who_);
}

void account_actor_state::answer(const account_request& request, answer_promise to, bool key_checked) {
  if (!request.command) return show(account_outcome::done, to);
  if (request.key && !key_checked) return check_key(request, to);
  carry_out(request, to);
}

void account_actor_state::carry_out(const account_request& request, answer_promise to) {
  auto decided = decide(now_, who_, *request.command, request.key.has_value());
  if (decided.events.empty()) {
    const bool notes = request.key && decided.outcome == account_outcome::done;
    return notes ? note(*request.key, {to, {decided.outcome, seen()}}) : show(decided.outcome, to);
  }
  append_request made;
  for (const auto& event : decided.events) {
    evolve(now_, event);
    made.events.push_back(encode(event, request.at));
  }
  made.rows = account_rows{{who_, now_.version, encode_state(now_), account_state_version}};
  made.key = request.key;
  append(std::move(made), {to, {account_outcome::done, seen()}});
}

/// Also a refusal waits for what was decided before it: it may be owed to that.
void account_actor_state::show(account_outcome outcome, answer_promise to) { hold({to, {outcome, seen()}}); }

std::shared_ptr<const account> account_actor_state::seen() const {
  auto copy = std::make_shared<account>(now_);
  copy->who = who_;
  return copy;
}

// -- keys --------------------------------------------------------------------------------------------------------------

/// Every command of an account comes through its actor, so a key is either in flight here or durable in the store.
void account_actor_state::check_key(const account_request& request, answer_promise to) {
  if (const auto* known = keys_.find(*request.key)) return repeat(request, *known, to);
  auto found = std::make_shared<std::optional<key_claim>>();
  read_task look{[found, key = *request.key](reader& from) { *found = from.find_claim(key); }};
  ++key_checks_;
  self_->request(services_->key_lookup_of(*request.key), caf::infinite, std::move(look))
      .then(
          [this, found, request, to, load = load_number()]() mutable {
            --key_checks_;
            if (*found) return repeat(request, **found, to);
            if (load != load_number() || loading())
              return to.deliver(to_error(errc::reloading, "the account is being loaded again"));
            if (const auto* raced = keys_.find(*request.key)) return repeat(request, *raced, to);
            answer(request, to, true);
          },
          [this, to](caf::error& why) mutable {
            --key_checks_;
            to.deliver(std::move(why));
          });
}

void account_actor_state::repeat(const account_request& request, const key_claim& known, answer_promise to) {
  if (known.body_hash != request.key->body_hash) return to.deliver(account_reply{account_outcome::other_body, nullptr});
  if (!when_loaded([this, to] { show(account_outcome::repeated, to); }))
    to.deliver(to_error(errc::reloading, "the account is being loaded again"));
}

// -- the shell's side --------------------------------------------------------------------------------------------------

void account_actor_state::restore(opened_stream& found) {
  if (found.account && found.account->who != who_) {
    log_info("account-number-taken", {{"stream", stream().packed()}});
    return look_in(next_account_stream(stream()));
  }
  if (!found.events.empty()) {
    for (const auto& stored : found.events) evolve(now_, decode_account_event(stored));
  } else if (found.account) {
    now_ = decode_account_state(found.account->state);
  }
  ORDERFLOW_ASSERT(now_.version == found.seq);
}

void account_actor_state::release(account_held& held) { held.to.deliver(std::move(held.reply)); }

void account_actor_state::fail(account_held& held, const append_outcome& outcome) { held.to.deliver(to_error(outcome)); }

}  // namespace orderflow
