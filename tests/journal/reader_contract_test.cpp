// What every store shows to lists, look-ups and followers. One body for all of them.
#include <algorithm>
#include <filesystem>

#include "tests/journal/every_store.hpp"

namespace orderflow::test {
namespace {

append_request sample_order(int64_t id, order_status status, const provenance& source, const std::string& email) {
  auto request = order_append(id);
  auto& rows = std::get<order_rows>(request.rows);
  rows.state.status = status;
  rows.created->source = source;
  rows.created->customer_email = email;
  return request;
}

list_place place_of(int64_t id) { return {noon + milliseconds{id}, {id}}; }

/// Five orders that differ in everything lists filter by.
void fill(journal_under_test& on) {
  on.queue(sample_order(1, order_status::pending, {"ann", "shop", "d4", "", "", "", ""}, "ann@x.org"));
  on.queue(sample_order(2, order_status::paid, {"bob", "shop", "d1", "ext-2", "", "", ""}, "bob@x.org"));
  on.queue(sample_order(3, order_status::paid, {"ann", "mall", "import", "", "batch-1", "a.csv", "group-1"}, "ann@x.org"));
  on.queue(sample_order(4, order_status::shipped, {"ann", "shop", "import", "", "batch-1", "a.csv", "group-2"}, ""));
  on.queue(sample_order(5, order_status::cancelled, {"bob", "mall", "d2", "ext-5", "", "", ""}, ""));
  for (const auto& each : on.run()) REQUIRE(each.status == append_status::committed);
}

using ids = std::vector<int64_t>;

struct listing {
  order_query query;
  ids newest_first;
};

std::vector<listing> listings() {
  std::vector<listing> all;
  const auto add = [&](auto set, ids expected) {
    order_query query;
    set(query);
    all.push_back({query, std::move(expected)});
  };
  add([](order_query&) {}, {5, 4, 3, 2, 1});
  add([](order_query& q) { q.owner = "ann"; }, {4, 3, 1});
  add([](order_query& q) { q.owner = "nobody"; }, {});
  add([](order_query& q) { q.tenant = "mall"; }, {5, 3});
  add([](order_query& q) { q.status = order_status::paid; }, {3, 2});
  add([](order_query& q) { q.customer_email = "ann@x.org"; }, {3, 1});
  add([](order_query& q) { q.customer_email = ""; }, {5, 4});
  add([](order_query& q) { q.external_id = "ext-5"; }, {5});
  add([](order_query& q) { q.batch_id = "batch-1"; }, {4, 3});
  add([](order_query& q) { q.import_group = "group-2"; }, {4});
  add([](order_query& q) { q.created_from = noon + milliseconds{3}; }, {5, 4, 3});
  add([](order_query& q) { q.created_to = noon + milliseconds{3}; }, {2, 1});
  add([](order_query& q) { q.created_from = noon + milliseconds{2}, q.created_to = noon + milliseconds{4}; }, {3, 2});
  add([](order_query& q) { q.owner = "ann", q.tenant = "shop", q.status = order_status::shipped; }, {4});
  add([](order_query& q) { q.owner = "' OR 1=1 --"; }, {});
  return all;
}

}  // namespace

TEST_CASE("lists hold what fulfils all conditions, in either direction, and the count agrees") {
  FOR_EVERY_STORE;
  fill(on);
  size_t number = 0;
  for (auto [query, expected] : listings()) {
    CAPTURE(number++);
    CHECK(ids_of(on.look->list_orders(query)) == expected);
    CHECK(on.look->count_orders(query) == expected.size());
    query.oldest_first = true;
    std::ranges::reverse(expected);
    CHECK(ids_of(on.look->list_orders(query)) == expected);
  }
}

TEST_CASE("a list is paged by limit, by skip and by cursor") {
  FOR_EVERY_STORE;
  fill(on);
  order_query query;
  query.limit = 2;
  CHECK(ids_of(on.look->list_orders(query)) == ids{5, 4});
  query.skip = 3;
  CHECK(ids_of(on.look->list_orders(query)) == ids{2, 1});
  query.skip = 9;
  CHECK(on.look->list_orders(query).empty());
  query.skip = 0;
  query.after = place_of(4);
  CHECK(ids_of(on.look->list_orders(query)) == ids{3, 2});
  query.oldest_first = true;
  query.after = place_of(2);
  CHECK(ids_of(on.look->list_orders(query)) == ids{3, 4});
  query.owner = "bob";
  CHECK(ids_of(on.look->list_orders(query)) == ids{5});
  query.limit = 0;
  CHECK(on.look->list_orders(query).empty());
}

TEST_CASE("lists find orders however far apart their ids are") {
  FOR_EVERY_STORE;
  ids all;
  for (int64_t id = 7; id < 200'000; id = id * 3 + 1) {
    all.push_back(id);
    on.queue(order_append(id));
    on.queue(sample_order(id + 1, order_status::paid, {"bob", "shop", "d4", "", "", "", ""}, ""));
  }
  on.run();
  order_query query;
  query.owner = "ann";
  query.oldest_first = true;
  CHECK(ids_of(on.look->list_orders(query)) == all);
  CHECK(on.look->count_orders(query) == all.size());
  // Page by page with a cursor, in both directions, with a page that ends within and between blocks.
  for (const bool oldest_first : {true, false}) {
    order_query page = query;
    page.oldest_first = oldest_first;
    page.limit = 2;
    ids seen;
    for (;;) {
      const auto found = on.look->list_orders(page);
      if (found.empty()) break;
      for (const auto& each : found) seen.push_back(each.id.value);
      page.after = found.back().row.place();
      REQUIRE(seen.size() <= all.size());
    }
    if (!oldest_first) std::ranges::reverse(seen);
    CHECK(seen == all);
  }
  query.skip = static_cast<uint32_t>(all.size() - 1);
  CHECK(ids_of(on.look->list_orders(query)) == ids{all.back()});
  query.status = order_status::paid;
  query.skip = 0;
  CHECK(on.look->list_orders(query).empty());
  CHECK(on.look->count_orders(query) == 0);
}

TEST_CASE("all orders are scanned in the order of their ids") {
  FOR_EVERY_STORE;
  fill(on);
  CHECK(ids_of(on.look->scan_orders({0}, 3)) == ids{1, 2, 3});
  CHECK(ids_of(on.look->scan_orders({3}, 3)) == ids{4, 5});
  CHECK(on.look->scan_orders({5}, 3).empty());
  auto row = on.look->scan_orders({2}, 1).front().row;
  row.listed_at = {};  // Given by the store.
  CHECK(row ==
        *std::get<order_rows>(
             sample_order(3, order_status::paid, {"ann", "mall", "import", "", "batch-1", "a.csv", "group-1"}, "ann@x.org").rows)
             .created);
}

TEST_CASE("orders are counted by status") {
  FOR_EVERY_STORE;
  CHECK(on.look->count_by_status() == std::vector<uint64_t>(7, 0));
  fill(on);
  CHECK(on.look->count_by_status() == std::vector<uint64_t>{0, 1, 0, 2, 1, 0, 1});
}

TEST_CASE("due orders come earliest first and can be paged also among equal times") {
  FOR_EVERY_STORE;
  const auto due = [&](int64_t id, std::optional<int> minutes) {
    auto request = order_append(id);
    if (minutes) std::get<order_rows>(request.rows).state.due_at = noon + std::chrono::minutes{*minutes};
    on.queue(std::move(request));
  };
  due(1, 3), due(2, 1), due(3, std::nullopt), due(4, 1), due(5, 1), due(6, 9);
  on.run();
  const auto seen = [&](timestamp until, const std::optional<due_order>& after, uint32_t limit) {
    ids found;
    for (const auto& each : on.look->due_before(until, after, limit)) found.push_back(each.id.value);
    return found;
  };
  const auto in = [](int minutes) { return noon + std::chrono::minutes{minutes}; };
  CHECK(seen(in(9), std::nullopt, 10) == ids{2, 4, 5, 1});
  CHECK(seen(in(10), std::nullopt, 10) == ids{2, 4, 5, 1, 6});
  CHECK(seen(in(1), std::nullopt, 10).empty());
  CHECK(seen(in(10), std::nullopt, 2) == ids{2, 4});
  CHECK(seen(in(10), due_order{{4}, in(1)}, 2) == ids{5, 1});
  CHECK(seen(in(10), due_order{{1}, in(3)}, 2) == ids{6});

  auto settled = order_append(6, 1);
  on.commit(std::move(settled));  // Its new state has no deadline any more.
  CHECK(seen(in(10), due_order{{1}, in(3)}, 2).empty());
}

TEST_CASE("orders that owe effects are found until they owe nothing") {
  FOR_EVERY_STORE;
  for (int64_t id = 1; id <= 6; ++id) {
    auto request = order_append(id);
    auto& state = std::get<order_rows>(request.rows).state;
    state.open = id % 2 == 0;
    if (id == 6) state.due_at = noon + std::chrono::minutes{1};
    on.queue(std::move(request));
  }
  on.run();
  const auto found = [&](const std::optional<due_order>& after, uint32_t limit) {
    ids open;
    for (const auto& each : on.look->open_orders(after, limit)) open.push_back(each.id.value);
    return open;
  };
  CHECK(found(std::nullopt, 10) == ids{6, 2, 4});
  const auto first = on.look->open_orders(std::nullopt, 1).at(0);
  CHECK(first.due_at == noon + std::chrono::minutes{1});
  CHECK(found(first, 1) == ids{2});
  CHECK(found(on.look->open_orders(first, 1).at(0), 5) == ids{4});
  // One that owes effects and has no deadline is never due, and is loaded without one.
  CHECK(on.look->due_before(noon + std::chrono::hours{1'000'000}, std::nullopt, 10).size() == 1);
  CHECK_FALSE(on.open(stream_of({2})).order->due_at);
  CHECK(on.open(stream_of({6})).order->due_at == noon + std::chrono::minutes{1});
  on.commit(order_append(4, 1));
  CHECK(found(std::nullopt, 10) == ids{6, 2});
}

TEST_CASE("followers read the events of the kinds and types they ask for from where they stopped") {
  FOR_EVERY_STORE;
  on.queue(order_append(1, 0, no_generation, 3));
  const auto of = on.open(main_warehouse).of;
  on.queue(stock_append(0, of, {{{"A"}, {1, 0}}}));
  on.queue(order_append(2, 0, no_generation, 2));
  on.run();
  const auto all = on.events_after({}, stream_kind::order, 5);
  REQUIRE(all.size() == 5);
  CHECK(on.events_after({}, stream_kind::inventory, 1).size() == 1);
  CHECK(on.events_after({}, stream_kind::catalogue, 0).empty());

  const std::vector<uint16_t> second{2};
  const auto of_type = on.look->events_after({}, stream_kind::order, second, 10);
  REQUIRE(of_type.size() == 2);
  CHECK(of_type[0].stream == stream_of({1}));
  CHECK(of_type[1].stream == stream_of({2}));
  const std::vector<uint16_t> some{1, 3};
  CHECK(on.look->events_after({}, stream_kind::order, some, 10).size() == 3);
  CHECK(on.look->events_after({}, stream_kind::order, some, 2).size() == 2);
  CHECK(on.look->events_after({}, stream_kind::order, {}, 10).empty());

  position cursor;
  for (const auto& expected : all) {
    const std::vector<uint16_t> types{1, 2, 3};
    const auto next = on.look->events_after(cursor, stream_kind::order, types, 1);
    REQUIRE(next.size() == 1);
    CHECK(next[0].at == expected.at);
    CHECK(next[0].event == expected.event);
    cursor = next[0].at;
  }
  CHECK(on.events_after(cursor, stream_kind::order, 0).empty());
}

TEST_CASE("a follower's rows and cursor are written together, and a repeat changes nothing") {
  FOR_EVERY_STORE;
  const auto write = [&](follower_write what) {
    auto status = append_status::broken;
    on.journal->write(std::move(what), [&](const append_outcome& outcome) { status = outcome.status; });
    on.run();
    return status;
  };
  const notification_row mail{{7}, 3, "email", "Order 7 confirmed", "ann@x.org", "sent", noon};
  CHECK_FALSE(on.look->find_cursor("mail"));
  CHECK(write({"mail", position{12, 3}, {mail}, {}}) == append_status::committed);
  CHECK(on.look->find_cursor("mail") == position{12, 3});
  CHECK(on.look->has_notification({7}, 3, "email"));
  CHECK_FALSE(on.look->has_notification({7}, 3, "sms"));
  CHECK_FALSE(on.look->has_notification({7}, 4, "email"));

  CHECK(write({"mail", position{14, 0}, {mail}, {}}) == append_status::committed);
  CHECK(write({"mail", std::nullopt, {}, {}}) == append_status::committed);
  CHECK(on.look->find_cursor("mail") == position{14, 0});
  CHECK(on.look->notifications({7}) == std::vector{mail});
  on.restart();
  CHECK(on.look->find_cursor("mail") == position{14, 0});
}

TEST_CASE("messages that clients send themselves are all kept") {
  FOR_EVERY_STORE;
  const notification_row first{{7}, 0, "email", "one", "ann@x.org", "sent", noon};
  const notification_row second{{7}, 0, "email", "two", "ann@x.org", "failed", noon + milliseconds{1}};
  const notification_row other{{8}, 0, "sms", "", "+81", "sent", noon};
  on.journal->write({"free", std::nullopt, {first, second}, {}}, [](const append_outcome&) {});
  on.journal->write({"free", std::nullopt, {other}, {}}, [](const append_outcome&) {});
  on.run();
  CHECK(on.look->notifications({7}) == std::vector{first, second});
  CHECK(on.look->notifications({8}) == std::vector{other});
}

TEST_CASE("a backup does not overwrite a file") {
  FOR_EVERY_STORE;
  fill(on);
  const temporary_directory directory;
  const auto target = directory.file("copy");
  on.db->backup(target);
  CHECK(std::filesystem::file_size(target) > 0);
  const auto permissions = std::filesystem::status(target).permissions();
  CHECK((permissions & (std::filesystem::perms::group_all | std::filesystem::perms::others_all)) == std::filesystem::perms::none);
  CHECK_THROWS_AS(on.db->backup(target), store_error);
}

}  // namespace orderflow::test
