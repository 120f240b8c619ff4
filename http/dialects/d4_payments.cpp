// DD-ORDER-001 §6.1: what the document's payment service offers, over the same orders.
#include "http/dialects/d4.hpp"

namespace orderflow {

namespace {

std::string usual_method(const d4_payment_wish& wish, const order& now) {
  if (!wish.method.empty()) return wish.method;
  if (now.pay_wish) return *now.pay_wish;
  return now.attempts.empty() ? "ok" : now.attempts.back().method;
}

/// A client that asks for another sum than the order's is mistaken about the order.
std::optional<problem> check_amount(const d4_payment_wish& wish, const order& now) {
  std::vector<field_error> errors;
  if (wish.money != now.money) {
    errors.push_back({"/currency", "must be the order's, which is " + std::string{now.money.name()}});
  } else if (wish.amount != now.total) {
    errors.push_back({"/amount", "must be the order's total, which is " + shortest_text(now.total, now.money)});
  }
  if (errors.empty()) return std::nullopt;
  return invalid(std::move(errors));
}

/// 201 with the payment; 202 while its outcome is not known.
reply payment_made(std::variant<order_reply, world_error> answer, std::string_view request_id) {
  const auto outcome = outcome_of(std::move(answer));
  if (const auto* wrong = std::get_if<problem>(&outcome)) return problem_json(*wrong, request_id);
  const auto& now = *std::get<order_reply>(outcome).now;
  reply made;
  const bool open = d4_payment_status(now) == "processing";
  made.status = open ? 202 : 201;
  made.body = d4_payment(now);
  made.header("Location", "/api/v1/payments/order/" + std::to_string(now.id.value));
  made.header("ETag", etag_of(now.version));
  return made;
}

void charge(d4_dialect& with, const request& asked, const responder& to, const d4_payment_wish& wish, const order& now) {
  if (const auto wrong = check_amount(wish, now)) return to(problem_json(*wrong, asked.id));
  order_request ask;
  ask.order = now.id;
  ask.command = order_command{pay_order{usual_method(wish, now)}, with.on.time.now()};
  const auto patience = patience_of(asked.headers.prefer, with.settings.usual_wait, with.settings.longest_wait);
  ask_order(with.on, asked, std::move(ask), patience,
            [&asked, to](std::variant<order_reply, world_error> answer) { to(payment_made(std::move(answer), asked.id)); });
}

void give_back(d4_dialect& with, const request& asked, const responder& to, const d4_refund_wish& wish, const order& now) {
  std::optional<minor_units> part;
  std::vector<field_error> errors;
  if (wish.money && *wish.money != now.money)
    errors.push_back({"/currency", "must be the order's, which is " + std::string{now.money.name()}});
  if (wish.amount) {
    json_value object;
    object.is = json_value::kind::object;
    object.members.emplace_back("amount", *wish.amount);
    part = field_reader{object, {}, errors}.amount("amount", now.money, presence::required);
  }
  if (!errors.empty()) return to(problem_json(invalid(std::move(errors)), asked.id));
  order_request ask;
  ask.order = now.id;
  ask.command = order_command{refund_order{part}, with.on.time.now()};
  ask_order(with.on, asked, std::move(ask), milliseconds{0}, [&asked, to](std::variant<order_reply, world_error> answer) {
    const auto outcome = outcome_of(std::move(answer));
    if (const auto* wrong = std::get_if<problem>(&outcome)) return to(problem_json(*wrong, asked.id));
    const auto& done = std::get<order_reply>(outcome);
    reply made;
    made.status = done.verdict == order_verdict::later ? 202 : 200;
    made.body = d4_payment(*done.now);
    made.header("ETag", etag_of(done.now->version));
    to(std::move(made));
  });
}

}  // namespace

void d4_create_payment(d4_dialect& with, const request& asked, const responder& to) {
  auto decoded = d4_decode_payment(asked.body, with.settings);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(problem_json(*wrong, asked.id));
  const auto id = std::get<d4_payment_wish>(decoded).order;
  look_at(with.on, asked, id, std::nullopt,
          [&with, &asked, to, wish = std::get<d4_payment_wish>(decoded)](const order_outcome& outcome) {
            if (const auto* wrong = std::get_if<problem>(&outcome)) return to(problem_json(*wrong, asked.id));
            charge(with, asked, to, wish, *std::get<order_reply>(outcome).now);
          });
}

void d4_get_payment(d4_dialect& with, const request& asked, const responder& to) {
  const auto id = d4_order_in_path(asked);
  if (!id) return to(problem_json(order_not_found(), asked.id));
  look_at(with.on, asked, *id, std::nullopt, [&asked, to](const order_outcome& outcome) {
    if (const auto* wrong = std::get_if<problem>(&outcome)) return to(problem_json(*wrong, asked.id));
    const auto& now = *std::get<order_reply>(outcome).now;
    if (!d4_has_payment(now)) return to(problem_json(payment_not_found(), asked.id));
    reply made;
    made.body = d4_payment(now);
    made.header("ETag", etag_of(now.version));
    to(std::move(made));
  });
}

void d4_refund(d4_dialect& with, const request& asked, const responder& to) {
  auto decoded = d4_decode_refund(asked.body);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(problem_json(*wrong, asked.id));
  const auto id = std::get<d4_refund_wish>(decoded).order;
  look_at(with.on, asked, id, std::nullopt,
          [&with, &asked, to, wish = std::get<d4_refund_wish>(decoded)](const order_outcome& outcome) {
            const auto* wrong = std::get_if<problem>(&outcome);
            const auto* found = std::get_if<order_reply>(&outcome);
            const bool is_missing = wrong != nullptr ? wrong->status == 404 : !d4_has_payment(*found->now);
            if (wish.names_payment && is_missing) return to(problem_json(payment_not_found(), asked.id));
            if (wrong != nullptr) return to(problem_json(*wrong, asked.id));
            give_back(with, asked, to, wish, *found->now);
          });
}

}  // namespace orderflow
