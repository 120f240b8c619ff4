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

auto price_of(auto& told, const product_id& product) { return std::ranges::find(told, product, &told_price::product); }

account_ruling nothing_new() { return {}; }
account_ruling refuse(account_verdict why) { return {why, {}}; }
account_ruling follows(account_event fact) {
  account_ruling ruling;
  ruling.events.push_back(std::move(fact));
  return ruling;
}

bool knows_price(const account& now, const std::optional<told_price>& told) {
  return !told || std::ranges::find(now.told, *told) != now.told.end();
}

account_ruling hold_in_cart(const account& now, const product_id& product, int64_t quantity,
                            const std::optional<told_price>& told) {
  const auto before = quantity_of(now, product);
  if (quantity > max_cart_quantity) return refuse(account_verdict::quantity_out_of_range);
  if (quantity == before && (quantity == 0 || knows_price(now, told))) return nothing_new();
  if (before == 0 && now.cart.size() >= max_cart_lines) return refuse(account_verdict::too_many_lines);
  return follows(cart_line_set{product, quantity, quantity == 0 ? std::nullopt : told});
}

account_ruling decide_one(const account& now, const add_to_cart& wish) {
  if (wish.quantity < 1 || wish.quantity > max_cart_quantity) return refuse(account_verdict::quantity_out_of_range);
  return hold_in_cart(now, wish.product, quantity_of(now, wish.product) + wish.quantity, wish.told);
}

account_ruling decide_one(const account& now, const set_in_cart& wish) {
  if (wish.quantity < 0) return refuse(account_verdict::quantity_out_of_range);
  return hold_in_cart(now, wish.product, wish.quantity, wish.told);
}

account_ruling decide_one(const account& now, const clear_cart&) {
  return now.cart.empty() ? nothing_new() : follows(cart_cleared{});
}

account_ruling decide_one(const account& now, const settle_cart& wish) {
  return wish.round == now.round ? follows(placement_settled{wish.order, wish.bought, wish.lines}) : nothing_new();
}

account_ruling decide_one(const account& now, const put_contact& wish) {
  return wish.reach == now.reach ? nothing_new() : follows(contact_changed{wish.reach});
}

account_ruling decide_one(const account& now, const learn_contact& wish) {
  auto learned = now.reach;
  const auto fill = [](std::string& known, const std::string& told) {
    if (known.empty()) known = told;
  };
  fill(learned.email, wish.reach.email);
  fill(learned.phone, wish.reach.phone);
  fill(learned.name, wish.reach.name);
  fill(learned.address, wish.reach.address);
  return decide_one(now, put_contact{std::move(learned)});
}

account_ruling decide_one(const account& now, const put_method& wish) {
  return now.method == wish.method ? nothing_new() : follows(method_changed{wish.method});
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

void remember_price(account& now, const told_price& told) {
  const auto found = price_of(now.told, told.product);
  if (found == now.told.end())
    now.told.push_back(told);
  else
    *found = told;
}

void forget_price(account& now, const product_id& product) {
  if (quantity_of(now, product) == 0) std::erase_if(now.told, [&](const told_price& one) { return one.product == product; });
}

}  // namespace

account_ruling decide(const account& now, const account_key& who, const account_command& wish) {
  auto ruling = std::visit([&](const auto& one) { return decide_one(now, one); }, wish);
  if (now.version == 0 && !ruling.events.empty()) ruling.events.insert(ruling.events.begin(), account_opened{who});
  return ruling;
}

void evolve(account& now, const account_event& fact) {
  ORDERFLOW_ASSERT((now.version == 0) == std::holds_alternative<account_opened>(fact));
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
                 [&](const prices_told& e) { now.told = e.prices; },
             },
             fact);
  ++now.version;
}

}  // namespace orderflow
