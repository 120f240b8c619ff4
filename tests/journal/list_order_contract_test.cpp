// Lists are in the order of (created_at, id), whatever numbers the orders got and however late they were committed. One body for
// all stores.
#include <algorithm>
#include <set>

#include "tests/journal/every_store.hpp"

namespace orderflow::test {
namespace {

using ids = std::vector<int64_t>;

/// Made so many milliseconds after noon.
append_request made_at(int64_t id, int64_t ms, order_status status = order_status::paid, const std::string& tenant = "shop") {
  auto request = order_append(id);
  auto& rows = std::get<order_rows>(request.rows);
  rows.state.status = status;
  rows.created->created_at = noon + milliseconds{ms};
  rows.created->source.tenant = tenant;
  rows.created->source.external_id = "ext";
  rows.created->source.batch_id = "batch";
  rows.created->source.import_group = "group";
  return request;
}

/// Numbers as blocks of shards give them: far apart, and the younger order often has the smaller one. Two have one time.
void fill(journal_under_test& on) {
  on.queue(made_at(900'000, 1));
  on.queue(made_at(4, 2, order_status::pending));
  on.queue(made_at(70'000, 3, order_status::cancelled));
  on.queue(made_at(70'001, 3, order_status::shipped));
  on.queue(made_at(3, 4));
  on.queue(made_at(5'000'000, 5, order_status::delivered));
  on.queue(made_at(64, 6, order_status::payment_processing));
  on.queue(made_at(65, 6, order_status::paid, "mall"));
  for (const auto& each : on.run()) REQUIRE(each.status == append_status::committed);
}
const ids newest_first{64, 5'000'000, 3, 70'001, 70'000, 4, 900'000};

/// Every way in which a list is read, each over all orders of the tenant.
std::vector<order_query> whole_lists() {
  std::vector<order_query> all(8);
  for (auto& each : all) each.tenant = "shop";
  all[1].owner = "ann";
  all[2].customer_email = "ann@example.org";
  all[3].external_id = "ext";
  all[4].batch_id = "batch";
  all[5].import_group = "group";
  all[6].owner = "ann", all[6].customer_email = "ann@example.org";
  all[7].created_from = noon, all[7].created_to = noon + milliseconds{7};
  return all;
}

/// Page by page, each from where the one before ended.
ids read_by_pages(reader& look, order_query query, uint32_t limit) {
  ids seen;
  query.limit = limit;
  for (;;) {
    const auto page = look.list_orders(query);
    if (page.empty()) return seen;
    for (const auto& each : page) seen.push_back(each.id.value);
    REQUIRE(seen.size() < 100);
    query.after = page.back().row.place();
  }
}

}  // namespace

TEST_CASE("every list is in the order of creation whatever numbers the orders have") {
  FOR_EVERY_STORE;
  fill(on);
  size_t number = 0;
  for (auto query : whole_lists()) {
    CAPTURE(number++);
    CHECK(ids_of(on.look->list_orders(query)) == newest_first);
    CHECK(read_by_pages(*on.look, query, 2) == newest_first);
    CHECK(on.look->count_orders(query) == newest_first.size());
    query.skip = 2, query.limit = 3;
    CHECK(ids_of(on.look->list_orders(query)) == ids{3, 70'001, 70'000});
    query.skip = 0, query.oldest_first = true;
    CHECK(ids_of(on.look->list_orders(query)) == ids{900'000, 4, 70'000});
    auto oldest_first = newest_first;
    std::ranges::reverse(oldest_first);
    CHECK(read_by_pages(*on.look, query, 2) == oldest_first);
  }
}

TEST_CASE("a list without a tenant has the orders of all, in one order") {
  FOR_EVERY_STORE;
  fill(on);
  CHECK(ids_of(on.look->list_orders({})) == ids{65, 64, 5'000'000, 3, 70'001, 70'000, 4, 900'000});
}

TEST_CASE("what is listed of one status follows its changes") {
  FOR_EVERY_STORE;
  fill(on);
  order_query query;
  query.tenant = "shop";
  query.status = order_status::paid;
  CHECK(ids_of(on.look->list_orders(query)) == ids{3, 900'000});
  auto shipped = order_append(3, 1);
  std::get<order_rows>(shipped.rows).state.status = order_status::shipped;
  on.commit(std::move(shipped));
  CHECK(ids_of(on.look->list_orders(query)) == ids{900'000});
  query.status = order_status::shipped;
  CHECK(ids_of(on.look->list_orders(query)) == ids{3, 70'001});
  query.owner = "ann";
  CHECK(ids_of(on.look->list_orders(query)) == ids{3, 70'001});
  query = {};
  query.tenant = "shop";
  CHECK(ids_of(on.look->list_orders(query)) == newest_first);
}

TEST_CASE("an order that changes its status while a list is paged is seen once") {
  FOR_EVERY_STORE;
  fill(on);
  order_query query;
  query.tenant = "shop";
  query.limit = 3;
  const auto first = on.look->list_orders(query);
  for (const int64_t id : {5'000'000, 4}) {
    auto change = order_append(id, 1);
    std::get<order_rows>(change.rows).state.status = order_status::cancelled;
    on.commit(std::move(change));
  }
  on.commit(made_at(1, 9));
  query.after = first.back().row.place();
  query.limit = 10;
  auto seen = ids_of(first);
  for (const auto id : ids_of(on.look->list_orders(query))) seen.push_back(id);
  CHECK(seen == newest_first);
}

TEST_CASE("whoever follows a list from the oldest on misses no order that was committed late") {
  FOR_EVERY_STORE;
  const bool by_owner = GENERATE(false, true);
  order_query query;
  query.tenant = "shop";
  if (by_owner) query.owner = "ann";
  query.oldest_first = true;
  query.limit = 2;
  std::set<int64_t> seen;
  size_t told = 0;
  const auto follow = [&] {
    for (auto page = on.look->list_orders(query); !page.empty(); page = on.look->list_orders(query)) {
      for (const auto& each : page) seen.insert(each.id.value), ++told;
      query.after = page.back().row.place();
    }
  };
  on.commit(made_at(10, 1'000));
  on.commit(made_at(2, 2'000));
  follow();
  // Times were taken before the pages were read; their commits came after.
  on.queue(made_at(1, 1'500));
  on.queue(made_at(30, 900));
  on.run();
  follow();
  on.commit(made_at(4, 1'999, order_status::pending));
  on.commit(made_at(3, 3'000));
  follow();
  CHECK(seen == std::set<int64_t>{1, 2, 3, 4, 10, 30});
  CHECK(told == seen.size());
}

TEST_CASE("orders made after the clock was put back are listed under their own times") {
  FOR_EVERY_STORE;
  for (const auto& [id, ms] : std::vector<std::pair<int64_t, int64_t>>{{1, 3'600'000}, {2, 2'000}, {3, 2'500}, {4, 2'400}})
    on.commit(made_at(id, ms));
  const auto listed_at = [&](int64_t id) { return on.look->find_order({id})->row.listed_at - noon; };
  CHECK(listed_at(1) == milliseconds{3'600'000});
  CHECK(listed_at(2) == milliseconds{2'000});
  CHECK(listed_at(3) == milliseconds{2'500});
  CHECK(listed_at(4) == milliseconds{2'500} + std::chrono::microseconds{1});  // Late after the step, too.
  CHECK(on.look->find_order({4})->row.created_at == noon + milliseconds{2'400});
}

TEST_CASE("times of creation select by themselves, not by when an order was listed") {
  FOR_EVERY_STORE;
  on.commit(made_at(1, 5'000));
  on.commit(made_at(2, 1'000));
  const auto between = [&](int64_t from, int64_t to, const std::optional<std::string>& owner) {
    order_query query;
    query.tenant = "shop";
    query.owner = owner;
    query.created_from = noon + milliseconds{from};
    query.created_to = noon + milliseconds{to};
    const auto found = ids_of(on.look->list_orders(query));
    CHECK(on.look->count_orders(query) == found.size());
    return found;
  };
  for (const auto& owner : {std::optional<std::string>{}, std::optional<std::string>{"ann"}}) {
    CHECK(between(1'000, 1'001, owner) == ids{2});
    CHECK(between(1'001, 5'000, owner).empty());
    CHECK(between(1'001, 5'001, owner) == ids{1});
    CHECK(between(0, 9'000, owner) == ids{2, 1});
  }
}

TEST_CASE("the count is that of the whole list whatever page is asked for") {
  FOR_EVERY_STORE;
  fill(on);
  order_query query;
  query.tenant = "shop";
  query.limit = 1;
  query.after = on.look->list_orders(query).back().row.place();
  CHECK(on.look->count_orders(query) == newest_first.size());
  query.owner = "ann";
  CHECK(on.look->count_orders(query) == newest_first.size());
}

}  // namespace orderflow::test
