#include "domain/order/order_number.hpp"

namespace orderflow {

std::string shop_word(order_id id) {
  constexpr size_t least_digits = 6;
  auto digits = std::to_string(id.value);
  if (digits.size() < least_digits) digits.insert(0, least_digits - digits.size(), '0');
  return "ORD" + digits;
}

std::string order_word(const order& now) {
  if (!now.source.external_id.empty()) return now.source.external_id;
  return now.source.origin == "d0" ? shop_word(now.id) : std::to_string(now.id.value);
}

}  // namespace orderflow
