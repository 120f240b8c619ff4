// Tenants: each has a warehouse and a catalogue of its own, made when it is first seen.
#include <catch2/catch_test_macros.hpp>

#include "codec/order_json.hpp"
#include "tests/actors/fixture.hpp"
#include "tests/sim/audit.hpp"

namespace orderflow::test {

namespace {

constexpr currency usd{{'U', 'S', 'D'}};

}  // namespace

TEST_CASE("an order takes the stock of its own tenant, whatever another has of the same product") {
  fixture on;
  on.stock_up(5);
  on.stock_up(3, "mall");
  const auto ours = on.placed({.tracked = 2});
  const auto theirs = on.placed({.tracked = 3, .tenant = "mall"});
  CHECK(on.stored(ours).status == order_status::paid);
  CHECK(on.stored(theirs).status == order_status::paid);
  CHECK(on.stored(ours).source.tenant_number == 1);
  CHECK(on.stored(theirs).source.tenant_number == 2);
  CHECK(on.level(1) == stock_level{5, 2});
  CHECK(on.level(2) == stock_level{3, 3});
  // What is left here is nothing to them.
  const auto refused = on.placed({.tracked = 1, .tenant = "mall"});
  CHECK(on.stored(refused).cancelled_because == cancel_reason::out_of_stock);
  on.command(theirs, ship_order{"T1"});
  on.command(ours, cancel_order{});
  on.run();
  CHECK(on.level(1) == stock_level{5, 0});
  CHECK(on.level(2) == stock_level{0, 0});
  CHECK(audit(on.db.tables(), on.world, audit_depth::at_rest).empty());
}

TEST_CASE("a tenant that nobody has seen begins with nothing, and keeps its number over a crash") {
  fixture on;
  const auto first = on.placed({.tracked = 1, .tenant = "kiosk"});
  CHECK(on.stored(first).cancelled_because == cancel_reason::out_of_stock);
  CHECK(on.db.tables().tenants == std::map<int64_t, std::string>{{1, "shop"}, {2, "kiosk"}});
  on.crash();
  on.start();
  REQUIRE(on.all().directory->find("kiosk"));
  CHECK(on.all().directory->find("kiosk")->number == 2);
  CHECK(on.all().directory->find(int64_t{2})->name == "kiosk");
  on.stock_up(4, "kiosk");
  CHECK(on.stored(on.placed({.tracked = 4, .tenant = "kiosk"})).status == order_status::paid);
  CHECK(on.level(2) == stock_level{4, 4});
  CHECK(on.level(1) == stock_level{});
}

TEST_CASE("what was held when the process was killed is released in the warehouse that it was held in") {
  fixture on;
  on.stock_up(5);
  on.stock_up(5, "mall");
  const auto theirs = on.placed({.tracked = 3, .tenant = "mall"});
  on.crash();
  on.start();
  on.command(theirs, cancel_order{});
  on.run();
  CHECK(on.stored(theirs).stock == stock_status::released);
  CHECK(on.level(2) == stock_level{5, 0});
  CHECK(on.level(1) == stock_level{5, 0});
}

TEST_CASE("an order of before tenants had their own stays with the warehouse that all of them shared") {
  fixture on;
  on.stock_up(5);
  const auto old = on.placed({.tracked = 2});
  on.crash();
  // As it is stored since then: the order is another tenant's, and says nothing about a number.
  auto& tables = on.db.raw_tables();
  tables.tenants[2] = "mall";
  tables.orders[old].source.tenant = "mall";
  auto state = decode_state(tables.states[old].state);
  state.source.tenant = "mall";
  tables.states[old].state = encode_state(state);
  on.start();
  on.stock_up(9, "mall");
  on.command(old, cancel_order{});
  on.run();
  CHECK(on.level(1) == stock_level{5, 0});
  CHECK(on.level(2) == stock_level{9, 0});
  CHECK(on.stored(on.placed({.tracked = 9, .tenant = "mall"})).status == order_status::paid);
}

TEST_CASE("who asks at once for a tenant that is new gets one answer, and a store that is away is told as such") {
  fixture on;
  on.db.faults().failing_id_blocks = 1;
  auto lost = on.request<int64_t>(on.all().tenants, tenant_atom_v, std::string{"mall"});
  auto also_lost = on.request<int64_t>(on.all().tenants, tenant_atom_v, std::string{"mall"});
  on.run();
  REQUIRE(lost->error);
  CHECK(lost->error->code == errc::store_unavailable);
  CHECK(also_lost->error);
  auto one = on.request<int64_t>(on.all().tenants, tenant_atom_v, std::string{"mall"});
  auto two = on.request<int64_t>(on.all().tenants, tenant_atom_v, std::string{"mall"});
  on.run();
  CHECK(one->reply == 2);
  CHECK(two->reply == 2);
}

TEST_CASE("an order whose tenant another process saw first finds its warehouse") {
  fixture on;
  on.stock_up(5, "mall");
  const auto theirs = on.placed({.pay_with = std::nullopt, .tracked = 1, .tenant = "mall"});
  CHECK(on.level(2) == stock_level{5, 1});
  on.crash();
  // The tenant is known to the store, but was not when this process looked.
  const auto known = std::exchange(on.db.raw_tables().tenants, {{1, "shop"}});
  on.start(false);
  on.db.raw_tables().tenants = known;
  on.command(theirs, cancel_order{});
  on.run();
  CHECK(on.stored(theirs).stock == stock_status::released);
  CHECK(on.level(2) == stock_level{5, 0});
  CHECK(audit(on.db.tables(), on.world, audit_depth::at_rest).empty());
}

TEST_CASE("prices are a tenant's own") {
  fixture on;
  product_request request;
  request.at = on.time->now();
  request.command.item = {{"A"}, "Tea", usd, 500};
  on.request<product_reply>(on.tenant_of().catalogue, request);
  request.command.item = {{"A"}, "Coffee", usd, 900};
  auto theirs = on.request<product_reply>(on.tenant_of("mall").catalogue, request);
  on.run();
  auto ours = on.request<catalogue_snapshot>(on.tenant_of().catalogue, caf::get_atom_v);
  on.run();
  CHECK((*ours->reply)->products.at({"A"}).price == 500);
  CHECK(theirs->reply->now->products.at({"A"}).name == "Coffee");
}

}  // namespace orderflow::test
