// Moving an order along the document's diagram: PUT status, DELETE, and the operator's settle.
#include "base/assert.hpp"
#include "codec/order_json.hpp"
#include "domain/order/evolve.hpp"
#include "http/dialects/d4.hpp"

namespace orderflow {

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

/// The method that an attempt is made with where the caller names none: the one the order knows.
std::string usual_method(const order& now) {
  if (now.pay_wish) return *now.pay_wish;
  return now.attempts.empty() ? "ok" : now.attempts.back().method;
}

/// The command behind a wanted status; none where a status is an outcome and not a command.
std::optional<order_action> action_for(const d4_status_wish& wish, const order& now) {
  switch (wish.status) {
    case order_status::pending:
    case order_status::paid: return std::nullopt;
    case order_status::payment_processing: return pay_order{wish.payment_method.value_or(usual_method(now))};
    case order_status::shipped: return ship_order{wish.tracking};
    case order_status::delivered: return deliver_order{};
    case order_status::cancelled: return cancel_order{};
  }
  return std::nullopt;
}

/// A new attempt and a booking are worth waiting for; the rest is done when it is durable.
bool ends_later(order_status wanted) { return wanted == order_status::payment_processing || wanted == order_status::shipped; }

reply moved(std::variant<order_reply, world_error> answer, order_status wanted, std::string_view request_id) {
  if (const auto* raw = std::get_if<order_reply>(&answer); raw != nullptr && raw->verdict == order_verdict::refused && raw->now) {
    return problem_json(refused_move(*raw->now, wanted, raw->why), request_id);
  }
  const auto outcome = outcome_of(std::move(answer));
  if (const auto* wrong = std::get_if<problem>(&outcome)) return problem_json(*wrong, request_id);
  const auto& done = std::get<order_reply>(outcome);
  const bool tried_to_pay = wanted == order_status::payment_processing && settled(*done.now);
  const bool there = done.now->status == wanted || tried_to_pay;
  return d4_order_reply(there && done.verdict != order_verdict::later ? 200 : 202, *done.now);
}

/// `off_diagram`: what is wrong with the move unless an earlier request with the same key has made it.
void move(d4_dialect& with, const request& asked, const responder& to, order_id id, order_action action, order_status wanted,
          std::optional<problem> off_diagram = std::nullopt) {
  order_request ask;
  ask.order = id;
  ask.command = order_command{std::move(action), with.on.time.now()};
  const auto patience = patience_of(asked.headers.prefer, with.settings.usual_wait, with.settings.longest_wait);
  ask_order(with.on, asked, std::move(ask), ends_later(wanted) ? patience : milliseconds{0},
            [&asked, to, wanted, off_diagram = std::move(off_diagram)](std::variant<order_reply, world_error> answer) {
              const auto* raw = std::get_if<order_reply>(&answer);
              const bool made = raw != nullptr && (raw->verdict == order_verdict::done || raw->verdict == order_verdict::later);
              to(off_diagram && made ? problem_json(*off_diagram, asked.id) : moved(std::move(answer), wanted, asked.id));
            });
}

order_action settlement(const d4_settlement& word, const std::string& by) {
  switch (word.what) {
    case settlement_of::payment: return settle_attempt{word.transaction, word.why, by};
    case settlement_of::shipment: return settle_shipment{word.why, by};
    case settlement_of::refund: return settle_refund{word.number, word.yes, word.why, by};
    case settlement_of::capture: return settle_capture{word.transaction, word.yes, word.why, by};
    case settlement_of::matter: return settle_matter{word.number, word.why, by};
  }
  ORDERFLOW_UNREACHABLE("settlement_of");
}

/// For the audit log.
std::string words_of(const d4_settlement& word) {
  switch (word.what) {
    case settlement_of::payment: return word.yes ? "captured" : "not captured";
    case settlement_of::shipment: return "shipment";
    case settlement_of::refund: return "refund " + std::to_string(word.number) + (word.yes ? " returned" : " to be tried again");
    case settlement_of::capture: return "capture " + word.transaction + (word.yes ? " held" : " known by another name");
    case settlement_of::matter: return "matter " + std::to_string(word.number) + " looked at";
  }
  ORDERFLOW_UNREACHABLE("settlement_of");
}

}  // namespace

void d4_put_status(d4_dialect& with, const request& asked, const responder& to) {
  const auto id = d4_order_in_path(asked);
  if (!id) return to(problem_json(order_not_found(), asked.id));
  auto decoded = d4_decode_status(asked.body, with.settings);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(problem_json(*wrong, asked.id));
  // The present status again changes nothing, whatever else the body says; that is known only from the order. Where a key is
  // given the order asks for it before anything else: a repeat names the version and leaves the status that the first one met.
  const bool keyed = !asked.headers.idempotency_key.empty();
  look_at(with.on, asked, *id, version_to_look_at(asked),
          [&with, &asked, to, keyed, id = *id, wish = std::get<d4_status_wish>(decoded)](const order_outcome& outcome) {
            if (const auto* wrong = std::get_if<problem>(&outcome)) return to(problem_json(*wrong, asked.id));
            const auto& now = *std::get<order_reply>(outcome).now;
            if (now.status == wish.status) return to(d4_order_reply(200, now));
            auto off_diagram = check_diagram(now, wish.status);
            if (off_diagram && !keyed) return to(problem_json(*off_diagram, asked.id));
            auto action = action_for(wish, now);
            if (!action)
              return to(problem_json(refused_move(now, wish.status, refusal::status_must_not_be_set_by_hand), asked.id));
            move(with, asked, to, id, std::move(*action), wish.status, std::move(off_diagram));
          });
}

void d4_cancel_order(d4_dialect& with, const request& asked, const responder& to) {
  const auto id = d4_order_in_path(asked);
  if (!id) return to(problem_json(order_not_found(), asked.id));
  move(with, asked, to, *id, cancel_order{}, order_status::cancelled);
}

void d4_settle(d4_dialect& with, const request& asked, const responder& to) {
  const auto id = d4_order_in_path(asked);
  if (!id) return to(problem_json(order_not_found(), asked.id));
  auto decoded = d4_decode_settlement(asked.body);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(problem_json(*wrong, asked.id));
  auto& word = std::get<d4_settlement>(decoded);
  order_request ask;
  ask.order = *id;
  const auto what = words_of(word);
  ask.command = order_command{settlement(word, asked.from.subject), with.on.time.now()};
  ask_order(
      with.on, asked, std::move(ask), milliseconds{0},
      [&with, &asked, to, id = *id, what, why = word.why](std::variant<order_reply, world_error> answer) {
        const auto outcome = outcome_of(std::move(answer));
        if (const auto* wrong = std::get_if<problem>(&outcome)) return to(problem_json(*wrong, asked.id));
        with.on.audit.record("attempt-settled", asked.from, {{"order", std::to_string(id.value)}, {"as", what}, {"reason", why}});
        to(d4_order_reply(200, *std::get<order_reply>(outcome).now));
      });
}

}  // namespace orderflow
