// GET /api/v1/attention: what waits for a person, by tenant and page by page.
#include <catch2/catch_test_macros.hpp>

#include "codec/json.hpp"
#include "tests/http/client.hpp"
#include "tests/http/keys_samples.hpp"
#include "tests/http/running_service.hpp"

using namespace orderflow;

namespace {

std::string text_in(const json_value& object, std::string_view name) {
  const auto* found = object.find(name);
  return found == nullptr ? "" : found->text;
}

void put_order(memory_shop& shop, int64_t id, const std::string& tenant, operator_reason why) {
  auto& made = shop.orders[{id}].now;
  made.id = {id};
  made.version = 3;
  made.source.tenant = tenant;
  made.source.owner = "alice";
  made.money = *find_currency("USD");
  made.needs_operator = why;
  made.created_at = made.updated_at = shop.time;
}

message_row given_up(int64_t number, const std::string& tenant) {
  message_row row;
  row.number = number;
  row.tenant = tenant;
  row.channel = "email";
  row.subject = "Hello";
  row.tries = 9;
  row.status = message_status::given_up;
  row.settled_at = from_ms(1'764'583'200'000);
  return row;
}

/// One of everything, for tenant dev and for another.
void fill(memory_shop& shop) {
  put_order(shop, 7, "dev", operator_reason::refund_refused);
  put_order(shop, 8, "mall", operator_reason::refund_refused);
  put_order(shop, 9, "dev", operator_reason::none);
  shop.orders[{9}].now.refunds.push_back({1000, refund_status::started, shop.time, {}});
  shop.orders[{8}].now.status = order_status::payment_processing;
  shop.orders[{8}].now.attempts.emplace_back().method = "ok";
  shop.given_up = {given_up(64, "dev"), given_up(128, "mall")};
  shop.waiting_payments = {{{9}, "refund/9/1", 4, shop.time, shop.time, "connection refused"},
                           {{8}, "charge/8/1", 2, shop.time, shop.time, "connection refused"}};
  shop.outages = {{"payment_gateway", shop.time, "connection refused"}};
  // Of order 77 nothing has been stored.
  shop.held_back = {quarantine_note{{9}, "it threw five times", shop.time}, quarantine_note{{77}, "it threw at once", shop.time}};
}

}  // namespace

TEST_CASE("whatever waits for a person is listed with its reason and the request that resolves it") {
  running_service with;
  fill(with.shop);
  test_client client{with.port};
  const auto page = body_of(client.ask("GET", "/api/v1/attention"));
  const auto* items = page.find("items");
  REQUIRE(items);
  std::vector<std::string> kinds;
  for (const auto& each : items->items) {
    kinds.push_back(text_in(each, "kind"));
    CHECK_FALSE(text_in(each, "reason").empty());
    CHECK_FALSE(text_in(each, "code").empty());
    CHECK_FALSE(text_in(each, "since").empty());
    const auto* resolve = each.find("resolve");
    REQUIRE(resolve);
    CHECK_FALSE(text_in(*resolve, "method").empty());
    CHECK(text_in(*resolve, "path").starts_with("/"));
    CHECK_FALSE(text_in(*resolve, "how").empty());
  }
  CHECK(kinds == std::vector<std::string>{"dependency", "refund", "quarantined_order", "quarantined_order", "order", "message"});
  CHECK(text_in(items->items[4], "code") == "refund_refused");
  const auto* settle = items->items[1].find("resolve")->find("body");
  REQUIRE(settle);
  CHECK(text_in(*settle, "what") == "refund");
  CHECK(page.find("next") == nullptr);
  CHECK(page.find("incomplete") == nullptr);
}

TEST_CASE("a call that the order does not wait for any more is not offered to anybody") {
  running_service with;
  fill(with.shop);
  with.shop.orders[{9}].now.refunds[0].status = refund_status::replaced;
  with.shop.waiting_payments.push_back({{7}, "charge/7/1", 2, with.shop.time, with.shop.time, "connection refused"});
  test_client client{with.port};
  const auto page = body_of(client.ask("GET", "/api/v1/attention"));
  REQUIRE(page.find("items"));
  for (const auto& each : page.find("items")->items) {
    CHECK(text_in(each, "kind") != "refund");
    CHECK(text_in(each, "kind") != "charge");
  }
}

TEST_CASE("page by page the same entries come as at once, each once") {
  running_service with;
  fill(with.shop);
  for (int64_t id = 10; id < 20; ++id) put_order(with.shop, id, "dev", operator_reason::booking_refused);
  for (int64_t number = 200; number < 205; ++number) with.shop.given_up.push_back(given_up(number, "dev"));
  test_client client{with.port};
  const auto whole = body_of(client.ask("GET", "/api/v1/attention?limit=1000"));
  for (const int limit : {1, 2, 3, 7}) {
    CAPTURE(limit);
    std::vector<json_value> found;
    std::string path = "/api/v1/attention?limit=" + std::to_string(limit);
    for (int pages = 0; !path.empty() && pages < 100; ++pages) {
      const auto seen = client.ask("GET", path);
      REQUIRE(seen.status == 200);
      const auto page = body_of(seen);
      CHECK(page.find("items")->items.size() <= static_cast<size_t>(limit));
      for (const auto& each : page.find("items")->items) found.push_back(each);
      const auto next = text_in(page, "next");
      CHECK(seen.headers.contains("link") == !next.empty());
      path = next.empty() ? "" : "/api/v1/attention?limit=" + std::to_string(limit) + "&cursor=" + next;
    }
    REQUIRE(found.size() == whole.find("items")->items.size());
    for (size_t n = 0; n < found.size(); ++n) {
      const auto& expected = whole.find("items")->items[n];
      CHECK(text_in(found[n], "kind") == text_in(expected, "kind"));
      CHECK(text_in(found[n], "order_id") == text_in(expected, "order_id"));
      CHECK(text_in(found[n], "message_id") == text_in(expected, "message_id"));
    }
  }
}

