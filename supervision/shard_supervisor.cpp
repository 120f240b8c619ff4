#include "supervision/shard_supervisor.hpp"

#include "actors/order/order_actor.hpp"
#include "base/log.hpp"
#include "codec/order_json.hpp"
#include "journal/state_of.hpp"
#include "messages/ownership.hpp"

namespace orderflow {

namespace {

constexpr auto sweep_every = std::chrono::seconds{1};

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
    : self_(self), services_(std::move(with)), shard_(shard) {
  self_->set_down_handler([this](caf::down_msg& down) { ended(down); });
  self_->set_exit_handler([this](caf::exit_msg& asked) { stop(asked.reason); });
}

shard_actor::behavior_type shard_state::make_behavior() {
  return {[this](create_request& request) { return create(request); },
          [this](order_request& request) { return ask(request); },
          [this](order_report& told) { with_child(told.order, [this, told](const order_actor& to) { self_->send(to, told); }); },
          [this](deadline_due message) { return due(message); },
          [this](effect_progress& now, order_id id) {
            if (auto found = children_.find(id); found != children_.end() && found->second.actor && !found->second.leaving)
              self_->send(found->second.actor, std::move(now));
          },
          [this](resume_atom, order_id id) { return resume(id); },
          [this](busy_atom, order_id id) { busy(id); },
          [this](sweep_atom) { sweep(); },
          [this](reopen_atom, order_id id) { restart(id); },
          [this](caf::get_atom) {
            std::vector<quarantine_note> notes;
            for (const auto& [id, one] : children_)
              if (one.quarantine) notes.push_back(*one.quarantine);
            return notes;
          },
          [this](redrive_atom, order_id id) { return redrive(id); }};
}

// -- messages ----------------------------------------------------------------------------------------------------------

caf::result<order_reply> shard_state::ask(order_request& request) {
  if (stopping_) return to_error(errc::shutting_down, "the server is stopping");
  auto found = children_.find(request.order);
  if (found != children_.end() && found->second.quarantine) {
    if (request.command)
      return to_error(errc::quarantined, "the order is held back for an operator: " + found->second.quarantine->reason);
    auto to = self_->make_response_promise<order_reply>();
    read_row(request, to);
    return to;
  }
  if (found != children_.end() && found->second.actor && !found->second.leaving) {
    found->second.used = sweeps_;
    return self_->delegate(found->second.actor, std::move(request));
  }
  const bool is_idle = found == children_.end();
  if (is_idle && !request.command && services_->figures->store.away()) return read_without_journal(request);
  auto to = self_->make_response_promise<order_reply>();
  with_child(request.order, [to, request](const order_actor& actor) mutable { to.delegate(actor, request); });
  return to;
}

caf::result<void> shard_state::resume(order_id id) {
  auto to = self_->make_response_promise<void>();
  if (!with_child(id, [to](const order_actor& actor) mutable { to.delegate(actor, resume_atom_v); })) to.deliver();
  return to;
}

caf::result<void> shard_state::due(const deadline_due& message) {
  auto to = self_->make_response_promise<void>();
  if (!with_child(message.order, [to, message](const order_actor& actor) mutable { to.delegate(actor, message); })) to.deliver();
  return to;
}

void shard_state::busy(order_id id) {
  auto found = children_.find(id);
  if (found == children_.end()) return;
  auto& one = found->second;
  one.leaving = false;
  one.used = sweeps_;
  if (one.actor)
    for (auto& work : one.waiting.take_all()) work(one.actor);
}

void shard_state::sweep() {
  ++sweeps_;
  const auto idle = static_cast<uint64_t>(services_->limits.passivate_after / sweep_every);
  for (auto& [id, one] : children_) {
    if (!one.actor || one.leaving || one.used + idle >= sweeps_) continue;
    one.leaving = true;
    self_->send(one.actor, passivate_atom_v);
  }
  sweeping_ = !children_.empty();
  if (sweeping_) self_->delayed_send(self_, sweep_every, sweep_atom_v);
}

bool shard_state::redrive(order_id id) {
  auto found = children_.find(id);
  if (stopping_ || found == children_.end() || !found->second.quarantine) return false;
  log_info("order-redriven", {{"order", id.value}});
  services_->figures->orders_quarantined->dec();
  erase(found);
  start(id, false);
  return true;
}

// -- children ----------------------------------------------------------------------------------------------------------

bool shard_state::with_child(order_id id, parked work) {
  if (stopping_) return false;
  auto found = children_.find(id);
  auto& one = found == children_.end() ? start(id, false) : found->second;
  if (one.quarantine) return false;
  if (one.actor && !one.leaving) {
    one.used = sweeps_;
    work(one.actor);
  } else {
    one.waiting.push(std::move(work));
  }
  return true;
}

shard_state::child& shard_state::start(order_id id, bool fresh) {
  auto& one = children_[id];
  one.actor =
      self_->spawn<order_actor::stateful_impl<order_actor_state>, caf::monitored>(services_, shard_actor{self_}, id, fresh);
  one.used = sweeps_;
  one.leaving = false;
  addresses_[one.actor.address()] = id;
  if (!sweeping_) {
    sweeping_ = true;
    // Shards take turns. Were all to sweep at once, all orders of a second would leave memory in one moment, and those that have
    // just come would wait for that: 100 ms at 13 000 orders/s.
    const std::chrono::milliseconds turn = sweep_every;
    self_->delayed_send(self_, turn + turn * shard_ / shard_count, sweep_atom_v);
  }
  return one;
}

/// The key goes with the order: from now on the store answers for it.
void shard_state::erase(std::unordered_map<order_id, child>::iterator at) {
  if (at->second.key) keys_.erase(*at->second.key);
  children_.erase(at);
}

/// A child has ended: it left memory (start it again only if somebody waits), or it crashed.
void shard_state::ended(const caf::down_msg& down) {
  auto address = addresses_.find(down.source);
  if (address == addresses_.end()) return;
  auto id = address->second;
  addresses_.erase(address);
  if (stopping_) {
    if (addresses_.empty()) self_->quit(*stopping_);
    return;
  }
  auto found = children_.find(id);
  if (found == children_.end() || found->second.actor.address() != down.source) return;
  auto& one = found->second;
  one.actor = nullptr;
  if (!down.reason) {
    services_->figures->passivations->inc();
    if (one.waiting.empty()) {
      erase(found);
      return;
    }
    auto waiting = one.waiting.take_all();
    auto& again = start(id, false);
    for (auto& work : waiting) work(again.actor);
    return;
  }
  if (down.reason == errc::fenced || down.reason.category() == caf::type_id_v<caf::exit_reason>) {
    erase(found);
    return;
  }
  const auto& limits = services_->limits;
  auto now = services_->time->monotonic();
  if (now - one.first_restart > limits.restart_window) {
    one.first_restart = now;
    one.restarts = 0;
  }
  auto because = to_failure(down.reason).detail;
  log_error("order-crashed", {{"order", id.value}, {"restarts", one.restarts}, {"because", because}});
  if (++one.restarts >= limits.restarts_before_quarantine) return quarantine(one, id, std::move(because));
  auto pause = limits.restart_pause * (int64_t{1} << std::min<uint32_t>(one.restarts - 1, 8));
  self_->delayed_send(self_, pause, reopen_atom_v, id);
}

void shard_state::stop(const caf::error& reason) {
  if (stopping_) return;
  if (addresses_.empty()) return self_->quit(reason);
  stopping_ = reason;
  for (const auto& [id, one] : children_)
    if (one.actor) self_->send_exit(one.actor, reason);
}

void shard_state::restart(order_id id) {
  auto found = children_.find(id);
  if (stopping_ || found == children_.end() || found->second.actor || found->second.quarantine) return;
  services_->figures->restarts->inc();
  auto waiting = found->second.waiting.take_all();
  auto& one = start(id, false);
  for (auto& work : waiting) work(one.actor);
}

void shard_state::quarantine(child& one, order_id id, std::string reason) {
  log_error("order-quarantined", {{"order", id.value}, {"because", reason}, {"do", "look at it, then redrive it"}});
  one.quarantine = quarantine_note{id, std::move(reason), services_->time->now()};
  one.waiting = {};  // Their promises break; whoever asked is told that the outcome is unknown.
  services_->figures->orders_quarantined->inc();
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
