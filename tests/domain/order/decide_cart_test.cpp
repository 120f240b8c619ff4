// Orders placed of a cart (D3): when the cart has to be told, and what it is told.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "domain/order/pending_effects.hpp"
#include "tests/domain/order/given.hpp"

namespace orderflow {
namespace {

using namespace given;

/// Placed of a cart, with `actions` after it.
order of_cart(const std::vector<order_action>& actions) {
  auto command = placing(tracked_lines(), "card");
  command.cart = cart_claim{"ann", 3};
  command.decline_cancels = true;
  std::vector<order_action> all{command};
  all.insert(all.end(), actions.begin(), actions.end());
  return after({}, all);
}

bool owes_cart(const order& now) {
  const auto list = pending_effects(now);
  return std::ranges::find(list, effect{settle_cart_of_order{}}) != list.end();
}

const order_action held = stock_was_reserved{1};
const order_action paid_for = money_was_captured{1, "t1", price};

}  // namespace

TEST_CASE("an order knows of which cart and round it was placed") {
  CHECK(of_cart({}).cart == cart_claim{"ann", 3});
  CHECK_FALSE(after({}, {placing(tracked_lines())}).cart);
}

TEST_CASE("the cart is told when the order is paid or cancelled, and not before") {
  CHECK_FALSE(owes_cart(of_cart({})));
  CHECK_FALSE(owes_cart(of_cart({held})));
  CHECK(outcome(of_cart({held}), paid_for) == "payment_captured(100) [cart]");
  CHECK(outcome(of_cart({held}), payment_was_declined{1, "no"}) ==
        "payment_declined(1) order_cancelled(declined) [release 1 held, cart]");
  CHECK(outcome(of_cart({}), stock_was_refused{1}) == "stock_refused order_cancelled(out_of_stock) [cart]");
  CHECK(owes_cart(of_cart({held, paid_for, ship_order{}, shipment_was_booked{"123"}})));
}

TEST_CASE("once the cart knows, nothing more is owed to it") {
  const auto told = of_cart({held, paid_for, cart_was_settled{}});
  CHECK(told.cart_settled);
  CHECK_FALSE(owes_cart(told));
  CHECK(outcome(told, cart_was_settled{}) == "=");
  CHECK_FALSE(owes_cart(after(told, {cancel_order{}})));
}

TEST_CASE("a report about the cart comes to nothing while the order is undecided") {
  CHECK(outcome(of_cart({}), cart_was_settled{}) == "=");
  CHECK(outcome(of_cart({held}), cart_was_settled{}) == "=");
  CHECK(outcome(of_cart({held, paid_for}), cart_was_settled{}) == "cart_settled");
}

TEST_CASE("whoever waits for an order of a cart sees the cart as it is then") {
  CHECK_FALSE(settled(of_cart({held, paid_for})));
  CHECK(settled(of_cart({held, paid_for, cart_was_settled{}})));
  CHECK_FALSE(pending_effects(of_cart({held, payment_was_declined{1, "no"}, stock_was_released{1}})).empty());
  CHECK(pending_effects(of_cart({held, payment_was_declined{1, "no"}, stock_was_released{1}, cart_was_settled{}})).empty());
}

TEST_CASE("a refused order says which products were short") {
  CHECK(of_cart({stock_was_refused{1, {{"A"}}}}).short_of == std::vector<product_id>{{"A"}});
}

}  // namespace orderflow
