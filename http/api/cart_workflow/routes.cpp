#include "http/api/cart_workflow/routes.hpp"

#include <algorithm>

namespace orderflow::cart_workflow {

namespace {

constexpr std::string_view list_parameters[] = {"userId", "skip", "limit", "cursor"};
constexpr std::string_view reduce_parameters[] = {"orderId"};

using handler_function = void (*)(dialect&, const request&, const responder&);

handler bind(dialect& api, handler_function what) {
  return [&api, what](const request& req, const responder& to) { what(api, req, to); };
}

/// The first line that is short now, where the order does not say which ones were.
std::vector<product_id> products_short(const order& now) {
  if (!now.short_of.empty()) return now.short_of;
  std::vector<product_id> all;
  for (const auto& line : stock_lines_of(now)) all.push_back(line.product);
  return all;
}

}  // namespace

std::vector<route> routes(dialect& api) {
  constexpr auto everyone = audience::every_role();
  constexpr auto staff = audience::staff();
  route_options usual;
  usual.errors = &problem_reply;
  usual.dialect = dialects::cart_workflow;
  auto creates = usual;
  creates.load = load_class::create;
  auto pays = usual;
  pays.versioned = true;
  auto reduces = usual;
  reduces.query = reduce_parameters;
  auto lists = usual;
  lists.query = list_parameters;
  std::vector<route> table;
  table.emplace_back(verb::get, "/api/cart/{userId}", everyone, bind(api, get_cart), usual);
  table.emplace_back(verb::post, "/api/cart/add", everyone, bind(api, post_item), usual);
  table.emplace_back(verb::put, "/api/cart/{userId}/items/{productId}", everyone, bind(api, put_item), usual);
  table.emplace_back(verb::delete_, "/api/cart/{userId}/items/{productId}", everyone, bind(api, delete_item), usual);
  table.emplace_back(verb::delete_, "/api/cart/clear/{userId}", everyone, bind(api, delete_cart), usual);
  table.emplace_back(verb::post, "/api/inventory/reduce", staff, bind(api, post_reduction), usual);
  table.emplace_back(verb::put, "/api/v1/inventory/reduce/{productId}/{quantity}", staff, bind(api, put_reduction), reduces);
  pays.operation = "/api/payment/pay";
  for (const std::string_view path : {"/api/payment/pay", "/api/v1/payment/pay"})
    table.emplace_back(verb::post, path, everyone, bind(api, post_payment), pays);
  creates.operation = "/api/orders/place";
  for (const std::string_view path : {"/api/orders/place", "/api/v1/orders/place"})
    table.emplace_back(verb::post, path, everyone, bind(api, post_order), creates);
  table.emplace_back(verb::get, "/api/orders/{orderId}", everyone, bind(api, get_order), usual);
  table.emplace_back(verb::get, "/api/orders", everyone, bind(api, list_orders), lists);
  return table;
}

void stock_levels_of(handler_context& context, const std::string& tenant, const std::vector<product_id>& products,
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
    context.bridge.stock_level_of(tenant, product, [all, product, done](std::variant<stock_level, failure> answer) {
      if (const auto* failed = std::get_if<failure>(&answer))
        all->wrong = problem_of(*failed);
      else
        all->levels[product] = std::get<stock_level>(answer);
      if (--all->missing > 0) return;
      if (all->wrong) return done(std::move(*all->wrong));
      done(std::move(all->levels));
    });
}

void answer_shortage(handler_context& context, const order& now, bool failed_flag, const request& req, const responder& to) {
  const auto products = products_short(now);
  stock_levels_of(context, now.source.tenant, products,
                  [lines = stock_lines_of(now), products, failed_flag, &req, to](const levels_answer& answer) {
                    if (const auto* wrong = std::get_if<problem>(&answer)) return to(problem_reply(*wrong, req.id));
                    const auto& levels = std::get<std::map<product_id, stock_level>>(answer);
                    std::vector<shortage> short_of;
                    for (const auto& line : lines)
                      if (std::ranges::find(products, line.product) != products.end())
                        short_of.push_back({line, levels.at(line.product).available()});
                    to(out_of_stock_reply(short_of, failed_flag));
                  });
}

milliseconds usual_wait_of(const dialect& api, const request& req) {
  return wait_of(req.headers.prefer, api.settings.usual_wait, api.settings.longest_wait);
}

}  // namespace orderflow::cart_workflow
