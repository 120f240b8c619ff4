// Refunds and shipping: states beside the plain columns.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "domain/order/allowed.hpp"
#include "domain/order/attention.hpp"
#include "domain/order/pending_effects.hpp"
#include "tests/domain/order/given.hpp"

namespace orderflow {
namespace {

using namespace given;

order refunded(minor_units amount) { return after(paid(), {refund_order{amount}}); }
order booking() { return after(paid(), {ship_order{}}); }
order booking_with_cancel_request() { return after(booking(), {cancel_order{}}); }
order cancelled_after_payment() { return after(paid(), {cancel_order{}}); }

}  // namespace

TEST_CASE("a refund is of more than nothing and of no more than is left") {
  for (const auto& now : {paid(), shipped(), delivered()}) {
    CHECK(outcome(now, refund_order{0}) == "! amount_must_be_positive");
    CHECK(outcome(now, refund_order{-1}) == "! amount_must_be_positive");
    CHECK(outcome(now, refund_order{101}) == "! refund_must_not_exceed_capture");
  }
  CHECK(outcome(refunded(30), refund_order{71}) == "! refund_must_not_exceed_capture");
  CHECK(outcome(refunded(30), refund_order{69}) == "refund_granted(69) refund_started(69) [refund 2]");
}

TEST_CASE("a refund of all that is left cancels a paid order and only returns the money of one that left the house") {
  CHECK(outcome(paid(), refund_order{100}) == "order_cancelled(refunded) refund_started(100) [release 1 held, refund 1]");
  CHECK(outcome(refunded(30), refund_order{70}) == "order_cancelled(refunded) refund_started(70) [release 1 held, refund 2]");
  CHECK(outcome(refunded(30), refund_order{}) == "order_cancelled(refunded) refund_started(70) [release 1 held, refund 2]");
  const auto sent = after(shipped(), {refund_order{30}});
  CHECK(outcome(sent, refund_order{}) == "refund_granted(70) refund_started(70) [refund 2]");
  CHECK(outcome(sent, refund_order{70}) == "refund_granted(70) refund_started(70) [refund 2]");
  CHECK(outcome(after(sent, {refund_order{}}), refund_order{}) == "=");
  CHECK(outcome(after(sent, {refund_order{}}), refund_order{1}) == "! refund_must_not_exceed_capture");
}

TEST_CASE("a cancelled order returns the rest of what was captured") {
  CHECK(outcome(refunded(30), cancel_order{}) == "order_cancelled(customer) refund_started(70) [release 1 held, refund 2]");
  const auto through = after(refunded(30), {refund_was_settled{1, 30}});
  CHECK(outcome(through, cancel_order{}) == "order_cancelled(customer) refund_started(70) [release 1 held, refund 2]");
}

TEST_CASE("a refund settles once") {
  const auto now = cancelled_after_payment();
  CHECK(outcome(now, refund_was_settled{1, 100}) == "refund_settled(1)");
  const auto done = after(now, {refund_was_settled{1, 100}, stock_was_released{1}});
  CHECK(outcome(done, refund_was_settled{1, 100}) == "=");
  CHECK(outcome(done, refund_was_seen{100}) == "=");
  CHECK(outcome(done, refund_was_refused{1, "late"}) == "=");
  CHECK(pending_effects(done).empty());
  CHECK(refunded_sum(done) == 100);
}

TEST_CASE("a refused refund is not tried again by itself, and a person is asked until it is through") {
  const auto now = cancelled_after_payment();
  CHECK(outcome(now, refund_was_refused{1, "closed"}) == "refund_refused(1) operator_needed(refund_refused)");
  const auto refused = after(now, {refund_was_refused{1, "closed"}});
  CHECK(pending_refund(refused) == 0);
  CHECK(pending_effects(refused) == std::vector<effect>{release_stock{1, true}});
  CHECK(refused.needs_operator == operator_reason::refund_refused);
  CHECK(outcome(refused, refund_was_refused{1, "closed"}) == "=");
  CHECK(outcome(refused, refund_was_settled{1, 100}) == "refund_settled(1)");
  CHECK(after(refused, {refund_was_settled{1, 100}}).needs_operator == operator_reason::none);
  // Returned by hand, at the gateway.
  CHECK(outcome(refused, refund_was_seen{100}) == "outside_refund_recorded(100) refund_replaced(1)");
  CHECK(after(refused, {refund_was_seen{100}}).needs_operator == operator_reason::none);
}

TEST_CASE("our own refund, seen at the gateway, is not counted twice") {
  const auto now = cancelled_after_payment();
  CHECK(outcome(now, refund_was_seen{100}) == "=");
  CHECK(outcome(refunded(30), refund_was_seen{30}) == "=");
  CHECK(outcome(after(refunded(30), {refund_was_settled{1, 30}}), refund_was_seen{30}) == "=");
}

TEST_CASE("money returned without us counts as granted") {
  const auto part = after(paid(), {refund_was_seen{30}});
  CHECK(part.granted == 30);
  CHECK(pending_effects(part).empty());
  CHECK(outcome(part, refund_was_seen{20}) == "=");
  CHECK(outcome(part, refund_order{71}) == "! refund_must_not_exceed_capture");
  CHECK(outcome(part, cancel_order{}) == "order_cancelled(customer) refund_started(70) [release 1 held, refund 1]");
  CHECK(outcome(part, refund_was_seen{100}) == "outside_refund_recorded(100) order_cancelled(refunded) [release 1 held]");
  // Both at once: our 30 are through, and somebody returned 40 beside them.
  CHECK(outcome(refunded(30), refund_was_settled{1, 70}) == "refund_settled(1) outside_refund_recorded(70)");
  CHECK(after(refunded(30), {refund_was_settled{1, 70}}).granted == 70);
}

TEST_CASE("money returned without us is taken off unmatched captures first") {
  const auto unmatched = after(paid(), {money_was_captured{5, "t5", 50}});
  const auto settled = after(unmatched, {refund_was_settled{1, 50}});
  CHECK(settled.granted == 0);
  CHECK(pending_refund(settled) == 0);
  CHECK(after(settled, {refund_was_seen{60}}).granted == 10);
}

TEST_CASE("an attempt whose money was returned before it was told ends in a cancelled order") {
  const auto seen = after(payment_processing(), {refund_was_seen{100}});
  CHECK(outcome(seen, money_was_captured{1, "t1", price}) == "payment_captured(100) order_cancelled(refunded) [release 1 held]");
}

TEST_CASE("an order is shipped when no refund is open") {
  CHECK(outcome(refunded(30), ship_order{}) == "! refund_must_settle_first");
  CHECK(outcome(refunded(30), ship_order{"9"}) == "! refund_must_settle_first");
  CHECK(outcome(after(refunded(30), {refund_was_settled{1, 30}}), ship_order{}) == "shipment_requested [book]");
}

TEST_CASE("a booking is asked for once and takes the carrier's number") {
  CHECK_FALSE(settled(booking()));
  CHECK(outcome(booking(), ship_order{}) == "=");
  CHECK(outcome(booking(), shipment_was_booked{"123"}) == "order_shipped(123) [consume 1]");
  CHECK(outcome(booking(), ship_order{"9"}) == "order_shipped(9) [consume 1]");
  CHECK(outcome(shipped(), ship_order{"123"}) == "=");
  CHECK(outcome(shipped(), ship_order{"9"}) == "! tracking_must_be_the_same");
  CHECK(shipped().shipment.tracking == "123");
}

TEST_CASE("a request to cancel waits for the booking; a shipment on its way drops it") {
  CHECK(outcome(booking(), cancel_order{}) == "cancel_wished later");
  CHECK(outcome(booking(), refund_order{}) == "cancel_wished later");
  CHECK(outcome(booking_with_cancel_request(), cancel_order{}) == "= later");
  CHECK(outcome(booking_with_cancel_request(), ship_order{}) == "! refund_must_settle_first");
  CHECK(outcome(booking_with_cancel_request(), shipment_was_booked{"123"}) == "order_shipped(123 wish_dropped) [consume 1]");
  CHECK_FALSE(after(booking_with_cancel_request(), {shipment_was_booked{"123"}}).cancel_requested);
  const auto* cancelled_now = "booking_refused order_cancelled(customer) refund_started(100) [release 1 held, refund 1]";
  CHECK(outcome(booking_with_cancel_request(), booking_was_refused{"no"}) == cancelled_now);
  CHECK(outcome(booking_with_cancel_request(), resolve_shipment{"no", "op"}) == std::string{"operator_settled "} + cancelled_now);
  CHECK(outcome(booking(), refund_was_seen{100}) == "outside_refund_recorded(100) cancel_wished");
}

TEST_CASE("a refused booking leaves the order paid and asks a person") {
  CHECK(outcome(booking(), booking_was_refused{"no"}) == "booking_refused operator_needed(booking_refused)");
  CHECK(outcome(booking(), resolve_shipment{"no", "op"}) == "operator_settled booking_refused operator_needed(booking_refused)");
  const auto refused = after(booking(), {booking_was_refused{"no"}});
  CHECK(outcome(refused, ship_order{}) == "shipment_requested [book]");
  CHECK(after(refused, {ship_order{}}).needs_operator == operator_reason::none);
  CHECK(outcome(refused, booking_was_refused{"no"}) == "=");
  // The carrier changed its mind, or its first answer was lost.
  CHECK(outcome(refused, shipment_was_booked{"123"}) == "order_shipped(123) [consume 1]");
}

TEST_CASE("a shipment booked for a cancelled order is recorded once and a person is asked") {
  const auto late = after(cancelled(), {shipment_was_booked{"123"}});
  CHECK(late.needs_operator == operator_reason::booked_after_cancel);
  CHECK(outcome(late, shipment_was_booked{"123"}) == "=");
}

TEST_CASE("a refusal that tells of money returned outside is recorded, and the rest goes back") {
  const auto now = cancelled_after_payment();
  CHECK(outcome(now, refund_was_refused{1, "more_than_captured", 20}) ==
        "refund_refused(1) outside_refund_recorded(20) refund_replaced(1) refund_started(80) [refund 2]");
  const auto rest = after(now, {refund_was_refused{1, "more_than_captured", 20}});
  CHECK(rest.needs_operator == operator_reason::none);
  CHECK(rest.external_refunds.at(0).amount == 20);
  CHECK(outcome(rest, refund_was_settled{2, 100}) == "refund_settled(2)");
  // Again somebody was faster.
  CHECK(outcome(rest, refund_was_refused{2, "more_than_captured", 50}) ==
        "refund_refused(2) outside_refund_recorded(50) refund_replaced(2) refund_started(50) [refund 3]");
  CHECK(outcome(rest, refund_was_refused{2, "more_than_captured", 100}) ==
        "refund_refused(2) outside_refund_recorded(100) refund_replaced(2)");
  // Nothing new in it: why the gateway refuses is for a person to find out.
  CHECK(outcome(rest, refund_was_refused{2, "closed", 20}) == "refund_refused(2) operator_needed(refund_refused)");
}

TEST_CASE("a refusal is explained as soon as what others returned is told") {
  const auto two = after(shipped(), {refund_order{30}, refund_order{}});
  const auto refused = after(two, {refund_was_refused{2, "more_than_captured", 20}});
  CHECK(refused.needs_operator == operator_reason::refund_refused);
  CHECK(outcome(refused, refund_was_settled{1, 50}) ==
        "refund_settled(1) outside_refund_recorded(50) refund_replaced(2) refund_started(50) [refund 3]");
  CHECK(after(refused, {refund_was_settled{1, 50}}).needs_operator == operator_reason::none);
}

TEST_CASE("an operator settles a refused refund: returned by other means, or tried again") {
  const auto refused = after(cancelled_after_payment(), {refund_was_refused{1, "closed"}});
  CHECK(outcome(refused, resolve_refund{1, true, "by bank transfer", "op"}) == "operator_settled refund_made_otherwise(1)");
  const auto otherwise = after(refused, {resolve_refund{1, true, "by bank transfer", "op"}});
  CHECK(refunded_sum(otherwise) == 100);
  CHECK(otherwise.needs_operator == operator_reason::none);
  CHECK(outcome(otherwise, resolve_refund{1, true, "by bank transfer", "op"}) == "=");
  CHECK(outcome(otherwise, resolve_refund{1, false, "once more", "op"}) == "! refund_must_be_refused");
  CHECK(outcome(refused, resolve_refund{1, false, "once more", "op"}) ==
        "operator_settled refund_replaced(1) refund_started(100) [refund 2]");
  const auto again = after(refused, {resolve_refund{1, false, "once more", "op"}});
  CHECK(outcome(again, resolve_refund{1, false, "once more", "op"}) == "=");
  CHECK(outcome(again, resolve_refund{2, true, "seen there", "op"}) == "operator_settled refund_settled(2)");
  // A late answer to the first one is money that went back, whoever wanted it.
  CHECK(outcome(again, refund_was_settled{1, 200}) == "outside_refund_recorded(200)");
}

TEST_CASE("an operator settles a refund that the gateway tells nothing about: returned, or tried again as another one") {
  const auto now = cancelled_after_payment();
  const auto allowed = allowed_commands(now);
  CHECK(std::ranges::find(allowed, "settle_refund") != allowed.end());
  CHECK(outcome(now, resolve_refund{1, true, "seen there", "op"}) == "operator_settled refund_settled(1)");
  const auto returned = after(now, {resolve_refund{1, true, "seen there", "op"}});
  CHECK(refunded_sum(returned) == 100);
  CHECK(outcome(returned, resolve_refund{1, true, "seen there", "op"}) == "=");
  CHECK(outcome(returned, resolve_refund{1, false, "lost", "op"}) == "! refund_must_be_refused");
  // The gateway's figure tells of the same money, whenever it comes.
  CHECK(outcome(returned, refund_was_settled{1, 100}) == "=");
  CHECK(outcome(returned, refund_was_seen{100}) == "=");
  CHECK(outcome(now, resolve_refund{1, false, "lost", "op"}) ==
        "operator_settled refund_replaced(1) refund_started(100) [refund 2]");
  const auto again = after(now, {resolve_refund{1, false, "lost", "op"}});
  CHECK(outcome(again, resolve_refund{1, false, "lost", "op"}) == "=");
  // It counts besides what others are known to have returned.
  const auto part = after(refunded(30), {refund_was_not_shown{1, 20}, resolve_refund{1, true, "seen there", "op"}});
  CHECK(refunded_sum(part) == 50);
  CHECK(outcome(part, refund_was_seen{50}) == "=");
  // The figure counts, however late it comes.
  CHECK(outcome(again, refund_was_refused{1, "unknown", 120}) == "outside_refund_recorded(120)");
  // The first one was made after all.
  CHECK(outcome(again, refund_was_not_shown{2, 100}) == "outside_refund_recorded(100) refund_replaced(2)");
}

TEST_CASE("what the gateway has returned without our refund is taken while that is under way") {
  const auto now = cancelled_after_payment();
  CHECK(outcome(now, refund_was_not_shown{1, 0}) == "=");
  CHECK(outcome(now, refund_was_not_shown{1, 20}) ==
        "outside_refund_recorded(20) refund_replaced(1) refund_started(80) [refund 2]");
  // One that still fits may still be made.
  CHECK(outcome(refunded(30), refund_was_not_shown{1, 20}) == "outside_refund_recorded(20)");
  CHECK(outcome(now, refund_was_not_shown{2, 20}) == "=");
}

TEST_CASE("a refund that is never sent again calls an operator once, until its outcome is known") {
  const auto waits = after(cancelled_after_payment(), {refund_is_unknown{1}});
  CHECK(waits.needs_operator == operator_reason::refund_unknown_to_gateway);
  CHECK(outcome(waits, refund_is_unknown{1}) == "=");
  const auto list = attention_of(waits);
  REQUIRE(list.size() == 1);
  CHECK(list[0].resolved_by == std::vector<std::string_view>{"settle_refund"});
  CHECK(list[0].matter.amount == 100);
  CHECK(list[0].matter.about == 1);
  CHECK(outcome(waits, resolve_matter{1, "seen", "op"}) == "! matter_must_be_open");
  for (const order_action& end :
       {order_action{resolve_refund{1, true, "seen there", "op"}}, order_action{resolve_refund{1, false, "lost", "op"}},
        order_action{refund_was_settled{1, 100}}, order_action{refund_was_not_shown{1, 20}}})
    CHECK(after(waits, {end}).needs_operator == operator_reason::none);
  CHECK(after(waits, {refund_was_refused{1, "closed"}}).needs_operator == operator_reason::refund_refused);
  CHECK(after(waits, {refund_was_refused{1, "closed"}}).matters.size() == 1);
}

TEST_CASE("a refusal that what others returned does not explain is for a person") {
  CHECK(outcome(refunded(30), refund_was_refused{1, "closed", 30}) ==
        "refund_refused(1) outside_refund_recorded(30) operator_needed(refund_refused)");
}

TEST_CASE("what is returned by other means counts as granted") {
  const auto part = after(refunded(30), {refund_was_refused{1, "closed"}, resolve_refund{1, true, "in cash", "op"}});
  CHECK(part.granted == 30);
  CHECK(outcome(part, cancel_order{}) == "order_cancelled(customer) refund_started(70) [release 1 held, refund 2]");
  CHECK(outcome(part, refund_was_seen{30}) == "outside_refund_recorded(30)");
}

TEST_CASE("an operator closes a matter that only has to be looked at, by its number") {
  const auto late = after(cancelled(), {shipment_was_booked{"123"}});
  CHECK(outcome(late, resolve_matter{1, "called the carrier", "op"}) == "operator_settled matter_closed(1)");
  const auto closed = after(late, {resolve_matter{1, "called the carrier", "op"}});
  CHECK(closed.needs_operator == operator_reason::none);
  CHECK(outcome(closed, resolve_matter{1, "called the carrier", "op"}) == "=");
  CHECK(outcome(closed, resolve_matter{2, "called the carrier", "op"}) == "! matter_must_be_open");
  const auto refused = after(cancelled_after_payment(), {refund_was_refused{1, "closed"}});
  CHECK(outcome(refused, resolve_matter{1, "seen", "op"}) == "! matter_must_be_open");
}

TEST_CASE("what came up before matters were kept is folded as it was and can be resolved") {
  auto old = after(cancelled_after_payment(), {stock_was_released{1}});
  evolve(old, {refund_refused{1, "closed"}, start});
  evolve(old, {operator_needed{operator_reason::refund_refused}, start});
  CHECK(old.matters.empty());
  CHECK(old.needs_operator == operator_reason::refund_refused);
  const auto list = attention_of(old);
  REQUIRE(list.size() == 1);
  CHECK(list[0].resolved_by == std::vector<std::string_view>{"settle_refund"});
  CHECK(allowed_commands(old) == std::vector<std::string_view>{"settle_refund"});
  CHECK(after(old, {resolve_refund{1, true, "in cash", "op"}}).needs_operator == operator_reason::none);
  auto looked_at = cancelled();
  evolve(looked_at, {operator_needed{operator_reason::booked_after_cancel}, start});
  CHECK(allowed_commands(looked_at) == std::vector<std::string_view>{"settle_matter"});
  CHECK(outcome(looked_at, resolve_matter{0, "seen", "op"}) == "operator_settled");
  CHECK(after(looked_at, {resolve_matter{0, "seen", "op"}}).needs_operator == operator_reason::none);
}

}  // namespace orderflow
