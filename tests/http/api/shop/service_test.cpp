// The shop document over a real connection, with the domain behind it and no actors.
#include <catch2/catch_test_macros.hpp>

#include "codec/json.hpp"
#include "http/auth/token.hpp"
#include "tests/http/client.hpp"
#include "tests/http/running_service.hpp"

using namespace orderflow;

namespace {

constexpr const char* keys_file = R"(
[[token_key]]
id = "k1"
secret = "a token secret of more than 32 bytes"

[[client]]
id = "demo"
signing_secret = "a signing secret of more than 32 bytes"

[[client]]
id = "other"
signing_secret = "another signing secret, more than 32 bytes"
)";

shared_keys test_keys() { return std::get<shared_keys>(parse_keys(keys_file, "keys.toml")); }

const std::string items = R"([{"productId":"P001","quantity":2},{"productId":"P002","quantity":1}])";

/// The document's shop: 2 × P001 + P002 = 100.50.
struct shop_service {
  shop_service() : with(running_service::dev_settings(), test_keys()), keys(test_keys()), client(with.port) {
    auto known = std::make_shared<catalogue>();
    evolve(*known, product_put{{product_id{"P001"}, "Notebook", *find_currency("USD"), 2500}});
    evolve(*known, product_put{{product_id{"P002"}, "Pen", *find_currency("USD"), 5050}});
    with.shop.products = known;
    with.shop.stock[product_id{"P001"}].on_hand = 5;
    with.shop.stock[product_id{"P002"}].on_hand = 5;
    with.shop.recipients["123456"] = "ann@x.org";
  }

  std::string token(const std::string& subject = "123456", role as = role::customer, const std::string& by = "demo") {
    return *issue_token({subject, "dev", as, by}, *keys, with.time().now(), std::chrono::minutes{30});
  }

  /// A body as a client signs it. `more`: timestamp and nonce.
  std::string order(const std::string& jwt, const std::string& amount = "100.50", const std::string& stamp = {},
                    const std::string& nonce = {}) {
    signed_order of{"123456", jwt, amount, {{"P001", 2}, {"P002", 1}}, stamp, nonce};
    const auto signature = sign_order(of, keys->client("demo")->bytes);
    auto body = R"({"userId":"123456","token":")" + jwt + R"(","signature":")" + signature + R"(","orderAmount":)" + amount +
                R"(,"items":)" + items;
    if (!nonce.empty()) body += R"(,"timestamp":")" + stamp + R"(","nonce":")" + nonce + "\"";
    return body + "}";
  }

  seen_reply create(const std::string& body) { return client.ask("POST", "/api/orders/create", body); }
  seen_reply lock(const std::string& id) {
    return client.ask("POST", "/api/inventory/lock", R"({"orderId":")" + id + R"(","items":)" + items + "}");
  }
  seen_reply pay(const std::string& id, const std::string& card, const std::string& amount = "100.50") {
    return client.ask("POST", "/api/payment/process",
                      R"({"orderId":")" + id + R"(","userId":"123456","paymentAmount":)" + amount +
                          R"(,"paymentMethod":"credit_card","paymentDetails":{"cardNumber":")" + card +
                          R"(","expiryDate":"12/25","cvv":"123"}})");
  }
  std::string member(const seen_reply& seen, std::string_view name) {
    const auto parsed = parse_json(seen.body);
    REQUIRE(std::holds_alternative<json_value>(parsed));
    const auto* found = std::get<json_value>(parsed).find(name);
    return found ? found->text : "(absent)";
  }

  running_service with;
  shared_keys keys;
  test_client client;
};

}  // namespace

TEST_CASE("a signed order is created as the document shows, and its stock is locked without a further call") {
  shop_service on;
  const auto made = on.create(on.order(on.token()));
  CHECK(made.status == 200);
  CHECK(made.body == R"({"code":200,"message":"Order created successfully","orderId":"ORD000001","status":"pending"})");
  const auto& now = on.with.shop.orders.at(order_id{1}).now;
  CHECK(now.source.origin == "d0");
  CHECK(now.source.owner == "123456");
  CHECK(now.who.id == "123456");
  CHECK(now.attempts.empty());
  for (int i = 0; i < 2; ++i)
    CHECK(on.lock("ORD000001").body == R"({"code":200,"message":"Inventory locked successfully","locked":true})");
}

