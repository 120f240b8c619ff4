// Creating orders: keys first, then an id, then the actor.
#include "actors/order/order_actor.hpp"
#include "base/log.hpp"
#include "supervision/shard_supervisor.hpp"

namespace orderflow {

caf::result<order_reply> shard_state::create(create_request& request) {
  auto to = self_->make_response_promise<order_reply>();
  if (request.key)
    create_keyed(std::move(request), to);
  else
    create_new(std::move(request), to);
  return to;
}

const key_claim* shard_state::known_key(const key_claim& request) const {
  auto found = keys_.find(hash_of(request.scope, request.key));
  return found != keys_.end() && found->second.scope == request.scope && found->second.key == request.key ? &found->second
                                                                                                          : nullptr;
}

/// A key under way is answered here; otherwise the store is asked for both names, so that a repeat does not cost a rejected
/// batch.
void shard_state::create_keyed(create_request request, reply_promise to) {
  if (const auto* known = known_key(*request.key)) return repeat(*known, request, to);
  auto found = std::make_shared<std::optional<key_claim>>();
  read_task look{[found, claim = *request.key, also = request.also](reader& from) {
    *found = from.find_claim(claim);
    if (!*found && also) *found = from.find_claim(*also);
  }};
  self_->request(services_->key_lookup_of(*request.key), caf::infinite, std::move(look))
      .then(
          [this, found, request = std::move(request), to]() mutable {
            if (*found) return repeat(**found, request, to);
            create_new(std::move(request), to);
          },
          [to](caf::error& why) mutable { to.deliver(std::move(why)); });
}

/// The order is served by its tenant's warehouse as it is numbered now, for good.
void shard_state::create_new(create_request request, reply_promise to) {
  auto& source = std::visit([](auto& what) -> provenance& { return what.source; }, request.what);
  if (const auto* tenant = services_->directory->find(source.tenant)) {
    source.tenant_number = tenant->number;
    return create_numbered(std::move(request), to);
  }
  self_->request(services_->tenants, caf::infinite, tenant_atom_v, source.tenant)
      .then([this, request = std::move(request), to](int64_t) mutable { create_new(std::move(request), to); },
            [to](caf::error& why) mutable { to.deliver(std::move(why)); });
}

void shard_state::create_numbered(create_request request, reply_promise to) {
  with_id([this, request = std::move(request), to](std::optional<order_id> id) mutable {
    if (!id) return to.deliver(to_error(errc::store_unavailable, "no order number could be reserved"));
    if (stopping_) return to.deliver(to_error(errc::shutting_down, "the server is stopping"));
    // Somebody has asked about the number before it was given, so its stream is open in another actor's name.
    if (children_.contains(*id)) return create_numbered(std::move(request), to);
    if (request.key) {
      // Asked here: while the store was asked, another request with the key may have taken the lead.
      if (const auto* known = known_key(*request.key)) return repeat(*known, request, to);
      request.key->order = *id;
    }
    if (request.also) request.also->order = *id;
    std::visit([&](auto& what) { what.id = *id; }, request.what);
    if (request.ticket != 0)
      if (auto asker = caf::actor_cast<bridge_actor>(to.source())) self_->send(asker, assigned_id{request.ticket, *id});
    auto& one = start(*id, true);
    if (request.key) {
      one.key = hash_of(request.key->scope, request.key->key);
      keys_.insert_or_assign(*one.key, *request.key);
    }
    to.delegate(one.actor, std::move(request));
  });
}

/// One of the names has an order: the answer is that order's present state.
void shard_state::repeat(const key_claim& known, const create_request& request, reply_promise to) {
  const auto by_key = !request.also || (known.scope == request.key->scope && known.key == request.key->key);
  if (known.body_hash != (by_key ? *request.key : *request.also).body_hash)
    return to.deliver(order_reply{order_outcome::other_body, refusal::none, nullptr, nullptr});
  if (request.ticket != 0)
    if (auto asker = caf::actor_cast<bridge_actor>(to.source())) self_->send(asker, assigned_id{request.ticket, known.order});
  order_request look{known.order, std::nullopt, request.when, std::nullopt, std::nullopt, std::nullopt, true};
  if (by_key && request.also) {
    // The second name is noted, too: sent again when another order has got the first, it is this order's.
    look.key = request.also;
    look.key->order = known.order;
  }
  // Creates are routed by their first name, so an order found by it is one of this shard, unless an older version made it.
  if (look.key || !by_key || static_cast<uint64_t>(known.order.value) % shard_count != shard_) {
    to.delegate(services_->shard_of(known.order), std::move(look));
    return;
  }
  if (!with_child(known.order, delegating(to, look))) read_row(look, to);
}

void shard_state::with_id(std::function<void(std::optional<order_id>)> then) {
  if (block_.count == 0) std::swap(block_, next_block_);
  if (block_.count == 0) {
    waiting_for_id_.push_back(std::move(then));
    return refill();
  }
  order_id id{block_.first};
  block_.first += shard_count;
  --block_.count;
  if (next_block_.count == 0 && block_.count < services_->limits.ids_per_block / 2) refill();
  then(id);
}

void shard_state::refill() {
  if (refilling_) return;
  refilling_ = true;
  self_->request(services_->journal, caf::infinite, shard_, services_->limits.ids_per_block)
      .then(
          [this](id_block found) {
            refilling_ = false;
            next_block_ = found;
            for (auto& then : std::exchange(waiting_for_id_, {})) with_id(std::move(then));
          },
          [this](caf::error& why) {
            refilling_ = false;
            log_warn("ids-not-reserved", {{"shard", shard_}, {"because", sentence_of(why)}});
            for (auto& then : std::exchange(waiting_for_id_, {})) then(std::nullopt);
          });
}

}  // namespace orderflow
