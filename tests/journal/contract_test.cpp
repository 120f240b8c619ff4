// What every store promises to the queue above it. One body for all of them.
#include <algorithm>
#include <set>

#include "tests/journal/every_store.hpp"

namespace orderflow::test {
namespace {

std::vector<append_status> statuses_of(const std::vector<append_outcome>& outcomes) {
  std::vector<append_status> statuses;
  for (const auto& each : outcomes) statuses.push_back(each.status);
  return statuses;
}

constexpr auto committed = append_status::committed;
constexpr auto conflict = append_status::conflict;
constexpr auto duplicate = append_status::duplicate;

}  // namespace

TEST_CASE("an append is committed and read back as it was") {
  FOR_EVERY_STORE;
  auto request = order_append(7, 0, no_generation, 3);
  request.events[1].body = R"({"name":"Ünïcode \u0001 \"quoted\"","empty":""})";
  auto& state = std::get<order_rows>(request.rows).state;
  state.due_at = noon + std::chrono::minutes{5};
  state.open = true;
  state.status = order_status::payment_processing;
  const auto outcome = on.commit(request);
  REQUIRE(outcome.status == committed);

  const auto events = on.look->history(stream_of({7}));
  REQUIRE(events.size() == 3);
  for (size_t i = 0; i < 3; ++i) {
    CHECK(events[i].seq == i + 1);
    CHECK(events[i].stream == stream_of({7}));
    CHECK(events[i].event == request.events[i]);
  }
  CHECK(events[2].at == outcome.at);

  const auto opened = on.open(stream_of({7}));
  CHECK(opened.of > no_generation);
  CHECK(opened.seq == 3);
  CHECK(opened.order == state);
  CHECK(opened.events.empty());
  auto listed = on.look->find_order({7});
  REQUIRE(listed);
  CHECK(listed->row.listed_at >= listed->row.created_at);
  listed->row.listed_at = {};  // Given by the store.
  CHECK(listed->row == std::get<order_rows>(request.rows).created);
  CHECK(listed->version == 3);
  CHECK(listed->state == state.state);
}

TEST_CASE("nothing is loaded for a stream that nobody wrote") {
  FOR_EVERY_STORE;
  const auto opened = on.open(stream_of({64}));
  CHECK(opened.seq == 0);
  CHECK_FALSE(opened.order);
  CHECK_FALSE(on.look->find_order({64}));
  CHECK(on.look->history(stream_of({64})).empty());
}

TEST_CASE("positions grow in the order of the queue and followers see every event") {
  FOR_EVERY_STORE;
  std::vector<position> given;
  for (int64_t round = 0; round < 4; ++round) {
    for (int64_t id = 1; id <= 20; ++id) on.queue(order_append(round * 20 + id, 0, no_generation, 2));
    for (const auto& each : on.run()) given.push_back(each.at);
  }
  REQUIRE(given.size() == 80);
  CHECK(std::is_sorted(given.begin(), given.end()));
  CHECK(std::adjacent_find(given.begin(), given.end()) == given.end());

  const auto events = on.events_after({}, stream_kind::order, 160);
  REQUIRE(events.size() == 160);
  for (size_t i = 0; i < events.size(); ++i) {
    CHECK(events[i].stream.id == static_cast<int64_t>(i / 2 + 1));
    CHECK(events[i].seq == i % 2 + 1);
  }
  for (size_t i = 0; i < given.size(); ++i) CHECK(events[2 * i + 1].at == given[i]);
}

TEST_CASE("a stream goes on where it was opened") {
  FOR_EVERY_STORE;
  REQUIRE(on.commit(order_append(7, 0, no_generation, 2)).status == committed);
  const auto opened = on.open(stream_of({7}));
  REQUIRE(opened.seq == 2);
  CHECK(on.commit(order_append(7, 2, opened.of)).status == committed);
  CHECK(on.look->history(stream_of({7})).size() == 3);
  CHECK(on.look->find_order({7})->version == 3);
}

TEST_CASE("an append that does not follow the tail is a conflict and writes nothing") {
  FOR_EVERY_STORE;
  REQUIRE(on.commit(order_append(7, 0, no_generation, 2)).status == committed);
  const auto seq = GENERATE(uint64_t{0}, uint64_t{1}, uint64_t{3}, uint64_t{9});
  const auto opened = on.open(stream_of({7}));
  CHECK(on.commit(order_append(7, seq, opened.of)).status == conflict);
  // What was decided on top of it may fit by accident.
  CHECK(on.commit(order_append(7, 2, opened.of)).status == conflict);
  CHECK(on.look->history(stream_of({7})).size() == 2);
  const auto again = on.open(stream_of({7}));
  CHECK(on.commit(order_append(7, 2, again.of)).status == committed);
}