TEST_CASE("each thing that is wrong with token or signature is 401 in the document's form") {
  shop_service on;
  const auto good = on.order(on.token());
  const auto refused = [&](std::string body) {
    const auto seen = on.create(body);
    return seen.status == 401 && on.member(seen, "code") == "401" && !on.member(seen, "message").empty();
  };
  const auto replaced = [&](const std::string& what, const std::string& by) {
    auto body = good;
    body.replace(body.find(what), what.size(), by);
    return body;
  };
  CHECK(refused(replaced(R"("token":)", R"("no_token":)")));
  CHECK(refused(replaced(R"("signature":)", R"("no_signature":)")));
  CHECK(refused(replaced(R"("signature":")", R"("signature":"0)")));
  CHECK(refused(replaced(R"("token":")", R"("token":"x)")));
  CHECK(refused(replaced("100.50", "100.5")));
  CHECK(refused(replaced(R"("quantity":2)", R"("quantity":3)")));
  CHECK(refused(replaced("P002", "P001")));
  CHECK(refused(on.order(on.token("654321"))));                             // Somebody else's token.
  CHECK(refused(on.order(on.token("123456", role::customer, "other"))));    // Signed with another client's secret.
  CHECK(refused(on.order(on.token("123456", role::customer, "unknown"))));  // A client that nobody knows.
  const auto old = on.order(on.token());
  on.with.time().advance(std::chrono::hours{1});
  CHECK(refused(old));  // The token has expired.
  CHECK(on.with.shop.orders.empty());
}

TEST_CASE("the order of the body's members and unknown ones do not matter, wrong values are 400 before anything is made") {
  shop_service on;
  const auto jwt = on.token();
  CHECK(on.create("{}").status == 400);
  CHECK(on.create("[]").status == 400);
  CHECK(on.create("{").status == 400);
  auto wrong_total = on.create(on.order(jwt, "100.49"));
  CHECK(wrong_total.status == 400);
  CHECK(on.member(wrong_total, "message").find("100.50") != std::string::npos);
  auto body = on.order(jwt);
  body.insert(1, R"("remark":"unknown",)");
  CHECK(on.create(body).status == 200);
}

TEST_CASE("the same signed request is a retry for five minutes and then a new purchase") {
  shop_service on;
  const auto body = on.order(on.token());
  CHECK(on.member(on.create(body), "orderId") == "ORD000001");
  on.with.time().advance(std::chrono::minutes{4} + std::chrono::seconds{59});
  CHECK(on.member(on.create(body), "orderId") == "ORD000001");
  on.with.time().advance(std::chrono::seconds{1});
  const auto second = on.create(body);
  CHECK(on.member(second, "orderId") == "ORD000002");
  on.with.time().advance(std::chrono::minutes{4});
  CHECK(on.member(on.create(body), "orderId") == "ORD000002");
}

TEST_CASE("a signed request that comes again after the wall clock was set is the retry that it is") {
  // Further back than a minute the token would say that it was issued in the future.
  for (const auto step : {std::chrono::seconds{600}, -std::chrono::seconds{50}}) {
    shop_service on;
    const auto body = on.order(on.token());
    CHECK(on.member(on.create(body), "orderId") == "ORD000001");
    on.with.time().advance(std::chrono::minutes{1});
    on.with.time().step(step);
    CHECK(on.member(on.create(body), "orderId") == "ORD000001");
    on.with.time().advance(std::chrono::minutes{5});
    CHECK(on.member(on.create(body), "orderId") == "ORD000002");
  }
}

TEST_CASE("a nonce makes a request one of its kind, within its time") {
  shop_service on;
  const auto jwt = on.token();
  const auto now_s = [&] { return std::to_string(to_ms(on.with.time().now()) / 1000); };
  const auto first = on.order(jwt, "100.50", now_s(), "n1");
  CHECK(on.member(on.create(first), "orderId") == "ORD000001");
  CHECK(on.member(on.create(first), "orderId") == "ORD000001");
  CHECK(on.member(on.create(on.order(jwt, "100.50", now_s(), "n2")), "orderId") == "ORD000002");
  const auto stamp = now_s();
  on.with.time().advance(std::chrono::minutes{5} + std::chrono::seconds{1});
  CHECK(on.create(on.order(jwt, "100.50", stamp, "n3")).status == 401);
  CHECK(on.create(on.order(jwt, "100.50", "soon", "n4")).status == 401);
  CHECK(on.create(on.order(jwt, "100.50", now_s(), "n1")).status == 400);  // The nonce was used for another request.
}

TEST_CASE("an order that cannot be locked is told so, by lock and by payment") {
  shop_service on;
  on.with.shop.stock[product_id{"P002"}].on_hand = 0;
  CHECK(on.create(on.order(on.token())).status == 200);
  for (int i = 0; i < 2; ++i) {
    const auto locked = on.lock("ORD000001");
    CHECK(locked.status == 400);
    CHECK(locked.body == R"({"code":400,"message":"Insufficient inventory","locked":false})");
  }
  CHECK(on.pay("ORD000001", "4111111111111111").body ==
        R"({"code":400,"message":"Payment failed due to insufficient inventory","paymentStatus":"failed"})");
}

