#include "http/dialects/d4.hpp"

#include "http/dialects/history.hpp"

namespace orderflow {

namespace {

constexpr std::string_view list_parameters[] = {"skip",     "limit",        "status",        "customer_email", "external_id",
                                                "batch_id", "import_group", "created_from",  "created_to",     "sort",
                                                "cursor",   "count",        "needs_operator"};
constexpr std::string_view point_in_time[] = {"at"};

using d4_handler = void (*)(d4_dialect&, const request&, const responder&);

handler bind(d4_dialect& with, d4_handler what) {
  return [&with, what](const request& asked, const responder& to) { what(with, asked, to); };
}

}  // namespace

std::vector<route> d4_routes(d4_dialect& with) {
  constexpr auto everyone = audience::every_role();
  constexpr auto staff = audience::staff();
  std::vector<route> table;
  route_options usual;
  usual.dialect = dialects::d4;
  auto changes = usual;
  changes.versioned = true;
  auto lists = usual;
  lists.query = list_parameters;
  auto reads = usual;
  reads.query = point_in_time;
  auto creates = usual;
  creates.load = load_class::create;
  auto operates = usual;
  operates.dialect = dialects::ours;
  operates.load = load_class::operation;
  operates.versioned = true;
  auto ours = usual;
  ours.dialect = dialects::ours;
  table.emplace_back(verb::post, "/api/v1/orders/", everyone, bind(with, d4_create_order), creates);
  table.emplace_back(verb::get, "/api/v1/orders/", everyone, bind(with, d4_list_orders), lists);
  table.emplace_back(verb::get, "/api/v1/orders/{id}", everyone, bind(with, d4_get_order), reads);
  table.emplace_back(verb::put, "/api/v1/orders/{id}/status", staff, bind(with, d4_put_status), changes);
  table.emplace_back(verb::delete_, "/api/v1/orders/{id}", everyone, bind(with, d4_cancel_order), changes);
  table.emplace_back(verb::post, "/api/v1/orders/{id}/settle", audience::operators(), bind(with, d4_settle), operates);
  table.emplace_back(
      verb::get, "/api/v1/orders/{id}/events", everyone,
      [&with](const request& asked, const responder& to) { answer_history(with.on, asked, to); }, ours);
  table.emplace_back(verb::post, "/api/v1/payments", everyone, bind(with, d4_create_payment), changes);
  table.emplace_back(verb::get, "/api/v1/payments/order/{id}", everyone, bind(with, d4_get_payment), usual);
  table.emplace_back(verb::post, "/api/v1/payments/refund", staff, bind(with, d4_refund), changes);
  table.emplace_back(verb::post, "/api/v1/notifications/email", staff, bind(with, d4_send_email), changes);
  return table;
}

reply d4_order_reply(uint16_t status, const order& now) {
  reply made;
  made.status = status;
  made.body = d4_order(now);
  made.header("ETag", etag_of(now.version));
  return made;
}

std::optional<order_id> d4_order_in_path(const request& asked) { return parse_order_id(asked.values[0]); }

}  // namespace orderflow
