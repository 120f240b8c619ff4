// Keys of clients: goods that are taken out of stock twice under one key, or for one order, leave it once.
#include <span>

#include "actors/inventory/inventory_actor.hpp"
#include "base/overloaded.hpp"

namespace orderflow {

namespace {

bool is_same(const std::optional<key_claim>& known, const key_claim& wanted) {
  return known && known->body_hash == wanted.body_hash;
}

/// Whether the goods were taken before under all of `others`, or else whether any of it was.
struct taken_before {
  bool all = false;
  bool any = false;
};
taken_before look_at(std::span<const std::optional<key_claim>> known, const std::vector<key_claim>& others) {
  taken_before made{!others.empty(), false};
  for (size_t at = 0; at < others.size(); ++at) {
    made.all = made.all && is_same(known[at], others[at]);
    made.any = made.any || known[at];
  }
  return made;
}

}  // namespace

/// Every command of the warehouse comes through here, so a key is either in flight or durable in the store.
void inventory_actor_state::check_claim(const stock_request& request, reply_promise to) {
  std::vector<key_claim> names{*request.key};
  if (request.also) names.push_back(*request.also);
  const auto own = names.size();
  names.insert(names.end(), request.others.begin(), request.others.end());
  look_for_keys(names, to, [this, request, to, own](const known_keys& known) {
    if (own > 1 && known[1]) return repeat(request, is_same(known[1], *request.also), to);
    if (known[0]) return repeat(request, is_same(known[0], *request.key), to, request.also);
    const auto before = look_at(std::span{known}.subspan(own), request.others);
    if (before.any) return repeat(request, before.all, to, request.also);
    decide_on(request, reservation_mark::none, to);
  });
}

/// Held behind what is in flight, so that it says only what is durable.
void inventory_actor_state::repeat(const stock_request& request, bool is_same, reply_promise to,
                                   const std::optional<key_claim>& other_name) {
  stock_reply reply{inventory_outcome::done, {}, std::nullopt, levels_of(request.command)};
  reply.repeated = is_same;
  reply.other_body = !is_same;
  inventory_held held{to, std::move(reply), std::nullopt};
  const bool notes = is_same && other_name;
  notes ? note(*other_name, std::move(held)) : hold(std::move(held));
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
