// Any word at any time, sensible or not: no order is stuck by it.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <map>

#include "domain/order/deadline.hpp"
#include "tests/domain/order/walk.hpp"

namespace orderflow {
namespace {

using namespace given;
using namespace walking;

std::vector<order_action> any_words() {
  auto d3 = placing(tracked_lines(), "card");
  d3.decline_cancels = true;
  d3.cart = cart_claim{"ann", 1};
  std::vector<order_action> words{a_cart(),
                                  placing(tracked_lines()),
                                  placing(untracked_lines(), "card"),
                                  d3,
                                  checkout{somebody(), "card"},
                                  pay_order{"card"},
                                  cancel_order{},
                                  refund_order{30},
                                  refund_order{},
                                  ship_order{},
                                  deliver_order{},
                                  resolve_attempt{"", "seen", "op"},
                                  resolve_attempt{"x", "seen", "op"},
                                  resolve_shipment{"no", "op"},
                                  stock_was_reserved{1},
                                  stock_was_refused{1},
                                  stock_was_released{1},
                                  stock_was_consumed{1},
                                  payment_has_no_answer{1},
                                  payment_was_not_found{1},
                                  charge_is_unknown{1},
                                  money_was_captured{1, "yen", 1500, currency{{'J', 'P', 'Y'}}},
                                  shipment_was_booked{"123"},
                                  booking_was_refused{"no"},
                                  cart_was_settled{},
                                  refund_was_seen{20},
                                  refund_was_seen{100}};
  for (const uint32_t n : {1U, 2U}) {
    words.push_back(payment_was_declined{n, "no"});
    words.push_back(money_was_captured{n, "t" + std::to_string(n), price});
    words.push_back(money_was_captured{n, "t" + std::to_string(n), 90});
    words.push_back(refund_was_settled{n, 100});
    words.push_back(refund_was_refused{n, "more than is left", 20});
    words.push_back(refund_was_refused{n, "closed", 0});
    words.push_back(refund_was_not_shown{n, 20});
    words.push_back(refund_is_unknown{n});
    words.push_back(resolve_refund{n, true, "in cash", "op"});
    words.push_back(resolve_refund{n, false, "once more", "op"});
    words.push_back(resolve_matter{n, "seen", "op"});
  }
  words.push_back(money_was_captured{1, "x", price});
  words.push_back(resolve_capture{"x", true, "bank", "op"});
  words.push_back(resolve_capture{"x", false, "bank", "op"});
  return words;
}

std::vector<order> next_states(const order& now, const std::vector<order_action>& words) {
  std::vector<order> found;
  const auto add = [&](const order_action& word, timestamp at) {
    auto said = decide(now, {word, at});
    if (said.after) found.push_back(*said.after);
  };
  for (const auto& word : words) add(word, time_of(now));
  if (const auto due = next_deadline(now)) add(deadline_has_come{due->kind}, std::max(time_of(now), due->at));
  return found;
}

}  // namespace

TEST_CASE("whatever is said in whatever order, no order is stuck") {
  const auto words = any_words();
  std::map<std::string, std::string> stuck;
  const auto next = [&](const order& now) {
    auto found = next_states(now, words);
    std::erase_if(found, [](const order& one) { return !is_small(one); });
    return found;
  };
  const auto count = walk(order{}, 60'000, key_of_state, next, [&](const order& now) {
    if (const auto why = what_is_stuck(now); !why.empty()) stuck.emplace(why, key_of_state(now));
  });
  for (const auto& [why, state] : stuck) FAIL_CHECK(why << ": " << state);
  CHECK(count >= 10'000);
}

}  // namespace orderflow
