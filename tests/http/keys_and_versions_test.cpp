// Idempotency-Key and If-Match where a dialect has more to say about them than "the order asks for the key": over a real
// connection, with the domain behind it and no actors.
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "codec/json.hpp"
#include "http/api/common/order_page.hpp"
#include "http/auth/token.hpp"
#include "tests/http/client.hpp"
#include "tests/http/keys_samples.hpp"
#include "tests/http/running_service.hpp"

using namespace orderflow;

namespace {

std::string keyed(const std::string& key) { return "Idempotency-Key: " + key + "\r\n"; }
std::string if_match(const std::string& tag) { return "If-Match: " + tag + "\r\n"; }

/// A shop with one product and, in ann's cart, one of it.
struct small_shop {
  small_shop() : client(with.port) {
    auto known = std::make_shared<catalogue>();
    evolve(*known, product_put{{product_id{"P001"}, "Cable", *find_currency("USD"), 2500}});
    with.shop.products = known;
    with.shop.stock[product_id{"P001"}].on_hand = 10;
    auto& ann = with.shop.accounts[{"dev", "ann"}];
    ann.who = {"dev", "ann"};
    ann.cart = {{product_id{"P001"}, 1}};
  }

  seen_reply place(const std::string& headers = {}, const std::string& method = "declined") {
    return client.ask("POST", "/api/orders/place", R"({"userId":"ann","paymentMethod":")" + method + "\"}", headers);
  }

  seen_reply cart(int quantity, const std::string& more = {}, const std::string& headers = {}) {
    return client.ask("POST", "/api/order/cart.json",
                      R"({"customerId":"ann","items":[{"productId":"P001","quantity":)" + std::to_string(quantity) +
                          R"(,"price":25}])" + more + "}",
                      headers);
  }
  seen_reply invoice(const std::string& id, const std::string& headers = {}) {
    return client.ask(
        "POST", "/api/order/invoice.json",
        R"({"customerId":"ann","orderId":")" + id +
            R"(","tax":0.0,"subTotalAmount":50.0,"totalAmount":50.0,"currency":"USD","items":[{"productId":"P001",)" +
            R"("quantity":2,"price":25}],"name":"Ann","phone":"1","shipping_address":"here"})",
        headers);
  }
  seen_reply pay(const std::string& id, const std::string& headers = {}) {
    return client.ask("POST", "/api/order/payment.json", R"({"customerId":"ann","invoiceId":")" + id + R"(","totalAmount":50.0})",
                      headers);
  }

  running_service with;
  test_client client;
};

http_settings strict_settings() {
  auto made = running_service::dev_settings();
  made.rates.principal = {1, 2};
  return made;
}

}  // namespace

TEST_CASE("a placement that is sent again with its key is answered with its first order, also after a decline") {
  small_shop on;
  const auto first = on.place(keyed("k1"));
  CHECK(first.status == 402);
  const auto again = on.place(keyed("k1"));
  CHECK(again.status == 402);
  CHECK(text_of(again, "orderId") == text_of(first, "orderId"));
  CHECK(on.with.shop.orders.size() == 1);
  CHECK(on.place(keyed("k1"), "ok").status == 400);  // Another body under the key.
  CHECK(on.with.shop.orders.size() == 1);
  const auto next = on.place(keyed("k2"), "ok");
  CHECK(next.status == 201);
  CHECK(next.headers.contains("etag"));
  CHECK(text_of(next, "orderId") != text_of(first, "orderId"));
}

TEST_CASE("after a decline a placement without a key is another order") {
  small_shop on;
  CHECK(on.place().status == 402);
  CHECK(on.with.shop.orders.size() == 1);
  CHECK(on.place().status == 402);
  CHECK(on.with.shop.orders.size() == 2);
}

TEST_CASE("a mail that is sent again with its key is answered before the version is looked at") {
  small_shop on;
  const auto made = on.client.ask("POST", "/api/v1/orders/",
                                  R"({"customer_email":"ann@x.org","items":[{"product_name":"a","quantity":1,"unit_price":5}]})");
  const auto send = [&](const std::string& headers, const std::string& more = {}) {
    return on.client.ask("POST", "/api/v1/notifications/email", R"({"template":"ORDER_CONFIRMATION","order_id":1)" + more + "}",
                         headers);
  };
  CHECK(send(keyed("m1") + if_match("\"1\"")).status == 412);
  const auto first = send(keyed("m1") + if_match(made.headers.at("etag")));
  CHECK(first.status == 200);
  on.client.ask("DELETE", "/api/v1/orders/1");
  const auto again = send(keyed("m1") + if_match(made.headers.at("etag")));
  CHECK(again.status == 200);
  CHECK(again.body == first.body);
  CHECK(on.with.shop.messages.size() == 1);
  CHECK(send(keyed("m1"), R"(,"to":"bob@x.org")").status == 422);
  CHECK(send(keyed("m2") + if_match(made.headers.at("etag"))).status == 412);
}

