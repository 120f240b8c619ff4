#include "domain/order/deadline.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/domain/order/given.hpp"

namespace orderflow {
namespace {

using namespace given;
using namespace std::chrono_literals;
using kind = deadline_kind;

constexpr std::optional<deadline> none;

/// Lets deadlines come, each at its time, until the order has left `status` or none is due; the kinds in order.
std::vector<kind> run_timers(order now) {
  std::vector<kind> seen;
  const auto status = now.status;
  while (const auto next = next_deadline(now)) {
    seen.push_back(next->kind);
    now = after(now, {deadline_has_come{next->kind}}, next->at);
    if (now.status != status || seen.size() > 10) break;
  }
  return seen;
}

}  // namespace

TEST_CASE("what does not exist, has left the house or is cancelled has no deadline") {
  CHECK(next_deadline({}) == none);
  CHECK(next_deadline(shipped()) == none);
  CHECK(next_deadline(delivered()) == none);
  CHECK(next_deadline(cancelled()) == none);
}

TEST_CASE("the deadlines of a waiting order come in order, each once, until it expires") {
  CHECK(run_timers(awaiting_payment()) == std::vector{kind::payment_reminder, kind::payment_alert, kind::payment_due});
  CHECK(run_timers(awaiting_stock()) ==
        std::vector{kind::stock_confirm, kind::payment_reminder, kind::payment_alert, kind::payment_due});
  CHECK(run_timers(payment_processing()) == std::vector{kind::payment_reminder, kind::payment_alert, kind::payment_due});
  CHECK(run_timers(paid()) == std::vector{kind::shipping_overdue});
  CHECK(run_timers(awaiting_checkout()) == std::vector{kind::cart_expiry});
}

TEST_CASE("deadlines count from placing, from payment and from the last change of the cart") {
  CHECK(next_deadline(awaiting_payment()) == deadline{start + 10min, kind::payment_reminder, start});
  CHECK(next_deadline(after(payment_processing(), {money_was_captured{1, "t1", price}}, start + 1h)) ==
        deadline{start + 49h, kind::shipping_overdue, start + 1h});
  auto lines = tracked_lines();
  lines[0].quantity = 3;
  const auto changed = after(awaiting_checkout(), {replace_lines{lines}}, start + 2h);
  CHECK(next_deadline(changed) == deadline{start + 26h, kind::cart_expiry, start + 2h});
  CHECK(outcome(changed, deadline_has_come{kind::cart_expiry}, start + 24h) == "=");
  CHECK(next_deadline(after(awaiting_checkout(), {checkout{somebody(), {}}}, start + 2h)) ==
        deadline{start + 2h + 30s, kind::stock_confirm, start + 2h});
}

TEST_CASE("the durations are the order's own") {
  auto command = placing(untracked_lines());
  command.timers.payment_due = 5s;
  CHECK(next_deadline(after({}, {command})) == deadline{start + 5s, kind::payment_due, start});
}

TEST_CASE("an order that was paid before its stock came waits for stock only") {
  const auto early = after(awaiting_stock(), {money_was_captured{1, "t1", price}});
  CHECK(run_timers(early) == std::vector{kind::stock_confirm});
  CHECK(outcome(early, deadline_has_come{kind::payment_due}, start + 24h) == "=");
}

TEST_CASE("an overdue inventory is told once: the reservation stays owed") {
  const auto now = after(awaiting_stock(), {deadline_has_come{kind::stock_confirm}}, start + 30s);
  CHECK(pending_effects(now) == std::vector<effect>{reserve_stock{1}});
}

TEST_CASE("an order that is to be cancelled does not expire as well") {
  CHECK(run_timers(after(payment_processing(), {cancel_order{}})) == std::vector{kind::payment_reminder, kind::payment_alert});
}

}  // namespace orderflow
