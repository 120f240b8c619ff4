// Moving an order along the document's diagram: PUT status, DELETE, and the operator's settle.
#include "base/assert.hpp"
#include "codec/order_json.hpp"
#include "domain/order/evolve.hpp"
#include "domain/order/usual_method.hpp"
#include "http/api/orders_v1/routes.hpp"

namespace orderflow::orders_v1 {

namespace {

/// Both states by name, then the rule.
problem refused_move(const order& now, order_status wanted, refusal why) {
  return problem_of(why, "The order is " + std::string{to_string(now.status)} + " and cannot become " +
                             std::string{to_string(wanted)} + ". " + std::string{explain(why)});
}

/// Paying a paid order again is answered with the first payment by the domain; as a status it is a move the diagram lacks.
std::optional<problem> check_diagram(const order& now, order_status wanted) {
  if (wanted != order_status::payment_processing || may_follow(now.status, wanted)) return std::nullopt;
  problem made;
  made.status = 409;
  made.word = "status_must_follow_the_diagram";
  made.detail =
      "The order is " + std::string{to_string(now.status)} + " and cannot become " + std::string{to_string(wanted)} + ".";
  return made;
}

/// The command behind a wanted status; none where a status is an outcome and not a command.
std::optional<order_action> action_for(const status_body& input, const order& now) {
  switch (input.status) {
    case order_status::pending:
    case order_status::paid: return std::nullopt;
    case order_status::payment_processing: return pay_order{input.payment_method.value_or(usual_method(now))};
    case order_status::shipped: return ship_order{input.tracking};
    case order_status::delivered: return deliver_order{};
    case order_status::cancelled: return cancel_order{};
  }
  return std::nullopt;
}

/// A new attempt and a booking are worth waiting for; the rest is done when it is durable.
bool ends_later(order_status wanted) { return wanted == order_status::payment_processing || wanted == order_status::shipped; }

reply moved(std::variant<order_reply, failure> answer, order_status wanted, std::string_view request_id) {
  if (const auto* raw = std::get_if<order_reply>(&answer); raw != nullptr && raw->outcome == order_outcome::refused && raw->now) {
    return problem_json(refused_move(*raw->now, wanted, raw->why), request_id);
  }
  const auto outcome = outcome_of(std::move(answer));
  if (const auto* wrong = std::get_if<problem>(&outcome)) return problem_json(*wrong, request_id);
  const auto& done = std::get<order_reply>(outcome);
  const bool tried_to_pay = wanted == order_status::payment_processing && settled(*done.now);
  const bool there = done.now->status == wanted || tried_to_pay;
  return reply_of_order(there && done.outcome != order_outcome::accepted ? 200 : 202, *done.now);
}

void move(dialect& api, const request& req, const responder& to, order_id id, order_action action, order_status wanted) {
  order_request ask;
  ask.order = id;
  ask.command = order_command{std::move(action), api.context.time.now()};
  const auto timeout = wait_of(req.headers.prefer, api.settings.usual_wait, api.settings.longest_wait);
  ask_order(api.context, req, std::move(ask), ends_later(wanted) ? timeout : milliseconds{0},
            [&req, to, wanted](std::variant<order_reply, failure> answer) { to(moved(std::move(answer), wanted, req.id)); });
}

/// `off_diagram` is what is wrong with the move, unless an earlier request with the same key has made it.
void move_if_repeated(dialect& api, const request& req, const responder& to, order_id id, order_action action,
                      order_status wanted, const problem& off_diagram) {
  const auto claim = claim_of_order_command(req, id, api.context.time.now());
  if (!claim) return to(problem_json(off_diagram, req.id));
  auto known = std::make_shared<bool>(false);
  api.context.bridge.look_up([known, input = *claim](reader& from) { *known = from.find_claim(input).has_value(); },
                             [&api, &req, to, id, action = std::move(action), wanted, off_diagram, known](const failure& why) {
                               if (why.code != errc::none) return to(problem_json(problem_of(why), req.id));
                               if (!*known) return to(problem_json(off_diagram, req.id));
                               move(api, req, to, id, action, wanted);
                             });
}

order_action settlement(const operator_resolution& word, const std::string& by) {
  switch (word.what) {
    case resolution_target::payment: return resolve_attempt{word.transaction, word.why, by};
    case resolution_target::shipment: return resolve_shipment{word.why, by};
    case resolution_target::refund: return resolve_refund{word.number, word.yes, word.why, by};
    case resolution_target::capture: return resolve_capture{word.transaction, word.yes, word.why, by};
    case resolution_target::matter: return resolve_matter{word.number, word.why, by};
  }
  ORDERFLOW_UNREACHABLE("resolution_target");
}

/// For the audit log.
std::string words_of(const operator_resolution& word) {
  switch (word.what) {
    case resolution_target::payment: return word.yes ? "captured" : "not captured";
    case resolution_target::shipment: return "shipment";
    case resolution_target::refund:
      return "refund " + std::to_string(word.number) + (word.yes ? " returned" : " to be tried again");
    case resolution_target::capture: return "capture " + word.transaction + (word.yes ? " held" : " known by another name");
    case resolution_target::matter: return "matter " + std::to_string(word.number) + " looked at";
  }
  ORDERFLOW_UNREACHABLE("resolution_target");
}

}  // namespace

void put_status(dialect& api, const request& req, const responder& to) {
  const auto id = order_in_path(req);
  if (!id) return to(problem_json(order_not_found(), req.id));
  auto decoded = decode_status(req.body, api.settings);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(problem_json(*wrong, req.id));
  // The present status again changes nothing, whatever else the body says; that is known only from the order. Where a key is
  // given the order asks for it before anything else: a repeat names the version and leaves the status that the first one met.
  look_at(api.context, req, *id, version_to_look_at(req),
          [&api, &req, to, id = *id, input = std::get<status_body>(decoded)](const order_or_problem& outcome) {
            if (const auto* wrong = std::get_if<problem>(&outcome)) return to(problem_json(*wrong, req.id));
            const auto& now = *std::get<order_reply>(outcome).now;
            if (now.status == input.status)
              return note_key(api.context, req, std::get<order_reply>(outcome), [&req, to](const order_or_problem& noted) {
                const auto* wrong = std::get_if<problem>(&noted);
                to(wrong ? problem_json(*wrong, req.id) : reply_of_order(200, *std::get<order_reply>(noted).now));
              });
            auto action = action_for(input, now);
            if (!action)
              return to(problem_json(refused_move(now, input.status, refusal::status_must_not_be_set_by_hand), req.id));
            if (const auto off_diagram = check_diagram(now, input.status))
              return move_if_repeated(api, req, to, id, std::move(*action), input.status, *off_diagram);
            move(api, req, to, id, std::move(*action), input.status);
          });
}

void delete_order(dialect& api, const request& req, const responder& to) {
  const auto id = order_in_path(req);
  if (!id) return to(problem_json(order_not_found(), req.id));
  move(api, req, to, *id, cancel_order{}, order_status::cancelled);
}

void post_resolution(dialect& api, const request& req, const responder& to) {
  const auto id = order_in_path(req);
  if (!id) return to(problem_json(order_not_found(), req.id));
  auto decoded = decode_resolution(req.body);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(problem_json(*wrong, req.id));
  auto& word = std::get<operator_resolution>(decoded);
  order_request ask;
  ask.order = *id;
  const auto what = words_of(word);
  ask.command = order_command{settlement(word, req.from.subject), api.context.time.now()};
  ask_order(api.context, req, std::move(ask), milliseconds{0},
            [&api, &req, to, id = *id, what, why = word.why](std::variant<order_reply, failure> answer) {
              const auto outcome = outcome_of(std::move(answer));
              if (const auto* wrong = std::get_if<problem>(&outcome)) return to(problem_json(*wrong, req.id));
              api.context.audit.record("attempt-settled", req.from,
                                       {{"order", std::to_string(id.value)}, {"as", what}, {"reason", why}});
              to(reply_of_order(200, *std::get<order_reply>(outcome).now));
            });
}

}  // namespace orderflow::orders_v1
