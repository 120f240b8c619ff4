#include "http/dialects/d0.hpp"

namespace orderflow {

namespace {

using d0_handler = void (*)(d0_dialect&, const request&, const responder&);

handler bind(d0_dialect& with, d0_handler what) {
  return [&with, what](const request& asked, const responder& to) { what(with, asked, to); };
}

}  // namespace

std::vector<route> d0_routes(d0_dialect& with) {
  route_options usual;
  usual.dialect = dialects::d0;
  usual.errors = &d0_problem;
  auto creates = usual;
  creates.load = load_class::create;
  auto locks = usual;
  locks.errors = &d0_lock_problem;
  auto pays = usual;
  pays.errors = &d0_payment_problem;
  pays.versioned = true;
  constexpr auto services = audience::roles({role::service, role::operator_});
  std::vector<route> table;
  // Its token and signature stand in the body, whatever the listener knows about the caller.
  table.emplace_back(verb::post, "/api/orders/create", audience::proven_in_body(), bind(with, d0_create_order), creates);
  table.emplace_back(verb::post, "/api/inventory/lock", services, bind(with, d0_lock_inventory), locks);
  table.emplace_back(verb::post, "/api/payment/process", audience::every_role(), bind(with, d0_process_payment), pays);
  table.emplace_back(verb::post, "/api/notification/send", audience::every_role(), bind(with, d0_send_message), usual);
  return table;
}

}  // namespace orderflow
