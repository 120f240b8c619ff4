#include "domain/order/payment_amounts.hpp"

#include <algorithm>

#include "base/whole_number.hpp"
#include "domain/order/money_totals.hpp"

namespace orderflow {
namespace {

/// Takes up to `most` out of what is left.
minor_units take(minor_units& left, minor_units most) {
  const auto taken = std::clamp<minor_units>(most, 0, left);
  left -= taken;
  return taken;
}

void add(capture_amounts& to, const std::string& transaction, minor_units captured, minor_units refunded) {
  if (to.transaction.empty()) to.transaction = transaction;
  to.captured = saturating_add(to.captured, captured);
  to.refunded = saturating_add(to.refunded, refunded);
}

}  // namespace

payment_amounts payment_amounts_of(const order& now) {
  payment_amounts made;
  made.attempts.resize(now.attempts.size());
  auto left = refunded_sum(now);
  auto of_accepted = take(left, now.granted);
  for (const auto& unmatched : now.unmatched) {
    if (unmatched.why == unmatched_reason::same_money) continue;
    const auto ours = unmatched.attempt >= 1 && unmatched.attempt <= made.attempts.size();
    auto& to = ours ? made.attempts[unmatched.attempt - 1] : made.others.emplace_back();
    add(to, unmatched.transaction, unmatched.amount, take(left, unmatched.amount));
  }
  of_accepted += take(left, now.accepted - of_accepted);
  for (size_t at = 0; at < made.attempts.size(); ++at) {
    const auto& attempt = now.attempts[at];
    if (attempt.status == attempt_status::captured) add(made.attempts[at], attempt.transaction, now.accepted, of_accepted);
  }
  if (now.accepted > 0)
    made.payment = {now.accepted, of_accepted, {}};
  else
    made.payment = {captured_sum(now), refunded_sum(now), {}};
  return made;
}

std::optional<int64_t> transaction_number_of(const order& now, uint32_t attempt) {
  const auto ours = now.id.value * 100 + static_cast<int64_t>(attempt);
  if (attempt < 1 || attempt > now.attempts.size()) return ours;
  const auto number_in = [](const std::string& text) {
    const auto number = whole_number<int64_t>(text);
    return number && *number > 0 ? number : std::nullopt;
  };
  const auto& tried = now.attempts[attempt - 1];
  if (tried.status == attempt_status::captured || !tried.transaction.empty()) return number_in(tried.transaction).value_or(ours);
  const auto unmatched = std::ranges::find(now.unmatched, attempt, &unmatched_capture::attempt);
  return unmatched == now.unmatched.end() ? ours : number_in(unmatched->transaction);
}

}  // namespace orderflow
