#include "http/dialects/d2.hpp"

namespace orderflow {

std::vector<route> d2_routes(d2_dialect& with) {
  constexpr auto everyone = audience::every_role();
  route_options usual;
  usual.dialect = dialects::d2;
  usual.errors = &d2_problem;
  usual.versioned = true;
  auto creates = usual;
  creates.load = load_class::create;
  const auto bind = [&with](void (*what)(d2_dialect&, const request&, const responder&)) -> handler {
    return [&with, what](const request& asked, const responder& to) { what(with, asked, to); };
  };
  std::vector<route> table;
  table.emplace_back(verb::post, "/api/order/cart.json", everyone, bind(d2_put_cart), creates);
  table.emplace_back(verb::post, "/api/order/invoice.json", everyone, bind(d2_issue_invoice), usual);
  table.emplace_back(verb::post, "/api/order/payment.json", everyone, bind(d2_pay), usual);
  table.emplace_back(verb::post, "/api/order/shipping.json", everyone, bind(d2_ship_or_mail), usual);
  table.emplace_back(verb::post, "/api/order/email.json", everyone, bind(d2_ship_or_mail), usual);
  return table;
}

std::optional<problem> d2_check_caller(const request& asked, std::string_view customer) {
  if (asked.from.as != role::customer || asked.from.subject == customer) return std::nullopt;
  return forbidden("customer_must_be_the_caller", "customerId is not the customer that the token was issued to.");
}

std::optional<problem> d2_check_owner(const order& now, std::string_view customer) {
  if (now.who.id.empty() || now.who.id == customer) return std::nullopt;
  return order_not_found();
}

problem d2_out_of_stock() {
  problem made;
  made.status = 409;
  made.word = "out_of_stock";
  made.detail = "There is not enough in stock for all lines; the cart is open again: change it, or try again later.";
  return made;
}

reply d2_order_reply(uint16_t status, std::string body, const order& now) {
  reply made;
  made.status = status;
  made.body = std::move(body);
  made.header("ETag", etag_of(now.version));
  return made;
}

reply d2_in_progress(const order& now) {
  auto made = d2_order_reply(202, d2_write_progress(now), now);
  made.header("Location", "/api/v1/orders/" + std::to_string(now.id.value));
  return made;
}

void d2_learn_contact(edge& on, const request& asked, std::string_view customer, contact reach) {
  if (customer.empty()) return;
  account_request wish;
  wish.who = {asked.from.tenant, std::string{customer}};
  wish.command = learn_contact{std::move(reach)};
  wish.at = on.time.now();
  on.bridge.account(std::move(wish), [](const std::variant<account_reply, world_error>&) {});
}

}  // namespace orderflow