TEST_CASE("the store itself refuses what comes too late and what leaves a gap") {
  FOR_EVERY_STORE;
  REQUIRE(on.commit(order_append(7, 0, no_generation, 2)).status == committed);
  const auto seq = GENERATE(uint64_t{0}, uint64_t{1}, uint64_t{3});
  const auto good = order_append(8);
  const auto bad = order_append(7, seq);
  batch work;
  work.appends = {&good, &bad};
  const auto outcome = on.under->commit(work);
  REQUIRE(outcome.status == batch_status::rejected);
  REQUIRE(outcome.rejected.size() == 1);
  CHECK(outcome.rejected[0].index == 1);
  CHECK(outcome.rejected[0].status == conflict);
  CHECK_FALSE(on.look->find_order({8}));
}

TEST_CASE("appends of a generation that is over are conflicts") {
  FOR_EVERY_STORE;
  REQUIRE(on.commit(order_append(7)).status == committed);
  const auto first = on.open(stream_of({7}));
  on.queue(order_append(7, 1, first.of));
  const auto second = on.open(stream_of({7}));
  CHECK(second.of > first.of);
  CHECK(second.seq == 1);
  CHECK(statuses_of(on.run()) == std::vector{conflict});
  CHECK(on.commit(order_append(7, 1, first.of)).status == conflict);
  CHECK(on.commit(order_append(7, 1, second.of)).status == committed);
}

TEST_CASE("a new order whose id is taken is a conflict") {
  FOR_EVERY_STORE;
  REQUIRE(on.commit(order_append(7)).status == committed);
  on.restart();
  CHECK(on.commit(order_append(7)).status == conflict);
  CHECK(on.look->history(stream_of({7})).size() == 1);
}

TEST_CASE("an effect is committed with its cause") {
  FOR_EVERY_STORE;
  const auto placed = order_append(7);
  on.queue(placed);
  on.open(main_warehouse);  // Commits `placed` too: an open takes its turn in the queue.
  const auto stock = on.open(main_warehouse);
  auto reserved = stock_append(0, stock.of, {{{"A"}, {10, 1}}}, {{{{7}, 1}, false}});
  const auto held = after(order_append(7, 1), cause_of(reserved));
  on.queue(after(reserved, cause_of(placed)));
  on.queue(held);
  CHECK(statuses_of(on.run()) == std::vector{committed, committed, committed});
  CHECK(on.journal->figures().batches == 2);
}

TEST_CASE("whatever depends on a failed append fails with it, also over several streams") {
  FOR_EVERY_STORE;
  REQUIRE(on.commit(with_key(order_append(1), "k")).status == committed);
  const auto stock = on.open(main_warehouse);
  const auto doubled = with_key(order_append(2), "k");
  const auto reserved = after(stock_append(0, stock.of, {{{"A"}, {10, 1}}}), cause_of(doubled));
  const auto held = after(order_append(3), cause_of(reserved));
  on.queue(order_append(4));
  on.queue(doubled);
  on.queue(order_append(2, 1));
  on.queue(reserved);
  on.queue(held);
  on.queue(order_append(5));
  auto told = statuses_of(on.run());
  std::ranges::sort(told);
  CHECK(told == std::vector{committed, committed, duplicate, conflict, conflict, conflict});
  CHECK(on.look->find_order({4}));
  CHECK(on.look->find_order({5}));
  CHECK_FALSE(on.look->find_order({2}));
  CHECK_FALSE(on.look->find_order({3}));
  CHECK(on.look->stock(1).empty());
}

TEST_CASE("a cause that is unknown or of an older generation fails its effect") {
  FOR_EVERY_STORE;
  const auto placed = order_append(7);
  REQUIRE(on.commit(placed).status == committed);
  const auto older = on.open(stream_of({7})).of;
  on.open(stream_of({7}));
  CHECK(on.commit(after(order_append(8), {stream_of({7}), older, 1})).status == conflict);
  CHECK(on.commit(after(order_append(9), {stream_of({70}), 3, 1})).status == conflict);
  CHECK(on.look->count_orders({}) == 1);
}

