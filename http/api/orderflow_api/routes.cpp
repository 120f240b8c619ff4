#include "http/api/orderflow_api/routes.hpp"

namespace orderflow::orderflow_api {

std::vector<route> routes(dialect& api) {
  constexpr auto everyone = audience::every_role();
  route_options usual;
  usual.dialect = dialects::orderflow_api;
  usual.errors = &problem_reply;
  usual.versioned = true;
  auto creates = usual;
  creates.load = load_class::create;
  const auto bind = [&api](void (*what)(dialect&, const request&, const responder&)) -> handler {
    return [&api, what](const request& req, const responder& to) { what(api, req, to); };
  };
  std::vector<route> table;
  table.emplace_back(verb::post, "/api/order/cart.json", everyone, bind(put_cart), creates);
  table.emplace_back(verb::post, "/api/order/invoice.json", everyone, bind(post_invoice), usual);
  table.emplace_back(verb::post, "/api/order/payment.json", everyone, bind(post_payment), usual);
  table.emplace_back(verb::post, "/api/order/shipping.json", everyone, bind(post_shipping), usual);
  table.emplace_back(verb::post, "/api/order/email.json", everyone, bind(post_shipping), usual);
  return table;
}

std::optional<problem> check_caller(const request& req, std::string_view customer) {
  if (req.from.as != role::customer || req.from.subject == customer) return std::nullopt;
  return forbidden("customer_must_be_the_caller", "customerId is not the customer that the token was issued to.");
}

std::optional<problem> check_owner(const order& now, std::string_view customer) {
  if (now.who.id.empty() || now.who.id == customer) return std::nullopt;
  return order_not_found();
}

problem out_of_stock() {
  problem made;
  made.status = 409;
  made.word = "out_of_stock";
  made.detail = "There is not enough in stock for all lines; the cart is open again: change it, or try again later.";
  return made;
}

reply reply_of_order(uint16_t status, std::string body, const order& now) {
  reply made;
  made.status = status;
  made.body = std::move(body);
  made.header("ETag", etag_of(now.version));
  return made;
}

reply in_progress_reply(const order& now) {
  auto made = reply_of_order(202, progress_json(now), now);
  made.header("Location", "/api/v1/orders/" + std::to_string(now.id.value));
  return made;
}

void keep_contact(handler_context& context, const request& req, std::string_view customer, contact reach) {
  if (customer.empty()) return;
  account_request request;
  request.who = {req.from.tenant, std::string{customer}};
  request.command = orderflow::learn_contact{std::move(reach)};
  request.at = context.time.now();
  context.bridge.account(std::move(request), [](const std::variant<account_reply, failure>&) {});
}

}  // namespace orderflow::orderflow_api
