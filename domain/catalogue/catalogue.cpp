#include "domain/catalogue/catalogue.hpp"

#include "base/overloaded.hpp"

namespace orderflow {
namespace {

const product* find_product(const catalogue& known, const product_id& id) {
  if (id.value.empty()) return nullptr;
  const auto found = known.products.find(id);
  return found == known.products.end() ? nullptr : &found->second;
}

refusal check_catalogue_line(const product& item, currency money, const order_line& line) {
  if (item.money != money) return refusal::currency_must_be_the_products;
  const auto client_agrees = line.unit_price == price_of_catalogue || line.unit_price == item.price;
  return client_agrees ? refusal::none : refusal::price_must_be_the_catalogues;
}

refusal check_client_line(const pricing_rules& rules, const order_line& line) {
  const auto names_a_product = !line.product.value.empty();
  if (names_a_product && !rules.unknown_allowed) return refusal::product_must_be_known;
  if (!rules.client_prices_allowed) return refusal::price_must_come_from_the_catalogue;
  // Nobody gave a price: only the catalogue could have, and it does not know the product.
  if (line.unit_price == price_of_catalogue && names_a_product) return refusal::product_must_be_known;
  return line.unit_price < 0 ? refusal::price_must_not_be_negative : refusal::none;
}

}  // namespace

void evolve(catalogue& now, const catalogue_event& event) {
  std::visit(overloaded{[&](const product_put& put) { now.products.insert_or_assign(put.item.id, put.item); }}, event);
  ++now.version;
}

refusal price_lines(const catalogue& known, currency money, const pricing_rules& rules, std::vector<order_line>& lines) {
  for (const auto& line : lines) {
    const auto* item = find_product(known, line.product);
    const auto why = item ? check_catalogue_line(*item, money, line) : check_client_line(rules, line);
    if (why != refusal::none) return why;
  }
  for (auto& line : lines) {
    const auto* item = find_product(known, line.product);
    line.tracked = item != nullptr;
    if (!item) continue;
    line.name = item->name;
    line.unit_price = item->price;
  }
  return refusal::none;
}

}  // namespace orderflow
