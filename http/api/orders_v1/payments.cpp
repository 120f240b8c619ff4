// DD-ORDER-001 §6.1: what the document's payment service offers, over the same orders.
#include "domain/order/usual_method.hpp"
#include "http/api/orders_v1/routes.hpp"

namespace orderflow::orders_v1 {

namespace {

/// A client that asks for another sum than the order's is mistaken about the order.
std::optional<problem> check_amount(const payment_body& input, const order& now) {
  std::vector<field_error> errors;
  if (input.money != now.money) {
    errors.push_back({"/currency", "must be the order's, which is " + std::string{now.money.name()}});
  } else if (input.amount != now.total) {
    errors.push_back({"/amount", "must be the order's total, which is " + shortest_text(now.total, now.money)});
  }
  if (errors.empty()) return std::nullopt;
  return invalid(std::move(errors));
}

/// 201 with the payment; 202 while its outcome is not known.
reply payment_made(std::variant<order_reply, failure> answer, std::string_view request_id) {
  const auto outcome = outcome_of(std::move(answer));
  if (const auto* wrong = std::get_if<problem>(&outcome)) return problem_json(*wrong, request_id);
  const auto& now = *std::get<order_reply>(outcome).now;
  reply made;
  const bool open = payment_status_word(now) == "processing";
  made.status = open ? 202 : 201;
  made.body = payment_json(now);
  made.header("Location", "/api/v1/payments/order/" + std::to_string(now.id.value));
  made.header("ETag", etag_of(now.version));
  return made;
}

void charge(dialect& api, const request& req, const responder& to, const payment_body& input, const order& now) {
  if (const auto wrong = check_amount(input, now)) return to(problem_json(*wrong, req.id));
  order_request ask;
  ask.order = now.id;
  ask.command = order_command{pay_order{input.method.empty() ? usual_method(now) : input.method}, api.context.time.now()};
  const auto timeout = wait_of(req.headers.prefer, api.settings.usual_wait, api.settings.longest_wait);
  ask_order(api.context, req, std::move(ask), timeout,
            [&req, to](std::variant<order_reply, failure> answer) { to(payment_made(std::move(answer), req.id)); });
}

void give_back(dialect& api, const request& req, const responder& to, const refund_body& input, const order& now) {
  std::optional<minor_units> part;
  std::vector<field_error> errors;
  if (input.money && *input.money != now.money)
    errors.push_back({"/currency", "must be the order's, which is " + std::string{now.money.name()}});
  if (input.amount) {
    json_value object;
    object.is = json_value::kind::object;
    object.members.emplace_back("amount", *input.amount);
    part = field_reader{object, {}, errors}.amount("amount", now.money, presence::required);
  }
  if (!errors.empty()) return to(problem_json(invalid(std::move(errors)), req.id));
  order_request ask;
  ask.order = now.id;
  ask.command = order_command{refund_order{part}, api.context.time.now()};
  ask_order(api.context, req, std::move(ask), milliseconds{0}, [&req, to](std::variant<order_reply, failure> answer) {
    const auto outcome = outcome_of(std::move(answer));
    if (const auto* wrong = std::get_if<problem>(&outcome)) return to(problem_json(*wrong, req.id));
    const auto& done = std::get<order_reply>(outcome);
    reply made;
    made.status = done.outcome == order_outcome::accepted ? 202 : 200;
    made.body = payment_json(*done.now);
    made.header("ETag", etag_of(done.now->version));
    to(std::move(made));
  });
}

}  // namespace

void create_payment(dialect& api, const request& req, const responder& to) {
  auto decoded = decode_payment(req.body, api.settings);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(problem_json(*wrong, req.id));
  const auto id = std::get<payment_body>(decoded).order;
  look_at(api.context, req, id, std::nullopt,
          [&api, &req, to, input = std::get<payment_body>(decoded)](const order_or_problem& outcome) {
            if (const auto* wrong = std::get_if<problem>(&outcome)) return to(problem_json(*wrong, req.id));
            charge(api, req, to, input, *std::get<order_reply>(outcome).now);
          });
}

void get_payment(dialect& api, const request& req, const responder& to) {
  const auto id = order_in_path(req);
  if (!id) return to(problem_json(order_not_found(), req.id));
  look_at(api.context, req, *id, std::nullopt, [&req, to](const order_or_problem& outcome) {
    if (const auto* wrong = std::get_if<problem>(&outcome)) return to(problem_json(*wrong, req.id));
    const auto& now = *std::get<order_reply>(outcome).now;
    if (!has_payment(now)) return to(problem_json(payment_not_found(), req.id));
    reply made;
    made.body = payment_json(now);
    made.header("ETag", etag_of(now.version));
    to(std::move(made));
  });
}

void post_refund(dialect& api, const request& req, const responder& to) {
  auto decoded = decode_refund(req.body);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(problem_json(*wrong, req.id));
  const auto id = std::get<refund_body>(decoded).order;
  look_at(api.context, req, id, std::nullopt,
          [&api, &req, to, input = std::get<refund_body>(decoded)](const order_or_problem& outcome) {
            const auto* wrong = std::get_if<problem>(&outcome);
            const auto* found = std::get_if<order_reply>(&outcome);
            const bool is_missing = wrong != nullptr ? wrong->status == 404 : !has_payment(*found->now);
            if (input.names_payment && is_missing) return to(problem_json(payment_not_found(), req.id));
            if (wrong != nullptr) return to(problem_json(*wrong, req.id));
            give_back(api, req, to, input, *found->now);
          });
}

}  // namespace orderflow::orders_v1
