#include "cli/demo_catalogue.hpp"

#include <stdexcept>

namespace orderflow {

namespace {

struct demo_product {
  const char* id;
  const char* name;
  const char* money;
  minor_units price;
  int64_t on_hand;
};

/// 2 × P001 + P002 = 100.50, the amount of the shop document's order.
constexpr demo_product demo_products[] = {
    {"P001", "Notebook", "USD", 2500, 1'000'000},  {"P002", "Fountain pen", "USD", 5050, 1'000'000},
    {"1234", "Desk lamp", "USD", 5000, 1'000'000}, {"2345", "Headphones", "USD", 10000, 1'000'000},
    {"101", "Keyboard", "USD", 4500, 1'000'000},   {"102", "Mouse", "USD", 2000, 1'000'000},
};

constexpr auto timeout = std::chrono::seconds{30};

}  // namespace

void put_demo_catalogue(caf::actor_system& sys, const services_ptr& running) {
  caf::scoped_actor me{sys};
  auto failed = [](caf::error& why) { throw std::runtime_error{"the demo catalogue could not be written: " + sentence_of(why)}; };
  me->request(running->tenants, timeout, tenant_atom_v, std::string{usual_tenant}).receive([](int64_t) {}, failed);
  const auto& shop = *running->directory->find(usual_tenant);
  catalogue_snapshot known;
  me->request(shop.catalogue, timeout, caf::get_atom_v)
      .receive([&](catalogue_snapshot& found) { known = std::move(found); }, failed);
  for (const auto& one : demo_products) {
    product_id id{one.id};
    if (known->products.count(id) > 0) continue;
    product item{id, one.name, *find_currency(one.money), one.price};
    // Stock first: a product that is in the catalogue has its stock, whenever this is cut off.
    stock_request count{set_stock{id, one.on_hand, "demo catalogue"}, running->time->now(), std::nullopt};
    me->request(shop.inventory, timeout, std::move(count)).receive([](stock_reply&) {}, failed);
    product_request put{{std::move(item)}, running->time->now()};
    me->request(shop.catalogue, timeout, std::move(put)).receive([](product_reply&) {}, failed);
  }
}

}  // namespace orderflow
