#include "actors/order/order_actor.hpp"

#include <algorithm>
#include <utility>

#include "base/crash_point.hpp"
#include "base/overloaded.hpp"
#include "codec/order_json.hpp"
#include "domain/order/attention.hpp"
#include "domain/order/evolve.hpp"
#include "messages/ownership.hpp"

namespace orderflow {

order_actor_state::order_actor_state(order_actor::pointer self, services_ptr with, shard_actor parent, order_id id, bool fresh)
    : shell(self, std::move(with), stream_of(id)), parent_(std::move(parent)), id_(id) {
  services_->figures->orders_in_memory->inc();
  self_->attach_functor([figures = services_->figures] { figures->orders_in_memory->dec(); });
  if (!fresh) reload();
}

order_actor::behavior_type order_actor_state::make_behavior() {
  return {[this](order_request& request) { return ask(request); },
          [this](create_request& request) { return create(request); },
          [this](order_report& told) { report(told); },
          [this](deadline_due message) { return due(message); },
          [this](effect_progress& now) { progress_ = std::make_shared<effect_progress>(std::move(now)); },
          [this](resume_atom) { return resume(); },
          [this](passivate_atom) { passivate(); }};
}

// -- messages ----------------------------------------------------------------------------------------------------------

caf::result<order_reply> order_actor_state::ask(order_request& request) {
  auto to = self_->make_response_promise<order_reply>();
  if (loading()) {
    if (!when_loaded([this, request, to] { answer(request, to); }))
      to.deliver(to_error(errc::reloading, "the order is being loaded and too many requests wait for it"));
    return to;
  }
  answer(request, to);
  return to;
}

caf::result<order_reply> order_actor_state::create(create_request& request) {
  auto to = self_->make_response_promise<order_reply>();
  guarded([&] { found_new(request, to); });
  return to;
}

void order_actor_state::report(order_report& told) {
  services_->figures->reports->inc();
  auto kept = when_loaded([this, what = std::move(told.what)] { take_report(what); });
  if (!kept) log_warn("order-report-dropped", {{"order", id_.value}, {"because", "too much waits for the order to be loaded"}});
}

/// The state says which deadline it is, and the clock whether it has come; a message that came too early, or too late, finds
/// none.
caf::result<void> order_actor_state::due(const deadline_due&) {
  auto to = self_->make_response_promise<void>();
  auto kept = when_loaded([this, to]() mutable {
    to.deliver();
    if (defect_) return;
    armed_.reset();
    auto next = now_->exists() ? next_deadline(*now_) : std::nullopt;
    if (!next || services_->time->now() < services_->time->not_before(next->from, next->at)) return arm_deadline();
    take({deadline_has_come{next->kind}, services_->time->now()}, std::nullopt);
    if (quiet() && !defect_) arm_deadline();
  });
  if (kept) return to;
  log_warn("order-deadline-dropped", {{"order", id_.value}, {"because", "too much waits for the order to be loaded"}});
  to.deliver();
  return to;
}

/// Loading starts what is owed, so the answer is all there is to do.
caf::result<void> order_actor_state::resume() {
  auto to = self_->make_response_promise<void>();
  if (!when_loaded([to]() mutable { to.deliver(); })) to.deliver();
  return to;
}

void order_actor_state::passivate() {
  if (quiet() && waiters_.empty() && checks_begun_ == checks_ended_ && (!now_->exists() || pending_effects(*now_).empty()))
    return leave();
  self_->send(parent_, busy_atom_v, id_);
}

// -- deciding ----------------------------------------------------------------------------------------------------------

void order_actor_state::guarded(const std::function<void()>& work) {
  try {
    work();
  } catch (const std::exception& defect) {
    log_error("order-defect", {{"order", id_.value}, {"what", defect.what()}});
    defect_ = defect.what();
  }
  if (defect_ && quiet()) give_up();
}

/// Whoever still waits is told before the actor's end breaks their promises; what they asked for is durable.
void order_actor_state::give_up() {
  for (auto& waiter : waiters_.take_all())
    waiter.to.deliver(to_error(errc::outcome_unknown, "the order was taken and is being started again"));
  self_->quit(to_error(errc::quarantined, *defect_));
}

void order_actor_state::answer(const order_request& request, answer_promise to, bool key_checked) {
  if (defect_) return to.deliver(to_error(errc::reloading, "the order is being started again"));
  crash_point("order-before-decide");
  guarded([&] {
    order_answer reply{to, request.repeat ? order_outcome::repeated : order_outcome::done, refusal::none};
    if (!now_->exists() && request.repeat) {
      to.deliver(to_error(errc::store_unavailable, "the first request with this key was not carried out"));
      return leave();
    }
    if (!now_->exists() || !is_shown_to(*now_, request.from)) {
      hold({nullptr, {{to, order_outcome::refused, refusal::order_must_exist}}, {}, {}, {}, false});
      return;
    }
    // The key before the version: the first request with the key has changed the version that its repeat names.
    const bool notes = notes_key(request);
    if ((request.command || notes) && request.key && !key_checked) return check_key(request, to);
    if (const auto& demand = request.if_version; demand && (!demand->names(now_->version) || demand->excludes(now_->version))) {
      reply.outcome = demand->names(now_->version) ? order_outcome::version_is_excluded : order_outcome::version_differs;
      return hold_answer(std::move(reply), answer_when::committed);
    }
    if (notes) return note_key(*request.key, std::move(reply), request.when);
    const bool follows = !request.command && request.key && !request.repeat;
    if (follows && checks_begun_ > checks_ended_) return behind_checks_.push({checks_begun_, request, to});
    if (!request.command) return hold_answer(std::move(reply), request.when);
    services_->figures->commands->inc();
    auto decided = decide(*now_, *request.command);
    if (decided.refused != refusal::none) {
      services_->figures->refusals->inc();
      reply = {to, order_outcome::refused, decided.refused};
      return hold_answer(std::move(reply), answer_when::committed);
    }
    if (decided.accepted) reply.outcome = order_outcome::accepted;
    // An event of the gateway's that told nothing new has had no effect: when it comes again, the gateway is asked again.
    const bool is_clients = request.key && request.from;
    if (decided.events.empty() && is_clients) return note_key(*request.key, std::move(reply), request.when);
    record(std::move(decided), request.command->at, request.key, std::nullopt, std::move(reply), request.when);
  });
}

void order_actor_state::found_new(create_request& request, answer_promise to) {
  ORDERFLOW_ASSERT(!now_->exists() && quiet());
  services_->figures->commands->inc();
  order_command command{std::visit([](auto& what) -> order_action { return std::move(what); }, request.what), request.at};
  auto decided = decide(*now_, command);
  if (decided.refused != refusal::none) {
    services_->figures->refusals->inc();
    to.deliver(order_reply{order_outcome::refused, decided.refused, nullptr, nullptr});
    return leave();
  }
  if (request.key) claim_ = std::make_shared<const create_claim>(*request.key, std::move(request.also), request.when);
  record(std::move(decided), request.at, std::move(request.key), std::nullopt,
         order_answer{to, order_outcome::done, refusal::none}, request.when);
}

/// A report, or a deadline: recorded, not answered.
void order_actor_state::take(const order_command& told, std::optional<cause> after) {
  if (defect_) return;
  if (!now_->exists()) return log_warn("order-report-for-nobody", {{"order", id_.value}});
  guarded([&] {
    auto decided = decide(*now_, told);
    ORDERFLOW_ASSERT(decided.refused == refusal::none);
    record(std::move(decided), told.at, std::nullopt, after, std::nullopt, answer_when::committed);
  });
}

void order_actor_state::take_report(const order_command& told) {
  const auto before = now_->version;
  take(told, std::nullopt);
  if (now_->version > before) unsaved_.push({now_->version, std::make_unique<const order_command>(told)});
}

void order_actor_state::record(decision decided, timestamp at, std::optional<key_claim> key, std::optional<cause> after,
                               std::optional<order_answer> to, answer_when when) {
  if (decided.events.empty()) {
    if (to) hold_answer(std::move(*to), when);
    return;
  }
  const auto pending_before = now_->exists() ? pending_effects(*now_) : std::vector<effect>{};
  order_held held;
  held.created = !now_->exists();
  held.before = now_->status;
  held.needed_before = now_->needs_operator;
  append_request request;
  request.key = std::move(key);
  if (held.created && claim_) request.also = claim_->also;
  request.after = after;
  request.events.reserve(decided.events.size());
  auto version = now_->version;
  for (auto& event : decided.events) {
    recorded_event recorded{std::move(event), at};
    request.events.push_back(encode(recorded));
    ++version;
    if (is_told(recorded.event)) held.committed.push_back({nullptr, version, std::move(recorded)});
  }
  now_ = order_now{std::move(decided.after)};
  held.seen = now_.shared();
  // A key may turn out to be another command's, and then nobody must have acted on this one: others would fail with it. The
  // key of a new order was looked up by its supervisor, who also sees to it that no other order is made of it meanwhile; of a
  // second name he cannot be as sure.
  const bool ahead = (held.created && !request.also) || !request.key;
  auto pending_now = pending_effects(*now_);
  request.rows = rows(held.created, !pending_now.empty());
  std::vector<effect> internal;
  auto is_shown = [this](const effect& what) { return key_of(id_, what) == progress_->key; };
  if (progress_ && std::none_of(pending_now.begin(), pending_now.end(), is_shown)) progress_.reset();
  for (auto& what : pending_now) {
    if (std::find(pending_before.begin(), pending_before.end(), what) != pending_before.end()) continue;
    (ahead && is_internal(what) ? internal : held.effects).push_back(std::move(what));
  }
  for (const auto& what : pending_before)
    if (const auto* back = std::get_if<refund_payment>(&what); back && !is_pending(what))
      held.ended_refunds.push_back(back->number);
  if (to) to->since = now_->version;
  if (to && when == answer_when::settled && !settled(*now_) && waiters_.size() < services_->limits.waiters_per_order)
    waiters_.push(std::move(*to));
  else if (to)
    held.answers.push_back(std::move(*to));
  if (settled(*now_))
    for (auto& waiter : waiters_.take_all()) held.answers.push_back(std::move(waiter));
  crash_point("order-before-append");
  append(std::move(request), std::move(held));
  // After the append is queued: the journal then knows the cause of what the inventory does about it.
  for (const auto& what : internal) start(what, false);
}

void order_actor_state::hold_answer(order_answer to, answer_when when) {
  to.since = now_->version;
  if (when == answer_when::settled && !settled(*now_) && waiters_.size() < services_->limits.waiters_per_order) {
    waiters_.push(std::move(to));
    return;
  }
  order_held held;
  held.seen = now_.shared();
  held.answers.push_back(std::move(to));
  hold(std::move(held));
}

/// Whoever waits for the order to settle begins to when the key is durable: until then only he could be told that it was lost.
void order_actor_state::note_key(const key_claim& key, order_answer to, answer_when when) {
  order_held held;
  held.answers.push_back(std::move(to));
  held.noted = when;
  note(key, std::move(held));
}

void order_actor_state::key_noted(order_held& held) {
  for (auto& to : std::exchange(held.answers, {})) {
    auto kept = when_loaded([this, to, when = *held.noted] { hold_answer(to, when); });
    if (!kept) to.to.deliver(to_error(errc::reloading, "the order is being loaded again"));
  }
}

void order_actor_state::answer_waiters() {
  order_held held;
  held.seen = now_.shared();
  for (auto& waiter : waiters_.take_all()) held.answers.push_back(std::move(waiter));
  hold(std::move(held));
}

order_rows order_actor_state::rows(bool created, bool open) const {
  order_rows out;
  if (created) out.created.emplace(now_->id, now_->source, now_->who.email, now_->created_at);
  auto next = next_deadline(*now_);
  out.state = {now_->id,
               now_->version,
               now_->status,
               encode_state(*now_),
               order_state_version,
               next ? std::optional{next->at} : std::nullopt,
               open,
               now_->needs_operator};
  return out;
}

// -- the shell's side --------------------------------------------------------------------------------------------------

void order_actor_state::restore(opened_stream& found) {
  auto folded = std::make_shared<order>();
  if (!found.events.empty()) {
    for (const auto& stored : found.events) evolve(*folded, decode_order_event(stored));
  } else if (found.order) {
    *folded = decode_state(found.order->state);
  }
  now_ = order_now{std::move(folded)};
  ORDERFLOW_ASSERT(now_->version == found.seq);
}

void order_actor_state::resumed() {
  if (defect_) return give_up();
  if (!now_->exists()) return;
  for (const auto& what : pending_effects(*now_)) start(what, true);
  end_settled_refunds();
  for (const auto& one : unsaved_.take_all()) take_report(*one.what);
  if (!waiters_.empty() && settled(*now_)) answer_waiters();
  if (quiet()) arm_deadline();
}

void order_actor_state::release(order_held& held) {
  if (held.before) crash_point("order-after-commit");
  if (held.created) claim_.reset();
  while (!unsaved_.empty() && held.seen && unsaved_.front().version <= held.seen->version) unsaved_.pop();
  if (held.noted) key_noted(held);
  for (auto& to : held.answers) deliver(to, held.seen);
  for (const auto number : held.ended_refunds) end_refund(number);
  for (const auto& what : held.effects) start_held(what, *held.seen);
  for (auto& told : held.committed) {
    told.now = held.seen;
    self_->send(services_->notifications, std::move(told));
  }
  count_status(held);
  count_need(held);
  if (defect_ && quiet()) return give_up();
  // Also after a read: one that waited behind the last append is what makes the order quiet.
  if (now_->exists() && quiet()) arm_deadline();
}

/// Whoever asked for what is durable already has lost nothing: he goes on waiting, and is answered once the order is loaded.
void order_actor_state::fail(order_held& held, const append_outcome& outcome) {
  const auto known = outcome.status == append_status::duplicate && outcome.existing && claim_ && !held.noted;
  const auto ends = outcome.status == append_status::fenced || outcome.status == append_status::broken;
  auto tell = [&](order_answer& to) {
    if (held.seen && to.since < held.seen->version) {
      if (!ends) return waiters_.push(std::move(to));
      return to.to.deliver(to_error(errc::outcome_unknown, "the order was taken and cannot go on: " + outcome.detail));
    }
    if (known) return answer_with_existing(to, *outcome.existing, *claim_);
    to.to.deliver(to_error(outcome));
  };
  if (held.seen)
    for (auto& to : waiters_.take_all()) tell(to);
  for (auto& to : held.answers) tell(to);
}

void order_actor_state::forget() {
  progress_.reset();
  armed_.reset();
}

// -- letting go --------------------------------------------------------------------------------------------------------

void order_actor_state::deliver(order_answer& to, const std::shared_ptr<const order>& seen) {
  to.to.deliver(order_reply{to.outcome, to.why, seen, progress_});
}

/// One of our names had been taken by another order: its answer is ours.
void order_actor_state::answer_with_existing(order_answer& to, const key_claim& existing, const create_claim& request) {
  const auto by_key = existing.scope == request.key.scope && existing.key == request.key.key;
  if (existing.body_hash != (by_key || !request.also ? request.key : *request.also).body_hash)
    return to.to.deliver(order_reply{order_outcome::other_body, refusal::none, nullptr, nullptr});
  order_request look{existing.order, std::nullopt, request.when, std::nullopt, std::nullopt, std::nullopt, true};
  to.to.delegate(services_->shard_of(existing.order), std::move(look));
}

/// Deadlines beyond the window are found by the timer actor in the store when their window comes.
void order_actor_state::arm_deadline() {
  auto next = next_deadline(*now_);
  if (!next) return;
  const auto at = services_->time->not_before(next->from, next->at);
  if (at == armed_ || at > services_->time->now() + 2 * services_->limits.timer_window) return;
  armed_ = at;
  self_->send(services_->timers, armed_deadline{id_, at});
}

void order_actor_state::count_status(const order_held& held) {
  if (!held.before) return;
  auto& gauges = services_->figures->orders_by_status;
  if (!held.created && *held.before == held.seen->status) return;
  if (!held.created) gauges[static_cast<size_t>(*held.before)]->dec();
  gauges[static_cast<size_t>(held.seen->status)]->inc();
}

/// Told once, when it has become so: not at every load.
void order_actor_state::count_need(const order_held& held) {
  if (!held.before || held.needed_before == held.seen->needs_operator) return;
  auto& gauges = services_->figures->orders_needing_operator;
  const auto before = held.needed_before;
  const auto now = held.seen->needs_operator;
  if (before != operator_reason::none) gauges[static_cast<size_t>(before)]->dec();
  if (now == operator_reason::none) return;
  gauges[static_cast<size_t>(now)]->inc();
  const auto matters = attention_of(*held.seen);
  log_warn("order-needs-operator", {{"order", id_.value},
                                    {"reason", to_string(now)},
                                    {"resolved_by", matters.empty() ? std::string_view{} : matters.back().resolved_by.front()},
                                    {"do", "GET /api/v1/attention"}});
}

}  // namespace orderflow
