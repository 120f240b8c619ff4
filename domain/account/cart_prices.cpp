#include "domain/account/cart_prices.hpp"

#include <algorithm>

namespace orderflow {

std::optional<cart_prices> compare_prices(const std::vector<quoted_price>& told, currency money,
                                          const std::vector<order_line>& lines) {
  const auto add = [](minor_units& total, minor_units price, int64_t quantity) {
    const auto part = checked_multiply(price, quantity);
    const auto sum = part ? checked_add(total, *part) : std::nullopt;
    if (sum) total = *sum;
    return sum.has_value();
  };
  cart_prices found;
  for (const auto& line : lines) {
    const auto known =
        std::ranges::find_if(told, [&](const quoted_price& one) { return one.product == line.product && one.money == money; });
    const auto before = known == told.end() ? line.unit_price : known->price;
    if (!add(found.total, line.unit_price, line.quantity) || !add(found.told, before, line.quantity)) return std::nullopt;
    if (before != line.unit_price) found.changed.push_back({line, before});
  }
  return found;
}

}  // namespace orderflow
