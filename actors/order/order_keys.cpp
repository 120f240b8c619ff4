// Idempotency keys of commands to an order that exists: a refund sent twice is one refund. (Keys of creates are the
// supervisor's, see supervision/shard_create.cpp: there is no order yet that could know them.)
#include "actors/order/order_actor.hpp"

namespace orderflow {

/// Every command of an order comes through its actor, so a key is either in flight here or durable in the store.
void order_actor_state::check_key(const order_request& request, answer_promise to) {
  const auto fresh = [this, key = *request.key] { return keys_.find(key); };
  if (const auto* known = fresh()) return repeat(request, *known, to);
  auto found = std::make_shared<std::optional<key_claim>>();
  read_task look{[found, key = *request.key](reader& from) { *found = from.find_claim(key); }};
  ++checks_begun_;
  self_->request(services_->key_lookup_of(*request.key), caf::infinite, std::move(look))
      .then(
          [this, found, fresh, request, to, load = load_number()]() mutable {
            if (*found) {
              repeat(request, **found, to);
            } else if (load != load_number() || loading()) {
              to.deliver(to_error(errc::reloading, "the order is being loaded again"));
            } else if (const auto* raced = fresh()) {
              repeat(request, *raced, to);
            } else {
              answer(request, to, true);
            }
            check_ended();
          },
          [this, to](caf::error& why) mutable {
            to.deliver(std::move(why));
            check_ended();
          });
}

/// The command whose key it was has been decided; what looks in its name may be answered.
void order_actor_state::check_ended() {
  ++checks_ended_;
  while (!behind_checks_.empty() && behind_checks_.front().checks <= checks_ended_) {
    auto one = behind_checks_.pop();
    one.look.key.reset();
    if (!when_loaded([this, look = one.look, to = one.to] { answer(look, to); }))
      one.to.deliver(to_error(errc::reloading, "the order is being loaded again"));
  }
}

void order_actor_state::repeat(const order_request& request, const key_claim& known, answer_promise to) {
  if (known.body_hash != request.key->body_hash)
    return to.deliver(order_reply{order_outcome::other_body, refusal::none, nullptr, nullptr});
  auto look = request;
  look.command.reset();
  look.key.reset();
  look.repeat = true;
  look.if_version.reset();
  if (notes_key(request) && known.order != id_) {
    // While it was on its way here, the key became another order's.
    look.order = known.order;
    to.delegate(services_->shard_of(known.order), std::move(look));
    return;
  }
  if (!when_loaded([this, look, to] { answer(look, to); }))
    to.deliver(to_error(errc::reloading, "the order is being loaded again"));
}

}  // namespace orderflow
