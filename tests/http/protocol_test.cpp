// What HTTP itself promises, held by every dialect: conditions, lists over several lines, methods, what is refused before a
// handler.
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "tests/http/client.hpp"
#include "tests/http/running_service.hpp"

using namespace orderflow;

namespace {

const std::string body =
    R"({"customer_email":"ann@x.org","items":[{"product_name":"a","quantity":1,"unit_price":5}],"auto_pay":false})";
const std::string pending_path = "/api/v1/orders/1";

/// A shop with one order, pending.
struct one_order {
  one_order() : client(with.port), made(client.ask("POST", "/api/v1/orders/", body)), tag(made.headers.at("etag")) {}

  seen_reply pay(const std::string& headers) {
    return client.ask("PUT", pending_path + "/status", R"({"status":"payment_processing"})", headers);
  }

  running_service with;
  test_client client;
  seen_reply made;
  std::string tag;
};

}  // namespace

TEST_CASE("what shows an order is 304 without a body to whom knows its version, with its ETag, to GET and HEAD") {
  one_order on;
  on.client.ask("PUT", pending_path + "/status", R"({"status":"payment_processing"})");
  const auto tag = on.client.ask("GET", pending_path).headers.at("etag");
  for (const std::string path : {"/api/v1/orders/1", "/api/v1/orders/1?at=2", "/api/v1/payments/order/1", "/api/orders/1"}) {
    INFO(path);
    const auto whole = on.client.ask("GET", path);
    REQUIRE(whole.status == 200);
    const auto own = whole.headers.at("etag");
    for (const std::string method : {"GET", "HEAD"}) {
      const auto known = on.client.ask(method, path, {}, "If-None-Match: W/\"x\", " + own + "\r\n");
      CHECK(known.status == 304);
      CHECK(known.body.empty());
      CHECK(known.headers.at("etag") == own);
      CHECK_FALSE(known.headers.contains("content-type"));
      CHECK(on.client.ask(method, path, {}, "If-None-Match: \"999\"\r\n").status == 200);
      CHECK(on.client.ask(method, path, {}, "If-Match: \"999\"\r\nIf-None-Match: " + own + "\r\n").status == 412);
      CHECK(on.client.ask(method, path, {}, "If-Match: " + own + "\r\n").status == 200);
    }
  }
  CHECK(on.client.ask("GET", "/api/v1/orders/2", {}, "If-None-Match: *\r\n").status == 404);
}

TEST_CASE("several lines of If-Match are one list, and a change is made where one of it is the version") {
  one_order on;
  CHECK(on.pay("If-Match: \"98\"\r\nIf-Match: \"99\"\r\n").status == 412);
  CHECK(on.pay("If-Match: W/" + on.tag + "\r\n").status == 412);
  CHECK(on.pay("If-Match:\r\n").status == 412);
  CHECK(on.pay("If-None-Match: " + on.tag + "\r\n").status == 412);
  CHECK(text_of(on.pay("If-None-Match: *\r\n"), "type") == "/problems/version-must-be-another");
  CHECK(on.pay("If-Match: " + on.tag + "\r\nIf-None-Match: \"98\", " + on.tag + "\r\n").status == 412);
  for (const auto* unreadable : {"7", "\"7", "*, \"7\"", "nonsense"}) {
    const auto refused = on.pay("If-Match: " + std::string{unreadable} + "\r\n");
    CHECK(refused.status == 400);
    CHECK(text_of(refused, "type") == "/problems/condition-must-be-well-formed");
  }
  CHECK(text_of(on.client.ask("GET", pending_path), "status") == "pending");
  CHECK(on.pay("If-Match: \"98\"\r\nIf-Match: \"99\", " + on.tag + "\r\nIf-None-Match: \"97\"\r\n").status == 200);
}

TEST_CASE("a condition on what has no version is refused instead of forgotten") {
  one_order on;
  const auto contact = [&](const std::string& headers) {
    return on.client.ask("PUT", "/api/v1/users/ann/contact", R"({"name":"Ann"})", headers).status;
  };
  CHECK(contact("If-Match: \"1\"\r\n") == 412);
  CHECK(contact("If-None-Match: *\r\n") == 412);
  CHECK(contact("If-Match: *\r\n") == 200);
  CHECK(on.client.ask("POST", "/api/v1/orders/", body, "If-Match: \"1\"\r\n").status == 412);
  CHECK(on.client
            .ask("POST", "/api/order/cart.json", R"({"customerId":"ann","items":[{"productId":"P","quantity":1,"price":1}]})",
                 "If-Match: \"1\"\r\n")
            .status == 412);
  CHECK(on.with.shop.orders.size() == 1);
}

