// Creating an order, and reading one.
#include "http/api/common/history.hpp"
#include "http/api/common/pricing.hpp"
#include "http/api/orders_v1/routes.hpp"
#include "http/pipeline/query.hpp"

namespace orderflow::orders_v1 {

namespace {

reply created(const order_or_problem& outcome, std::string_view request_id) {
  if (const auto* wrong = std::get_if<problem>(&outcome)) return problem_json(*wrong, request_id);
  const auto& now = *std::get<order_reply>(outcome).now;
  auto made = reply_of_order(201, now);
  made.header("Location", "/api/v1/orders/" + std::to_string(now.id.value));
  return made;
}

void answer_as_of(dialect& api, const request& req, const responder& to, order_id id, const std::string& point) {
  read_as_of(api.context, req, id, point, [&req, to](std::variant<order, problem> found) {
    if (const auto* wrong = std::get_if<problem>(&found)) return to(problem_json(*wrong, req.id));
    to(reply_of_order(200, std::get<order>(found)));
  });
}

}  // namespace

void create_order(dialect& api, const request& req, const responder& to) {
  auto decoded = decode_order(req.body, api.settings);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(problem_json(*wrong, req.id));
  auto& command = std::get<place_order>(decoded);
  if (const auto wrong = price_for(api.context, req.from, api.settings.unknown_products_allowed, command.money, command.lines))
    return to(problem_json(*wrong, req.id));
  sign_for(req.from, "d4", command.who.email, command.source);
  create_request ask;
  ask.at = api.context.time.now();
  auto key = key_of_create(req, ask.at);
  if (const auto* wrong = std::get_if<problem>(&key)) return to(problem_json(*wrong, req.id));
  ask.key = std::move(std::get<std::optional<key_claim>>(key));
  ask.what = std::move(command);
  const auto timeout = wait_of(req.headers.prefer, api.settings.usual_wait, api.settings.longest_wait);
  const bool waits = timeout.count() > 0 && api.context.admission.enter_wait();
  ask.when = waits ? answer_when::settled : answer_when::committed;
  api.context.bridge.create(std::move(ask), waits ? timeout : commit_timeout,
                            [&admission = api.context.admission, waits, &req, to](std::variant<order_reply, failure> answer) {
                              if (waits) admission.leave_wait();
                              to(created(outcome_of(std::move(answer)), req.id));
                            });
}

void get_order(dialect& api, const request& req, const responder& to) {
  const auto id = order_in_path(req);
  if (!id) return to(problem_json(order_not_found(), req.id));
  const auto query = query_values::parse(req.query);
  if (!query) return to(problem_json(malformed("query_must_be_well_formed", "The query is malformed."), req.id));
  if (const auto* point = query->find("at")) return answer_as_of(api, req, to, *id, *point);
  look_at(api.context, req, *id, std::nullopt, [&req, to](order_or_problem outcome) {
    if (const auto* wrong = std::get_if<problem>(&outcome)) return to(problem_json(*wrong, req.id));
    const auto& found = std::get<order_reply>(outcome);
    reply made;
    made.body = order_detail_json(*found.now, found.busy.get());
    made.header("ETag", etag_of(found.now->version, found.busy.get()));
    to(std::move(made));
  });
}

}  // namespace orderflow::orders_v1