TEST_CASE("items that are not the order's lock nothing") {
  shop_service on;
  on.create(on.order(on.token()));
  const auto seen =
      on.client.ask("POST", "/api/inventory/lock", R"({"orderId":"ORD000001","items":[{"productId":"P001","quantity":1}]})");
  CHECK(seen.status == 400);
  CHECK(on.lock("ORD000009").status == 404);
  CHECK(on.member(on.lock("ORD000009"), "code") == "404");
}

TEST_CASE("a payment is made once, with the transaction of its attempt") {
  shop_service on;
  on.create(on.order(on.token()));
  const auto paid = on.pay("ORD000001", "4242 4242 4242 4242");
  CHECK(paid.body == R"({"code":200,"message":"Payment successful","paymentStatus":"completed","transactionId":"TXN101"})");
  CHECK(on.pay("ORD000001", "4111111111111111").body == paid.body);
  CHECK(on.with.shop.orders.at(order_id{1}).now.attempts.size() == 1);
}

TEST_CASE("a payment that is not the order's, or whose card cannot be one, is refused before anybody is charged") {
  shop_service on;
  on.create(on.order(on.token()));
  const auto refused = [&](const seen_reply& seen) { return seen.status == 400 && on.member(seen, "paymentStatus") == "failed"; };
  CHECK(refused(on.pay("ORD000001", "4111111111111111", "100.49")));
  CHECK(refused(on.pay("ORD000001", "4111111111111111", "\"100.50\"")));
  CHECK(refused(on.pay("ORD000001", "4111111111111112")));
  CHECK(refused(on.client.ask("POST", "/api/payment/process",
                              R"({"orderId":"ORD000001","userId":"654321","paymentAmount":100.50,"paymentMethod":"paypal"})")));
  CHECK(refused(on.client.ask("POST", "/api/payment/process",
                              R"({"orderId":"ORD000001","userId":"123456","paymentAmount":100.50,"paymentMethod":"shells"})")));
  CHECK(refused(
      on.client.ask("POST", "/api/payment/process",
                    R"({"orderId":"ORD000001","userId":"123456","paymentAmount":100.50,"paymentMethod":"credit_card"})")));
  CHECK(on.with.shop.orders.at(order_id{1}).now.attempts.empty());
  const auto by_file =
      on.client.ask("POST", "/api/payment/process",
                    R"({"orderId":"ORD000001","userId":123456,"paymentAmount":100.500,"paymentMethod":"paypal"})");
  CHECK(by_file.status == 200);
}

TEST_CASE("a payment whose outcome is open is in progress, not failed") {
  shop_service on;
  on.create(on.order(on.token()));
  const auto seen = on.client.ask("POST", "/api/payment/process",
                                  R"({"orderId":"ORD000001","userId":"123456","paymentAmount":100.50,"paymentMethod":"never"})");
  CHECK(seen.status == 202);
  CHECK(on.member(seen, "paymentStatus") == "processing");
}

TEST_CASE("a message is queued for the known contact, or for whom staff names") {
  shop_service on;
  const auto send = [&](const std::string& more, const std::string& headers = {}) {
    return on.client.ask("POST", "/api/notification/send",
                         R"({"userId":"123456","notificationType":"email","subject":"s","message":"m")" + more + "}", headers);
  };
  CHECK(send("").body == R"({"code":200,"message":"Notification sent successfully"})");
  CHECK(send(R"(,"recipient":"bob@x.org","delaySeconds":60)").status == 200);
  REQUIRE(on.with.shop.messages.size() == 2);
  const auto& [known, named] = std::tie(on.with.shop.messages[0], on.with.shop.messages[1]);
  CHECK(known.recipient == "ann@x.org");
  CHECK(known.channel == "email");
  CHECK(named.recipient == "bob@x.org");
  CHECK(named.send_at == on.with.time().now() + std::chrono::seconds{60});
  on.with.shop.recipients.clear();
  CHECK(send("").status == 400);
  on.with.shop.message_answer.too_many_for = std::chrono::minutes{1};
  const auto many = send(R"(,"recipient":"bob@x.org")");
  CHECK(many.status == 429);
  CHECK(many.headers.contains("retry-after"));
}

TEST_CASE("a customer writes only to itself, and only where it is known to be") {
  shop_service on;
  const auto mine = "Authorization: Bearer " + on.token() + "\r\n";
  const auto send = [&](const std::string& user, const std::string& more) {
    return on.client
        .ask("POST", "/api/notification/send",
             R"({"userId":")" + user + R"(","notificationType":"email","subject":"s","message":"m")" + more + "}", mine)
        .status;
  };
  CHECK(send("123456", "") == 200);
  CHECK(send("123456", R"(,"recipient":"ann@x.org")") == 200);
  CHECK(send("123456", R"(,"recipient":"bob@x.org")") == 403);
  CHECK(send("654321", "") == 403);
  CHECK(on.lock("ORD000001").status == 404);
  CHECK(on.client.ask("POST", "/api/inventory/lock", R"({"orderId":"ORD000001","items":)" + items + "}", mine).status == 403);
}
