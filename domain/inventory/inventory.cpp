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

inventory_ruling nothing_new(inventory_verdict verdict = inventory_verdict::done) { return {verdict, {}, {}}; }

/// All of the lines or none.
inventory_ruling check_available(const inventory& now, const std::vector<stock_line>& lines) {
  inventory_ruling ruling;
  for (const auto& line : lines)
    if (level_of(now, line.product).available() < line.quantity) ruling.short_of.push_back(line.product);
  if (!ruling.short_of.empty()) ruling.verdict = inventory_verdict::out_of_stock;
  return ruling;
}

inventory_ruling decide_one(const inventory& now, const reserve_lines& wish, reservation_mark mark) {
  ORDERFLOW_ASSERT(well_formed(wish.lines));
  switch (mark) {
    case reservation_mark::open: return nothing_new();
    case reservation_mark::closed: return nothing_new(inventory_verdict::key_is_closed);
    case reservation_mark::none: break;
  }
  auto ruling = check_available(now, wish.lines);
  if (ruling.verdict != inventory_verdict::done) return ruling;
  ruling.events.emplace_back(lines_reserved{wish.key, wish.lines});
  return ruling;
}

inventory_ruling decide_one(const inventory&, const release_lines& wish, reservation_mark mark) {
  ORDERFLOW_ASSERT(well_formed(wish.lines));
  if (mark == reservation_mark::closed) return nothing_new();
  if (mark == reservation_mark::open || wish.was_held)
    return {inventory_verdict::done, {lines_released{wish.key, wish.lines}}, {}};
  return {inventory_verdict::done, {key_voided{wish.key}}, {}};
}

inventory_ruling decide_one(const inventory&, const consume_lines& wish, reservation_mark mark) {
  ORDERFLOW_ASSERT(well_formed(wish.lines));
  switch (mark) {
    case reservation_mark::open: return {inventory_verdict::done, {lines_consumed{wish.key, wish.lines}}, {}};
    case reservation_mark::closed: return nothing_new();
    case reservation_mark::none: return nothing_new(inventory_verdict::never_reserved);
  }
  ORDERFLOW_UNREACHABLE("reservation_mark");
}

/// A delta that would leave the range of int64 is refused like any other that reserved stock does not allow.
inventory_ruling adjust(const inventory& now, const product_id& product, int64_t delta, const std::string& why) {
  const auto level = level_of(now, product);
  const auto on_hand = checked_add(level.on_hand, delta);
  if (!on_hand || *on_hand < level.reserved) return nothing_new(inventory_verdict::below_reserved);
  if (delta == 0) return nothing_new();
  return {inventory_verdict::done, {stock_adjusted{product, delta, why}}, {}};
}

inventory_ruling decide_one(const inventory& now, const adjust_stock& wish, reservation_mark) {
  return adjust(now, wish.product, wish.delta, wish.why);
}

inventory_ruling decide_one(const inventory& now, const set_stock& wish, reservation_mark) {
  if (wish.on_hand < 0) return nothing_new(inventory_verdict::below_reserved);
  return adjust(now, wish.product, wish.on_hand - level_of(now, wish.product).on_hand, wish.why);
}

inventory_ruling decide_one(const inventory& now, const reduce_stock& wish, reservation_mark) {
  ORDERFLOW_ASSERT(well_formed(wish.lines));
  auto ruling = check_available(now, wish.lines);
  if (ruling.verdict != inventory_verdict::done) return ruling;
  for (const auto& line : wish.lines) ruling.events.emplace_back(stock_adjusted{line.product, -line.quantity, wish.why});
  return ruling;
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

inventory_ruling decide(const inventory& now, const inventory_command& wish, reservation_mark mark) {
  return std::visit([&](const auto& one) { return decide_one(now, one, mark); }, wish);
}

void evolve(inventory& now, const inventory_event& fact) {
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
             fact);
  ++now.version;
}

}  // namespace orderflow