TEST_CASE("all rejected appends of a batch are found at once and the others are committed") {
  FOR_EVERY_STORE;
  REQUIRE(on.commit(with_key(order_append(1), "k1", 11)).status == committed);
  REQUIRE(on.commit(with_key(order_append(2), "k2", 22)).status == committed);
  on.restart();
  for (int64_t id = 3; id <= 40; ++id) on.queue(order_append(id));
  on.queue(with_key(order_append(50), "k1", 11));
  on.queue(with_key(order_append(51), "k2", 99));
  on.queue(order_append(1));
  on.queue(with_key(order_append(52), "k3"));
  const auto told = on.run();
  REQUIRE(told.size() == 42);
  CHECK(on.journal->figures().rejected == 1);
  CHECK(on.journal->figures().batches == 1);
  CHECK(on.look->count_orders({}) == 41);
  // The guilty are told first.
  CHECK(told[0].status == duplicate);
  CHECK(told[0].existing->order == order_id{1});
  CHECK(told[1].status == duplicate);
  CHECK(told[1].existing->body_hash == 22);
  CHECK(told[1].existing->order == order_id{2});
  CHECK(told[2].status == conflict);
}

TEST_CASE("a repeated key answers with what came of the first") {
  FOR_EVERY_STORE;
  REQUIRE(on.commit(with_key(order_append(1), "key", 5)).status == committed);
  const auto again = on.commit(with_key(order_append(2), "key", 6));
  CHECK(again.status == duplicate);
  CHECK(again.existing == key_claim{"shop/ann/create", "key", 5, {1}, noon});
  CHECK_FALSE(on.look->find_order({2}));
  CHECK(on.look->find_key("shop/ann/create", "key") == again.existing);
  CHECK_FALSE(on.look->find_key("shop/bob/create", "key"));
  CHECK_FALSE(on.look->find_key("shop/ann/creat", "ekey"));
}

TEST_CASE("an append with two names is found by either, and either being taken is a duplicate") {
  FOR_EVERY_STORE;
  const auto named = [](int64_t id, const std::string& key, uint64_t body_hash) {
    auto made = with_key(order_append(id), "round " + std::to_string(id));
    made.also = key_claim{"shop/ann/place", key, body_hash, {id}, noon};
    return made;
  };
  const auto first = named(1, "mine", 7);
  REQUIRE(on.commit(first).status == committed);
  CHECK(on.look->find_key("shop/ann/place", "mine") == first.also);
  CHECK(on.look->find_key("shop/ann/create", "round 1") == first.key);
  const auto again = on.commit(named(2, "mine", 8));
  CHECK(again.status == duplicate);
  CHECK(again.existing == first.also);
  CHECK_FALSE(on.look->find_key("shop/ann/create", "round 2"));
  for (const int64_t id : {3, 4}) on.queue(named(id, "one intent", 7));
  on.queue(order_append(5));
  on.run();
  CHECK(on.look->find_order({3}));
  CHECK_FALSE(on.look->find_order({4}));
  CHECK(on.look->find_order({5}));
}

TEST_CASE("of two claims of one key in the queue the first wins") {
  FOR_EVERY_STORE;
  on.queue(with_key(order_append(1), "key"));
  on.queue(with_key(order_append(2), "key"));
  on.queue(order_append(2, 1));
  on.queue(after(order_append(3), {stream_of({2}), no_generation, 1}));
  on.queue(order_append(4));
  const auto told = on.run();
  CHECK(statuses_of(told) == std::vector{committed, committed, duplicate, conflict, conflict});
  CHECK(told[2].existing->order == order_id{1});
  CHECK(on.look->count_orders({}) == 2);
}

TEST_CASE("several states of one order and levels of one product leave the last") {
  FOR_EVERY_STORE;
  const auto stock = on.open(main_warehouse);
  on.queue(order_append(7));
  on.queue(stock_append(0, stock.of, {{{"A"}, {10, 1}}, {{"B"}, {5, 0}}}));
  on.queue(order_append(7, 1));
  on.queue(stock_append(1, stock.of, {{{"A"}, {10, 2}}}));
  on.queue(order_append(7, 2, no_generation, 2));
  on.queue(stock_append(2, stock.of, {{{"A"}, {10, 3}}}));
  on.run();
  CHECK(on.journal->figures().batches == 1);
  CHECK(on.look->find_order({7})->version == 4);
  CHECK(on.look->stock(1) == std::vector<stock_row>{{{"A"}, {10, 3}}, {{"B"}, {5, 0}}});
  const auto opened = on.open(main_warehouse);
  CHECK(opened.seq == 3);
  CHECK(opened.stock == on.look->stock(1));
}

