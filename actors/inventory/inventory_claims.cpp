// Keys of clients: goods that are taken out of stock twice under one key leave it once.
#include <algorithm>

#include "actors/inventory/inventory_actor.hpp"
#include "base/overloaded.hpp"

namespace orderflow {

/// Every command of the warehouse comes through here, so a key is either in flight or durable in the store.
void inventory_actor_state::check_claim(stock_request& request, reply_promise to) {
  const auto fresh = [this](const key_claim& asked) -> const key_claim* {
    auto same = [&](const key_claim& one) { return one.scope == asked.scope && one.key == asked.key; };
    auto found = std::ranges::find_if(fresh_claims_, same);
    return found == fresh_claims_.end() ? nullptr : &*found;
  };
  if (const auto* known = fresh(*request.key)) return repeat(request, *known, to);
  auto found = std::make_shared<std::optional<key_claim>>();
  read_task look{[found, key = *request.key](reader& from) { *found = from.find_claim(key); }};
  self_->request(services_->key_lookup_of(*request.key), caf::infinite, std::move(look))
      .then(
          [this, found, fresh, request, to, load = load_number()] {
            if (load != load_number() || loading())
              return reply_promise{to}.deliver(to_error(errc::reloading, "the inventory is being loaded again"));
            if (*found) return repeat(request, **found, to);
            if (const auto* raced = fresh(*request.key)) return repeat(request, *raced, to);
            decide_on(request, reservation_mark::none, to);
          },
          [to](caf::error& why) mutable { to.deliver(std::move(why)); });
}

/// Held behind what is in flight, so that it says only what is durable.
void inventory_actor_state::repeat(const stock_request& request, const key_claim& known, reply_promise to) {
  stock_reply reply{inventory_outcome::done, {}, std::nullopt, levels_of(request.command)};
  reply.repeated = known.body_hash == request.key->body_hash;
  reply.other_body = !reply.repeated;
  hold(inventory_held{to, std::move(reply), std::nullopt});
}

std::vector<stock_row> inventory_actor_state::levels_of(const inventory_command& request) const {
  std::vector<stock_row> rows;
  const auto add = [&](const product_id& product) {
    const auto found = now_.levels.find(product);
    rows.push_back({product, found == now_.levels.end() ? stock_level{} : found->second});
  };
  std::visit(overloaded{[&](const adjust_stock& one) { add(one.product); }, [&](const set_stock& one) { add(one.product); },
                        [&](const reduce_stock& one) {
                          for (const auto& line : one.lines) add(line.product);
                        },
                        // Reservations are answered to orders, which do not look at levels.
                        [](const reserve_lines&) {}, [](const release_lines&) {}, [](const consume_lines&) {}},
             request);
  return rows;
}

}  // namespace orderflow
