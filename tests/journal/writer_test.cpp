// The queue's own rules, over a store that does what it is told.
#include "journal/writer.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <utility>

#include "tests/journal/queue_under_test.hpp"

namespace orderflow::test {
namespace {

constexpr auto committed = append_status::committed;
constexpr auto conflict = append_status::conflict;
constexpr auto unavailable = append_status::unavailable;
constexpr auto broken = append_status::broken;
constexpr auto unknown = append_status::unknown;

}  // namespace

TEST_CASE("a batch is what is queued, up to the limit, and its outcomes are told in the order of the queue", "[writer]") {
  queue_under_test on;
  outcomes expected;
  for (int64_t id = 1; id <= 1100; ++id) {
    on.queue(order_append(id));
    expected.push_back({id, committed});
  }
  CHECK(on.journal.queued() == 1100);
  CHECK(on.told.empty());
  CHECK(on.run() == expected);
  CHECK(on.under.batch_sizes == std::vector<size_t>{512, 512, 76});
  CHECK(on.journal.figures().appends == 1100);
  CHECK(on.journal.figures().batches == 3);
  CHECK(on.journal.figures().last_batch_size == 76);
}

TEST_CASE("a storm of openings is loaded some at a time, and appends are committed in between", "[writer]") {
  queue_under_test on;
  size_t opened = 0;
  size_t opened_at_commit = 0;
  for (int64_t id = 1; id <= 600; ++id)
    on.journal.open(
        {stream_kind::order, id}, [&](const opened_stream&) { ++opened; }, [](const std::string&) {});
  on.journal.append(order_append(1000), [&](const append_outcome&) { opened_at_commit = opened; });
  on.run();
  CHECK(on.under.load_sizes == std::vector<size_t>{256, 256, 88});
  CHECK(opened == 600);
  CHECK(opened_at_commit == 256);
}

TEST_CASE("the one append that nobody can write is found by halving and is broken, with what depends on it", "[writer]") {
  const auto poison = GENERATE(int64_t{1}, int64_t{37}, int64_t{100});
  queue_under_test on;
  on.under.refuses = [&](const append_request& request) { return request.stream.id == poison; };
  for (int64_t id = 1; id <= 100; ++id) {
    on.queue(order_append(id));
    on.queue(after(order_append(id + 1000), {stream_of({id}), no_generation, 1}));
  }
  size_t good = 0;
  for (const auto& each : on.run()) {
    if (each.id == poison) {
      CHECK(each.status == broken);
    } else if (each.id == poison + 1000) {
      CHECK(each.status == conflict);
    } else {
      CHECK(each.status == committed);
      ++good;
    }
  }
  CHECK(good == 198);
  CHECK(on.under.batch_sizes.size() < 40);
}

TEST_CASE("a follower's write that nobody can write does not hold up appends, nor they the search for it", "[writer]") {
  queue_under_test on;
  on.under.refuses_write = [](const follower_write& write) { return write.sink == "bad"; };
  std::vector<append_status> writes;
  for (const auto* sink : {"a", "b", "bad", "c"}) {
    on.journal.write({sink, position{1, 0}, {}, {}}, [&](const append_outcome& outcome) { writes.push_back(outcome.status); });
  }
  // New appends come in all the time.
  for (int64_t id = 1; id <= 20; ++id) {
    on.queue(order_append(id));
    on.journal.run_once();
  }
  CHECK(writes == std::vector{committed, committed, broken, committed});
  CHECK(on.run() == [] {
    outcomes all;
    for (int64_t id = 1; id <= 20; ++id) all.push_back({id, committed});
    return all;
  }());
  CHECK(on.under.sinks == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("a store that is away for a moment is tried again and nobody notices", "[writer]") {
  queue_under_test on;
  on.under.answers = {batch_status::unavailable, batch_status::unavailable};
  on.queue(order_append(1));
  CHECK(on.run() == outcomes{{1, committed}});
  CHECK(on.asked == 2);
  CHECK(on.failed_tries == std::vector<std::string>(2, "as scripted"));
}

TEST_CASE("a store that stays away makes the batch and what depends on it unavailable, and later ones are tried once",
          "[writer]") {
  queue_under_test on;
  on.under.answers.assign(1000, batch_status::unavailable);
  on.queue(order_append(1));
  on.queue(order_append(1, 1));
  on.queue(after(order_append(2), {stream_of({1}), no_generation, 2}));
  CHECK(on.run() == outcomes{{1, unavailable}, {1, unavailable}, {2, unavailable}});
  const auto tries = on.under.batch_sizes.size();
  // Seven doubling pauses fit into the patience of two seconds; a slow machine makes fewer tries in it.
  CHECK(tries <= 8);
  on.queue(order_append(3));
  CHECK(on.run() == outcomes{{3, unavailable}});
  CHECK(on.under.batch_sizes.size() == tries + 1);

  on.under.answers.clear();
  on.queue(order_append(1, 2));
  CHECK(on.run() == outcomes{{1, conflict}});  // Decided on what was never written.
  on.queue(order_append(4));
  CHECK(on.run() == outcomes{{4, committed}});
}

TEST_CASE("an unknown outcome is resolved before anybody is told anything", "[writer]") {
  const bool written = GENERATE(false, true);
  queue_under_test on;
  on.under.unknown_is_written = written;
  on.under.answers = {batch_status::unknown};
  on.under.resolutions = {resolution::still_unknown, resolution::still_unknown};
  on.queue(order_append(1));
  on.queue(order_append(2));
  CHECK(on.run() == outcomes{{1, committed}, {2, committed}});
  CHECK(on.under.written.size() == 2);
  CHECK(on.failed_tries.front() == "as scripted");
  CHECK(on.failed_tries.size() == (written ? 1U : 2U));
  CHECK(on.failed_tries.back().ends_with("as scripted"));
  CHECK(on.under.batch_sizes.size() == (written ? 1U : 2U));
  CHECK(on.journal.figures().unknown_outcomes == 1);
}

TEST_CASE("an outcome still unknown when waiting ends is told as unknown", "[writer]") {
  queue_under_test on;
  on.patient = false;
  on.under.answers = {batch_status::unknown};
  on.under.resolutions = {resolution::still_unknown};
  std::optional<append_status> written;
  on.journal.write({"mail", std::nullopt, {}, {}}, [&](const append_outcome& outcome) { written = outcome.status; });
  on.queue(order_append(1));
  on.queue(order_append(1, 1));
  CHECK(on.run() == outcomes{{1, unknown}, {1, unknown}});
  CHECK(written == unknown);
}

TEST_CASE("rows that nobody waits for ride in the next batch, or are written when they have waited long enough", "[writer]") {
  queue_under_test on;
  size_t written = 0;
  const auto write = [&](bool can_wait) {
    follower_write rows{"mail", position{1, 0}, {}, {}};
    rows.can_wait = can_wait;
    on.journal.write(std::move(rows), [&](const append_outcome& outcome) { written += outcome.status == committed ? 1 : 0; });
  };
  write(true);
  CHECK(on.journal.idle());
  on.queue(order_append(1));
  on.run();
  CHECK(written == 1);
  CHECK(on.under.batch_sizes == std::vector<size_t>{1});

  write(true);
  CHECK(on.journal.idle());
  on.journal.wait_no_longer();
  CHECK_FALSE(on.journal.idle());
  on.run();
  CHECK(written == 2);
  on.journal.wait_no_longer();
  CHECK(on.journal.idle());

  // One that somebody waits for takes the others along.
  write(true);
  write(false);
  CHECK_FALSE(on.journal.idle());
  on.run();
  CHECK(written == 4);
  CHECK(on.journal.idle());
  CHECK(on.journal.figures().batches == 3);
}

TEST_CASE("once fenced everything queued and everything later is fenced", "[writer]") {
  const bool while_resolving = GENERATE(false, true);
  queue_under_test on;
  if (while_resolving) {
    on.under.answers = {batch_status::unknown};
    on.under.resolutions = {resolution::fenced};
  } else {
    on.under.answers = {batch_status::fenced};
  }
  for (int64_t id = 1; id <= 600; ++id) on.queue(order_append(id));
  std::optional<append_status> written;
  on.journal.write({"mail", std::nullopt, {}, {}}, [&](const append_outcome& outcome) { written = outcome.status; });
  CHECK_FALSE(on.journal.run_once());
  CHECK(on.told.size() == 600);
  // What was in the store's hands when the answer to COMMIT was lost may be written; the rest of the queue is not.
  const auto in_hand = while_resolving ? unknown : append_status::fenced;
  const auto sent = static_cast<int64_t>(on.under.batch_sizes.front());
  for (const auto& each : on.told) CHECK(each.status == (each.id <= sent ? in_hand : append_status::fenced));
  CHECK(written == in_hand);
  CHECK(on.journal.idle());
  std::string why;
  on.journal.open(
      stream_of({1}), [](const opened_stream&) { FAIL("opened"); }, [&](std::string because) { why = std::move(because); });
  CHECK_FALSE(why.empty());
  on.told.clear();
  on.queue(order_append(9));
  CHECK(on.told == outcomes{{9, append_status::fenced}});
  CHECK_FALSE(on.journal.run_once());
  CHECK(on.under.written.empty());
}

TEST_CASE("a lost connection is noticed by loading, and the second try finds the store", "[writer]") {
  queue_under_test on;
  on.under.failing_loads = 1;
  std::vector<std::string> failed;
  generation of = no_generation;
  const auto open = [&] {
    on.journal.open(
        stream_of({7}), [&](const opened_stream& loaded) { of = loaded.of; },
        [&](std::string why) { failed.push_back(std::move(why)); });
    on.journal.run_once();
  };
  open();
  CHECK(of == 1);
  CHECK(failed.empty());
  on.under.failing_loads = 2;
  open();
  CHECK(failed == std::vector<std::string>{"the store is away"});
  on.queue(order_append(7, 0, of));
  CHECK(on.run() == outcomes{{7, conflict}});
}

TEST_CASE("a generation is never given twice and an opening fails the appends queued before it", "[writer]") {
  queue_under_test on;
  std::vector<generation> given;
  const auto open = [&](int64_t id) {
    on.journal.open(
        stream_of({id}), [&](const opened_stream& loaded) { given.push_back(loaded.of); }, [](const std::string&) { FAIL(); });
  };
  on.queue(order_append(1));
  on.queue(after(order_append(2), {stream_of({1}), no_generation, 1}));
  on.queue(order_append(3));
  open(1), open(4), open(1);
  CHECK(on.run() == outcomes{{1, conflict}, {2, conflict}, {3, committed}});
  CHECK(given == std::vector<generation>{1, 2, 3});
  on.queue(order_append(1, 0, 1));
  on.queue(order_append(1, 0, 3));
  CHECK(on.run() == outcomes{{1, conflict}, {1, committed}});
}

TEST_CASE("a closed stream is forgotten when nothing of it is queued", "[writer]") {
  queue_under_test on;
  on.queue(order_append(1));
  on.journal.close(stream_of({1}), 99);  // Another generation's: nothing happens.
  on.journal.close(stream_of({1}), no_generation);
  on.queue(order_append(1, 1));
  CHECK(on.told == outcomes{{1, conflict}});
  on.told.clear();
  CHECK(on.run() == outcomes{{1, committed}});
  on.queue(after(order_append(2), {stream_of({1}), no_generation, 1}));
  CHECK(on.run() == outcomes{{2, conflict}});
  on.queue(order_append(1, 1));
  CHECK(on.run() == outcomes{{1, conflict}});
}

TEST_CASE("callbacks may queue, open and close", "[writer]") {
  queue_under_test on;
  int done = 0;
  on.journal.append(order_append(1), [&](const append_outcome& outcome) {
    CHECK(outcome.status == committed);
    on.queue(order_append(1, 1));
    on.queue(order_append(2, 5));  // Told at once, within this call.
    CHECK(on.told == outcomes{{2, conflict}});
    on.journal.write({"mail", std::nullopt, {}, {}}, [&](const append_outcome&) { ++done; });
    on.journal.open(
        stream_of({3}),
        [&](const opened_stream& loaded) {
          ++done;
          on.queue(order_append(3, 0, loaded.of));
          on.journal.close(stream_of({3}), loaded.of);
        },
        [](const std::string&) { FAIL(); });
  });
  CHECK(on.run() == outcomes{{2, conflict}, {1, committed}, {3, committed}});
  CHECK(done == 2);
}

TEST_CASE("keys that differ share a batch, a key claimed again waits with all that depends on it", "[writer]") {
  queue_under_test on;
  on.queue(with_key(order_append(1), "a"));
  on.queue(with_key(order_append(2), "b"));
  on.queue(with_key(order_append(3), "a"));
  on.queue(after(order_append(4), {stream_of({3}), no_generation, 1}));
  on.queue(with_key(order_append(5), "c"));
  on.journal.run_once();
  CHECK(on.told == outcomes{{1, committed}, {2, committed}, {5, committed}});
  CHECK(on.under.batch_sizes == std::vector<size_t>{3});
  on.told.clear();
  CHECK(on.run() == outcomes{{3, append_status::duplicate}, {4, conflict}});
}

}  // namespace orderflow::test
