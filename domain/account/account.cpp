#include "domain/account/account.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "base/overloaded.hpp"

namespace orderflow {
namespace {

auto line_of(auto& cart, const product_id& product) { return std::ranges::find(cart, product, &cart_line::product); }

int64_t quantity_of(const account& now, const product_id& product) {
  const auto found = line_of(now.cart, product);
  return found == now.cart.end() ? 0 : found->quantity;
}

auto price_of(auto& told, const product_id& product) { return std::ranges::find(told, product, &quoted_price::product); }

account_decision nothing_new() { return {}; }
account_decision refuse(account_outcome why) { return {why, {}}; }
account_decision follows(account_event event) {
  account_decision decision;
  decision.events.push_back(std::move(event));
  return decision;
}

bool knows_price(const account& now, const std::optional<quoted_price>& told) {
  return !told || std::ranges::find(now.told, *told) != now.told.end();
}

account_decision hold_in_cart(const account& now, const product_id& product, int64_t quantity,
                              const std::optional<quoted_price>& told) {
  const auto before = quantity_of(now, product);
  if (quantity > max_cart_quantity) return refuse(account_outcome::quantity_out_of_range);
  if (quantity == before && (quantity == 0 || knows_price(now, told))) return nothing_new();
  if (before == 0 && now.cart.size() >= max_cart_lines) return refuse(account_outcome::too_many_lines);
  return follows(cart_line_set{product, quantity, quantity == 0 ? std::nullopt : told});
}

account_decision decide_one(const account& now, const add_to_cart& command) {
  if (command.quantity < 1 || command.quantity > max_cart_quantity) return refuse(account_outcome::quantity_out_of_range);
  return hold_in_cart(now, command.product, quantity_of(now, command.product) + command.quantity, command.told);
}

account_decision decide_one(const account& now, const set_in_cart& command) {
  if (command.quantity < 0) return refuse(account_outcome::quantity_out_of_range);
  return hold_in_cart(now, command.product, command.quantity, command.told);
}

account_decision decide_one(const account& now, const clear_cart&) {
  return now.cart.empty() ? nothing_new() : follows(cart_cleared{});
}

account_decision decide_one(const account& now, const settle_cart& command) {
  return command.round == now.round ? follows(placement_settled{command.order, command.bought, command.lines}) : nothing_new();
}

account_decision decide_one(const account& now, const put_contact& command) {
  return command.reach == now.reach ? nothing_new() : follows(contact_changed{command.reach});
}

account_decision decide_one(const account& now, const learn_contact& command) {
  auto learned = now.reach;
  const auto fill = [](std::string& known, const std::string& told) {
    if (known.empty()) known = told;
  };
  fill(learned.email, command.reach.email);
  fill(learned.phone, command.reach.phone);
  fill(learned.name, command.reach.name);
  fill(learned.address, command.reach.address);
  return decide_one(now, put_contact{std::move(learned)});
}

account_decision decide_one(const account& now, const put_method& command) {
  return now.method == command.method ? nothing_new() : follows(method_changed{command.method});
}

/// The event of a client's command that changes nothing.
std::vector<account_event> as_it_is(const account_command& command) {
  using events = std::vector<account_event>;
  return std::visit(overloaded{[](const set_in_cart& one) -> events {
                                 return {cart_line_set{one.product, one.quantity, one.told}};
                               },
                               [](const clear_cart&) -> events { return {cart_cleared{}}; },
                               [](const put_contact& one) -> events { return {contact_changed{one.reach}}; },
                               [](const put_method& one) -> events { return {method_changed{one.method}}; },
                               [](const auto&) -> events { return {}; }},
                    command);
}

void set_line(account& now, const product_id& product, int64_t quantity) {
  const auto found = line_of(now.cart, product);
  if (quantity <= 0) {
    if (found != now.cart.end()) now.cart.erase(found);
  } else if (found == now.cart.end()) {
    now.cart.push_back({product, quantity});
  } else {
    found->quantity = quantity;
  }
}

void remember_price(account& now, const quoted_price& told) {
  const auto found = price_of(now.told, told.product);
  if (found == now.told.end())
    now.told.push_back(told);
  else
    *found = told;
}

void forget_price(account& now, const product_id& product) {
  if (quantity_of(now, product) == 0) std::erase_if(now.told, [&](const quoted_price& one) { return one.product == product; });
}

}  // namespace

account_decision decide(const account& now, const account_key& who, const account_command& command, bool is_keyed) {
  auto decision = std::visit([&](const auto& one) { return decide_one(now, one); }, command);
  if (is_keyed && decision.outcome == account_outcome::done && decision.events.empty()) decision.events = as_it_is(command);
  if (now.version == 0 && !decision.events.empty()) decision.events.insert(decision.events.begin(), account_opened{who});
  return decision;
}

void evolve(account& now, const account_event& event) {
  ORDERFLOW_ASSERT((now.version == 0) == std::holds_alternative<account_opened>(event));
  std::visit(overloaded{
                 [&](const account_opened& e) { now.who = e.who; },
                 [&](const cart_line_set& e) {
                   set_line(now, e.product, e.quantity);
                   if (e.told) remember_price(now, *e.told);
                   forget_price(now, e.product);
                 },
                 [&](const cart_cleared&) {
                   now.cart.clear();
                   now.told.clear();
                 },
                 [&](const placement_settled& e) {
                   ++now.round;
                   if (!e.bought) return;
                   for (const auto& line : e.lines) {
                     set_line(now, line.product, quantity_of(now, line.product) - line.quantity);
                     forget_price(now, line.product);
                   }
                 },
                 [&](const contact_changed& e) { now.reach = e.reach; },
                 [&](const method_changed& e) { now.method = e.method; },
                 [&](const quoted_prices& e) { now.told = e.prices; },
             },
             event);
  ++now.version;
}

}  // namespace orderflow
