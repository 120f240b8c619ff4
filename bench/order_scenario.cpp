#include "bench/order_scenario.hpp"

#include <stdexcept>

namespace orderflow::bench {
namespace {

constexpr int64_t plenty = 1'000'000'000;

// No other run on the same server wants it.
std::string hot_product(const scenario_options& options) {
  return "hot-" + options.customer.substr(0, options.customer.find('@'));
}

order_terms terms_for(const scenario_options& options) {
  order_terms terms = terms_of_d4(options.customer, options.tracked);
  if (options.kind == scenario_kind::hot) {
    terms.listed_total = terms.minor_total = "500";
    terms.products = {{hot_product(options), "500", "JPY", options.stock}};
    terms.units = 1;
  }
  return terms;
}

order_text text_for(const scenario_options& options) {
  order_text text = text_of_d4(options);
  text.answer_now = options.kind == scenario_kind::accepted;
  text.auto_pay = options.kind != scenario_kind::create;
  if (options.kind == scenario_kind::restart) text.keyed = true;
  if (options.kind == scenario_kind::hot)
    text.items = R"([{"product_id":")" + hot_product(options) + R"(","product_name":"Load","quantity":1,"unit_price":500}])";
  return text;
}

// The second one is what the kind allows besides what it is about.
std::vector<std::string> operations_for(scenario_kind kind) {
  switch (kind) {
    case scenario_kind::hot: return {"sold", "sold out"};
    case scenario_kind::overload:
    case scenario_kind::restart: return {"paid", "answered before it was paid"};
    case scenario_kind::paid:
    case scenario_kind::accepted:
    case scenario_kind::create:
    case scenario_kind::mixed:
    case scenario_kind::d0:
    case scenario_kind::slow_gateway: break;
  }
  return {name_of(kind)};
}

}  // namespace

order_terms terms_of_d4(const std::string& customer, bool tracked) {
  order_terms terms;
  terms.list_query = "customer_email=" + customer;
  terms.listed_total = terms.minor_total = tracked ? "1000" : "179600";
  if (!tracked) return terms;
  for (unsigned i = 0; i < tracked_products; ++i) terms.products.push_back({tracked_product(i), "500", "JPY", plenty});
  terms.units = 2;
  return terms;
}

order_text text_of_d4(const scenario_options& options) {
  order_text text;
  text.host = options.to.host;
  text.customer = options.customer;
  text.items = options.tracked ? tracked_items : document_items;
  text.keyed = options.keyed;
  return text;
}

order_scenario::order_scenario(const scenario_options& options)
    : kind_(options.kind), operations_(operations_for(options.kind)), terms_(terms_for(options)), text_(text_for(options)) {}

reply_meaning order_scenario::answered(size_t, const framed_reply& reply) {
  if (is_refusal(reply)) {
    const meaning what = meaning_of_refusal(reply);
    if (what == meaning::unknown) ++untold_;
    return {what, 0};
  }
  if (reply.status != 201) throw_unexpected(reply);
  return made(reply.body);
}

reply_meaning order_scenario::made(std::string_view body) {
  const int64_t id = order_id_of(body);
  switch (kind_) {
    case scenario_kind::create: told_.push_back({id, outcome::pending}); return {};
    case scenario_kind::accepted: told_.push_back({id, outcome::paid}); return {};
    case scenario_kind::hot:
      if (!has_status(body, "cancelled")) break;
      told_.push_back({id, outcome::sold_out});
      return {meaning::finished, 1};
    case scenario_kind::overload:
    case scenario_kind::restart:
      told_.push_back({id, outcome::paid});
      return {meaning::finished, has_status(body, "paid") ? uint8_t{0} : uint8_t{1}};
    case scenario_kind::paid:
    case scenario_kind::slow_gateway:
    case scenario_kind::mixed:
    case scenario_kind::d0: break;
  }
  if (!has_status(body, "paid")) throw std::runtime_error{"an order was answered unpaid: " + std::string{body}};
  told_.push_back({id, outcome::paid});
  return {};
}

}  // namespace orderflow::bench
