#include "http/api/common/handler_context.hpp"

#include <algorithm>
#include <boost/algorithm/string/predicate.hpp>

#include "base/whole_number.hpp"
#include "http/pipeline/list_field.hpp"

namespace orderflow {

namespace {

std::string_view unquoted(std::string_view text) {
  return text.size() >= 2 && text.starts_with('"') && text.ends_with('"') ? text.substr(1, text.size() - 2) : text;
}

}  // namespace

order_or_problem outcome_of(std::variant<order_reply, failure> answered) {
  if (const auto* error = std::get_if<failure>(&answered)) return problem_of(*error);
  auto& reply = std::get<order_reply>(answered);
  switch (reply.outcome) {
    case order_outcome::done:
    case order_outcome::accepted:
    case order_outcome::repeated: return std::move(reply);
    case order_outcome::refused:
      return problem_of(reply.why, reply.why == refusal::order_must_exist ? std::string{"Order not found"} : std::string{});
    case order_outcome::other_body: return key_has_other_body();
    case order_outcome::version_differs: return version_must_match();
    case order_outcome::version_is_excluded: return version_must_be_another();
  }
  return problem_of(failure{});
}

problem order_not_found() { return problem_of(refusal::order_must_exist, "Order not found"); }

problem payment_not_found() { return not_found("payment_must_exist", "Payment not found"); }

problem product_not_found() { return not_found("product_must_exist", "Product not found"); }

milliseconds wait_of(std::string_view prefer, milliseconds usual, milliseconds most) {
  bool async = false;
  while (!prefer.empty()) {
    auto preference = take_element(prefer, ',');
    const auto words = take_element(preference, ';');  // What follows are its parameters; none is known here.
    const auto equals = std::min(words.find('='), words.size());
    const auto name = without_blanks(words.substr(0, equals));
    if (boost::algorithm::iequals(name, "respond-async")) async = true;
    if (!boost::algorithm::iequals(name, "wait")) continue;
    const auto seconds = whole_number<uint32_t>(unquoted(without_blanks(words.substr(std::min(equals + 1, words.size())))));
    if (seconds) return std::min(most, milliseconds{int64_t{*seconds} * 1000});
    break;  // Of a preference that is there twice the first counts (§2).
  }
  return async ? milliseconds{0} : std::min(usual, most);
}

std::optional<version_condition> version_to_look_at(const request& req) {
  return req.headers.idempotency_key.empty() ? version_condition_of(req) : std::nullopt;
}

problem key_has_other_body() {
  problem made;
  made.status = 422;
  made.word = "idempotency_key_must_not_be_reused";
  made.detail = "This Idempotency-Key came with another body before; use a new key for a new intent.";
  return made;
}

std::optional<key_claim> claim_of_order_command(const request& req, order_id order, timestamp at) {
  auto key = key_of_order_command(req, order, at);
  auto* claim = std::get_if<std::optional<key_claim>>(&key);
  return claim == nullptr ? std::nullopt : std::move(*claim);
}

void ask_order(handler_context& context, const request& req, order_request command, milliseconds timeout,
               answered<order_reply> done) {
  if (command.command) {
    if (auto claim = claim_of_order_command(req, command.order, command.command->at)) command.key = std::move(claim);
    if (!command.if_version) command.if_version = version_condition_of(req);
  }
  const bool waits = timeout.count() > 0 && context.admission.enter_wait();
  command.from = req.from;
  command.when = waits ? answer_when::settled : answer_when::committed;
  context.bridge.ask(std::move(command), waits ? timeout : commit_timeout,
                     [&admission = context.admission, waits, done = std::move(done)](std::variant<order_reply, failure> answer) {
                       if (waits) admission.leave_wait();
                       done(std::move(answer));
                     });
}

namespace {

void show(handler_context& context, const request& req, order_request look, std::function<void(order_or_problem)> done) {
  ask_order(context, req, std::move(look), milliseconds{0},
            [done = std::move(done)](std::variant<order_reply, failure> answer) { done(outcome_of(std::move(answer))); });
}

}  // namespace

void look_at(handler_context& context, const request& req, order_id id, std::optional<version_condition> if_version,
             std::function<void(order_or_problem)> done) {
  order_request look;
  look.order = id;
  look.if_version = std::move(if_version);
  show(context, req, std::move(look), std::move(done));
}

void note_key(handler_context& context, const request& req, const order_reply& seen, std::function<void(order_or_problem)> done) {
  auto claim = claim_of_order_command(req, seen.now->id, context.time.now());
  if (!claim) return done(seen);
  order_request look;
  look.order = seen.now->id;
  look.key = std::move(claim);
  look.repeat = true;
  look.if_version = version_condition_of(req);
  show(context, req, std::move(look), std::move(done));
}

void narrow_to(const principal& who, order_query& query) {
  query.tenant = who.tenant;
  if (who.as == role::customer) query.owner = who.subject;
}

void sign_for(const principal& who, std::string_view dialect, std::string_view customer, provenance& source) {
  source.owner = who.as == role::customer || customer.empty() ? std::string_view{who.subject} : customer;
  source.creator = who.subject;
  source.tenant = who.tenant;
  source.origin = dialect;
}

}  // namespace orderflow
