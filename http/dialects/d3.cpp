#include "http/dialects/d3.hpp"

#include <algorithm>

namespace orderflow {

namespace {

constexpr std::string_view list_parameters[] = {"userId", "skip", "limit", "cursor"};
constexpr std::string_view reduce_parameters[] = {"orderId"};

using d3_handler = void (*)(d3_dialect&, const request&, const responder&);

handler bind(d3_dialect& with, d3_handler what) {
  return [&with, what](const request& asked, const responder& to) { what(with, asked, to); };
}

/// The first line that is short now, where the order does not say which ones were.
std::vector<product_id> products_short(const order& now) {
  if (!now.short_of.empty()) return now.short_of;
  std::vector<product_id> all;
  for (const auto& line : stock_lines_of(now)) all.push_back(line.product);
  return all;
}

}  // namespace

std::vector<route> d3_routes(d3_dialect& with) {
  constexpr auto everyone = audience::every_role();
  constexpr auto staff = audience::staff();
  route_options usual;
  usual.errors = &d3_problem;
  usual.dialect = dialects::d3;
  auto creates = usual;
  creates.load = load_class::create;
  auto pays = usual;
  pays.versioned = true;
  auto reduces = usual;
  reduces.query = reduce_parameters;
  auto lists = usual;
  lists.query = list_parameters;
  std::vector<route> table;
  table.emplace_back(verb::get, "/api/cart/{userId}", everyone, bind(with, d3_get_cart), usual);
  table.emplace_back(verb::post, "/api/cart/add", everyone, bind(with, d3_add_to_cart), usual);
  table.emplace_back(verb::put, "/api/cart/{userId}/items/{productId}", everyone, bind(with, d3_put_item), usual);
  table.emplace_back(verb::delete_, "/api/cart/{userId}/items/{productId}", everyone, bind(with, d3_delete_item), usual);
  table.emplace_back(verb::delete_, "/api/cart/clear/{userId}", everyone, bind(with, d3_clear_cart), usual);
  table.emplace_back(verb::post, "/api/inventory/reduce", staff, bind(with, d3_reduce), usual);
  table.emplace_back(verb::put, "/api/v1/inventory/reduce/{productId}/{quantity}", staff, bind(with, d3_reduce_one), reduces);
  pays.operation = "/api/payment/pay";
  for (const std::string_view path : {"/api/payment/pay", "/api/v1/payment/pay"})
    table.emplace_back(verb::post, path, everyone, bind(with, d3_pay), pays);
  creates.operation = "/api/orders/place";
  for (const std::string_view path : {"/api/orders/place", "/api/v1/orders/place"})
    table.emplace_back(verb::post, path, everyone, bind(with, d3_place), creates);
  table.emplace_back(verb::get, "/api/orders/{orderId}", everyone, bind(with, d3_get_order), usual);
  table.emplace_back(verb::get, "/api/orders", everyone, bind(with, d3_list_orders), lists);
  return table;
}

void d3_levels_of(edge& on, const std::string& tenant, const std::vector<product_id>& products,
                  std::function<void(levels_answer)> done) {
  struct gathering {
    std::map<product_id, stock_level> levels;
    std::optional<problem> wrong;
    size_t missing = 0;
  };
  auto all = std::make_shared<gathering>();
  all->missing = products.size();
  if (products.empty()) return done(std::move(all->levels));
  for (const auto& product : products)
    on.bridge.stock_level_of(tenant, product, [all, product, done](std::variant<stock_level, world_error> answer) {
      if (const auto* failed = std::get_if<world_error>(&answer))
        all->wrong = problem_of(*failed);
      else
        all->levels[product] = std::get<stock_level>(answer);
      if (--all->missing > 0) return;
      if (all->wrong) return done(std::move(*all->wrong));
      done(std::move(all->levels));
    });
}

void d3_answer_shortage(edge& on, const order& now, bool failed_flag, const request& asked, const responder& to) {
  const auto products = products_short(now);
  d3_levels_of(on, now.source.tenant, products,
               [lines = stock_lines_of(now), products, failed_flag, &asked, to](const levels_answer& answer) {
                 if (const auto* wrong = std::get_if<problem>(&answer)) return to(d3_problem(*wrong, asked.id));
                 const auto& levels = std::get<std::map<product_id, stock_level>>(answer);
                 std::vector<d3_shortage> short_of;
                 for (const auto& line : lines)
                   if (std::ranges::find(products, line.product) != products.end())
                     short_of.push_back({line, levels.at(line.product).available()});
                 to(d3_out_of_stock(short_of, failed_flag));
               });
}

milliseconds d3_patience(const d3_dialect& with, const request& asked) {
  return patience_of(asked.headers.prefer, with.settings.usual_wait, with.settings.longest_wait);
}

}  // namespace orderflow
