#include "domain/order/pending_effects.hpp"

#include <catch2/catch_test_macros.hpp>
#include <set>

#include "domain/order/deadline.hpp"
#include "domain/order/refusal.hpp"
#include "tests/domain/order/given.hpp"

namespace orderflow {

TEST_CASE("every effect has a key of its own that says what it is for") {
  CHECK(key_of(order_id{7}, reserve_stock{2}) == "reserve/7/2");
  CHECK(key_of(order_id{7}, release_stock{2, true}) == "release/7/2");
  CHECK(key_of(order_id{7}, consume_stock{2}) == "consume/7/2");
  CHECK(key_of(order_id{7}, charge_payment{3}) == "charge/7/3");
  CHECK(key_of(order_id{7}, refund_payment{4}) == "refund/7/4");
  CHECK(key_of(order_id{7}, book_carrier{}) == "ship/7");
  CHECK(key_of(order_id{7}, settle_cart_of_order{}) == "cart/7");
}

TEST_CASE("only messages to the inventory may run ahead of the commit") {
  CHECK(is_internal(reserve_stock{}));
  CHECK(is_internal(release_stock{}));
  CHECK(is_internal(consume_stock{}));
  CHECK_FALSE(is_internal(charge_payment{}));
  CHECK_FALSE(is_internal(refund_payment{}));
  CHECK_FALSE(is_internal(book_carrier{}));
  CHECK_FALSE(is_internal(settle_cart_of_order{}));
}

TEST_CASE("a caller waits while stock, a charge or a booking is outstanding, and not longer") {
  using namespace given;
  CHECK(settled(awaiting_checkout()));
  CHECK_FALSE(settled(awaiting_stock()));
  CHECK(settled(awaiting_payment()));
  CHECK_FALSE(settled(payment_processing()));
  CHECK(settled(paid()));
  CHECK_FALSE(settled(after(paid(), {ship_order{}})));
  CHECK(settled(shipped()));
  CHECK(settled(cancelled()));
}

TEST_CASE("an order that has ended and got everything done owes nothing, and nothing can be due") {
  using namespace given;
  CHECK_FALSE(pending_effects(delivered()).empty());
  CHECK_FALSE(pending_effects(cancelled()).empty());
  for (const auto& ended : {after(delivered(), {stock_was_consumed{1}}), after(cancelled(), {stock_was_released{1}})}) {
    CHECK(pending_effects(ended).empty());
    CHECK_FALSE(next_deadline(ended));
  }
}

TEST_CASE("every refusal has a word and a sentence of its own") {
  std::set<std::string_view> words;
  std::set<std::string_view> sentences;
  constexpr uint16_t last = 27;
  for (uint16_t value = 0; value <= last; ++value) {
    const auto why = static_cast<refusal>(value);
    words.insert(to_string(why));
    sentences.insert(explain(why));
    CHECK(explain(why).ends_with('.'));
  }
  CHECK(words.size() == last + 1);
  CHECK(sentences.size() == last + 1);
}

TEST_CASE("a refund is among what went back when the figure has come past it and those started before it") {
  order now;
  now.refunds = {{100, refund_status::settled}, {20, refund_status::started}, {3, refund_status::started}};
  CHECK(refunded_with(now, 2) == 120);
  CHECK(refunded_with(now, 3) == 123);
  now.refunded_by_gateway = 110;
  CHECK(refunded_with(now, 2) == 130);
}

}  // namespace orderflow
