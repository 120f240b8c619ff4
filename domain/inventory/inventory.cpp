#include "domain/inventory/inventory.hpp"

#include <algorithm>
#include <map>

#include "base/assert.hpp"
#include "base/overloaded.hpp"

namespace orderflow {
namespace {

std::vector<stock_line> summed(const std::vector<order_line>& lines) {
  std::map<product_id, int64_t> quantities;
  for (const auto& line : lines)
    if (line.tracked) quantities[line.product] += line.quantity;
  std::vector<stock_line> result;
  result.reserve(quantities.size());
  for (const auto& [product, quantity] : quantities) result.push_back({product, quantity});
  return result;
}

/// Positive quantities, sorted by product, each product once. Anything else would count a product twice or give stock away.
bool well_formed(const std::vector<stock_line>& lines) {
  const auto out_of_order = [](const stock_line& a, const stock_line& b) { return a.product >= b.product; };
  return std::ranges::all_of(lines, [](const stock_line& line) { return line.quantity > 0; }) &&
         std::ranges::adjacent_find(lines, out_of_order) == lines.end();
}

stock_level level_of(const inventory& now, const product_id& product) {
  const auto found = now.levels.find(product);
  return found == now.levels.end() ? stock_level{} : found->second;
}

inventory_decision nothing_new(inventory_outcome outcome = inventory_outcome::done) { return {outcome, {}, {}}; }

/// All of the lines or none.
inventory_decision check_available(const inventory& now, const std::vector<stock_line>& lines) {
  inventory_decision decision;
  for (const auto& line : lines)
    if (level_of(now, line.product).available() < line.quantity) decision.short_of.push_back(line.product);
  if (!decision.short_of.empty()) decision.outcome = inventory_outcome::out_of_stock;
  return decision;
}

inventory_decision decide_one(const inventory& now, const reserve_lines& command, reservation_mark mark) {
  ORDERFLOW_ASSERT(well_formed(command.lines));
  switch (mark) {
    case reservation_mark::open: return nothing_new();
    case reservation_mark::closed: return nothing_new(inventory_outcome::key_is_closed);
    case reservation_mark::none: break;
  }
  auto decision = check_available(now, command.lines);
  if (decision.outcome != inventory_outcome::done) return decision;
  decision.events.emplace_back(lines_reserved{command.key, command.lines});
  return decision;
}

inventory_decision decide_one(const inventory&, const release_lines& command, reservation_mark mark) {
  ORDERFLOW_ASSERT(well_formed(command.lines));
  if (mark == reservation_mark::closed) return nothing_new();
  if (mark == reservation_mark::open || command.was_held)
    return {inventory_outcome::done, {lines_released{command.key, command.lines}}, {}};
  return {inventory_outcome::done, {key_voided{command.key}}, {}};
}

inventory_decision decide_one(const inventory&, const consume_lines& command, reservation_mark mark) {
  ORDERFLOW_ASSERT(well_formed(command.lines));
  switch (mark) {
    case reservation_mark::open: return {inventory_outcome::done, {lines_consumed{command.key, command.lines}}, {}};
    case reservation_mark::closed: return nothing_new();
    case reservation_mark::none: return nothing_new(inventory_outcome::never_reserved);
  }
  ORDERFLOW_UNREACHABLE("reservation_mark");
}

/// A delta that would leave the range of int64 is refused like any other that reserved stock does not allow.
inventory_decision adjust(const inventory& now, const product_id& product, int64_t delta, const std::string& why) {
  const auto level = level_of(now, product);
  const auto on_hand = checked_add(level.on_hand, delta);
  if (!on_hand || *on_hand < level.reserved) return nothing_new(inventory_outcome::below_reserved);
  if (delta == 0) return nothing_new();
  return {inventory_outcome::done, {stock_adjusted{product, delta, why}}, {}};
}

inventory_decision decide_one(const inventory& now, const adjust_stock& command, reservation_mark) {
  return adjust(now, command.product, command.delta, command.why);
}

inventory_decision decide_one(const inventory& now, const set_stock& command, reservation_mark) {
  if (command.on_hand < 0) return nothing_new(inventory_outcome::below_reserved);
  return adjust(now, command.product, command.on_hand - level_of(now, command.product).on_hand, command.why);
}

inventory_decision decide_one(const inventory& now, const reduce_stock& command, reservation_mark) {
  ORDERFLOW_ASSERT(well_formed(command.lines));
  auto decision = check_available(now, command.lines);
  if (decision.outcome != inventory_outcome::done) return decision;
  for (const auto& line : command.lines) decision.events.emplace_back(stock_adjusted{line.product, -line.quantity, command.why});
  return decision;
}

void change(inventory& now, const std::vector<stock_line>& lines, int on_hand_sign, int reserved_sign) {
  for (const auto& line : lines) {
    auto& level = now.levels[line.product];
    level.on_hand += on_hand_sign * line.quantity;
    level.reserved += reserved_sign * line.quantity;
    ORDERFLOW_ASSERT(0 <= level.reserved && level.reserved <= level.on_hand);
  }
}

}  // namespace

std::optional<std::vector<stock_line>> summed(const std::vector<stock_line>& lines) {
  std::map<product_id, int64_t> quantities;
  for (const auto& line : lines) {
    const auto sum = checked_add(quantities[line.product], line.quantity);
    if (!sum) return std::nullopt;
    quantities[line.product] = *sum;
  }
  std::vector<stock_line> result;
  for (const auto& [product, quantity] : quantities) result.push_back({product, quantity});
  return result;
}

std::vector<stock_line> stock_lines_of(const order& now) { return summed(now.lines); }

std::vector<stock_line> stock_lines_of(const order& now, uint32_t round) {
  const auto asked = std::ranges::find_if(now.former, [&](const former_lines& old) { return round <= old.last_round; });
  return summed(asked == now.former.end() ? now.lines : asked->lines);
}

inventory_decision decide(const inventory& now, const inventory_command& command, reservation_mark mark) {
  return std::visit([&](const auto& one) { return decide_one(now, one, mark); }, command);
}

void evolve(inventory& now, const inventory_event& event) {
  std::visit(overloaded{
                 [&](const lines_reserved& e) { change(now, e.lines, 0, +1); },
                 [&](const lines_released& e) { change(now, e.lines, 0, -1); },
                 [&](const lines_consumed& e) { change(now, e.lines, -1, -1); },
                 [](const key_voided&) {},
                 [&](const stock_adjusted& e) {
                   auto& level = now.levels[e.product];
                   level.on_hand += e.delta;
                   ORDERFLOW_ASSERT(level.reserved <= level.on_hand);
                 },
             },
             event);
  ++now.version;
}

}  // namespace orderflow