TEST_CASE("attention is for operators, of their own tenant alone") {
  http_settings settings;
  settings.listeners = {listener_settings{}};
  running_service with{settings, sample_keys()};
  fill(with.shop);
  test_client client{with.port};
  const auto as = [&](const std::string& tenant, role what) {
    return "Authorization: Bearer " +
           *issue_token({"who", tenant, what}, *sample_keys(), fixed_clock{}.now(), std::chrono::hours{1}) + "\r\n";
  };
  for (const auto other : {role::customer, role::merchant, role::service})
    CHECK(client.ask("GET", "/api/v1/attention", {}, as("dev", other)).status == 403);
  CHECK(client.ask("GET", "/api/v1/attention").status == 401);
  const auto page = body_of(client.ask("GET", "/api/v1/attention", {}, as("mall", role::operator_)));
  std::vector<std::string> kinds;
  for (const auto& each : page.find("items")->items) kinds.push_back(text_in(each, "kind") + text_in(each, "order_id"));
  CHECK(kinds == std::vector<std::string>{"dependency", "charge8", "order8", "message"});
  CHECK(client.ask("POST", "/api/v1/messages/64/redrive", "{}", as("mall", role::operator_)).status == 404);
  CHECK(client.ask("POST", "/api/v1/messages/64/redrive", "{}", as("dev", role::operator_)).status == 200);
  CHECK(client.ask("POST", "/api/v1/messages/64/redrive", "{}", as("dev", role::operator_)).status == 404);
}

TEST_CASE("what stands in the query of attention and is none is told") {
  running_service with;
  test_client client{with.port};
  for (const auto* query : {"limit=0", "limit=1001", "limit=x", "limit=", "cursor=x", "cursor=9-1", "cursor=3-", "cursor=3--1"}) {
    CAPTURE(query);
    CHECK(client.ask("GET", std::string{"/api/v1/attention?"} + query).status == 422);
  }
  for (const auto* path : {"/api/v1/messages/0/redrive", "/api/v1/messages/x/redrive", "/api/v1/messages/-1/redrive"})
    CHECK(client.ask("POST", path, "{}").status == 404);
}

TEST_CASE("a charge that is never sent again is not said to be tried again by itself") {
  running_service with;
  put_order(with.shop, 9, "dev", operator_reason::charge_unknown_to_gateway);
  auto& now = with.shop.orders[{9}].now;
  now.status = order_status::payment_processing;
  now.attempts.resize(1);
  now.matters = {{1, operator_reason::charge_unknown_to_gateway, {}, 1000, 1, with.shop.time}};
  with.shop.waiting_payments = {{{9}, "charge/9/1", 4, with.shop.time, with.shop.time, "the gateway does not know of it"}};
  test_client client{with.port};
  const auto page = body_of(client.ask("GET", "/api/v1/attention"));
  REQUIRE(page.find("items")->items.size() == 2);
  CHECK(text_in(page.find("items")->items[1], "code") == "charge_unknown_to_gateway");
  CHECK(text_in(*page.find("items")->items[1].find("resolve"), "path") == "/api/v1/orders/9/settle");
  const auto* resolve = page.find("items")->items[0].find("resolve");
  REQUIRE(resolve);
  CHECK(text_in(*resolve, "path") == "/api/v1/orders/9/settle");
  CHECK(text_in(*resolve, "how").find("never sent again") != std::string::npos);
}

TEST_CASE("money in another currency is told in that one, with the request that resolves it") {
  running_service with;
  put_order(with.shop, 7, "dev", operator_reason::capture_in_other_currency);
  auto& now = with.shop.orders[{7}].now;
  now.matters = {{1, operator_reason::capture_in_other_currency, "yen-1", 1500, 1, with.shop.time, currency{{'J', 'P', 'Y'}}}};
  now.foreign_captures = {{"yen-1", 1500, currency{{'J', 'P', 'Y'}}, 1, with.shop.time}};
  now.status = order_status::cancelled;
  test_client client{with.port};
  const auto page = body_of(client.ask("GET", "/api/v1/attention"));
  REQUIRE(page.find("items")->items.size() == 1);
  const auto& item = page.find("items")->items[0];
  CHECK(text_in(item, "code") == "capture_in_other_currency");
  CHECK(text_in(item, "reason").find("yen-1, 1500 JPY") != std::string::npos);
  CHECK(text_in(*item.find("resolve"), "path") == "/api/v1/orders/7/settle");
  const auto shown = client.ask("GET", "/api/v1/orders/7");
  CHECK(shown.body.find(R"("amount":1500.0,"currency":"JPY")") != std::string::npos);
}

TEST_CASE("orders that wait for a person can be listed alone") {
  running_service with;
  fill(with.shop);
  test_client client{with.port};
  const auto listed = body_of(client.ask("GET", "/api/v1/orders/?needs_operator=true"));
  REQUIRE(listed.items.size() == 1);
  CHECK(text_in(listed.items[0], "id") == "7");
  CHECK(body_of(client.ask("GET", "/api/v1/orders/?needs_operator=false")).items.size() == 2);
  CHECK(client.ask("GET", "/api/v1/orders/?needs_operator=yes").status == 422);
}
