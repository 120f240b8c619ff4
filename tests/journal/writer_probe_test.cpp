// How the queue finds out whether the store takes what it is given: probes, rehearsals, and whom a refusal is blamed on.
#include "tests/journal/queue_under_test.hpp"

namespace orderflow::test {
namespace {

constexpr auto committed = append_status::committed;
constexpr auto unavailable = append_status::unavailable;

}  // namespace

TEST_CASE("a probe writes although nothing is queued, counts as no batch, and says whether the store took it", "[writer]") {
  queue_under_test on;
  on.patient = false;
  CHECK(on.journal.idle());
  on.journal.probe();
  CHECK_FALSE(on.journal.idle());
  REQUIRE(on.journal.run_once());
  CHECK(on.journal.idle());
  CHECK(on.under.batch_sizes == std::vector<size_t>{0});
  CHECK(on.journal.figures().batches == 0);
  REQUIRE(on.journal.outcome());
  CHECK(on.journal.outcome()->taken);
  for (const auto answer : {batch_status::unavailable, batch_status::rejected}) {
    on.under.answers = {answer};
    on.journal.probe();
    REQUIRE(on.journal.run_once());
    REQUIRE(on.journal.outcome());
    CHECK_FALSE(on.journal.outcome()->taken);
    CHECK(on.journal.outcome()->detail == "as scripted");
  }
  on.queue(order_append(1));
  CHECK(on.run() == outcomes{{1, committed}});
  CHECK(on.journal.outcome()->taken);
}

TEST_CASE("a probe together with appends is their batch", "[writer]") {
  queue_under_test on;
  on.queue(order_append(1));
  on.journal.probe();
  CHECK(on.run() == outcomes{{1, committed}});
  CHECK(on.under.batch_sizes == std::vector<size_t>{1});
}

TEST_CASE("a probe finds out that another process writes in our place", "[writer]") {
  queue_under_test on;
  on.under.answers = {batch_status::fenced};
  on.journal.probe();
  CHECK_FALSE(on.journal.run_once());
}

TEST_CASE("after a batch that the store did not take, a rehearsal goes before the next until one is taken", "[writer]") {
  queue_under_test on;
  on.patient = false;
  on.under.answers = {batch_status::unavailable, batch_status::unavailable};
  for (int64_t id = 1; id <= 4; ++id) {
    on.queue(order_append(id));
    on.run();
  }
  // The first two append nothing: the second one's rehearsal fails.
  CHECK(on.under.rehearsals == std::vector<bool>{false, true, true, false, false});
  CHECK(on.under.batch_sizes == std::vector<size_t>{1, 0, 0, 1, 1});
}

TEST_CASE("a batch that is refused without a name is the store's fault where a rehearsal is refused too", "[writer]") {
  queue_under_test on;
  on.under.answers.assign(3, batch_status::rejected);
  on.queue(order_append(1));
  on.queue(order_append(2));
  CHECK(on.run() == outcomes{{1, unavailable}, {2, unavailable}});
  REQUIRE(on.journal.outcome());
  CHECK_FALSE(on.journal.outcome()->taken);
  CHECK(on.journal.doubts());
  // The third answer is for the next rehearsal: nothing is tried before that has passed.
  on.queue(order_append(3));
  CHECK(on.run() == outcomes{{3, unavailable}});
  CHECK(on.under.batch_sizes == std::vector<size_t>{2, 0, 0});
  on.queue(order_append(4));
  CHECK(on.run() == outcomes{{4, committed}});
  CHECK_FALSE(on.journal.doubts());
}

TEST_CASE("a probe that passes does not end an outage that a rehearsal still shows", "[writer]") {
  queue_under_test on;
  on.patient = false;
  on.under.answers = {batch_status::unavailable};
  on.queue(order_append(1));
  CHECK(on.run() == outcomes{{1, unavailable}});
  on.under.refuses_rehearsals = true;
  for (int n = 0; n < 3; ++n) {
    on.journal.probe();
    REQUIRE(on.journal.run_once());
    REQUIRE(on.journal.outcome());
    CHECK_FALSE(on.journal.outcome()->taken);
  }
  on.under.refuses_rehearsals = false;
  on.journal.probe();
  REQUIRE(on.journal.run_once());
  CHECK(on.journal.outcome()->taken);
}

TEST_CASE("what failed elsewhere is told by a rehearsal, and so is a store that writes and cannot be read", "[writer]") {
  queue_under_test on;
  on.journal.doubt();
  CHECK_FALSE(on.journal.idle());
  on.under.failing_loads = 1;
  REQUIRE(on.journal.run_once());
  REQUIRE(on.journal.outcome());
  CHECK(on.journal.outcome()->detail == "the store is away");
  CHECK(on.journal.idle());  // It is probed at the journal's pace from now on.
  on.journal.probe();
  REQUIRE(on.journal.run_once());
  CHECK(on.journal.outcome()->taken);
}

TEST_CASE("a batch that is rejected says nothing about the store", "[writer]") {
  queue_under_test on;
  on.queue(with_key(order_append(1), "a"));
  on.run();
  on.queue(with_key(order_append(2), "a"));
  on.run();
  CHECK_FALSE(on.journal.outcome());
}

}  // namespace orderflow::test
