#include "supervision/shard_supervisor.hpp"

#include "actors/order/order_actor.hpp"
#include "base/log.hpp"
#include "codec/order_json.hpp"
#include "journal/state_of.hpp"
#include "messages/ownership.hpp"

namespace orderflow {

namespace {

/// What a reader finds of an order that is held back; perhaps its record is the reason.
struct found_order {
  std::shared_ptr<const order> now;
  std::string damage;
};

void find_state(found_order& into, reader& from, order_id id) {
  try {
    if (const auto row = from.find_order(id)) into.now = std::make_shared<const order>(state_of(from, *row));
  } catch (const codec_error& why) {
    into.damage = why.what();
  }
}

}  // namespace

shard_state::shard_state(shard_actor::pointer self, services_ptr with, uint32_t shard)
    : entity_supervisor(self, std::move(with)), shard_(shard) {}

shard_actor::behavior_type shard_state::make_behavior() {
  return {[this](create_request& request) { return create(request); },
          [this](order_request& request) { return ask(request); },
          [this](order_report& report) {
            with_child(report.order, [this, report](const order_actor* to) {
              if (to != nullptr) self_->send(*to, report);
            });
          },
          [this](deadline_due message) { return due(message); },
          [this](effect_progress& now, order_id id) {
            if (auto found = children_.find(id); found != children_.end() && found->second.is_ready())
              self_->send(found->second.actor, std::move(now));
          },
          [this](resume_atom, order_id id) { return resume(id); },
          [this](busy_atom, order_id id) { busy(id); },
          [this](sweep_atom) { sweep(); },
          [this](reopen_atom, order_id id) { restart(id); },
          [this](caf::get_atom) {
            std::vector<quarantine_note> notes;
            for (const auto& [id, one] : children_)
              if (one.quarantined) notes.push_back(one.note);
            return notes;
          },
          [this](redrive_atom, order_id id) { return redrive(id); }};
}

// -- messages ----------------------------------------------------------------------------------------------------------

caf::result<order_reply> shard_state::ask(order_request& request) {
  if (stopping_) return to_error(errc::shutting_down, "the server is stopping");
  auto found = children_.find(request.order);
  if (found != children_.end() && found->second.quarantined) {
    if (request.command || notes_key(request))
      return to_error(errc::quarantined, "the order is held back for an operator: " + found->second.note.reason);
    auto to = self_->make_response_promise<order_reply>();
    read_row(request, to);
    return to;
  }
  if (found != children_.end() && found->second.is_ready()) {
    found->second.used = sweeps_;
    return self_->delegate(found->second.actor, std::move(request));
  }
  const bool is_idle = found == children_.end();
  if (is_idle && !request.command && !notes_key(request) && services_->figures->store.away())
    return read_without_journal(request);
  auto to = self_->make_response_promise<order_reply>();
  with_child(request.order, delegating(to, request));
  return to;
}

caf::result<void> shard_state::resume(order_id id) {
  auto to = self_->make_response_promise<void>();
  if (!with_child(id, delegating(to, resume_atom_v))) to.deliver();
  return to;
}

caf::result<void> shard_state::due(const deadline_due& message) {
  auto to = self_->make_response_promise<void>();
  if (!with_child(message.order, delegating(to, message))) to.deliver();
  return to;
}

bool shard_state::redrive(order_id id) {
  auto found = children_.find(id);
  if (stopping_ || found == children_.end() || !found->second.quarantined) return false;
  log_info("order-redriven", {{"order", id.value}});
  services_->figures->orders_quarantined->dec();
  erase(found);
  start(id, false);
  return true;
}

// -- children ----------------------------------------------------------------------------------------------------------

order_actor shard_state::spawn_child(order_id id, bool fresh) {
  return self_->spawn<order_actor::stateful_impl<order_actor_state>, caf::monitored>(services_, shard_actor{self_}, id, fresh);
}

/// Shards take turns. Were all to sweep at once, all orders of a second would leave memory in one moment, and those that have
/// just come would wait for that: 100 ms at 13 000 orders/s.
milliseconds shard_state::first_sweep() const { return sweep_every + sweep_every * shard_ / shard_count; }

void shard_state::crashed(order_id id, uint32_t restarts, const std::string& because) {
  log_error("order-crashed", {{"order", id.value}, {"restarts", restarts}, {"because", because}});
}

/// Whoever waits is told that the outcome is unknown, as promises break.
void shard_state::quarantined(order_id id, child& one, const std::string& because) {
  log_error("order-quarantined", {{"order", id.value}, {"because", because}, {"do", "look at it, then redrive it"}});
  one.note = quarantine_note{id, because, services_->time->now()};
  services_->figures->orders_quarantined->inc();
}

/// The key goes with the order: from now on the store answers for it.
void shard_state::erased(child& one) {
  if (one.key) keys_.erase(*one.key);
}

caf::result<order_reply> shard_state::read_without_journal(const order_request& request) {
  if (services_->figures->store.unreadable()) return to_error(errc::store_unavailable, services_->figures->store.reason());
  auto to = self_->make_response_promise<order_reply>();
  read_row(request, to);
  return to;
}

/// An order can be looked at without its actor: as its row stands.
void shard_state::read_row(const order_request& request, reply_promise to) {
  auto found = std::make_shared<found_order>();
  read_task look{[found, id = request.order](reader& from) { find_state(*found, from, id); }};
  self_->request(services_->lookups, caf::infinite, std::move(look))
      .then(
          [found, to, who = request.from]() mutable {
            if (!found->damage.empty()) return to.deliver(to_error(errc::quarantined, found->damage));
            const auto& now = found->now;
            if (!now || !is_shown_to(*now, who))
              return to.deliver(order_reply{order_outcome::refused, refusal::order_must_exist, nullptr, nullptr});
            to.deliver(order_reply{order_outcome::done, refusal::none, now, nullptr});
          },
          [to](caf::error& why) mutable { to.deliver(std::move(why)); });
}

}  // namespace orderflow
