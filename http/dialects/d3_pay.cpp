// Paying an order: 200 SUCCESS, 402 FAILED, 202 PENDING while the outcome is not known.
#include "http/dialects/d3.hpp"
#include "http/dialects/own_account.hpp"

namespace orderflow {

namespace {

/// A client that pays another sum than the order's is mistaken about the order.
std::optional<problem> check_amount(const json_value& sent, const order& now) {
  json_value object;
  object.is = json_value::kind::object;
  object.members.emplace_back("amount", sent);
  std::vector<field_error> errors;
  field_reader read{object, {}, errors};
  const auto amount = read.amount("amount", now.money, presence::required);
  if (amount && *amount != now.total)
    read.wrong("amount", "must be the order's total, which is " + fixed_text(now.total, now.money));
  if (errors.empty()) return std::nullopt;
  return invalid(std::move(errors));
}

bool was_paid(const order& now) {
  return now.status == order_status::paid || now.status == order_status::shipped || now.status == order_status::delivered;
}

reply payment_reply(const order& now) {
  reply made;
  made.status = d3_status_of(now);
  made.body = d3_payment(now);
  made.header("ETag", etag_of(now.version));
  return made;
}

void charge(d3_dialect& with, const request& asked, const responder& to, order_id id, const std::string& token) {
  order_request ask;
  ask.order = id;
  ask.command = order_command{pay_order{token}, with.on.time.now()};
  ask_order(with.on, asked, std::move(ask), d3_patience(with, asked),
            [&with, &asked, to](std::variant<order_reply, world_error> answer) {
              const auto outcome = outcome_of(std::move(answer));
              if (const auto* wrong = std::get_if<problem>(&outcome)) return to(d3_problem(*wrong, asked.id));
              const auto& now = *std::get<order_reply>(outcome).now;
              if (now.cancelled_because == cancel_reason::out_of_stock) return d3_answer_shortage(with.on, now, false, asked, to);
              to(payment_reply(now));
            });
}

}  // namespace

void d3_pay(d3_dialect& with, const request& asked, const responder& to) {
  auto read = d3_decode_payment(asked.body);
  if (const auto* wrong = std::get_if<problem>(&read)) return to(d3_problem(*wrong, asked.id));
  auto& wish = std::get<d3_payment_wish>(read);
  const auto who = account_for(asked.from, wish.user);
  if (!who) return to(d3_problem(order_not_found(), asked.id));
  const auto id = wish.order;
  look_at(with.on, asked, id, version_to_look_at(asked),
          [&with, &asked, to, who = *who, wish = std::move(wish)](const order_outcome& outcome) {
            if (const auto* wrong = std::get_if<problem>(&outcome)) return to(d3_problem(*wrong, asked.id));
            const auto& now = *std::get<order_reply>(outcome).now;
            if (!now.who.id.empty() && now.who.id != who.user) return to(d3_problem(order_not_found(), asked.id));
            if (const auto wrong = check_amount(wish.amount, now)) return to(d3_problem(*wrong, asked.id));
            if (was_paid(now)) return to(payment_reply(now));
            choose_method(with.on, who, wish.with, [&with, &asked, to, id = now.id](const chosen_method& chosen) {
              if (const auto* wrong = std::get_if<problem>(&chosen)) return to(d3_problem(*wrong, asked.id));
              charge(with, asked, to, id, std::get<stored_method>(chosen).token);
            });
          });
}

}  // namespace orderflow