TEST_CASE("a message that is sent again with its key is answered although nobody knows the recipient any more") {
  small_shop on;
  on.with.shop.recipients["ann"] = "ann@x.org";
  const auto send = [&] {
    return on.client.ask("POST", "/api/notification/send",
                         R"({"userId":"ann","notificationType":"email","subject":"s","message":"m"})", keyed("m1"));
  };
  CHECK(send().status == 200);
  on.with.shop.recipients.clear();
  CHECK(send().status == 200);
  CHECK(on.with.shop.messages.size() == 1);
}

TEST_CASE("OrderFlowAPI tells the version of what it shows, and changes it only at the version named") {
  small_shop on;
  const auto opened = on.cart(1);
  REQUIRE(opened.status == 200);
  const auto id = text_of(opened, "orderId");
  const auto replaced = on.cart(2, R"(,"orderId":")" + id + "\"", if_match(opened.headers.at("etag")));
  CHECK(replaced.status == 200);
  CHECK(replaced.headers.at("etag") != opened.headers.at("etag"));
  CHECK(on.cart(3, R"(,"orderId":")" + id + "\"", if_match(opened.headers.at("etag"))).status == 412);
  CHECK(on.invoice(id, if_match(opened.headers.at("etag"))).status == 412);
  const auto invoiced = on.invoice(id, if_match(replaced.headers.at("etag")));
  CHECK(invoiced.status == 200);
  CHECK(on.pay(id, if_match(replaced.headers.at("etag"))).status == 412);
  const auto paid = on.pay(id, keyed("p1") + if_match(invoiced.headers.at("etag")));
  CHECK(paid.status == 200);
  CHECK(on.pay(id, keyed("p1") + if_match(invoiced.headers.at("etag"))).headers.at("etag") == paid.headers.at("etag"));
  CHECK(on.pay(id, if_match(invoiced.headers.at("etag"))).status == 412);
}

TEST_CASE("a token in the body is limited like one in the header") {
  const auto keys = sample_keys();
  running_service with{strict_settings(), keys};
  test_client client{with.port};
  const auto token = [&](const std::string& who) {
    return *issue_token({who, "acme", role::customer, "demo"}, *keys, with.time().now(), std::chrono::minutes{5});
  };
  const auto create = [&](const std::string& who, const std::string& headers = {}) {
    return client.ask("POST", "/api/orders/create", R"({"userId":")" + who + R"(","token":")" + token(who) + "\"}", headers)
        .status;
  };
  CHECK(create("alice") == 400);
  CHECK(create("alice") == 400);
  CHECK(create("alice") == 429);
  CHECK(create("bob", "Authorization: Bearer " + token("bob") + "\r\n") == 400);
  CHECK(create("bob") == 400);  // The one before was counted once.
  CHECK(create("bob") == 429);
}

TEST_CASE("a page ends where it is large enough, and names the next one") {
  running_service with;
  test_client client{with.port};
  std::string lines;
  for (int i = 0; i < 200; ++i)
    lines +=
        (i == 0 ? "" : ",") + std::string{R"({"product_name":")"} + std::string(1000, 'x') + R"(","quantity":1,"unit_price":1})";
  constexpr size_t orders = 25;
  for (size_t i = 0; i < orders; ++i) {
    const auto body = R"({"customer_email":"ann@x.org","items":[)" + lines + R"(],"auto_pay":false})";
    REQUIRE(client.ask("POST", "/api/v1/orders/", body).status == 201);
  }
  for (const std::string list : {"/api/v1/orders/?limit=1000", "/api/orders?limit=1000"}) {
    std::set<std::string> seen;
    std::string next = list;
    size_t pages = 0;
    while (!next.empty()) {
      const auto page = client.ask("GET", next);
      REQUIRE(page.status == 200);
      CHECK(page.body.size() < page_bytes + 400'000);
      for (const auto& each : body_of(page).items) {
        const auto* id = each.find("id") != nullptr ? each.find("id") : each.find("orderId");
        CHECK(seen.insert(id->text).second);
      }
      ++pages;
      const auto link = page.headers.find("link");
      next = link == page.headers.end() ? "" : link->second.substr(1, link->second.find('>') - 1);
    }
    CHECK(seen.size() == orders);
    CHECK(pages > 1);
  }
}
