// Creating an order, and reading one.
#include "http/dialects/d4.hpp"
#include "http/dialects/history.hpp"
#include "http/dialects/pricing.hpp"
#include "http/query.hpp"

namespace orderflow {

namespace {

reply created(const order_outcome& outcome, std::string_view request_id) {
  if (const auto* wrong = std::get_if<problem>(&outcome)) return problem_json(*wrong, request_id);
  const auto& now = *std::get<order_reply>(outcome).now;
  auto made = d4_order_reply(201, now);
  made.header("Location", "/api/v1/orders/" + std::to_string(now.id.value));
  return made;
}

void answer_as_of(d4_dialect& with, const request& asked, const responder& to, order_id id, const std::string& point) {
  read_as_of(with.on, asked, id, point, [&asked, to](std::variant<order, problem> found) {
    if (const auto* wrong = std::get_if<problem>(&found)) return to(problem_json(*wrong, asked.id));
    to(d4_order_reply(200, std::get<order>(found)));
  });
}

}  // namespace

void d4_create_order(d4_dialect& with, const request& asked, const responder& to) {
  auto decoded = d4_decode_order(asked.body, with.settings);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(problem_json(*wrong, asked.id));
  auto& wish = std::get<place_order>(decoded);
  if (const auto wrong = price_for(with.on, asked.from, with.settings.unknown_products_allowed, wish.money, wish.lines))
    return to(problem_json(*wrong, asked.id));
  sign_for(asked.from, "d4", wish.who.email, wish.source);
  create_request ask;
  ask.at = with.on.time.now();
  auto key = key_of_create(asked, ask.at);
  if (const auto* wrong = std::get_if<problem>(&key)) return to(problem_json(*wrong, asked.id));
  ask.key = std::move(std::get<std::optional<key_claim>>(key));
  ask.what = std::move(wish);
  const auto patience = patience_of(asked.headers.prefer, with.settings.usual_wait, with.settings.longest_wait);
  const bool waits = patience.count() > 0 && with.on.gate.enter_wait();
  ask.when = waits ? answer_when::settled : answer_when::committed;
  with.on.bridge.create(std::move(ask), waits ? patience : commit_patience,
                        [&gate = with.on.gate, waits, &asked, to](std::variant<order_reply, world_error> answer) {
                          if (waits) gate.leave_wait();
                          to(created(outcome_of(std::move(answer)), asked.id));
                        });
}

void d4_get_order(d4_dialect& with, const request& asked, const responder& to) {
  const auto id = d4_order_in_path(asked);
  if (!id) return to(problem_json(order_not_found(), asked.id));
  const auto query = query_values::parse(asked.query);
  if (!query) return to(problem_json(malformed("query_must_be_well_formed", "The query is malformed."), asked.id));
  if (const auto* point = query->find("at")) return answer_as_of(with, asked, to, *id, *point);
  look_at(with.on, asked, *id, std::nullopt, [&asked, to](order_outcome outcome) {
    if (const auto* wrong = std::get_if<problem>(&outcome)) return to(problem_json(*wrong, asked.id));
    const auto& found = std::get<order_reply>(outcome);
    reply made;
    made.body = d4_order_in_detail(*found.now, found.busy.get());
    made.header("ETag", etag_of(found.now->version, found.busy.get()));
    to(std::move(made));
  });
}

}  // namespace orderflow
