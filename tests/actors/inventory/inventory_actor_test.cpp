// The stock's only writer: keys asked before, adjustments, and trouble.
#include <catch2/catch_test_macros.hpp>

#include "tests/actors/fixture.hpp"

namespace orderflow::test {

namespace {

using std::chrono::seconds;

constexpr reservation_key key_one{{640}, 1};
const std::vector<stock_line> two_of_a{{{"A"}, 2}};

reserve_lines reserve(bool again) { return {key_one, two_of_a, again}; }

}  // namespace

TEST_CASE("an adjustment is answered after its commit, and below what is reserved it is refused") {
  fixture on;
  on.stock_up(5);
  on.placed({.tracked = 3});
  auto answer = on.stock(adjust_stock{{"A"}, 4, "delivery"});
  on.run_up_to_the_journal();
  CHECK_FALSE(answer->answered());
  on.run();
  CHECK(answer->reply->outcome == inventory_outcome::done);
  auto refused = on.stock(set_stock{{"A"}, 2, "counted"});
  on.run();
  CHECK(refused->reply->outcome == inventory_outcome::below_reserved);
  CHECK(on.level() == stock_level{9, 3});
  auto level = on.request<stock_level>(on.tenant_of().inventory, caf::get_atom_v, product_id{"A"});
  auto nothing = on.request<stock_level>(on.tenant_of().inventory, caf::get_atom_v, product_id{"B"});
  on.run();
  CHECK(*level->reply == stock_level{9, 3});
  CHECK(*nothing->reply == stock_level{});
}

TEST_CASE("a reservation that is asked again reserves once, before and after its commit and after a restart") {
  fixture on;
  on.stock_up(5);
  auto first = on.stock(reserve(false));
  auto before_commit = on.stock(reserve(true));
  on.run();
  auto after_commit = on.stock(reserve(true));
  on.run();
  on.crash();
  on.start();
  auto after_restart = on.stock(reserve(true));
  on.run();
  for (const auto& one : {first, before_commit, after_commit, after_restart}) {
    REQUIRE(one->reply);
    CHECK(one->reply->outcome == inventory_outcome::done);
  }
  CHECK(on.level() == stock_level{5, 2});
}

TEST_CASE("a key that was released before it was reserved stays closed, whichever order the questions are answered in") {
  fixture on;
  on.stock_up(5);
  auto release = on.stock(release_lines{key_one, two_of_a, false, false});
  auto reserved = on.stock(reserve(true));
  auto again = on.stock(reserve(true));
  auto twice = on.stock(release_lines{key_one, two_of_a, false, true});
  on.run();
  CHECK(release->reply->outcome == inventory_outcome::done);
  CHECK(reserved->reply->outcome == inventory_outcome::key_is_closed);
  CHECK(again->reply->outcome == inventory_outcome::key_is_closed);
  CHECK(twice->reply->outcome == inventory_outcome::done);
  CHECK(on.level() == stock_level{5, 0});
  CHECK(on.db.tables().reservations.size() == 2);
}

TEST_CASE("goods are consumed once, however often it is asked") {
  fixture on;
  on.stock_up(5);
  on.stock(reserve(false));
  on.run();
  for (bool again : {false, true, true}) on.stock(consume_lines{key_one, two_of_a, again});
  on.run();
  on.stock(consume_lines{key_one, two_of_a, true});
  on.run();
  CHECK(on.level() == stock_level{3, 0});
}

TEST_CASE("when the store cannot be asked about a key, the asker is told so and nothing is decided") {
  fixture on;
  on.stock_up(5);
  on.db.faults().failing_reads = 2;
  auto lost = on.stock(reserve(true));
  on.run();
  CHECK(lost->error);
  CHECK(on.level() == stock_level{5, 0});
  on.advance(connection_health::probe_every);
  auto found = on.stock(reserve(true));
  on.run();
  CHECK(found->reply->outcome == inventory_outcome::done);
}

TEST_CASE("an adjustment whose append is lost is told so, and the counters are those of the store") {
  fixture on;
  on.stock_up(5);
  on.db.faults().failing_commits = 1;
  auto lost = on.stock(adjust_stock{{"A"}, 4, "delivery"});
  on.run();
  REQUIRE(lost->error);
  CHECK(lost->error->code == errc::store_unavailable);
  auto level = on.request<stock_level>(on.tenant_of().inventory, caf::get_atom_v, product_id{"A"});
  on.run();
  CHECK(level->reply->on_hand == 5);
}

TEST_CASE("a defect in one request is told to its asker and does not stop the house") {
  fixture on;
  on.stock_up(5);
  auto good = on.stock(reserve(false));
  // Lines that are not sorted break a promise that every caller gives.
  auto bad = on.stock(reserve_lines{{{704}, 1}, {{{"B"}, 1}, {{"A"}, 1}}, false});
  on.run();
  CHECK(good->reply->outcome == inventory_outcome::done);
  CHECK(bad->error);
  CHECK_FALSE(on.flags().broken);
  CHECK(on.placed({.tracked = 3}).value > 0);
  CHECK(on.level() == stock_level{5, 5});
}

TEST_CASE("what comes while the inventory is being loaded waits, and beyond a limit is told so") {
  fixture on;
  on.stock_up(5000);
  on.crash();
  on.db.faults().failing_loads = 1'000'000;
  on.start();
  std::vector<std::shared_ptr<asked<stock_reply>>> askers;
  for (int i = 1; i <= 1100; ++i) askers.push_back(on.stock(reserve_lines{{{i * 64}, 1}, {{{"A"}, 1}}, false}));
  on.run();
  size_t refused = 0;
  for (const auto& one : askers) refused += one->error ? 1 : 0;
  CHECK(refused == 1100 - 1024);
  on.db.faults().failing_loads = 0;
  on.advance(seconds{3});
  CHECK(on.level() == stock_level{5000, 1024});
}

TEST_CASE("the catalogue hands out what is durable") {
  fixture on;
  auto put = on.request<product_reply>(on.tenant_of().catalogue,
                                       product_request{{{{"A"}, "Tea", *find_currency("USD"), 500}}, on.time->now()});
  on.run_up_to_the_journal();
  auto get = on.request<catalogue_snapshot>(on.tenant_of().catalogue, caf::get_atom_v);
  on.run_up_to_the_journal();
  CHECK_FALSE(put->answered());
  CHECK_FALSE(get->answered());
  on.run();
  CHECK(put->reply->now->products.at({"A"}).price == 500);
  CHECK((*get->reply)->version == 1);
  on.db.faults().failing_commits = 1;
  auto lost = on.request<product_reply>(on.tenant_of().catalogue,
                                        product_request{{{{"A"}, "Tea", *find_currency("USD"), 900}}, on.time->now()});
  on.run();
  CHECK(lost->error);
  auto still = on.request<catalogue_snapshot>(on.tenant_of().catalogue, caf::get_atom_v);
  on.run();
  CHECK((*still->reply)->products.at({"A"}).price == 500);
  on.crash();
  on.start();
  auto later = on.request<catalogue_snapshot>(on.tenant_of().catalogue, caf::get_atom_v);
  on.run();
  CHECK((*later->reply)->products.at({"A"}).price == 500);
}

namespace {

stock_request taking(fixture& on, int64_t quantity, const std::string& key, uint64_t body = 1) {
  stock_request command;
  command.command = reduce_stock{{{{"A"}, quantity}}, "sold"};
  command.at = on.time->now();
  if (!key.empty()) command.key = key_claim{"reduce", key, body, {}, on.time->now()};
  return command;
}

auto take(fixture& on, int64_t quantity, const std::string& key, uint64_t body = 1) {
  return on.request<stock_reply>(on.tenant_of().inventory, taking(on, quantity, key, body));
}

}  // namespace

TEST_CASE("goods taken under one key leave the stock once, before and after the commit and after a restart") {
  fixture on;
  on.stock_up(5);
  auto first = take(on, 2, "o1");
  auto in_flight = take(on, 2, "o1");
  on.run();
  auto durable = take(on, 2, "o1");
  auto other = take(on, 3, "o1", 2);
  on.run();
  on.crash();
  on.start();
  auto restarted = take(on, 2, "o1");
  on.run();
  REQUIRE(first->reply);
  CHECK_FALSE(first->reply->repeated);
  CHECK(first->reply->levels == std::vector<stock_row>{{{"A"}, {3, 0}}});
  for (const auto& again : {in_flight, durable, restarted}) {
    REQUIRE(again->reply);
    CHECK(again->reply->outcome == inventory_outcome::done);
    CHECK(again->reply->repeated);
    CHECK(again->reply->levels == std::vector<stock_row>{{{"A"}, {3, 0}}});
  }
  REQUIRE(other->reply);
  CHECK(other->reply->other_body);
  CHECK(on.level() == stock_level{3, 0});
}

TEST_CASE("what is reserved for orders cannot be taken out of stock, and a refusal can be tried again under its key") {
  fixture on;
  on.stock_up(5);
  on.placed({.tracked = 3});
  auto refused = take(on, 3, "o1");
  on.run();
  REQUIRE(refused->reply);
  CHECK(refused->reply->outcome == inventory_outcome::out_of_stock);
  CHECK(refused->reply->short_of == std::vector<product_id>{{"A"}});
  on.run();
  on.stock_up(6);
  auto taken = take(on, 3, "o1");
  on.run();
  auto without_key = take(on, 1, "");
  on.run();
  REQUIRE(taken->reply);
  CHECK(taken->reply->outcome == inventory_outcome::done);
  CHECK(without_key->reply->outcome == inventory_outcome::out_of_stock);
  CHECK(on.level() == stock_level{3, 3});
}

TEST_CASE("a late repeat of a keyed price puts no old price back, in flight, durable and after a crash") {
  fixture on;
  const auto put = [&](minor_units price, const char* key, uint64_t body) {
    product_request request{{{{"A"}, "Tea", *find_currency("USD"), price}}, on.time->now()};
    request.key = key_claim{"shop ann PUT product", key, body, {}, on.time->now()};
    return on.request<product_reply>(on.tenant_of().catalogue, std::move(request));
  };
  put(2500, "first", 1);
  const auto in_flight = put(2500, "first", 1);
  on.run();
  REQUIRE(in_flight->reply);
  CHECK(in_flight->reply->now->version == 1);
  // It changes nothing, and its key is known all the same.
  put(2500, "same", 1);
  put(3000, "second", 2);
  on.run();
  for (const auto* key : {"first", "same"}) {
    const auto again = put(2500, key, 1);
    on.run();
    REQUIRE(again->reply);
    CHECK(again->reply->repeated);
    CHECK(again->reply->now->products.at({"A"}).price == 3000);
  }
  on.crash();
  on.start();
  const auto later = put(2500, "first", 1);
  const auto other = put(2600, "first", 9);
  on.run();
  CHECK(later->reply->repeated);
  CHECK(later->reply->now->products.at({"A"}).price == 3000);
  CHECK(other->reply->other_body);
}

TEST_CASE("a count that changed nothing is no new count when it comes late") {
  fixture on;
  on.stock_up(5);
  const auto count = [&](int64_t on_hand, const char* key) {
    stock_request request{set_stock{{"A"}, on_hand, "counted"}, on.time->now(), std::nullopt};
    request.key = key_claim{"shop ann PUT stock", key, static_cast<uint64_t>(on_hand), {}, on.time->now()};
    on.request<stock_reply>(on.tenant_of().inventory, std::move(request));
    on.run();
  };
  count(5, "first");
  count(7, "second");
  count(5, "first");
  CHECK(on.level() == stock_level{7, 0});
}

TEST_CASE("a client's key that comes after the order's own name is known for what was taken then") {
  for (const bool restarted : {false, true}) {
    fixture on;
    on.stock_up(9);
    const auto reduce = [&](const char* order, int64_t quantity, std::optional<uint64_t> content) {
      stock_request request{reduce_stock{{{{"A"}, quantity}}, order}, on.time->now(), std::nullopt};
      request.key = key_claim{"shop reduce", order, static_cast<uint64_t>(quantity), {}, on.time->now()};
      if (content) request.also = key_claim{"shop ann POST reduce", "r1", *content, {}, on.time->now()};
      return on.request<stock_reply>(on.tenant_of().inventory, std::move(request));
    };
    reduce("o1", 1, std::nullopt);
    const auto second = reduce("o1", 1, 7);
    on.run();
    REQUIRE(second->reply);
    CHECK(second->reply->repeated);
    if (restarted) {
      on.crash();
      on.start();
    }
    const auto other = reduce("o2", 5, 8);
    const auto again = reduce("o1", 1, 7);
    on.run();
    REQUIRE(other->reply);
    CHECK(other->reply->other_body);
    CHECK(again->reply->repeated);
    CHECK(on.level() == stock_level{8, 0});
  }
}

}  // namespace orderflow::test
