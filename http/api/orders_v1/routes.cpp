#include "http/api/orders_v1/routes.hpp"

#include "http/api/common/history.hpp"

namespace orderflow::orders_v1 {

namespace {

constexpr std::string_view list_parameters[] = {"skip",     "limit",        "status",        "customer_email", "external_id",
                                                "batch_id", "import_group", "created_from",  "created_to",     "sort",
                                                "cursor",   "count",        "needs_operator"};
constexpr std::string_view point_in_time[] = {"at"};

using handler_function = void (*)(dialect&, const request&, const responder&);

handler bind(dialect& api, handler_function what) {
  return [&api, what](const request& req, const responder& to) { what(api, req, to); };
}

}  // namespace

std::vector<route> routes(dialect& api) {
  constexpr auto everyone = audience::every_role();
  constexpr auto staff = audience::staff();
  std::vector<route> table;
  route_options usual;
  usual.dialect = dialects::orders_v1;
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
  table.emplace_back(verb::post, "/api/v1/orders/", everyone, bind(api, create_order), creates);
  table.emplace_back(verb::get, "/api/v1/orders/", everyone, bind(api, list_orders), lists);
  table.emplace_back(verb::get, "/api/v1/orders/{id}", everyone, bind(api, get_order), reads);
  table.emplace_back(verb::put, "/api/v1/orders/{id}/status", staff, bind(api, put_status), changes);
  table.emplace_back(verb::delete_, "/api/v1/orders/{id}", everyone, bind(api, delete_order), changes);
  table.emplace_back(verb::post, "/api/v1/orders/{id}/settle", audience::operators(), bind(api, post_resolution), operates);
  table.emplace_back(
      verb::get, "/api/v1/orders/{id}/events", everyone,
      [&api](const request& req, const responder& to) { answer_history(api.context, req, to); }, ours);
  table.emplace_back(verb::post, "/api/v1/payments", everyone, bind(api, create_payment), changes);
  table.emplace_back(verb::get, "/api/v1/payments/order/{id}", everyone, bind(api, get_payment), usual);
  table.emplace_back(verb::post, "/api/v1/payments/refund", staff, bind(api, post_refund), changes);
  table.emplace_back(verb::post, "/api/v1/notifications/email", staff, bind(api, send_email), changes);
  return table;
}

reply reply_of_order(uint16_t status, const order& now) {
  reply made;
  made.status = status;
  made.body = order_json(now);
  made.header("ETag", etag_of(now.version));
  return made;
}

std::optional<order_id> order_in_path(const request& req) { return parse_order_id(req.values[0]); }

}  // namespace orderflow::orders_v1
