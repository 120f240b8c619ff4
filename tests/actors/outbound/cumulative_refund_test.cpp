// What the gateway tells of money that is not as the order thought: refunds of others, other figures, questions from the edge.
#include <catch2/catch_test_macros.hpp>

#include "tests/actors/fixture.hpp"

namespace orderflow::test {

namespace {

using std::chrono::seconds;

}  // namespace

TEST_CASE("a refund that the gateway refuses because somebody was faster is followed by one of the rest") {
  fixture on;
  auto id = on.placed();
  on.world.payments.external_refund(id, 300);
  on.command(id, cancel_order{});
  on.advance(seconds{30});
  CHECK(on.world.payments.refunds_asked == 2);
  CHECK(on.world.payments.refunded(id) == 1000);
  const auto now = on.stored(id);
  CHECK(refunded_sum(now) == 1000);
  CHECK(now.needs_operator == operator_reason::none);
  REQUIRE(now.external_refunds.size() == 1);
  CHECK(now.external_refunds[0].amount == 300);
}

TEST_CASE("a refused refund that an operator has tried again goes through") {
  fixture on;
  auto id = on.placed();
  on.world.payments.refuses_refunds = true;
  on.command(id, cancel_order{});
  on.advance(seconds{5});
  on.world.payments.refuses_refunds = false;
  on.command(id, resolve_refund{1, false, "the gateway was closed", "tom"});
  on.advance(seconds{5});
  CHECK(on.world.payments.refunded(id) == 1000);
  CHECK(on.stored(id).needs_operator == operator_reason::none);
}

TEST_CASE("a refund that the gateway does not show is never sent again and calls an operator; the gateway is not away") {
  fixture on;
  on.world.payments.keys_are_honoured = false;
  const auto id = on.placed();
  on.world.payments.drops_refunds = true;
  on.command(id, cancel_order{});
  on.advance(seconds{30});
  on.world.payments.drops_refunds = false;
  CHECK(on.stored(id).needs_operator == operator_reason::refund_unknown_to_gateway);
  CHECK(on.count_event(id, "operator_needed") == 1);
  CHECK(on.all().figures->orders_needing_operator[9]->value() == 1);
  CHECK_FALSE(on.all().figures->payment_gateway.outage());
  auto waiting = on.request<std::vector<effect_progress>>(on.all().payments, caf::get_atom_v);
  on.run();
  REQUIRE(waiting->reply);
  REQUIRE(waiting->reply->size() == 1);
  CHECK(waiting->reply->front().is_answered);
  on.crash();
  on.start();
  on.advance(seconds{30});
  CHECK(on.world.payments.refunded(id) == 0);
  CHECK(on.count_event(id, "operator_needed") == 1);
  on.command(id, resolve_refund{1, false, "the gateway has not got it", "tom"});
  on.advance(seconds{5});
  CHECK(on.world.payments.refunded(id) == 1000);
  CHECK(on.stored(id).needs_operator == operator_reason::none);
  CHECK(on.all().figures->orders_needing_operator[9]->value() == 0);
}

TEST_CASE("a capture that was told with a wrong figure goes back as a whole when the true one is told") {
  fixture on;
  auto id = on.placed({.pay_with = "told_wrong"});
  CHECK(on.stored(id).pending_for(pending_reason::awaiting_payment));
  on.world.payments.report_again();
  on.run();
  CHECK(on.world.payments.captured(id) == 1000);
  CHECK(on.world.payments.refunded(id) == 1000);
  CHECK(on.stored(id).needs_operator == operator_reason::capture_of_other_figure);
}

TEST_CASE("the gateway tells how a charge stands, whoever asks") {
  fixture on;
  auto id = on.placed({.pay_with = "in_progress", .when = answer_when::committed});
  const auto ask = [&](uint32_t attempt) {
    auto answer = on.request<charge_answer>(on.all().payments, charge_question{id, attempt});
    on.run();
    REQUIRE(answer->reply);
    return *answer->reply;
  };
  CHECK(ask(1).status == charge_status::in_progress);
  CHECK(ask(2).status == charge_status::not_found);
  CHECK(on.stored(id).status == order_status::payment_processing);
  on.world.payments.settle("charge/" + std::to_string(id.value) + "/1", true);
  on.run();
  CHECK(ask(1).status == charge_status::captured);
  CHECK(ask(1).amount == 1000);
  on.world.payments.down = true;
  auto answer = on.request<charge_answer>(on.all().payments, charge_question{id, 1});
  on.run();
  REQUIRE(answer->error);
  CHECK(answer->error->code == errc::gateway_unavailable);
}

}  // namespace orderflow::test
