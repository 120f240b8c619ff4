// What becomes of a refund: others may have returned money before it, and the gateway may not say that it made it.
#include <algorithm>

#include "actors/outbound/payment_actor.hpp"
#include "base/log.hpp"

namespace orderflow {

namespace {

/// A refund that has been tried in vain so often is worth a line.
constexpr uint32_t tries_before_line = 3;

}  // namespace

/// Where more has gone back than the order was told, it comes to know of that first: it may not owe the refund any more.
void payment_state::told_returned(const refund_answer& answer, call& one) {
  if (answer.money && *answer.money != one.money)
    return refund_stays_open({answer.key, refund_answer_status::not_shown, 0, "the payment is in another currency"}, one);
  answers_again();
  if (one.only_asked) {
    tell(one.order, refund_was_seen{answer.cumulative});
    return forget(answer.key);
  }
  one.settled_from = std::max(one.settled_from, checked_add(answer.cumulative, one.amount).value_or(one.settled_from));
  const bool is_new = answer.cumulative > one.returned;
  if (is_new) {
    one.returned = answer.cumulative;
    tell(one.order, refund_was_not_shown{one.number, answer.cumulative});
    return pause(answer.key, one, true);
  }
  stop_asking(one);
  one.next = question::refund;
  one.phase = call_phase::queued;
  lane_of(one).queue.push(answer.key);
  pump();
}

/// An answer without the outcome is no sign that the gateway is away.
void payment_state::refund_stays_open(const refund_answer& answer, call& one) {
  one.is_answered = answer.status != refund_answer_status::failed;
  if (one.is_answered)
    answers_again();
  else
    fails(one, answer.reason);
  one.reason = answer.reason;
  const bool unsent = answer.unsent || one.next == question::returned;
  if (answer.unsent && one.next == question::refund) one.sent = one.sent_before;
  if (one.only_asked && (!one.sent || was_asked_long_enough(one))) return forget(answer.key);
  // A gateway that answers and never says how much has gone back still has to return the money.
  const bool asked_in_vain = one.next == question::returned && !answer.unsent && one.tries >= tries_before_line;
  if (!one.sent) one.next = asked_in_vain ? question::refund : first_question_of_refund();
  if (answer.cumulative > one.returned) {
    one.returned = answer.cumulative;
    tell(one.order, refund_was_not_shown{one.number, answer.cumulative});
  }
  // What may have been sent is not sent again without keys: once it is not shown for long, only a person can find out.
  const bool waits_for_a_person = one.sent && !one.only_asked && !gateway_.honours_keys();
  if (answer.status == refund_answer_status::not_shown && waits_for_a_person && is_unknown_there(one))
    tell(one.order, refund_is_unknown{one.number});
  log_debug("refund-failed", {{"key", answer.key}, {"tries", one.tries}, {"because", answer.reason}});
  if (one.tries == tries_before_line)
    log_warn("refund-waits", {{"order", one.order.value}, {"key", answer.key}, {"tries", one.tries}, {"because", answer.reason}});
  pause(answer.key, one, unsent);
}

}  // namespace orderflow
