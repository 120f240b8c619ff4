// Paying an order: 200 SUCCESS, 402 FAILED, 202 PENDING while the outcome is not known.
#include "http/api/cart_workflow/routes.hpp"
#include "http/api/common/account_access.hpp"

namespace orderflow::cart_workflow {

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
  made.status = http_status_of(now);
  made.body = payment_json(now);
  made.header("ETag", etag_of(now.version));
  return made;
}

void charge(dialect& api, const request& req, const responder& to, order_id id, const std::string& token) {
  order_request ask;
  ask.order = id;
  ask.command = order_command{pay_order{token}, api.context.time.now()};
  ask_order(api.context, req, std::move(ask), usual_wait_of(api, req),
            [&api, &req, to](std::variant<order_reply, failure> answer) {
              const auto outcome = outcome_of(std::move(answer));
              if (const auto* wrong = std::get_if<problem>(&outcome)) return to(problem_reply(*wrong, req.id));
              const auto& now = *std::get<order_reply>(outcome).now;
              if (now.cancelled_because == cancel_reason::out_of_stock) return answer_shortage(api.context, now, false, req, to);
              to(payment_reply(now));
            });
}

}  // namespace

void post_payment(dialect& api, const request& req, const responder& to) {
  auto read = decode_payment(req.body);
  if (const auto* wrong = std::get_if<problem>(&read)) return to(problem_reply(*wrong, req.id));
  auto& command = std::get<payment_body>(read);
  const auto who = account_for(req.from, command.user);
  if (!who) return to(problem_reply(order_not_found(), req.id));
  const auto id = command.order;
  look_at(api.context, req, id, version_to_look_at(req),
          [&api, &req, to, who = *who, command = std::move(command)](const order_or_problem& outcome) {
            if (const auto* wrong = std::get_if<problem>(&outcome)) return to(problem_reply(*wrong, req.id));
            const auto& now = *std::get<order_reply>(outcome).now;
            if (!now.who.id.empty() && now.who.id != who.user) return to(problem_reply(order_not_found(), req.id));
            if (const auto wrong = check_amount(command.amount, now)) return to(problem_reply(*wrong, req.id));
            if (was_paid(now))
              return note_key(api.context, req, std::get<order_reply>(outcome), [&req, to](const order_or_problem& noted) {
                const auto* wrong = std::get_if<problem>(&noted);
                to(wrong ? problem_reply(*wrong, req.id) : payment_reply(*std::get<order_reply>(noted).now));
              });
            choose_method(api.context, who, command.choice, [&api, &req, to, id = now.id](const chosen_method& chosen) {
              if (const auto* wrong = std::get_if<problem>(&chosen)) return to(problem_reply(*wrong, req.id));
              charge(api, req, to, id, std::get<stored_method>(chosen).token);
            });
          });
}

}  // namespace orderflow::cart_workflow
