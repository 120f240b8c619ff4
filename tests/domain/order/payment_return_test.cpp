// Whether what was paid goes back, over every state that money can be in.
#include "domain/order/payment_return.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/domain/order/given.hpp"

namespace orderflow {
namespace {

using namespace given;

struct row {
  const char* name;
  order now;
  payment_return expected;
};

order declined() { return after(payment_processing(), {payment_was_declined{1, "declined"}}); }

order free_and_cancelled() { return after({}, {placing(free_lines(), "ok"), stock_was_reserved{1}, cancel_order{}}); }

}  // namespace

TEST_CASE("what was paid is on its way back when none of it is to stay, and back when all of it is") {
  constexpr auto none = payment_return::none;
  constexpr auto under_way = payment_return::under_way;
  constexpr auto done = payment_return::done;
  const auto given_up = after(paid(), {cancel_order{}});
  const auto sent_back = after(shipped(), {refund_order{}});
  const auto late = after(after(payment_processing(), {payment_was_declined{1, "declined"}, cancel_order{}}),
                          {money_was_captured{1, "late", price}});
  const std::vector<row> rows{
      {"nothing yet", {}, none},
      {"an open cart", awaiting_checkout(), none},
      {"waits for stock", awaiting_stock(), none},
      {"waits for payment", awaiting_payment(), none},
      {"processing", payment_processing(), none},
      {"processing, cancel requested", after(payment_processing(), {cancel_order{}}), none},
      {"declined", declined(), none},
      {"declined, a wrong amount goes back", after(payment_processing(), {money_was_captured{1, "T", 1}}), none},
      {"paid", paid(), none},
      {"paid, a part goes back", after(paid(), {refund_order{30}}), none},
      {"paid, a part went back", after(paid(), {refund_order{30}, refund_was_settled{1, 30}}), none},
      {"shipped", shipped(), none},
      {"shipped, a part goes back", after(shipped(), {refund_order{30}}), none},
      {"shipped, all goes back", sent_back, under_way},
      {"shipped, all is back", after(sent_back, {refund_was_settled{1, price}}), done},
      {"shipped, the refund is refused", after(sent_back, {refund_was_refused{1, "closed"}}), under_way},
      {"cancelled unpaid", cancelled(), none},
      {"cancelled after a decline", after(declined(), {cancel_order{}}), none},
      {"cancelled when paid", given_up, under_way},
      {"cancelled when paid, all is back", after(given_up, {refund_was_settled{1, price}}), done},
      {"cancelled when paid, the refund is refused", after(given_up, {refund_was_refused{1, "closed"}}), under_way},
      {"cancelled by a refund", after(paid(), {refund_order{}}), under_way},
      {"cancelled by money that went back elsewhere", after(paid(), {refund_was_seen{price}}), done},
      {"captured although cancelled", late, under_way},
      {"captured although cancelled, back", after(late, {refund_was_settled{1, price}}), done},
      {"cancelled, nothing was due", free_and_cancelled(), none},
  };
  for (const auto& each : rows) {
    INFO(each.name);
    CHECK(static_cast<int>(payment_return_of(each.now)) == static_cast<int>(each.expected));
  }
}

}  // namespace orderflow
