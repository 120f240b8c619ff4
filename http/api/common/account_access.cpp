#include "http/api/common/account_access.hpp"

#include "base/unicode.hpp"
#include "http/api/common/reading.hpp"

namespace orderflow {

std::optional<account_key> account_for(const principal& who, std::string_view user) {
  const auto is_id = !user.empty() && user.size() <= max_text && is_storable_text(user);
  if (!is_id || (who.as == role::customer && who.subject != user)) return std::nullopt;
  return account_key{who.tenant, std::string{user}};
}

problem user_not_found() { return not_found("user_must_exist", "User not found"); }

account_or_problem outcome_of(std::variant<account_reply, failure> answered) {
  if (const auto* failed = std::get_if<failure>(&answered)) return problem_of(*failed);
  auto& told = std::get<account_reply>(answered);
  switch (told.outcome) {
    case account_outcome::done:
    case account_outcome::repeated: return std::move(told.now);
    case account_outcome::quantity_out_of_range: return problem_of(refusal::quantity_must_be_in_range);
    case account_outcome::too_many_lines: return problem_of(refusal::lines_must_not_be_too_many);
    case account_outcome::other_body: break;
  }
  problem made;
  made.status = 422;
  made.word = "idempotency_key_must_not_be_reused";
  made.detail = "This Idempotency-Key came with another body before; use a new key for a new request.";
  return made;
}

void command_account(handler_context& context, const request& req, const account_key& who, account_command command,
                     std::function<void(account_or_problem)> done, std::string_view part) {
  account_request ask{who, std::move(command), context.time.now(), std::nullopt};
  auto key = key_of_command(req, {who.user, part}, ask.at);
  // A key that is not well-formed does not come this far: the request pipeline refuses it.
  if (auto* claim = std::get_if<std::optional<key_claim>>(&key)) ask.key = std::move(*claim);
  context.bridge.account(std::move(ask), [done = std::move(done)](std::variant<account_reply, failure> answer) {
    done(outcome_of(std::move(answer)));
  });
}

void look_at_account(handler_context& context, const account_key& who, std::function<void(account_or_problem)> done) {
  context.bridge.account(
      {who, std::nullopt, context.time.now(), std::nullopt},
      [done = std::move(done)](std::variant<account_reply, failure> answer) { done(outcome_of(std::move(answer))); });
}

}  // namespace orderflow
