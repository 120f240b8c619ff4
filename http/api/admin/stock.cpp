#include "http/api/admin/stock.hpp"

#include <algorithm>
#include <limits>

#include "base/whole_number.hpp"
#include "http/api/cart_workflow/codec.hpp"
#include "http/api/common/reading.hpp"
#include "http/api/common/short_page.hpp"
#include "http/auth/mac.hpp"
#include "http/pipeline/query.hpp"

namespace orderflow {

namespace {

constexpr std::string_view check_parameters[] = {"productId", "quantity"};

struct stock_question {
  product_id product;
  int64_t quantity = 0;
};

std::variant<stock_question, problem> read_question(const request& req) {
  const auto query = query_values::parse(req.query);
  if (!query) return malformed("query_must_be_well_formed", "The query is malformed.");
  stock_question question;
  const auto* product = query->find("productId");
  if (product == nullptr || !is_product_id(*product) || product->size() > max_text) {
    return malformed("product_must_be_named", "productId is missing or is no product id.");
  }
  question.product.value = *product;
  const auto* quantity = query->find("quantity");
  if (quantity == nullptr) return malformed("quantity_must_be_in_range", "quantity is missing.");
  question.quantity = whole_number<int64_t>(*quantity).value_or(0);
  if (question.quantity < 1 || question.quantity > 1'000'000) {
    return malformed("quantity_must_be_in_range", "quantity must be a whole number from 1 to 1000000.");
  }
  return question;
}

void check(handler_context& context, const request& req, const responder& to) {
  auto read = read_question(req);
  if (const auto* wrong = std::get_if<problem>(&read)) return to(cart_workflow::problem_reply(*wrong, req.id));
  const auto& question = std::get<stock_question>(read);
  if (!context.bridge.products(req.from.tenant)->products.contains(question.product))
    return to(cart_workflow::problem_reply(product_not_found(), req.id));
  context.bridge.stock_level_of(req.from.tenant, question.product,
                                [&req, to, question](std::variant<stock_level, failure> answer) {
                                  if (const auto* failed = std::get_if<failure>(&answer))
                                    return to(cart_workflow::problem_reply(problem_of(*failed), req.id));
                                  const auto available = std::get<stock_level>(answer).available();
                                  reply made;
                                  json_writer out{made.body};
                                  out.begin_object();
                                  out.key("productId");
                                  write_id(out, question.product.value);
                                  out.key("requestedQuantity").integer(question.quantity);
                                  out.key("availableQuantity").integer(available);
                                  out.key("available").boolean(available >= question.quantity);
                                  out.end_object();
                                  to(std::move(made));
                                });
}

/// All of them where no limit is given, as the document's product service would.
void list_products(handler_context& context, const request& req, const responder& to) {
  const auto is_ours = [](std::string_view cursor) { return from_base64url(cursor).has_value(); };
  auto wanted = read_short_page(req.query, std::numeric_limits<uint32_t>::max(), is_ours);
  if (const auto* wrong = std::get_if<problem>(&wanted)) return to(cart_workflow::problem_reply(*wrong, req.id));
  auto page = std::get<short_page>(std::move(wanted));
  const auto after = from_base64url(page.cursor).value_or(std::string{});
  const auto known = context.bridge.products(req.from.tenant);
  std::vector<const product*> sorted;
  sorted.reserve(known->products.size());
  for (const auto& [id, item] : known->products)
    if (id.value > after) sorted.push_back(&item);
  std::sort(sorted.begin(), sorted.end(), [](const product* a, const product* b) { return a->id < b->id; });
  const bool more = sorted.size() > page.limit;
  if (more) sorted.resize(page.limit);
  reply made;
  json_writer out{made.body};
  out.begin_array();
  for (const auto* item : sorted) write_product_json(out, *item);
  out.end_array();
  if (more) add_next_page(made, "/api/products", std::move(page), to_base64url(sorted.back()->id.value));
  to(std::move(made));
}

void get_product(handler_context& context, const request& req, const responder& to) {
  const auto known = context.bridge.products(req.from.tenant);
  const auto found = known->products.find(product_id{req.values[0]});
  if (found == known->products.end()) return to(cart_workflow::problem_reply(product_not_found(), req.id));
  reply made;
  json_writer out{made.body};
  write_product_json(out, found->second);
  to(std::move(made));
}

}  // namespace

void write_product_json(json_writer& out, const product& item) {
  out.begin_object();
  out.key("productId");
  write_id(out, item.id.value);
  out.key("name").string(item.name);
  out.key("price").raw(fixed_text(item.price, item.money));
  out.key("currency").string(item.money.name());
  out.end_object();
}

std::vector<route> stock_routes(handler_context& context) {
  constexpr auto everyone = audience::every_role();
  route_options d3;
  d3.errors = &cart_workflow::problem_reply;
  d3.dialect = dialects::cart_workflow;
  auto checks = d3;
  checks.query = check_parameters;
  auto pages = d3;
  pages.query = short_page_parameters;
  const auto bind = [&context](void (*what)(handler_context&, const request&, const responder&)) -> handler {
    return [&context, what](const request& req, const responder& to) { what(context, req, to); };
  };
  std::vector<route> table;
  table.emplace_back(verb::get, "/api/inventory/check", everyone, bind(check), checks);
  table.emplace_back(verb::get, "/api/v1/inventory/check", everyone, bind(check), checks);
  table.emplace_back(verb::get, "/api/products", everyone, bind(list_products), pages);
  table.emplace_back(verb::get, "/api/products/{id}", everyone, bind(get_product), d3);
  return table;
}

}  // namespace orderflow