TEST_CASE("a preference may stand on several lines, with parameters and quotes") {
  one_order on;
  const auto create = [&](const std::string& headers) { return on.client.ask("POST", "/api/v1/orders/", body, headers).status; };
  CHECK(create("Prefer: return=minimal\r\nPrefer: wait=1\r\n") == 201);
  CHECK(create("Prefer: respond-async, wait=\"1\"; x=y\r\nPrefer: wait=9\r\n") == 201);
}

TEST_CASE("what has one value is refused on several lines, also where one of them is empty") {
  one_order on;
  for (const auto* name : {"Idempotency-Key", "Authorization", "Content-Type", "Origin", "X-Signature", "Host"}) {
    for (const auto* first : {"", "a"}) {
      INFO(name);
      test_client other{on.with.port};
      const auto line = std::string{name} + ": ";
      const auto host = std::string{name} == "Host" ? "" : "Host: localhost\r\n";
      other.send("POST /api/v1/orders/ HTTP/1.1\r\n" + std::string{host} + line + first + "\r\n" + line +
                 "a\r\nContent-Length: 0\r\n\r\n");
      CHECK(other.receive().status == 400);
    }
  }
}

TEST_CASE("OPTIONS says on every path what there is, and grants nothing to web pages") {
  one_order on;
  std::set<std::string> paths;
  for (const auto& row : on.with.service().routes()) {
    std::string path{row.pattern};
    while (path.find('{') != std::string::npos) path.replace(path.find('{'), path.find('}') - path.find('{') + 1, "1");
    paths.insert(path);
  }
  for (const auto& path : paths) {
    INFO(path);
    const auto seen = on.client.ask("OPTIONS", path, {}, "Origin: http://evil.example\r\nAccess-Control-Request-Method: PUT\r\n");
    CHECK(seen.status == 204);
    CHECK(seen.headers.at("allow").ends_with("OPTIONS"));
    for (const auto& [name, value] : seen.headers) CHECK_FALSE(name.starts_with("access-control-"));
    CHECK_FALSE(seen.headers.contains("content-length"));
  }
  CHECK(on.client.ask("OPTIONS", "/api/v1/orders/1").headers.at("allow") == "GET, HEAD, DELETE, OPTIONS");
  CHECK(on.client.ask("OPTIONS", "/nowhere").status == 404);
  const auto all = on.client.ask("OPTIONS", "*");
  CHECK(all.status == 204);
  for (const auto* method : {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})
    CHECK(all.headers.at("allow").find(method) != std::string::npos);
  CHECK(on.client.ask("GET", "*").status == 400);
}

TEST_CASE("HEAD has on every route the headers of GET and no body") {
  one_order on;
  for (const auto& row : on.with.service().routes()) {
    if (row.method != verb::get) continue;
    std::string path{row.pattern};
    while (path.find('{') != std::string::npos) path.replace(path.find('{'), path.find('}') - path.find('{') + 1, "1");
    INFO(path);
    auto whole = on.client.ask("GET", path);
    auto head = on.client.ask("HEAD", path);
    CHECK(head.status == whole.status);
    CHECK(head.body.empty());
    for (auto* headers : {&whole.headers, &head.headers})
      for (const auto* name : {"date", "request-id"}) headers->erase(name);
    if (head.status != 200 || path == "/metrics") {
      // A problem names its request, and the figures count these two: their lengths may differ by a digit.
      whole.headers.erase("content-length");
      head.headers.erase("content-length");
    }
    CHECK(head.headers == whole.headers);
  }
}

TEST_CASE("an unknown parameter is refused where a document of ours is spoken, and ignored in the customer's") {
  one_order on;
  const auto wrong = on.client.ask("GET", "/api/v1/orders/?custommer_email=bob%40x.org");
  CHECK(wrong.status == 400);
  CHECK(text_of(wrong, "detail").find("customer_email") != std::string::npos);
  CHECK(on.client.ask("DELETE", "/api/v1/orders/1?force=true").status == 400);
  CHECK(on.client.ask("GET", "/api/v1/users/ann/contact?x").status == 400);
  CHECK(on.client.ask("GET", "/api/v1/orders/?skip=0&skip=1").status == 400);
  CHECK(on.client.ask("GET", "/api/orders?custommer=1").status == 200);
  CHECK(on.client.ask("GET", "/api/products?x=2&x=1").status == 200);
  CHECK(on.client.ask("GET", "/readyz?x=1").status == 200);
}

TEST_CASE("control characters in path and query are refused in each document's form, before anything is asked") {
  one_order on;
  for (const std::string value : {"%00", "a%00b", "%0A", "%C2%85", "%FF"}) {
    for (const std::string& path :
         {"/api/v1/orders/" + value, "/api/v1/orders/?external_id=" + value, "/api/v1/users/" + value + "/contact",
          "/api/v1/stock/" + value, "/api/orders?userId=" + value, "/api/cart/" + value, "/api/products/" + value,
          "/api/inventory/check?quantity=1&productId=" + value, "/api/products?unknown=" + value, "/livez?unknown=" + value}) {
      INFO(path);
      CHECK(on.client.ask("GET", path).status == 400);
    }
    CHECK(text_of(on.client.ask("GET", "/api/orders/" + value), "status") == "FAILED");
    CHECK(on.client.ask("PUT", "/api/v1/inventory/reduce/101/1?orderId=" + value).status == 400);
    CHECK(on.client.ask("DELETE", "/api/cart/ann/items/" + value).status == 400);
  }
}

