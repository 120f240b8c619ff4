// The order path: what is durable before anybody is told, and what it costs.
#include <catch2/catch_test_macros.hpp>

#include "tests/actors/fixture.hpp"

namespace orderflow::test {

TEST_CASE("a paid order of tracked goods costs exactly two commits and is answered after the second") {
  fixture on;
  on.stock_up(10);
  on.placed();  // Ids are reserved, everybody is awake.
  auto before = on.db.counts().batches;
  uint64_t answered_after = 0;
  auto answer = on.create({.tracked = 2});
  on.db.on_batch([&](const batch&) { answered_after = answer->answered() ? answered_after : on.db.counts().batches + 1 - before; });
  on.run();
  REQUIRE(answer->reply);
  CHECK(answer->reply->verdict == order_verdict::done);
  CHECK(answer->reply->now->status == order_status::paid);
  CHECK(answered_after == 2);
  auto id = answer->reply->now->id;
  CHECK(on.events_of(id) == std::vector<std::string>{"order_placed", "stock_held", "payment_started", "payment_captured"});
}

}  // namespace orderflow::test
