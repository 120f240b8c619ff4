#include "http/dialects/own_account.hpp"

#include "base/unicode.hpp"
#include "http/dialects/reading.hpp"

namespace orderflow {

std::optional<account_key> account_for(const principal& who, std::string_view user) {
  const auto is_id = !user.empty() && user.size() <= max_text && is_storable_text(user);
  if (!is_id || (who.as == role::customer && who.subject != user)) return std::nullopt;
  return account_key{who.tenant, std::string{user}};
}

problem user_not_found() { return not_found("user_must_exist", "User not found"); }

account_outcome outcome_of(std::variant<account_reply, world_error> answered) {
  if (const auto* failed = std::get_if<world_error>(&answered)) return problem_of(*failed);
  auto& told = std::get<account_reply>(answered);
  switch (told.verdict) {
    case account_verdict::done:
    case account_verdict::repeated: return std::move(told.now);
    case account_verdict::quantity_out_of_range: return problem_of(refusal::quantity_must_be_in_range);
    case account_verdict::too_many_lines: return problem_of(refusal::lines_must_not_be_too_many);
    case account_verdict::other_body: break;
  }
  problem made;
  made.status = 422;
  made.word = "idempotency_key_must_not_be_reused";
  made.detail = "This Idempotency-Key came with another body before; use a new key for a new request.";
  return made;
}

void command_account(edge& on, const request& asked, const account_key& who, account_command wish,
                     std::function<void(account_outcome)> done, std::string_view part) {
  account_request ask{who, std::move(wish), on.time.now(), std::nullopt};
  auto key = key_of_command(asked, {who.user, part}, ask.at);
  // A key that is not well-formed does not come this far: the front door refuses it.
  if (auto* claim = std::get_if<std::optional<key_claim>>(&key)) ask.key = std::move(*claim);
  on.bridge.account(std::move(ask), [done = std::move(done)](std::variant<account_reply, world_error> answer) {
    done(outcome_of(std::move(answer)));
  });
}

void look_at_account(edge& on, const account_key& who, std::function<void(account_outcome)> done) {
  on.bridge.account(
      {who, std::nullopt, on.time.now(), std::nullopt},
      [done = std::move(done)](std::variant<account_reply, world_error> answer) { done(outcome_of(std::move(answer))); });
}

}  // namespace orderflow
