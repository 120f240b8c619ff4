#include "http/dialects/d4.hpp"

#include "http/dialects/history.hpp"

namespace orderflow {

namespace {

using d4_handler = void (*)(d4_dialect&, const request&, const responder&);

handler bind(d4_dialect& with, d4_handler what) {
  return [&with, what](const request& asked, const responder& to) { what(with, asked, to); };
}

}  // namespace

std::vector<route> d4_routes(d4_dialect& with) {
  constexpr auto everyone = audience::every_role();
  constexpr auto staff = audience::staff();
  std::vector<route> table;
  route_options creates;
  creates.load = load_class::create;
  route_options operates;
  operates.load = load_class::operation;
  table.emplace_back(verb::post, "/api/v1/orders/", everyone, bind(with, d4_create_order), creates);
  table.emplace_back(verb::get, "/api/v1/orders/", everyone, bind(with, d4_list_orders));
  table.emplace_back(verb::get, "/api/v1/orders/{id}", everyone, bind(with, d4_get_order));
  table.emplace_back(verb::put, "/api/v1/orders/{id}/status", staff, bind(with, d4_put_status));
  table.emplace_back(verb::delete_, "/api/v1/orders/{id}", everyone, bind(with, d4_cancel_order));
  table.emplace_back(verb::post, "/api/v1/orders/{id}/settle", audience::operators(), bind(with, d4_settle), operates);
  table.emplace_back(verb::get, "/api/v1/orders/{id}/events", everyone,
                     [&with](const request& asked, const responder& to) { answer_history(with.on, asked, to); });
  table.emplace_back(verb::post, "/api/v1/payments", everyone, bind(with, d4_create_payment));
  table.emplace_back(verb::get, "/api/v1/payments/order/{id}", everyone, bind(with, d4_get_payment));
  table.emplace_back(verb::post, "/api/v1/payments/refund", staff, bind(with, d4_refund));
  table.emplace_back(verb::post, "/api/v1/notifications/email", staff, bind(with, d4_send_email));
  return table;
}

reply d4_order_reply(uint16_t status, const order& now) {
  reply made;
  made.status = status;
  made.body = d4_order(now);
  made.header("ETag", etag_of(now.version));
  return made;
}

problem d4_order_not_found() { return problem_of(refusal::order_must_exist, "Order not found"); }

std::optional<order_id> d4_order_in_path(const request& asked) { return parse_order_id(asked.values[0]); }

}  // namespace orderflow
