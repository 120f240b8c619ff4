#include "http/api/common/pricing.hpp"

namespace orderflow {

namespace {

/// Only asked once it is known that there is one.
std::string pointer_of_refused_line(const catalogue& known, const pricing_rules& rules, currency money,
                                    const std::vector<order_line>& lines) {
  for (size_t i = 0; i < lines.size(); ++i) {
    std::vector<order_line> alone{lines[i]};
    if (price_lines(known, money, rules, alone) != refusal::none) return "/items/" + std::to_string(i);
  }
  return "/items";
}

}  // namespace

std::optional<problem> price_for(const handler_context& context, const principal& who, bool unknown_allowed, currency money,
                                 std::vector<order_line>& lines) {
  const auto known = context.bridge.products(who.tenant);
  const pricing_rules rules{unknown_allowed, who.as != role::customer};
  const auto why = price_lines(*known, money, rules, lines);
  if (why == refusal::none) return std::nullopt;
  auto made = problem_of(why);
  made.errors.push_back({pointer_of_refused_line(*known, rules, money, lines), made.detail});
  return made;
}

}  // namespace orderflow