TEST_CASE("a reservation is made once and closed once") {
  FOR_EVERY_STORE;
  const reservation_key key{{7}, 1};
  auto of = on.open(main_warehouse).of;
  CHECK(on.look->find_reservation(key) == reservation_mark::none);
  CHECK(on.commit(stock_append(0, of, {}, {{key, false}})).status == committed);
  CHECK(on.look->find_reservation(key) == reservation_mark::open);
  CHECK(on.commit(stock_append(1, of, {}, {{key, false}})).status == conflict);
  of = on.open(main_warehouse).of;
  CHECK(on.commit(stock_append(1, of, {}, {{key, true}})).status == committed);
  CHECK(on.look->find_reservation(key) == reservation_mark::closed);
  CHECK(on.commit(stock_append(2, of, {}, {{key, true}})).status == conflict);
  CHECK(on.look->find_reservation({{7}, 2}) == reservation_mark::none);
}

TEST_CASE("a reservation made twice within one batch fails the second") {
  FOR_EVERY_STORE;
  const auto of = on.open(main_warehouse).of;
  on.queue(stock_append(0, of, {}, {{{{7}, 1}, false}}));
  on.queue(order_append(9));
  on.queue(stock_append(1, of, {}, {{{{7}, 1}, false}}));
  auto told = statuses_of(on.run());
  std::ranges::sort(told);
  CHECK(told == std::vector{committed, committed, conflict});
}

TEST_CASE("products are kept as they were put last") {
  FOR_EVERY_STORE;
  const auto of = on.open(main_catalogue).of;
  const auto usd = currency{{'U', 'S', 'D'}};
  append_request put;
  put.stream = main_catalogue;
  put.of = of;
  put.events.push_back(event_of_type(1));
  put.rows = catalogue_rows{{{{"A"}, "Apple", usd, 100}, {{"B"}, "Bread", usd, 250}}};
  REQUIRE(on.commit(put).status == committed);
  put.expected_seq = 1;
  put.rows = catalogue_rows{{{{"A"}, "Apple, red", usd, 120}}};
  REQUIRE(on.commit(put).status == committed);
  CHECK(on.open(main_catalogue).products == std::vector<product>{{{"A"}, "Apple, red", usd, 120}, {{"B"}, "Bread", usd, 250}});
}

TEST_CASE("order ids are given once, also after a restart") {
  FOR_EVERY_STORE;
  CHECK(on.under->reserve_ids(0, 2).first == 64);
  CHECK(on.under->reserve_ids(5, 3).first == 5);
  std::set<int64_t> seen{64, 128, 5, 69, 133};
  for (const uint32_t shard : {0U, 5U, 63U, 5U, 0U}) {
    on.restart();
    const auto block = on.under->reserve_ids(shard, 4);
    REQUIRE(block.count == 4);
    for (int64_t n = 0; n < 4; ++n) {
      const auto id = block.first + n * shard_count;
      CHECK(id > 0);
      CHECK(id % shard_count == shard);
      CHECK(seen.insert(id).second);
    }
  }
}

TEST_CASE("a state of another version comes with all its events") {
  FOR_EVERY_STORE;
  auto request = order_append(7, 0, no_generation, 3);
  std::get<order_rows>(request.rows).state.state_version = 999;
  REQUIRE(on.commit(request).status == committed);
  const auto opened = on.open(stream_of({7}));
  CHECK(opened.events == request.events);
}

TEST_CASE("who takes the writer's place fences the one before") {
  FOR_EVERY_STORE;
  REQUIRE(on.commit(order_append(1)).status == committed);
  const auto other = on.db->open_writer(1);
  on.queue(order_append(2));
  follower_write note{"mail", position{1, 0}, {}, {}};
  std::optional<append_outcome> written;
  on.journal->write(note, [&](append_outcome outcome) { written = std::move(outcome); });
  CHECK(statuses_of(on.run()) == std::vector{append_status::fenced});
  CHECK(written->status == append_status::fenced);
  CHECK_FALSE(on.journal->run_once());
  CHECK(on.commit(order_append(3)).status == append_status::fenced);
  CHECK(on.look->count_orders({}) == 1);
  CHECK_FALSE(on.look->find_cursor("mail"));

  writer next{*other, [] { return true; }};
  auto status = append_status::broken;
  next.append(order_append(2), [&](const append_outcome& outcome) { status = outcome.status; });
  CHECK(next.run_once());
  CHECK(status == committed);
}

TEST_CASE("a writer of another node does not disturb") {
  FOR_EVERY_STORE;
  const auto other = on.db->open_writer(2);
  CHECK(on.commit(order_append(1)).status == committed);
  const auto theirs = order_append(2);
  batch work;
  work.appends = {&theirs};
  CHECK(other->commit(work).status == batch_status::committed);
  CHECK(on.commit(order_append(3)).status == committed);
}

}  // namespace orderflow::test
