// Placing and stock: states beside the plain columns.
#include <catch2/catch_test_macros.hpp>

#include "domain/inventory/inventory.hpp"
#include "tests/domain/order/given.hpp"

namespace orderflow {
namespace {

using namespace given;

std::vector<order_line> other_lines() { return {{product_id{"B"}, "bread", 1, 30, true}}; }

order checked_out() { return after(awaiting_checkout(), {checkout{somebody(), {}}}); }
order reopened() { return after(checked_out(), {stock_was_refused{1}}); }

place_order with_line(int64_t quantity, minor_units unit_price) {
  return placing({{product_id{}, "thing", quantity, unit_price, false}});
}

}  // namespace

TEST_CASE("an order without tracked lines needs no stock and waits for its payment at once") {
  CHECK(outcome({}, placing(untracked_lines())) == "order_placed(0)");
  CHECK(after({}, {placing(untracked_lines())}).pending_for(pending_reason::awaiting_payment));
  CHECK(outcome({}, placing(untracked_lines(), "card")) == "order_placed(0) payment_started(card) [charge 1]");
}

TEST_CASE("an order whose total is nothing is paid without a charge") {
  CHECK(outcome({}, with_line(1, 0)) == "order_placed(0) payment_started(waived) payment_captured(0)");
  const auto waiting = after({}, {placing(free_lines(), "card")});
  CHECK(outcome(waiting, stock_was_reserved{1}) == "stock_held(1) payment_started(waived) payment_captured(0)");
  const auto waived = after(waiting, {stock_was_reserved{1}});
  CHECK(waived.accepted == 0);
  CHECK(waived.attempts.at(0).transaction.empty());
  CHECK(outcome(waived, cancel_order{}) == "order_cancelled(customer) [release 1 held]");
  CHECK(outcome(waived, refund_order{}) == "order_cancelled(refunded) [release 1 held]");
  // A waived attempt took no money, so money that names it is too much.
  CHECK(outcome(waived, money_was_captured{1, "t1", 5}) ==
        "stray_capture_recorded(5) operator_needed(capture_of_wrong_amount) refund_started(5) [refund 1]");
}

TEST_CASE("lines outside the limits are refused, and the limits themselves are allowed") {
  CHECK(outcome({}, placing({})) == "! lines_must_not_be_empty");
  CHECK(outcome({}, placing(std::vector<order_line>(1001, untracked_lines()[0]))) == "! lines_must_not_be_too_many");
  CHECK(outcome({}, placing(std::vector<order_line>(1000, untracked_lines()[0]))) == "order_placed(0)");
  CHECK(outcome({}, with_line(0, 5)) == "! quantity_must_be_in_range");
  CHECK(outcome({}, with_line(-1, 5)) == "! quantity_must_be_in_range");
  CHECK(outcome({}, with_line(1'000'001, 5)) == "! quantity_must_be_in_range");
  CHECK(outcome({}, with_line(1'000'000, 5)) == "order_placed(0)");
  CHECK(outcome({}, with_line(1, -1)) == "! price_must_not_be_negative");
  CHECK(outcome({}, with_line(2, INT64_MAX / 2 + 1)) == "! total_must_not_overflow");
  auto two = with_line(1, INT64_MAX);
  two.lines.push_back(two.lines[0]);
  CHECK(outcome({}, two) == "! total_must_not_overflow");
  CHECK(outcome(awaiting_checkout(), replace_lines{{}}) == "! lines_must_not_be_empty");
  auto cart = a_cart();
  cart.lines[0].quantity = 0;
  CHECK(outcome({}, cart) == "! quantity_must_be_in_range");
}

TEST_CASE("a placed order remembers its total and charges the method it was placed with") {
  const auto now = after({}, {placing(tracked_lines(), "card")});
  CHECK(now.total == price);
  CHECK(now.placed_at == start);
  CHECK(outcome(now, stock_was_reserved{1}) == "stock_held(1) payment_started(card) [charge 1]");
  CHECK(outcome(now, pay_order{"card"}) == "=");
  CHECK(outcome(now, pay_order{"other"}) == "! payment_must_use_the_same_method");
}

TEST_CASE("a place that names another owner is not the same order") {
  auto again = placing(tracked_lines());
  again.source.owner = "somebody else";
  CHECK(outcome(awaiting_stock(), again) == "! order_must_be_new");
}

TEST_CASE("an opened cart opens once, also after its checkout") {
  CHECK(outcome(checked_out(), a_cart()) == "=");
  CHECK(outcome(after(awaiting_checkout(), {cancel_order{}}), a_cart()) == "! order_must_not_be_cancelled");
  CHECK(outcome(checked_out(), placing(tracked_lines())) == "! order_must_be_new");
}

TEST_CASE("the same lines again do not change a cart") {
  CHECK(outcome(awaiting_checkout(), replace_lines{tracked_lines()}) == "=");
}

TEST_CASE("a checkout keeps what the invoice leaves out, pays with its method and starts the timers") {
  customer invoice;
  invoice.name = "Ann Example";
  invoice.address = "Main Street 1";
  auto now = awaiting_checkout();
  for (const auto& event : decide(now, {checkout{invoice, "card"}, start + std::chrono::hours{1}}).events)
    evolve(now, {event, start + std::chrono::hours{1}});
  CHECK(now.who.email == somebody().email);
  CHECK(now.who.name == "Ann Example");
  CHECK(now.who.address == "Main Street 1");
  CHECK(now.placed_at == start + std::chrono::hours{1});
  CHECK(now.created_at == start);
  CHECK(outcome(now, stock_was_reserved{1}) == "stock_held(1) payment_started(card) [charge 1]");
}

TEST_CASE("a cart without tracked lines is checked out straight to its payment") {
  auto cart = a_cart();
  cart.lines = untracked_lines();
  const auto now = after({}, {cart});
  CHECK(outcome(now, checkout{somebody(), {}}) == "cart_checked_out(0)");
  CHECK(outcome(now, checkout{somebody(), "card"}) == "cart_checked_out(0) payment_started(card) [charge 1]");
}

TEST_CASE("a refusal reopens a cart that was checked out, and the next checkout is a new round") {
  CHECK(outcome(checked_out(), stock_was_refused{1}) == "stock_refused(reopened)");
  const auto alerted = after(checked_out(), {deadline_has_come{deadline_kind::stock_confirm}}, start + std::chrono::hours{1});
  CHECK(alerted.alerts.stock_alert);
  const auto again = after(alerted, {stock_was_refused{1}, checkout{somebody(), {}}}, start + std::chrono::hours{2});
  CHECK(again.round == 2);
  CHECK_FALSE(again.alerts.stock_alert);
  CHECK(pending_effects(again) == std::vector<effect>{reserve_stock{2}});
  CHECK(outcome(again, stock_was_refused{1}) == "=");
  CHECK(outcome(again, stock_was_reserved{2}) == "stock_held(2)");
}

TEST_CASE("a reopened cart forgets how it was to be paid") {
  const auto reopened = after(awaiting_checkout(), {checkout{somebody(), "card"}, stock_was_refused{1}});
  CHECK_FALSE(reopened.requested_method);
}

TEST_CASE("stock reserved for a round that was refused goes back, in whatever state the order is") {
  CHECK(outcome(reopened(), stock_was_reserved{1}) == "stock_came_late(1) [release 1]");
  const auto second = after(reopened(), {checkout{somebody(), {}}});
  CHECK(outcome(second, stock_was_reserved{1}) == "stock_came_late(1) [release 1]");
  const auto held = after(second, {stock_was_reserved{2}});
  CHECK(outcome(held, stock_was_reserved{1}) == "stock_came_late(1) [release 1]");
  const auto out_of_stock = after(awaiting_stock(), {stock_was_refused{1}});
  CHECK(outcome(out_of_stock, stock_was_reserved{1}) == "stock_came_late(1) [release 1]");
  const auto late = after(held, {stock_was_reserved{1}});
  CHECK(outcome(late, stock_was_reserved{1}) == "=");
  CHECK(outcome(late, stock_was_released{1}) == "stock_released(1)");
  CHECK(pending_effects(after(late, {stock_was_released{1}})).empty());
  CHECK(after(late, {stock_was_released{1}}).stock == stock_status::held);
}

TEST_CASE("stock of a round that was never asked for is not the order's to give back") {
  CHECK(outcome(awaiting_checkout(), stock_was_reserved{1}) == "=");
  CHECK(outcome(awaiting_stock(), stock_was_reserved{2}) == "=");
  CHECK(outcome(awaiting_stock(), stock_was_reserved{0}) == "=");
}

TEST_CASE("what goes back of an old round are the lines of that round") {
  const auto changed = after(reopened(), {replace_lines{other_lines()}, replace_lines{untracked_lines()},
                                          replace_lines{other_lines()}, checkout{somebody(), {}}});
  CHECK(stock_lines_of(changed, 1) == std::vector<stock_line>{{product_id{"A"}, 2}});
  CHECK(stock_lines_of(changed, 2) == std::vector<stock_line>{{product_id{"B"}, 1}});
  CHECK(stock_lines_of(changed) == stock_lines_of(changed, 2));
}

TEST_CASE("an order whose stock is out is cancelled, and money that came early goes back") {
  const auto early = after(awaiting_stock(), {money_was_captured{1, "t1", price}});
  CHECK(outcome(early, stock_was_refused{1}) == "stock_refused order_cancelled(out_of_stock) refund_started(100) [refund 1]");
  const auto cart = after(checked_out(), {money_was_captured{1, "t1", price}});
  CHECK(outcome(cart, stock_was_refused{1}) == "stock_refused order_cancelled(out_of_stock) refund_started(100) [refund 1]");
}

TEST_CASE("a cancelled order closes its reservation whether it was made or not") {
  const auto cancelled_early = after(awaiting_stock(), {cancel_order{}});
  CHECK(pending_effects(cancelled_early) == std::vector<effect>{release_stock{1, false}});
  CHECK(outcome(cancelled_early, stock_was_reserved{1}) == "=");
  CHECK(outcome(cancelled_early, stock_was_refused{1}) == "=");
  CHECK(outcome(cancelled_early, stock_was_released{1}) == "stock_released(1)");
  const auto released = after(cancelled_early, {stock_was_released{1}});
  CHECK(pending_effects(released).empty());
  CHECK(outcome(released, stock_was_released{1}) == "=");
  CHECK(pending_effects(after(awaiting_payment(), {cancel_order{}})) == std::vector<effect>{release_stock{1, true}});
}

TEST_CASE("shipping consumes the stock once, and only that") {
  CHECK(outcome(after(shipped(), {stock_was_consumed{1}}), stock_was_consumed{1}) == "=");
  CHECK(outcome(shipped(), stock_was_consumed{2}) == "=");
  CHECK(pending_effects(after(shipped(), {stock_was_consumed{1}})).empty());
  const auto untracked = after({}, {placing(untracked_lines(), "card"), money_was_captured{1, "t1", price}, ship_order{"9"}});
  CHECK(pending_effects(untracked).empty());
}

TEST_CASE("an order has one invoice, and a cart that opens again has none") {
  auto invoiced = after(awaiting_checkout(), {issue_invoice{{"", "", "Lital Hay", "054", "17 boulevard"}}});
  CHECK(invoiced.invoiced);
  CHECK(invoiced.who == customer{"u1", "u1@example.com", "Lital Hay", "054", "17 boulevard"});
  CHECK(outcome(invoiced, issue_invoice{somebody()}) == "=");
  const auto reopened = after(invoiced, {stock_was_refused{1}});
  CHECK_FALSE(reopened.invoiced);
  CHECK(outcome(reopened, issue_invoice{somebody()}) == "cart_checked_out(2) invoice_issued [reserve 2]");
  CHECK(after(paid(), {issue_invoice{{"", "", "", "", "elsewhere"}}}).who.address == "elsewhere");
}

TEST_CASE("an invoice of a cart without tracked lines leads straight to its payment") {
  auto cart = a_cart();
  cart.lines = untracked_lines();
  CHECK(outcome(after({}, {cart}), issue_invoice{}) == "cart_checked_out(0) invoice_issued");
  cart.lines[0].unit_price = 0;
  CHECK(outcome(after({}, {cart}), issue_invoice{}) ==
        "cart_checked_out(0) invoice_issued payment_started(waived) payment_captured(0)");
}

TEST_CASE("the tax of an order follows its lines and its own policy") {
  auto cart = a_cart();
  cart.tax = {tax_mode::added, 180'000};
  auto now = after({}, {cart});
  CHECK(now.total == 118);
  CHECK(now.tax == 18);
  now = after(now, {replace_lines{{{product_id{"B"}, "bread", 1, 50, true}}}});
  CHECK(now.total == 59);
  CHECK(now.tax == 9);
  auto command = placing(untracked_lines());
  command.tax = {tax_mode::of_total, 180'000};
  CHECK(after({}, {command}).total == 100);
  CHECK(after({}, {command}).tax == 18);
}

TEST_CASE("the receiver named when shipping counts instead of what the order knew") {
  const auto booked = after(paid(), {ship_order{"", {"", "", "Lital Hay", "", "17 boulevard"}}});
  CHECK(booked.who == customer{"u1", "u1@example.com", "Lital Hay", "", "17 boulevard"});
  CHECK(after(paid(), {ship_order{}}).who == somebody());
}

}  // namespace orderflow
