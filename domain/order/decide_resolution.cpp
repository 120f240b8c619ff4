// An operator's word on what waits for a person. (On an attempt and a booking: decide_payment.cpp, decide_shipping.cpp.)
#include <algorithm>

#include "domain/order/attention.hpp"
#include "domain/order/money_totals.hpp"
#include "domain/order/rules.hpp"

namespace orderflow {
namespace {

operator_resolved by(const auto& command, std::string what) { return {std::move(what), command.why, command.by}; }

/// What was true of matters that came up before they had numbers: the word itself closes them, but for a refused refund.
decision close_unnumbered(const order& now, const resolve_matter& command) {
  const auto open =
      now.matters.empty() && now.needs_operator != operator_reason::none && now.needs_operator != operator_reason::refund_refused;
  return open ? follows(by(command, "matter closed")) : refuse(refusal::matter_must_be_open);
}

/// To look at it is not enough: these have a word of their own that says what becomes of money.
bool is_about_money_to_move(operator_reason reason) {
  return reason == operator_reason::refund_refused || reason == operator_reason::refund_unknown_to_gateway ||
         reason == operator_reason::capture_under_other_name;
}

/// The gateway's cumulative figure with this refund, as it has not told it: what others have returned is besides.
minor_units figure_with(const order& now, uint32_t number) {
  return explained_refunds(now) - (started_refunds(now) - now.refunds[number - 1].amount);
}

}  // namespace

operator_needed next_matter(const order& now, operator_reason reason, std::string detail, minor_units amount, uint32_t about) {
  return {reason, std::move(detail), now.last_matter + 1, amount, about};
}

decision decide_one(const order& now, const resolve_refund& command, timestamp) {
  if (command.number < 1 || command.number > now.refunds.size()) return refuse(refusal::refund_must_be_refused);
  const auto name = "refund " + std::to_string(command.number);
  switch (now.refunds[command.number - 1].status) {
    case refund_status::started:
      if (command.returned)
        return follows(by(command, name + " returned"), refund_settled{command.number, figure_with(now, command.number)});
      break;
    case refund_status::refused:
      if (command.returned) return follows(by(command, name + " returned by other means"), refund_made_otherwise{command.number});
      break;
    case refund_status::settled:
    case refund_status::by_other_means: return command.returned ? as_before() : refuse(refusal::refund_must_be_refused);
    case refund_status::replaced: return command.returned ? refuse(refusal::refund_must_be_refused) : as_before();
  }
  return follows(by(command, name + " to be tried again"), refund_replaced{command.number});
}

decision decide_one(const order& now, const resolve_capture& command, timestamp) {
  const auto is_meant = [&](const operator_matter& one) {
    return one.reason == operator_reason::capture_under_other_name && one.detail == command.transaction;
  };
  const auto matter = std::ranges::find_if(now.matters, is_meant);
  if (matter == now.matters.end()) {
    // Said before, it is the same answer.
    const auto said = std::ranges::any_of(now.unmatched, [&](const unmatched_capture& one) {
      const auto why = command.held ? unmatched_reason::second_name : unmatched_reason::same_money;
      return one.transaction == command.transaction && one.why == why;
    });
    return said ? as_before() : refuse(refusal::matter_must_be_open);
  }
  unmatched_capture_recorded told{matter->about, matter->detail, 0, unmatched_reason::same_money};
  if (command.held) {
    told.amount = matter->amount;
    told.why = unmatched_reason::second_name;
  }
  return follows(by(command, command.held ? "capture held besides" : "capture known by another name"), std::move(told),
                 matter_closed{matter->number});
}

decision decide_one(const order& now, const resolve_matter& command, timestamp) {
  if (command.number == 0) return close_unnumbered(now, command);
  const auto matter = std::ranges::find(now.matters, command.number, &operator_matter::number);
  if (matter == now.matters.end()) return command.number <= now.last_matter ? as_before() : refuse(refusal::matter_must_be_open);
  if (is_about_money_to_move(matter->reason) || waits_for_its_attempt(now, *matter)) return refuse(refusal::matter_must_be_open);
  return follows(by(command, "matter " + std::to_string(command.number) + " closed"), matter_closed{command.number});
}

}  // namespace orderflow