TEST_CASE("a list that a raw plus made empty says so") {
  one_order on;
  const auto nothing = on.client.ask("GET", "/api/v1/orders/?customer_email=ann+shop@x.org");
  CHECK(nothing.status == 200);
  CHECK(nothing.body == "[]");
  CHECK(nothing.headers.at("x-hint").find("%2B") != std::string::npos);
  CHECK_FALSE(on.client.ask("GET", "/api/v1/orders/?customer_email=ann%2Bshop@x.org").headers.contains("x-hint"));
  CHECK(on.client.ask("GET", "/api/orders?userId=a+b").headers.contains("x-hint"));
  CHECK(on.client.ask("GET", "/api/v1/orders/?created_from=2025-12-01T10:00:00+09:00").headers.contains("x-hint"));
}

TEST_CASE("a compressed body is refused in each document's form, with what would be taken") {
  one_order on;
  for (const std::string path : {"/api/v1/orders/", "/api/payment/process", "/api/order/cart.json", "/api/orders/place"}) {
    for (const auto* coding : {"gzip", "identity, br", "x-unknown", "GZIP"}) {
      const auto refused = on.client.ask("POST", path, body, "Content-Encoding: " + std::string{coding} + "\r\n");
      CHECK(refused.status == 415);
      CHECK(refused.headers.at("accept-encoding") == "identity");
    }
    CHECK(on.client.ask("POST", path, body, "Content-Encoding: Identity\r\n").status != 415);
  }
  CHECK(text_of(on.client.ask("POST", "/api/payment/process", body, "Content-Encoding: gzip\r\n"), "paymentStatus") == "failed");
  CHECK(text_of(on.client.ask("POST", "/api/order/cart.json", body, "Content-Encoding: gzip\r\n"), "code") ==
        "content_encoding_must_be_identity");
  on.client.send("POST /api/v1/orders/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}");
  CHECK(on.client.receive().headers.at("accept") == "application/json");
}

TEST_CASE("what is missing has a word of its own") {
  one_order on;
  CHECK(text_of(on.client.ask("GET", "/api/v1/payments/order/1"), "type") == "/problems/payment-must-exist");
  CHECK(text_of(on.client.ask("GET", "/api/v1/payments/order/2"), "type") == "/problems/order-must-exist");
  CHECK(on.client.ask("GET", "/problems/payment-must-exist").status == 200);
  CHECK(text_of(on.client.ask("POST", "/api/order/payment.json", R"({"customerId":"ann","invoiceId":"1","totalAmount":5})"),
                "code") == "invoice_must_exist");
  const auto unknown = on.client.ask("POST", "/api/payment/process",
                                     R"({"orderId":"ORD000009","userId":"ann","paymentAmount":5,"paymentMethod":"on_file"})");
  CHECK(unknown.status == 404);
  CHECK(text_of(unknown, "paymentStatus") == "failed");
}

TEST_CASE("a read in an outage is told to try again, and nothing of keys or of what was done") {
  const std::pair<errc, std::string> failures[]{{errc::store_unavailable, "store-unavailable"},
                                                {errc::outcome_unknown, "answer-must-come-in-time"},
                                                {errc::overloaded, "overloaded"},
                                                {errc::shutting_down, "shutting-down"},
                                                {errc::reloading, "reloading"},
                                                {errc::fenced, "fenced"}};
  for (const auto& [code, word] : failures) {
    one_order on;
    on.with.shop.fails_with = code;
    for (const std::string path : {"/api/v1/orders/1", "/api/v1/orders/", "/api/orders/1", "/api/v1/payments/order/1"}) {
      INFO(path << " " << word);
      const auto refused = on.client.ask("GET", path);
      CHECK(refused.status == 503);
      CHECK(refused.headers.contains("retry-after"));
      for (const auto* unfit : {"Idempotency", "key", "Nothing was done", "may have taken place", "written"})
        CHECK(refused.body.find(unfit) == std::string::npos);
    }
    CHECK(text_of(on.client.ask("GET", "/api/v1/orders/1"), "type") == "/problems/" + word);
    CHECK(on.client.ask("GET", "/problems/" + word).status == 200);
    const auto change = on.pay({});
    CHECK(change.status == 503);
    if (code == errc::outcome_unknown) CHECK(change.body.find("Idempotency-Key") != std::string::npos);
  }
}
