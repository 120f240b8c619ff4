// Payment: states beside the plain columns.
#include <catch2/catch_test_macros.hpp>

#include "domain/order/attention.hpp"
#include "tests/domain/order/given.hpp"

namespace orderflow {
namespace {

using namespace given;

constexpr timestamp due = start + std::chrono::minutes{30};

order declined_once() { return after(payment_processing(), {payment_was_declined{1, "expired_card"}}); }
order second_attempt() { return after(declined_once(), {pay_order{"other"}}); }
order with_cancel_request() { return after(payment_processing(), {cancel_order{}}); }
order with_expiry_request() { return after(payment_processing(), {deadline_has_come{deadline_kind::payment_due}}, due); }
minor_units started(const order& now) {
  minor_units sum = 0;
  for (const auto& refund : now.refunds) sum += refund.status == refund_status::started ? refund.amount : 0;
  return sum;
}
order early() { return after(awaiting_stock(), {money_was_captured{1, "t1", price}}); }
order placed_cart() {
  auto command = placing(tracked_lines(), "card");
  command.decline_cancels = true;
  return after({}, {command, stock_was_reserved{1}});
}

constexpr auto wrong_amount =
    "payment_declined(1) stray_capture_recorded(90) operator_needed(capture_of_wrong_amount) refund_started(90) [refund 1]";

}  // namespace

TEST_CASE("while an attempt is in progress its method joins it and another is refused") {
  CHECK(outcome(payment_processing(), pay_order{"card"}) == "=");
  CHECK(outcome(payment_processing(), pay_order{"other"}) == "! payment_must_use_the_same_method");
}

TEST_CASE("a declined order keeps its stock and may be paid with any method") {
  CHECK(declined_once().pending_for(pending_reason::awaiting_payment));
  CHECK(declined_once().stock == stock_status::held);
  CHECK(declined_once().attempts.at(0).reason == "expired_card");
  CHECK(outcome(declined_once(), pay_order{"card"}) == "payment_started(card) [charge 2]");
  CHECK(outcome(declined_once(), payment_was_declined{1, "again"}) == "=");
}

TEST_CASE("the ninety-ninth attempt is the last") {
  auto now = awaiting_payment();
  for (uint32_t attempt = 1; attempt <= max_attempts; ++attempt)
    now = after(now, {pay_order{"card"}, payment_was_declined{attempt, "no"}});
  CHECK(outcome(now, pay_order{"card"}) == "! attempts_must_not_be_exhausted");
  CHECK(outcome(now, money_was_captured{3, "t3", price}) ==
        "stray_capture_recorded(100) operator_needed(capture_of_wrong_amount) refund_started(100) [refund 1]");
}

TEST_CASE("no answer is not a decline: the attempt stays open and is owed") {
  const auto unknown = after(payment_processing(), {payment_has_no_answer{1}});
  CHECK(unknown.status == order_status::payment_processing);
  CHECK(pending_effects(unknown) == std::vector<effect>{charge_payment{1}});
  CHECK(outcome(unknown, payment_has_no_answer{1}) == "=");
  CHECK(outcome(unknown, pay_order{"card"}) == "=");
  CHECK(outcome(unknown, money_was_captured{1, "t1", price}) == "payment_captured(100)");
  CHECK(outcome(unknown, payment_was_declined{1, "no"}) == "payment_declined(1)");
  CHECK(outcome(second_attempt(), payment_has_no_answer{1}) == "=");
}

TEST_CASE("a request to cancel waits for the attempt and is carried out with its outcome") {
  CHECK(outcome(payment_processing(), cancel_order{}) == "cancel_wished later");
  CHECK(outcome(with_cancel_request(), cancel_order{}) == "= later");
  CHECK(outcome(with_cancel_request(), money_was_captured{1, "t1", price}) ==
        "payment_captured(100) order_cancelled(customer) refund_started(100) [release 1 held, refund 1]");
  CHECK(outcome(with_cancel_request(), payment_was_declined{1, "no"}) ==
        "payment_declined(1) order_cancelled(customer) [release 1 held]");
  CHECK(outcome(with_cancel_request(), money_was_captured{1, "t1", 90}) ==
        "payment_declined(1) stray_capture_recorded(90) operator_needed(capture_of_wrong_amount) order_cancelled(customer) "
        "refund_started(90) [release 1 held, refund 1]");
  CHECK(outcome(with_cancel_request(), payment_has_no_answer{1}) == "payment_unknown(1)");
  CHECK(outcome(with_cancel_request(), deadline_has_come{deadline_kind::payment_due}, due) == "=");
  CHECK(outcome(with_cancel_request(), resolve_attempt{"", "not taken", "op"}) ==
        "operator_settled charge_question_opened(1) payment_declined(1) order_cancelled(customer) [release 1 held, ask 1]");
}

TEST_CASE("payment that is due while an attempt is in progress expires on a decline and stays paid on a capture") {
  CHECK(outcome(payment_processing(), deadline_has_come{deadline_kind::payment_due}, due) == "expiry_wished");
  CHECK(outcome(with_expiry_request(), deadline_has_come{deadline_kind::payment_due}, due) == "=");
  CHECK(outcome(with_expiry_request(), payment_was_declined{1, "no"}) ==
        "payment_declined(1) order_cancelled(expired) [release 1 held]");
  CHECK(outcome(with_expiry_request(), money_was_captured{1, "t1", price}) == "payment_captured(100)");
  CHECK_FALSE(after(with_expiry_request(), {money_was_captured{1, "t1", price}}).expiry_requested);
  CHECK(outcome(with_expiry_request(), cancel_order{}) == "cancel_wished later");
  CHECK(outcome(after(with_expiry_request(), {cancel_order{}}), money_was_captured{1, "t1", price}) ==
        "payment_captured(100) order_cancelled(customer) refund_started(100) [release 1 held, refund 1]");
}

TEST_CASE("where a decline cancels, it does so and gives the stock back") {
  CHECK(outcome(placed_cart(), payment_was_declined{1, "no"}) ==
        "payment_declined(1) order_cancelled(declined) [release 1 held]");
  CHECK(outcome(placed_cart(), payment_has_no_answer{1}) == "payment_unknown(1)");
}

TEST_CASE("a capture of another amount is no payment: it goes back and a person is asked") {
  CHECK(outcome(payment_processing(), money_was_captured{1, "t1", 90}) == wrong_amount);
  const auto now = after(payment_processing(), {money_was_captured{1, "t1", 90}});
  CHECK(now.needs_operator == operator_reason::capture_of_wrong_amount);
  CHECK(outcome(now, money_was_captured{1, "t1", 90}) == "=");
  CHECK(outcome(payment_processing(), money_was_captured{1, "t1", 0}) ==
        "payment_declined(1) operator_needed(capture_of_wrong_amount)");
  CHECK(outcome(after(payment_processing(), {money_was_captured{1, "t1", 0}}), money_was_captured{1, "t1", 0}) == "=");
  CHECK(outcome(payment_processing(), money_was_captured{1, "t1", -5}) ==
        "payment_declined(1) operator_needed(capture_of_wrong_amount)");
}

TEST_CASE("a capture of a declined attempt pays for the order that waits, and goes back while another attempt runs") {
  CHECK(outcome(declined_once(), money_was_captured{1, "t1", price}) == "payment_started(card) payment_captured(100)");
  CHECK(after(declined_once(), {money_was_captured{1, "t1", price}}).attempts.at(1).transaction == "t1");
  CHECK(outcome(second_attempt(), money_was_captured{1, "t1", price}) ==
        "stray_capture_recorded(100) refund_started(100) [refund 1]");
}

TEST_CASE("the same capture told twice counts once, wherever it was booked") {
  CHECK(outcome(paid(), money_was_captured{1, "t1", price}) == "=");
  CHECK(outcome(paid(), money_was_captured{9, "t1", price}) == "=");
  CHECK(outcome(paid(), money_was_captured{1, "", price}) == "=");
  const auto unmatched = after(second_attempt(), {money_was_captured{1, "t1", price}});
  CHECK(outcome(unmatched, money_was_captured{1, "t1", price}) == "=");
  CHECK(outcome(unmatched, money_was_captured{2, "t1", price}) == "=");
  CHECK(outcome(early(), money_was_captured{1, "t1", price}) == "=");
  const auto held = after(early(), {stock_was_reserved{1}});
  CHECK(outcome(held, money_was_captured{4, "t1", price}) == "=");
}

TEST_CASE("a capture whose gateway names no transaction is known by the key of its charge") {
  const auto now = after(payment_processing(), {money_was_captured{1, "", price}});
  CHECK(now.status == order_status::paid);
  CHECK(now.attempts.at(0).transaction == "charge/7/1");
  const auto unmatched = after(second_attempt(), {money_was_captured{1, "", price}});
  CHECK(outcome(unmatched, money_was_captured{1, "", price}) == "=");
}

TEST_CASE("a second capture goes back, whatever has become of the order") {
  const auto* back = "stray_capture_recorded(100) refund_started(100) [refund 1]";
  const auto twice = after(second_attempt(), {money_was_captured{2, "t2", price}});
  CHECK(outcome(twice, money_was_captured{1, "t1", price}) == back);
  CHECK(outcome(after(twice, {ship_order{"9"}}), money_was_captured{1, "t1", price}) == back);
  CHECK(outcome(after(declined_once(), {cancel_order{}}), money_was_captured{1, "t1", price}) == back);
}

TEST_CASE("a capture of an attempt that has its money, under another name, is recorded for a person to look at") {
  CHECK(outcome(paid(), money_was_captured{1, "t2", price}) == "operator_needed(capture_under_other_name)");
  const auto told = after(paid(), {money_was_captured{1, "t2", price}});
  CHECK(told.needs_operator == operator_reason::capture_under_other_name);
  CHECK(captured_sum(told) == price);
  CHECK(outcome(told, money_was_captured{1, "t2", price}) == "=");
  CHECK(outcome(paid(), money_was_captured{1, "t1", price}) == "=");
  const auto decided = decide(paid(), {money_was_captured{1, "t2", price}, start});
  REQUIRE(decided.events.size() == 1);
  CHECK(std::get<operator_needed>(decided.events[0]).detail == "t2");
  // Where one of the two reports has no name but ours, it is the same money.
  CHECK(outcome(paid(), money_was_captured{1, "701", price}) == "=");
  const auto unnamed = after(payment_processing(), {money_was_captured{1, "", price}});
  CHECK(outcome(unnamed, money_was_captured{1, "t1", price}) == "=");
}

TEST_CASE("the right amount that comes before the stock pays as soon as the stock is held") {
  CHECK(outcome(awaiting_stock(), money_was_captured{1, "t1", price}) == "early_capture_recorded(100)");
  CHECK(outcome(early(), stock_was_reserved{1}) == "stock_held(1) payment_started(external) payment_captured(100)");
  const auto with_method = after(early(), {pay_order{"card"}});
  CHECK(outcome(with_method, stock_was_reserved{1}) == "stock_held(1) payment_started(card) payment_captured(100)");
  CHECK(outcome(early(), money_was_captured{2, "t2", price}) == "stray_capture_recorded(100) refund_started(100) [refund 1]");
  CHECK(outcome(early(), cancel_order{}) == "order_cancelled(customer) refund_started(100) [release 1, refund 1]");
  CHECK(captured_sum(after(early(), {stock_was_reserved{1}})) == price);
}

TEST_CASE("an operator settles the attempt in progress, and no other") {
  const auto unknown = after(second_attempt(), {payment_has_no_answer{2}});
  CHECK(outcome(unknown, resolve_attempt{"t2", "bank", "op"}) ==
        "operator_settled charge_question_opened(2) payment_captured(100) [ask 2]");
  CHECK(outcome(unknown, resolve_attempt{"", "bank", "op"}) ==
        "operator_settled charge_question_opened(2) payment_declined(2) [ask 2]");
  const auto unmatched = after(unknown, {money_was_captured{1, "t1", price}});
  CHECK(outcome(unmatched, resolve_attempt{"t1", "bank", "op"}) == "! attempt_must_be_open");
  const auto wrong = after(payment_processing(), {money_was_captured{1, "t1", 90}, pay_order{"card"}});
  CHECK(wrong.needs_operator == operator_reason::capture_of_wrong_amount);
  // To settle the one says nothing about the other.
  CHECK(after(wrong, {resolve_attempt{"t2", "bank", "op"}}).needs_operator == operator_reason::capture_of_wrong_amount);
}

TEST_CASE("an attempt that an operator has settled is asked about, not charged, until the gateway says what it knows") {
  const auto not_captured = after(payment_processing(), {resolve_attempt{"", "bank", "op"}});
  CHECK(outcome(not_captured, payment_was_not_found{1}) == "charge_question_closed(1)");
  CHECK(outcome(not_captured, payment_was_declined{1, "no"}) == "charge_question_closed(1)");
  CHECK(outcome(not_captured, payment_was_not_found{2}) == "=");
  CHECK(outcome(not_captured, payment_has_no_answer{1}) == "=");
  const auto closed = after(not_captured, {payment_was_not_found{1}});
  CHECK(pending_effects(closed).empty());
  CHECK(outcome(closed, payment_was_not_found{1}) == "=");
  // It was captured all the same: that pays for the order, or goes back.
  CHECK(outcome(not_captured, money_was_captured{1, "t1", price}) ==
        "payment_started(card) payment_captured(100) charge_question_closed(1)");
  const auto again = after(not_captured, {pay_order{"card"}});
  CHECK(outcome(again, money_was_captured{1, "t1", price}) ==
        "stray_capture_recorded(100) charge_question_closed(1) refund_started(100) [refund 1]");
  const auto given_up = after(not_captured, {cancel_order{}});
  CHECK(outcome(given_up, money_was_captured{1, "t1", price}) ==
        "stray_capture_recorded(100) charge_question_closed(1) refund_started(100) [refund 1]");
  const auto captured = after(payment_processing(), {resolve_attempt{"t1", "bank", "op"}});
  CHECK(outcome(captured, money_was_captured{1, "t1", price}) == "charge_question_closed(1)");
  CHECK(outcome(captured, payment_was_not_found{1}) == "charge_question_closed(1)");
}

TEST_CASE("a capture that declined its attempt by a wrong figure is not known when the true figure comes") {
  const auto wrong = after(payment_processing(), {money_was_captured{1, "t1", 90}});
  // All that the gateway holds goes back, whichever of the two figures is true, and the order can still be paid once.
  CHECK(outcome(wrong, money_was_captured{1, "t1", price}) ==
        "stray_capture_recorded(10) operator_needed(capture_of_other_figure) refund_started(10) [refund 2]");
  const auto corrected = after(wrong, {money_was_captured{1, "t1", price}});
  CHECK(captured_sum(corrected) == price);
  CHECK(outcome(corrected, money_was_captured{1, "t1", price}) == "=");
  CHECK(outcome(corrected, money_was_captured{1, "", price}) == "=");
  CHECK(outcome(corrected, deadline_has_come{deadline_kind::payment_due}, due) == "order_cancelled(expired) [release 1 held]");
  const auto again = after(corrected, {pay_order{"card"}, money_was_captured{2, "t2", price}});
  CHECK(again.status == order_status::paid);
  CHECK(captured_sum(again) == 2 * price);
  CHECK(started(again) == price);
}

TEST_CASE("a capture that declined its attempt does not pay under another name: it goes back and a person is asked") {
  for (const auto& now : {after(payment_processing(), {money_was_captured{1, "t1", 90}}),
                          after(payment_processing(), {money_was_captured{1, "t1", 90}, pay_order{"card"}})})
    CHECK(outcome(now, money_was_captured{1, "t9", price}) ==
          "stray_capture_recorded(100) operator_needed(capture_of_wrong_amount) refund_started(100) [refund 2]");
  const auto unnamed = after(payment_processing(), {money_was_captured{1, "", 90}});
  CHECK(outcome(unnamed, money_was_captured{1, "t1", price}) ==
        "stray_capture_recorded(10) operator_needed(capture_of_other_figure) refund_started(10) [refund 2]");
  const auto named = after(unnamed, {money_was_captured{1, "t1", price}});
  for (const auto* name : {"t1", "", "701"}) CHECK(outcome(named, money_was_captured{1, name, price}) == "=");
}

TEST_CASE("a paid capture that is told again with another figure is recorded and a person is asked") {
  CHECK(outcome(paid(), money_was_captured{1, "t1", 120}) ==
        "stray_capture_recorded(20) operator_needed(capture_of_other_figure) refund_started(20) [refund 1]");
  const auto less = after(paid(), {money_was_captured{1, "t1", 90}});
  CHECK(outcome(paid(), money_was_captured{1, "t1", 90}) == "operator_needed(capture_of_other_figure)");
  CHECK(outcome(less, money_was_captured{1, "t1", 90}) == "=");
  CHECK(outcome(less, money_was_captured{1, "t1", price}) == "=");
  CHECK(captured_sum(less) == price);
  CHECK(less.matters.at(0).amount == 90);
  const auto unnamed = after(payment_processing(), {money_was_captured{1, "", price}});
  CHECK(outcome(unnamed, money_was_captured{1, "t1", 90}) == "operator_needed(capture_of_other_figure)");
}

TEST_CASE("an operator says what a capture under another name is, once") {
  const auto doubt = after(paid(), {money_was_captured{1, "t2", 80}});
  CHECK(outcome(doubt, resolve_capture{"t2", true, "bank", "op"}) ==
        "operator_settled stray_capture_recorded(80) matter_closed(1) refund_started(80) [refund 1]");
  const auto held = after(doubt, {resolve_capture{"t2", true, "bank", "op"}});
  CHECK(held.needs_operator == operator_reason::none);
  CHECK(outcome(held, resolve_capture{"t2", true, "bank", "op"}) == "=");
  CHECK(outcome(held, resolve_capture{"t2", false, "bank", "op"}) == "! matter_must_be_open");
  CHECK(outcome(held, money_was_captured{1, "t2", 80}) == "=");
  const auto same = after(doubt, {resolve_capture{"t2", false, "bank", "op"}});
  CHECK(same.needs_operator == operator_reason::none);
  CHECK(captured_sum(same) == price);
  CHECK(outcome(same, money_was_captured{1, "t2", price}) == "=");
  CHECK(outcome(doubt, resolve_matter{1, "seen", "op"}) == "! matter_must_be_open");
}

namespace {
constexpr currency yen{{'J', 'P', 'Y'}};
}

TEST_CASE("money in another currency counts in no sum, is shown once, and its attempt stays open") {
  const auto told = after(payment_processing(), {money_was_captured{1, "t1", 1500, yen}});
  CHECK(told.status == order_status::payment_processing);
  CHECK(told.needs_operator == operator_reason::capture_in_other_currency);
  REQUIRE(told.foreign_captures.size() == 1);
  CHECK(told.foreign_captures[0] == foreign_capture{"t1", 1500, yen, 1, start});
  CHECK(captured_sum(told) == 0);
  CHECK(pending_refund(told) == 0);
  CHECK(outcome(told, money_was_captured{1, "t1", 1500, yen}) == "=");
  // Told with another figure, the later one counts, and somebody looks again.
  const auto other = after(told, {money_was_captured{1, "t1", 1600, yen}});
  REQUIRE(other.foreign_captures.size() == 1);
  CHECK(other.foreign_captures[0].amount == 1600);
  CHECK(other.matters.size() == 2);
  CHECK(after(told, {money_was_captured{1, "t1", price, told.money}}).status == order_status::paid);
}

TEST_CASE(
    "money in another currency waits for the word on its attempt, and stays with the operator until somebody has returned it") {
  const auto told = after(payment_processing(), {money_was_captured{1, "t1", 1500, yen}});
  CHECK(attention_of(told).front().resolved_by == std::vector<std::string_view>{"settle"});
  CHECK(outcome(told, resolve_matter{1, "seen", "op"}) == "! matter_must_be_open");
  const auto none = after(told, {resolve_attempt{{}, "not what we asked for", "op"}, cancel_order{}});
  CHECK(none.status == order_status::cancelled);
  CHECK(none.needs_operator == operator_reason::capture_in_other_currency);
  CHECK(attention_of(none).front().resolved_by == std::vector<std::string_view>{"settle_matter"});
  CHECK(outcome(none, resolve_matter{1, "returned at the gateway", "op"}) == "operator_settled matter_closed(1)");
  // Counted as this payment, nothing of it is left to be returned.
  CHECK(outcome(told, resolve_attempt{"t1", "converted", "op"}) ==
        "operator_settled charge_question_opened(1) payment_captured(100) matter_closed(1) [ask 1]");
  CHECK(outcome(told, resolve_attempt{"t2", "in the bank", "op"}) ==
        "operator_settled charge_question_opened(1) payment_captured(100) [ask 1]");
}

TEST_CASE("a charge that is never sent again calls an operator once, until its outcome is known") {
  const auto waits = after(payment_processing(), {payment_has_no_answer{1}, charge_is_unknown{1}});
  CHECK(waits.needs_operator == operator_reason::charge_unknown_to_gateway);
  CHECK(outcome(waits, charge_is_unknown{1}) == "=");
  CHECK(attention_of(waits).front().resolved_by == std::vector<std::string_view>{"settle"});
  CHECK(outcome(waits, resolve_matter{1, "seen", "op"}) == "! matter_must_be_open");
  for (const order_action& end :
       {order_action{resolve_attempt{"t1", "bank", "op"}}, order_action{resolve_attempt{{}, "none", "op"}},
        order_action{money_was_captured{1, "t1", price}}, order_action{payment_was_declined{1, "no"}}})
    CHECK(after(waits, {end}).needs_operator == operator_reason::none);
}

TEST_CASE("a capture that is told again as nothing calls an operator like any other figure") {
  const auto told = after(payment_processing(), {money_was_captured{1, "t1", 27}});
  const auto again = after(told, {money_was_captured{1, "t1", 0}});
  REQUIRE(again.matters.size() == 2);
  CHECK(again.matters[1].reason == operator_reason::capture_of_other_figure);
  CHECK(again.matters[1].amount == 0);
  CHECK(outcome(again, money_was_captured{1, "t1", 0}) == "=");
  CHECK(outcome(paid(), money_was_captured{1, "t1", 0}) == "operator_needed(capture_of_other_figure)");
  // Nothing was ever told of this one, so nothing has changed.
  CHECK(outcome(told, money_was_captured{7, "t7", 0}) == "=");
}

TEST_CASE("a captured attempt that is told as declined is for a person to look at, once") {
  const auto told = after(paid(), {payment_was_declined{1, "failed"}});
  CHECK(outcome(paid(), payment_was_declined{1, "failed"}) == "operator_needed(capture_of_other_figure)");
  CHECK(told.status == order_status::paid);
  CHECK(outcome(told, payment_was_declined{1, "failed"}) == "=");
  CHECK(outcome(paid(), payment_was_declined{1, "failed", currency{{'J', 'P', 'Y'}}}) == "=");
  CHECK(outcome(declined_once(), payment_was_declined{1, "failed"}) == "=");
}

TEST_CASE("of another currency the larger figure stays until a person knows better") {
  constexpr currency yen{{'J', 'P', 'Y'}};
  const auto told = after(payment_processing(), {money_was_captured{1, "t1", 1500, yen}});
  const auto again = after(told, {money_was_captured{1, "t1", 0, yen}});
  CHECK(outcome(told, money_was_captured{1, "t1", 0, yen}) == "operator_needed(capture_in_other_currency)");
  CHECK(again.foreign_captures.at(0).amount == 1500);
  CHECK(outcome(again, money_was_captured{1, "t1", 0, yen}) == "=");
  CHECK(outcome(again, money_was_captured{1, "t1", 1500, yen}) == "=");
  CHECK(after(again, {money_was_captured{1, "t1", 1600, yen}}).foreign_captures.at(0).amount == 1600);
  CHECK(outcome(payment_processing(), money_was_captured{1, "t1", 0, yen}) == "=");
}

}  // namespace orderflow
