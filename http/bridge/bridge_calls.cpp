// What runs inside the actor behind the bridge: callers, their timeouts, and what they asked for.
#include <algorithm>

#include "http/bridge/bridge_actor.hpp"
#include "messages/charge_report.hpp"

namespace orderflow {

namespace {

constexpr auto tick = milliseconds{50};
/// How long the present state may take once the timeout has ended, before the outcome is told as unknown.
constexpr auto grace = std::chrono::seconds{5};
/// A store that is away for so long times out those who wait: they are told how things stand, as far as anybody knows.
constexpr auto timeout_with_store = std::chrono::seconds{3};
constexpr auto grace_without_store = std::chrono::seconds{1};
/// How long what is asked of other actors may take. Longer than what they themselves wait for outside.
constexpr auto call_timeout = std::chrono::seconds{10};

}  // namespace

bridge_state::bridge_state(bridge_actor::pointer self, services_ptr with) : self_(self), services_(std::move(with)) {}

bridge_state::~bridge_state() {
  for (auto& [ticket, one] : callers_)
    if (one.done) one.done(failure{errc::outcome_unknown, "the server is stopping"});
  for (auto& [ticket, one] : calls_)
    if (one.give_up) one.give_up();
}

bridge_actor::behavior_type bridge_state::make_behavior() {
  return {[this](exchange& work) { work.run(*this); },
          [this](const assigned_id& told) {
            if (auto found = callers_.find(told.ticket); found != callers_.end()) found->second.order = told.order;
          },
          [this](sweep_atom) { sweep(); }};
}

failure bridge_state::no_answer(errc late) {
  if (late == errc::outcome_unknown) return {late, "there was no answer in time; it may have taken place"};
  return {late, "there was no answer in time; nothing was done"};
}

monotonic_time bridge_state::call_ends() const { return services_->time->monotonic() + call_timeout; }

uint64_t bridge_state::enter(caller one, milliseconds timeout) {
  const auto ticket = ++last_ticket_;
  one.since = services_->time->monotonic();
  one.times_out_at = one.since + timeout;
  callers_.emplace(ticket, std::move(one));
  wake();
  return ticket;
}

void bridge_state::wake() {
  if (awake_ || (callers_.empty() && calls_.empty())) return;
  awake_ = true;
  self_->delayed_send(self_, tick, sweep_atom_v);
}

void bridge_state::leave(uint64_t ticket, std::variant<order_reply, failure> answer) {
  auto left = callers_.extract(ticket);
  if (left.empty()) return;  // Answered before: what it led to was durable by then.
  if (left.mapped().done) left.mapped().done(std::move(answer));
}

/// Keyed creates go where their key belongs, so that a repeat meets the first; others go around.
void bridge_state::create(create_request request, milliseconds timeout, answered<order_reply> done, place held) {
  auto shard = request.key ? static_cast<int64_t>(hash_of(request.key->scope, request.key->key) % uint64_t{shard_count})
                           : ++last_shard_ % shard_count;
  caller one;
  one.done = std::move(done);
  one.held = std::move(held);
  const auto ticket = enter(std::move(one), timeout);
  if (request.when == answer_when::settled) request.ticket = ticket;
  self_->request(services_->shards[static_cast<size_t>(shard)], caf::infinite, std::move(request))
      .then([this, ticket](order_reply& reply) { leave(ticket, std::move(reply)); },
            [this, ticket](caf::error& why) { leave(ticket, to_failure(why)); });
}

void bridge_state::ask(order_request request, milliseconds timeout, answered<order_reply> done, place held) {
  caller one;
  one.order = request.order;
  one.done = std::move(done);
  one.from = request.from;
  one.held = std::move(held);
  one.may_look = !request.command || request.when == answer_when::settled;
  if (request.command) one.key = request.key;
  one.reads = !request.command;
  const auto ticket = enter(std::move(one), timeout);
  self_->request(services_->shard_of(request.order), caf::infinite, std::move(request))
      .then([this, ticket](order_reply& reply) { leave(ticket, std::move(reply)); },
            [this, ticket](caf::error& why) { leave(ticket, to_failure(why)); });
}

void bridge_state::check_attempt(order_id order, uint32_t attempt, const std::optional<key_claim>& key,
                                 answered<checked_attempt> done, place held) {
  self_->request(services_->payments, caf::infinite, charge_question{order, attempt})
      .then(
          [this, order, attempt, key, done, held](const charge_answer& answer) {
            order_request told;
            told.order = order;
            if (auto what = report_of(answer, attempt)) {
              told.command = order_command{std::move(*what), services_->time->now()};
              told.key = key;
            }
            auto both = [done, answer](std::variant<order_reply, failure> reply) {
              if (auto* failed = std::get_if<failure>(&reply)) return done(std::move(*failed));
              done(checked_attempt{answer, std::move(std::get<order_reply>(reply))});
            };
            ask(std::move(told), grace, std::move(both), held);
          },
          [done](caf::error& why) { done(to_failure(why)); });
}

void bridge_state::check_refunds(order_id order, const std::optional<key_claim>& key, answered<order_reply> done, place held) {
  self_->request(services_->payments, caf::infinite, refund_question{order})
      .then(
          [this, order, key, done, held](const refund_answer& answer) {
            order_request told;
            told.order = order;
            told.command = order_command{refund_was_seen{answer.cumulative, answer.money}, services_->time->now()};
            told.key = key;
            ask(std::move(told), grace, done, held);
          },
          [done](caf::error& why) { done(to_failure(why)); });
}

/// A look comes to the order behind what was asked before it: without a key the command has been decided by then, with one
/// the look waits for the check of the key.
void bridge_state::timed_out(uint64_t ticket, caller& one) {
  if (!one.done) return;
  const auto& store = services_->figures->store;
  if (one.reads && store.away()) return std::exchange(one.done, nullptr)(failure{errc::store_unavailable, store.reason()});
  if (one.order.value == 0 || one.shown_present || !one.may_look)
    return std::exchange(one.done, nullptr)(no_answer(errc::outcome_unknown));
  one.shown_present = true;
  one.times_out_at = services_->time->monotonic() + (store_is_lost() ? milliseconds{grace_without_store} : milliseconds{grace});
  order_request look{one.order, std::nullopt, answer_when::committed, one.from, std::nullopt, one.key, false};
  self_->request(services_->shard_of(one.order), caf::infinite, std::move(look))
      .then([this, ticket](order_reply& reply) { leave(ticket, std::move(reply)); },
            [this, ticket](caf::error& why) { leave(ticket, to_failure(why)); });
}

bool bridge_state::store_is_lost() const { return services_->figures->store.away_for() >= timeout_with_store; }

/// Reads go on while the store can be read; one that still waits then is of an order that waits for the journal.
bool bridge_state::is_over(const caller& one, monotonic_time now, bool lost) const {
  if (one.times_out_at <= now) return true;
  if (!one.reads) return lost && !one.shown_present;
  return services_->figures->store.unreadable() || (lost && now - one.since >= grace_without_store);
}

void bridge_state::flush_waiters() {
  for (auto& [ticket, one] : callers_)
    if (one.done && one.order.value != 0 && !one.shown_present && one.may_look) one.times_out_at = services_->time->monotonic();
  sweep();
}

void bridge_state::sweep() {
  auto now = services_->time->monotonic();
  const bool lost = store_is_lost();
  std::vector<uint64_t> ended;
  for (const auto& [ticket, one] : callers_)
    if (one.done && is_over(one, now, lost)) ended.push_back(ticket);
  for (auto ticket : ended)
    if (auto found = callers_.find(ticket); found != callers_.end()) timed_out(ticket, found->second);
  const bool unreadable = services_->figures->store.unreadable();
  for (auto& [ticket, one] : calls_)
    if ((one.ends <= now || (one.reads ? unreadable : lost)) && one.give_up) std::exchange(one.give_up, nullptr)();
  awake_ = false;
  wake();
}

void bridge_state::with_tenant(const std::string& tenant, std::function<void(const tenant_entry&)> then,
                               std::function<void(caf::error&)> failed) {
  if (const auto* known = services_->directory->find(tenant)) return then(*known);
  self_->request(services_->tenants, caf::infinite, tenant_atom_v, tenant)
      .then([this, tenant, then = std::move(then)](int64_t) { then(*services_->directory->find(tenant)); },
            [failed = std::move(failed)](caf::error& why) { failed(why); });
}

}  // namespace orderflow
