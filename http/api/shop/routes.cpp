#include "http/api/shop/routes.hpp"

namespace orderflow::shop {

namespace {

using handler_function = void (*)(dialect&, const request&, const responder&);

handler bind(dialect& api, handler_function what) {
  return [&api, what](const request& req, const responder& to) { what(api, req, to); };
}

}  // namespace

std::vector<route> routes(dialect& api) {
  route_options usual;
  usual.dialect = dialects::shop;
  usual.errors = &problem_reply;
  auto creates = usual;
  creates.load = load_class::create;
  auto locks = usual;
  locks.errors = &lock_problem_reply;
  auto pays = usual;
  pays.errors = &payment_problem_reply;
  pays.versioned = true;
  constexpr auto services = audience::roles({role::service, role::operator_});
  std::vector<route> table;
  // Its token and signature stand in the body, whatever the listener knows about the caller.
  table.emplace_back(verb::post, "/api/orders/create", audience::proven_in_body(), bind(api, create_order), creates);
  table.emplace_back(verb::post, "/api/inventory/lock", services, bind(api, lock_inventory), locks);
  table.emplace_back(verb::post, "/api/payment/process", audience::every_role(), bind(api, process_payment), pays);
  table.emplace_back(verb::post, "/api/notification/send", audience::every_role(), bind(api, send_message), usual);
  return table;
}

}  // namespace orderflow::shop
