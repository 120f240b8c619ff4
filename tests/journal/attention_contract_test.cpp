// What every store promises about batches of nothing, and about orders that wait for a person. One body for all of them.
#include "tests/journal/every_store.hpp"

namespace orderflow::test {
namespace {

constexpr auto committed = append_status::committed;

}  // namespace

TEST_CASE("a batch of nothing is committed, with and without a rehearsal, and disturbs nobody") {
  FOR_EVERY_STORE;
  REQUIRE(on.commit(order_append(1)).status == committed);
  for (const bool rehearsal : {false, true, true, false}) {
    batch nothing;
    nothing.rehearsal = rehearsal;
    const auto outcome = on.under->commit(nothing);
    INFO(outcome.detail);
    CHECK(outcome.status == batch_status::committed);
    CHECK(outcome.positions.empty());
  }
  auto second = order_append(2);
  batch work;
  work.appends = {&second};
  work.rehearsal = true;
  CHECK(on.under->commit(work).status == batch_status::committed);
  CHECK(on.look->count_orders({}) == 2);
}

TEST_CASE("why an order waits for a person is kept with its state, listed, counted, and gone with the reason") {
  FOR_EVERY_STORE;
  const auto needing = [](append_request request, operator_reason why) {
    std::get<order_rows>(request.rows).state.needs_operator = why;
    return request;
  };
  for (int64_t id = 1; id <= 4; ++id) REQUIRE(on.commit(order_append(id)).status == committed);
  auto first = needing(order_append(2, 1, on.open(stream_of({2})).of), operator_reason::refund_refused);
  REQUIRE(on.commit(first).status == committed);
  REQUIRE(on.commit(needing(order_append(5), operator_reason::booking_refused)).status == committed);
  CHECK(on.open(stream_of({2})).order == std::get<order_rows>(first.rows).state);

  order_query wanted;
  wanted.needs_operator = true;
  const auto ids = [&] { return ids_of(on.look->list_orders(wanted)); };
  CHECK(ids() == std::vector<int64_t>{5, 2});
  CHECK(on.look->count_orders(wanted) == 2);
  wanted.oldest_first = true;
  CHECK(ids() == std::vector<int64_t>{2, 5});
  wanted.tenant = "nobody's";
  CHECK(ids().empty());
  CHECK(on.look->count_orders(wanted) == 0);
  wanted.tenant.reset();
  const auto counts = on.look->count_by_operator_reason();
  REQUIRE(counts.size() > static_cast<size_t>(operator_reason::booking_refused));
  CHECK(counts[static_cast<size_t>(operator_reason::refund_refused)] == 1);
  CHECK(counts[static_cast<size_t>(operator_reason::booking_refused)] == 1);

  on.restart();
  CHECK(ids() == std::vector<int64_t>{2, 5});
  REQUIRE(on.commit(order_append(2, 2, on.open(stream_of({2})).of)).status == committed);
  CHECK(ids() == std::vector<int64_t>{5});
}

}  // namespace orderflow::test
