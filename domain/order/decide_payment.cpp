// Charging the customer: attempts, their outcomes, and money that comes unasked.
#include <algorithm>

#include "domain/order/money_totals.hpp"
#include "domain/order/pending_effects.hpp"
#include "domain/order/rules.hpp"

namespace orderflow {
namespace {

constexpr std::string_view waived_method = "waived";
constexpr std::string_view external_method = "external";

bool in_progress(const order& now, uint32_t attempt) {
  return now.status == order_status::payment_processing && attempt == now.current_attempt();
}

/// An operator has settled it, and what the gateway knows of it is not told yet.
bool is_asked_about(const order& now, uint32_t attempt) {
  return attempt >= 1 && attempt <= now.attempts.size() && now.attempts[attempt - 1].asked_about;
}

decision pay_when_stock_is_held(const order& now, const std::string& method) {
  if (!now.requested_method) return follows(payment_requested{method});
  return *now.requested_method == method ? as_before() : refuse(refusal::payment_must_use_the_same_method);
}

decision start_attempt(const order& now, const std::string& method) {
  if (now.current_attempt() >= max_attempts) return refuse(refusal::attempts_must_not_be_exhausted);
  decision result;
  begin_payment(now.total, method, result.events);
  return result;
}

/// A cancel request, or D3's place, turns a definite decline into the end of the order.
void cancel_if_requested(const order& now, std::vector<order_event>& events) {
  if (now.cancel_requested)
    events.emplace_back(order_cancelled{cancel_reason::customer});
  else if (now.expiry_requested)
    events.emplace_back(order_cancelled{cancel_reason::expired});
  else if (now.decline_cancels)
    events.emplace_back(order_cancelled{cancel_reason::declined});
}

/// A capture with an identity: where the gateway names no transaction, the key of the charge stands for it.
struct capture {
  uint32_t attempt = 0;
  std::string transaction;
  minor_units amount = 0;
};

capture identified(const order& now, const money_was_captured& report) {
  auto transaction = report.transaction.empty() ? key_of(now.id, charge_payment{report.attempt}) : report.transaction;
  return {report.attempt, std::move(transaction), std::max<minor_units>(0, report.amount)};
}

/// The attempt has been captured. (A waived one took no money, so it explains none.)
bool has_its_money(const order& now, uint32_t attempt) {
  if (attempt < 1 || attempt > now.attempts.size()) return false;
  const auto& one = now.attempts[attempt - 1];
  return one.status == attempt_status::captured && !one.transaction.empty();
}

/// The names that we ourselves have for a capture: they tell nothing about which transaction of the gateway's it is.
bool is_our_name(const order& now, uint32_t attempt, const std::string& transaction) {
  return transaction == key_of(now.id, charge_payment{attempt}) ||
         transaction == std::to_string(now.id.value * 100 + static_cast<int64_t>(attempt));
}

/// The unmatched capture is this money: it has its name, or its attempt and one of the two has no name but ours. (A charge is one
/// transaction of the gateway's.)
bool is_same(const order& now, const unmatched_capture& one, const capture& money) {
  if (one.transaction == money.transaction || is_our_name(now, money.attempt, one.transaction)) return true;
  return money.attempt != 0 && one.attempt == money.attempt && is_our_name(now, money.attempt, money.transaction);
}

/// Likewise for the money that pays for the order.
bool is_accepted(const order& now, const capture& money) {
  const auto has_the_name = [&](const payment_attempt& one) { return one.transaction == money.transaction; };
  if (now.early_capture == money.transaction || std::ranges::any_of(now.attempts, has_the_name)) return true;
  return has_its_money(now, money.attempt) && (is_our_name(now, money.attempt, money.transaction) ||
                                               is_our_name(now, money.attempt, now.attempts[money.attempt - 1].transaction));
}

/// How much of this money is recorded; nothing where it is new.
std::optional<minor_units> booked(const order& now, const capture& money) {
  const auto accepted = is_accepted(now, money);
  auto known = accepted;
  auto sum = accepted ? now.accepted : 0;
  for (const auto& one : now.unmatched) {
    if (!is_same(now, one, money)) continue;
    if (one.why == unmatched_reason::same_money) return money.amount;
    known = true;
    sum = saturating_add(sum, one.amount);
  }
  return known ? std::optional{sum} : std::nullopt;
}

unmatched_capture_recorded unmatched(const capture& money, unmatched_reason why) {
  return {money.attempt, money.transaction, money.amount, why};
}

/// A person is to look at this figure already.
bool is_open(const order& now, operator_reason reason, const capture& money) {
  return std::ranges::any_of(now.matters, [&](const operator_matter& one) {
    return one.reason == reason && one.detail == money.transaction && one.amount == money.amount;
  });
}

/// The gateway has told two figures for one capture. The larger one is money that we hold until a person knows better.
decision told_again(const order& now, const capture& money, minor_units known) {
  if (money.amount == known) return as_before();
  constexpr auto reason = operator_reason::capture_of_other_figure;
  auto matter = next_matter(now, reason, money.transaction, money.amount, money.attempt);
  if (money.amount > known)
    return follows(unmatched({money.attempt, money.transaction, money.amount - known}, unmatched_reason::surplus),
                   std::move(matter));
  return is_open(now, reason, money) ? as_before() : follows(std::move(matter));
}

/// Its attempt has brought money that was not the right amount.
bool has_wrong_money(const order& now, uint32_t attempt) {
  return std::ranges::any_of(now.unmatched, [&](const unmatched_capture& one) {
    return attempt != 0 && one.attempt == attempt && one.why == unmatched_reason::wrong_amount;
  });
}

operator_needed wrong_amount(const order& now, const capture& money) {
  return next_matter(now, operator_reason::capture_of_wrong_amount, money.transaction, money.amount, money.attempt);
}

decision capture_settles_attempt(const order& now, const capture& money) {
  if (money.amount == now.total) {
    auto result = follows(payment_captured{money.transaction, money.amount});
    // Only the customer's own request gives a paid order up; one that has merely become due is paid in time.
    if (now.cancel_requested) result.events.emplace_back(order_cancelled{cancel_reason::customer});
    return result;
  }
  auto result = follows(payment_declined{money.attempt, money.amount > 0 ? "captured another amount" : "nothing was captured"});
  if (money.amount > 0) result.events.emplace_back(unmatched(money, unmatched_reason::wrong_amount));
  result.events.emplace_back(wrong_amount(now, money));
  cancel_if_requested(now, result.events);
  return result;
}

/// Money that does not pay and goes back. A sum that was never asked for is for a person to look at, wherever the order is.
decision goes_back(const order& now, const capture& money) {
  if (money.amount == now.total) return follows(unmatched(money, unmatched_reason::late));
  return follows(unmatched(money, unmatched_reason::wrong_amount), wrong_amount(now, money));
}

decision capture_before_stock(const order& now, const capture& money) {
  const auto pays = money.amount == now.total && now.early_capture.empty();
  return pays ? follows(early_capture_recorded{money.transaction, money.amount}) : goes_back(now, money);
}

/// The gateway has taken the right money on an attempt that was given up: the customer wanted the order, so it is paid.
decision capture_while_waiting(const order& now, const capture& money) {
  if (money.amount != now.total || now.current_attempt() >= max_attempts)
    return follows(unmatched(money, unmatched_reason::wrong_amount), wrong_amount(now, money));
  const auto known = money.attempt >= 1 && money.attempt <= now.attempts.size();
  auto method = known ? now.attempts[money.attempt - 1].method : std::string{external_method};
  return follows(payment_started{std::move(method)}, payment_captured{money.transaction, money.amount});
}

/// The attempt has its money, and this has another name: a second capture, or the same one by a number of somebody else's. To
/// return the only payment would be as wrong as to keep two, and only a person can ask the gateway which it is.
decision capture_under_other_name(const order& now, const capture& money) {
  constexpr auto reason = operator_reason::capture_under_other_name;
  const auto is_open = [&](const operator_matter& one) { return one.reason == reason && one.detail == money.transaction; };
  if (std::ranges::any_of(now.matters, is_open)) return as_before();
  return follows(next_matter(now, reason, money.transaction, money.amount, money.attempt));
}

bool is_foreign(const order& now, std::optional<currency> money) { return money && *money != now.money; }

/// Minor units of another currency are no amount that could pay for the order or be set off against it, and to return them is
/// nothing that the order's own refunds could do. Its attempt stays open: the gateway may yet tell it in the right one.
decision capture_in_other_currency(const order& now, const capture& money, currency in) {
  const auto is_it = [&](const foreign_capture& one) { return one.transaction == money.transaction && one.money == in; };
  const auto known = std::ranges::find_if(now.foreign_captures, is_it);
  const auto before = known == now.foreign_captures.end() ? 0 : known->amount;
  if (money.amount == before) return as_before();
  constexpr auto reason = operator_reason::capture_in_other_currency;
  auto matter = next_matter(now, reason, money.transaction, money.amount, money.attempt);
  matter.money = in;
  // As in `told_again`: the larger figure counts until a person knows better.
  if (money.amount > before)
    return follows(foreign_capture_recorded{money.attempt, money.transaction, money.amount, in}, std::move(matter));
  return is_open(now, reason, money) ? as_before() : follows(std::move(matter));
}

/// The operator has counted money of another currency as this payment: nothing of it is left to be seen to.
void close_what_was_counted(const order& now, const capture& money, std::vector<order_event>& events) {
  for (const auto& one : now.matters)
    if (one.reason == operator_reason::capture_in_other_currency && one.detail == money.transaction)
      events.emplace_back(matter_closed{one.number});
}

decision declined(const order& now, uint32_t attempt, const std::string& reason) {
  auto result = follows(payment_declined{attempt, reason});
  cancel_if_requested(now, result.events);
  return result;
}

decision captured(const order& now, const capture& money) {
  if (const auto known = booked(now, money)) return told_again(now, money, *known);
  if (in_progress(now, money.attempt)) return capture_settles_attempt(now, money);
  if (money.amount == 0) return as_before();
  if (has_its_money(now, money.attempt)) return capture_under_other_name(now, money);
  // It may be the same money under another name, of which some is on its way back: it cannot pay for the order.
  if (has_wrong_money(now, money.attempt))
    return follows(unmatched(money, unmatched_reason::second_name), wrong_amount(now, money));
  switch (stage_of(now)) {
    case stage::awaiting_stock: return capture_before_stock(now, money);
    case stage::awaiting_payment: return capture_while_waiting(now, money);
    case stage::nothing:
    case stage::awaiting_checkout:
    case stage::payment_processing:
    case stage::paid:
    case stage::shipped:
    case stage::delivered:
    case stage::cancelled: return goes_back(now, money);
  }
  ORDERFLOW_UNREACHABLE("stage");
}

}  // namespace

void begin_payment(minor_units total, const std::optional<std::string>& requested_method, std::vector<order_event>& events) {
  if (total == 0) {
    events.emplace_back(payment_started{std::string{waived_method}});
    events.emplace_back(payment_captured{});
  } else if (requested_method) {
    events.emplace_back(payment_started{*requested_method});
  }
}

decision decide_one(const order& now, const pay_order& command, timestamp) {
  switch (stage_of(now)) {
    case stage::awaiting_checkout: return refuse(refusal::order_must_be_checked_out);
    case stage::awaiting_stock: return pay_when_stock_is_held(now, command.method);
    case stage::awaiting_payment: return start_attempt(now, command.method);
    case stage::payment_processing:
      return now.attempts.back().method == command.method ? as_before() : refuse(refusal::payment_must_use_the_same_method);
    case stage::nothing:
    case stage::paid:
    case stage::shipped:
    case stage::delivered: return as_before();
    case stage::cancelled: return refuse(refusal::order_must_not_be_cancelled);
  }
  ORDERFLOW_UNREACHABLE("stage");
}

decision decide_one(const order& now, const resolve_attempt& command, timestamp) {
  if (now.status != order_status::payment_processing) return refuse(refusal::attempt_must_be_open);
  const auto attempt = now.current_attempt();
  const capture money{attempt, command.transaction, now.total};
  const auto captured = !command.transaction.empty();
  // This transaction was another attempt's: it cannot be the money of this one as well.
  if (captured && booked(now, money)) return refuse(refusal::attempt_must_be_open);
  auto outcome = captured ? capture_settles_attempt(now, money) : declined(now, attempt, command.why);
  if (captured) close_what_was_counted(now, money, outcome.events);
  operator_resolved word{captured ? "attempt captured" : "attempt not captured", command.why, command.by};
  outcome.events.insert(outcome.events.begin(), {std::move(word), charge_question_opened{attempt}});
  return outcome;
}

decision decide_one(const order& now, const money_was_captured& report, timestamp) {
  const auto money = identified(now, report);
  auto result = is_foreign(now, report.money) ? capture_in_other_currency(now, money, *report.money) : captured(now, money);
  if (is_asked_about(now, report.attempt)) result.events.emplace_back(charge_question_closed{report.attempt});
  return result;
}

decision decide_one(const order& now, const payment_was_declined& report, timestamp) {
  // Of a payment in another currency we know nothing: it is not the one that was asked for.
  const auto is_ours = !is_foreign(now, report.money);
  if (in_progress(now, report.attempt)) return is_ours ? declined(now, report.attempt, report.reason) : as_before();
  decision result;
  // What was told as captured, by the gateway or an operator, is told as nothing now.
  if (is_ours && has_its_money(now, report.attempt))
    result = told_again(now, {report.attempt, now.attempts[report.attempt - 1].transaction, 0}, now.accepted);
  if (is_asked_about(now, report.attempt)) result.events.emplace_back(charge_question_closed{report.attempt});
  return result;
}

decision decide_one(const order& now, const payment_has_no_answer& report, timestamp) {
  const auto pending_delivery = in_progress(now, report.attempt) && now.attempts.back().status == attempt_status::started;
  return pending_delivery ? follows(payment_unknown{report.attempt}) : as_before();
}

decision decide_one(const order& now, const payment_was_not_found& report, timestamp) {
  return is_asked_about(now, report.attempt) ? follows(charge_question_closed{report.attempt}) : as_before();
}

decision decide_one(const order& now, const charge_is_unknown& report, timestamp) {
  constexpr auto reason = operator_reason::charge_unknown_to_gateway;
  const auto is_open = [&](const operator_matter& one) { return one.reason == reason && one.about == report.attempt; };
  if (!in_progress(now, report.attempt) || std::ranges::any_of(now.matters, is_open)) return as_before();
  return follows(next_matter(now, reason, {}, now.total, report.attempt));
}

}  // namespace orderflow
