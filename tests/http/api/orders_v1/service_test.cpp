// DD-ORDER-001 over a real connection, with the domain behind it and no actors.
#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "http/api/common/order_page.hpp"
#include "tests/http/client.hpp"
#include "tests/http/running_service.hpp"

using namespace orderflow;

namespace {

const std::string laptop = R"({"product_name":"Laptop","quantity":2,"unit_price":89800.0})";

std::string order_body(const std::string& more = {}) {
  return R"({"customer_email":"tanaka@example.co.jp","customer_name":"Tanaka","items":[)" + laptop + "]" + more + "}";
}

/// A shop with 101 in the catalogue at 1000 JPY, three of them there.
void stock_up(memory_shop& shop) {
  auto known = std::make_shared<catalogue>();
  evolve(*known, product_put{{product_id{"101"}, "Mouse", *find_currency("JPY"), 1000}});
  evolve(*known, product_put{{product_id{"P001"}, "Cable", *find_currency("USD"), 2500}});
  shop.products = known;
  shop.stock[product_id{"101"}].on_hand = 3;
}

}  // namespace

TEST_CASE("an order that is paid in time is created as the document shows") {
  running_service with;
  test_client client{with.port};
  const auto made = client.ask("POST", "/api/v1/orders/", order_body());
  CHECK(made.status == 201);
  CHECK(made.headers.at("location") == "/api/v1/orders/1");
  CHECK(made.headers.contains("etag"));
  CHECK(text_of(made, "status") == "paid");
  CHECK(text_of(made, "total_amount") == "179600.0");
  const auto seen = client.ask("GET", made.headers.at("location"));
  CHECK(seen.status == 200);
  CHECK(seen.headers.at("etag") == made.headers.at("etag"));
  CHECK(client.ask("GET", "/api/v1/orders/ORD000001").body == seen.body);
}

TEST_CASE("every outcome of a create is 201 with the state reached") {
  running_service with;
  stock_up(with.shop);
  test_client client{with.port};
  const auto declined = client.ask("POST", "/api/v1/orders", order_body(R"(,"payment_method":"insufficient_funds")"));
  CHECK(declined.status == 201);
  CHECK(text_of(declined, "status") == "pending");
  CHECK(body_of(declined).find("payment")->find("reason")->text == "insufficient_funds");
  CHECK(text_of(client.ask("POST", "/api/v1/orders", order_body(R"(,"payment_method":"never")")), "status") ==
        "payment_processing");
  CHECK(text_of(client.ask("POST", "/api/v1/orders", order_body(R"(,"auto_pay":false)")), "status") == "pending");
  const auto short_of =
      client.ask("POST", "/api/v1/orders", R"({"customer_email":"a@b.example","items":[{"product_id":101,"quantity":4}]})");
  CHECK(short_of.status == 201);
  CHECK(text_of(short_of, "status") == "cancelled");
  CHECK(text_of(short_of, "cancel_reason") == "out_of_stock");
  const auto tracked =
      client.ask("POST", "/api/v1/orders", R"({"customer_email":"a@b.example","items":[{"product_id":101,"quantity":3}]})");
  CHECK(text_of(tracked, "status") == "paid");
  CHECK(text_of(tracked, "total_amount") == "3000.0");
}

TEST_CASE("prices that are not the catalogue's are refused with the line") {
  running_service with;
  stock_up(with.shop);
  test_client client{with.port};
  const auto price = client.ask(
      "POST", "/api/v1/orders",
      R"({"customer_email":"a@b.example","items":[)" + laptop + R"(,{"product_id":"101","quantity":1,"unit_price":1}]})");
  CHECK(price.status == 422);
  CHECK(text_of(price, "type") == "/problems/price-must-be-the-catalogues");
  CHECK(body_of(price).find("errors")->items.at(0).find("pointer")->text == "/items/1");
  const auto money =
      client.ask("POST", "/api/v1/orders", R"({"customer_email":"a@b.example","items":[{"product_id":"P001","quantity":1}]})");
  CHECK(text_of(money, "type") == "/problems/currency-must-be-the-products");
}

TEST_CASE("a customer may not price a line himself") {
  auto settings = running_service::dev_settings();
  settings.listeners[0].fixed_principal = principal{"alice", "acme", role::customer};
  running_service with{settings};
  stock_up(with.shop);
  test_client client{with.port};
  CHECK(client.ask("POST", "/api/v1/orders", order_body()).status == 422);
  CHECK(client.ask("POST", "/api/v1/orders", R"({"customer_email":"a@b.example","items":[{"product_id":101,"quantity":1}]})")
            .status == 201);
  CHECK(client.ask("PUT", "/api/v1/orders/1/status", R"({"status":"shipped"})").status == 403);
  CHECK(client.ask("POST", "/api/v1/orders/1/settle", R"({"captured":false,"reason":"x"})").status == 403);
}

TEST_CASE("a create with a key is made once and answered again") {
  running_service with;
  test_client client{with.port};
  const std::string key = "Idempotency-Key: k1\r\n";
  const auto first = client.ask("POST", "/api/v1/orders/", order_body(), key);
  const auto again = client.ask("POST", "/api/v1/orders/", order_body(), key);
  CHECK(again.status == 201);
  CHECK(again.body == first.body);
  CHECK(again.headers.at("location") == first.headers.at("location"));
  const auto other = client.ask("POST", "/api/v1/orders/", order_body(R"(,"batch_id":"b")"), key);
  CHECK(other.status == 422);
  CHECK(text_of(other, "type") == "/problems/idempotency-key-must-not-be-reused");
  CHECK(with.shop.orders.size() == 1);
}

TEST_CASE("an order is moved along the diagram and nowhere else") {
  running_service with;
  test_client client{with.port};
  client.ask("POST", "/api/v1/orders/", order_body(R"(,"auto_pay":false)"));
  const auto put = [&](const std::string& status, const std::string& headers = {}) {
    return client.ask("PUT", "/api/v1/orders/1/status", R"({"status":")" + status + "\"}", headers);
  };
  CHECK(put("PENDING").status == 200);
  const auto early = put("shipped");
  CHECK(early.status == 409);
  CHECK(text_of(early, "detail").find("pending") != std::string::npos);
  CHECK(text_of(early, "detail").find("shipped") != std::string::npos);
  CHECK(put("paid").status == 409);
  CHECK(text_of(put("paid"), "type") == "/problems/status-must-not-be-set-by-hand");
  CHECK(text_of(put("payment_processing"), "status") == "paid");
  CHECK(put("payment_processing").status == 409);
  CHECK(put("shipped", "If-Match: \"1\"\r\n").status == 412);
  const auto shipped = put("shipped");
  CHECK(shipped.status == 200);
  CHECK(text_of(shipped, "status") == "shipped");
  CHECK(text_of(shipped, "tracking_number") == "12345678");
  CHECK(put("shipped").status == 200);
  CHECK(client.ask("DELETE", "/api/v1/orders/1").status == 409);
  CHECK(put("delivered", "If-Match: " + shipped.headers.at("etag") + "\r\n").status == 200);
  CHECK(put("cancelled").status == 409);
  CHECK(put("lost").status == 422);
}

TEST_CASE("a move with a key is answered again where its order has gone on, whatever version and status it met") {
  running_service with;
  test_client client{with.port};
  client.ask("POST", "/api/v1/orders/", order_body(R"(,"auto_pay":false)"));
  const auto put = [&](const std::string& status, const std::string& headers) {
    return client.ask("PUT", "/api/v1/orders/1/status", R"({"status":")" + status + "\"}", headers);
  };
  const auto paying = "Idempotency-Key: pay-1\r\nIf-Match: " + client.ask("GET", "/api/v1/orders/1").headers.at("etag") + "\r\n";
  const auto first = put("payment_processing", paying);
  CHECK(first.status == 200);
  CHECK(text_of(first, "status") == "paid");
  const auto again = put("payment_processing", paying);
  CHECK(again.status == 200);
  CHECK(text_of(again, "status") == "paid");
  CHECK(put("payment_processing", "Idempotency-Key: pay-2\r\n").status == 409);
  CHECK(put("shipped", "Idempotency-Key: ship-1\r\nIf-Match: \"1\"\r\n").status == 412);
  CHECK(put("shipped", "Idempotency-Key: ship-1\r\n").status == 200);
  CHECK(put("delivered", "If-Match: " + again.headers.at("etag") + "\r\n").status == 412);
}

TEST_CASE("a cancelled order has its money back, and stays cancelled") {
  running_service with;
  test_client client{with.port};
  client.ask("POST", "/api/v1/orders/", order_body());
  const auto cancelled = client.ask("DELETE", "/api/v1/orders/1");
  CHECK(cancelled.status == 200);
  CHECK(text_of(cancelled, "status") == "cancelled");
  CHECK(client.ask("DELETE", "/api/v1/orders/1/").status == 200);
  const auto payment = client.ask("GET", "/api/v1/payments/order/1");
  CHECK(text_of(payment, "status") == "refunded");
  CHECK(text_of(payment, "refunded_amount") == "179600.0");
}

TEST_CASE("cancelling while the outcome of a payment is unknown is granted and done later") {
  running_service with;
  test_client client{with.port};
  client.ask("POST", "/api/v1/orders/", order_body(R"(,"payment_method":"lost_reply")"));
  const auto later = client.ask("DELETE", "/api/v1/orders/1");
  CHECK(later.status == 202);
  CHECK(text_of(later, "status") == "payment_processing");
  const auto settled =
      client.ask("POST", "/api/v1/orders/1/settle", R"({"captured":true,"transaction_id":"G1","reason":"bank statement"})");
  CHECK(settled.status == 200);
  CHECK(text_of(settled, "status") == "cancelled");
  CHECK(client.ask("POST", "/api/v1/orders/1/settle", R"({"captured":false,"reason":"again"})").status == 409);
}

TEST_CASE("an order that is not there is the document's 404 everywhere") {
  running_service with;
  test_client client{with.port};
  for (const auto* path :
       {"/api/v1/orders/7", "/api/v1/orders/abc", "/api/v1/orders/0", "/api/v1/orders/7/events", "/api/v1/payments/order/7"}) {
    INFO(path);
    const auto seen = client.ask("GET", path);
    CHECK(seen.status == 404);
    CHECK(text_of(seen, "detail") == "Order not found");
  }
  CHECK(client.ask("DELETE", "/api/v1/orders/7").status == 404);
  CHECK(client.ask("PUT", "/api/v1/orders/7/status", R"({"status":"shipped"})").status == 404);
  CHECK(client.ask("POST", "/api/v1/payments", R"({"order_id":7,"amount":1})").status == 404);
}

TEST_CASE("payments are made for the order's total and given back in parts") {
  running_service with;
  test_client client{with.port};
  client.ask("POST", "/api/v1/orders/", order_body(R"(,"auto_pay":false)"));
  CHECK(client.ask("GET", "/api/v1/payments/order/1").status == 404);
  CHECK(client.ask("POST", "/api/v1/payments", R"({"order_id":1,"amount":1.0,"currency":"JPY"})").status == 422);
  CHECK(client.ask("POST", "/api/v1/payments", R"({"order_id":1,"amount":179600.0,"currency":"USD"})").status == 422);
  const auto paid = client.ask("POST", "/api/v1/payments", R"({"order_id":1,"amount":179600.0,"currency":"JPY"})");
  CHECK(paid.status == 201);
  CHECK(text_of(paid, "status") == "completed");
  CHECK(text_of(paid, "transaction_id") == "101");
  const auto part = client.ask("POST", "/api/v1/payments/refund", R"({"payment_id":1,"amount":600.0})");
  CHECK(part.status == 200);
  CHECK(text_of(part, "refunded_amount") == "600.0");
  CHECK(client.ask("POST", "/api/v1/payments/refund", R"({"order_id":1,"amount":179600})").status == 422);
  CHECK(client.ask("POST", "/api/v1/payments/refund", R"({"order_id":1,"amount":0.5})").status == 422);
  CHECK(client.ask("POST", "/api/v1/payments/refund", R"({"order_id":1,"amount":"5"})").status == 422);
  CHECK(text_of(client.ask("POST", "/api/v1/payments/refund", R"({"order_id":1})"), "status") == "refunded");
}

TEST_CASE("a refund of a payment that is not there says so, and not that an order is missing") {
  running_service with;
  test_client client{with.port};
  const auto detail_of = [&](const char* body) { return text_of(client.ask("POST", "/api/v1/payments/refund", body), "detail"); };
  CHECK(detail_of(R"({"payment_id":7})") == "Payment not found");
  CHECK(detail_of(R"({"order_id":7})") == "Order not found");
  client.ask("POST", "/api/v1/orders/", order_body(R"(,"auto_pay":false)"));
  CHECK(detail_of(R"({"payment_id":1})") == "Payment not found");
}

TEST_CASE("a method that a path does not have is refused in the form of the path's document") {
  running_service with;
  test_client client{with.port};
  const auto shop = client.ask("GET", "/api/payment/process");
  CHECK(shop.status == 405);
  CHECK(text_of(shop, "code") == "405");
  CHECK(shop.headers.at("allow") == "POST, OPTIONS");
  CHECK(text_of(client.ask("PUT", "/api/cart/add", "{}"), "error") == "METHOD_MUST_BE_ALLOWED");
  CHECK(text_of(client.ask("PUT", "/api/v1/payments", "{}"), "type") == "/problems/method-must-be-allowed");
}

TEST_CASE("a message about what has not happened is refused with what to do, and one that cannot happen with that") {
  running_service with;
  test_client client{with.port};
  client.ask("POST", "/api/v1/orders/", order_body(R"(,"auto_pay":false)"));
  const auto mail = [&] {
    return text_of(client.ask("POST", "/api/v1/notifications/email", R"({"template":"ORDER_SHIPPED","order_id":1})"), "detail");
  };
  CHECK(mail() == "ORDER_SHIPPED does not fit: the order is pending. Write about it when it has happened.");
  client.ask("DELETE", "/api/v1/orders/1");
  CHECK(mail() ==
        "ORDER_SHIPPED does not fit: the order is cancelled. It cannot come true any more; leave this message out, or send one "
        "that fits.");
}

TEST_CASE("an unknown outcome of a payment is 202 and processing") {
  running_service with;
  test_client client{with.port};
  client.ask("POST", "/api/v1/orders/", order_body(R"(,"auto_pay":false)"));
  const auto open = client.ask("POST", "/api/v1/payments", R"({"order_id":1,"amount":179600,"payment_method":"never"})");
  CHECK(open.status == 202);
  CHECK(text_of(open, "status") == "processing");
  CHECK(client.ask("POST", "/api/v1/payments", R"({"order_id":1,"amount":179600,"payment_method":"ok"})").status == 409);
}

TEST_CASE("a list is paged by cursor, filtered and counted") {
  running_service with;
  test_client client{with.port};
  for (int i = 0; i < 5; ++i) client.ask("POST", "/api/v1/orders/", order_body(i % 2 == 0 ? R"(,"batch_id":"even batch")" : ""));
  const auto page = client.ask("GET", "/api/v1/orders/?limit=2&count=true&batch_id=even%20batch");
  CHECK(page.status == 200);
  CHECK(page.headers.at("x-total-count") == "3");
  const auto link = page.headers.at("link");
  const std::string before = "</api/v1/orders/?limit=2&count=true&batch_id=even%20batch&cursor=";
  REQUIRE(link.starts_with(before));
  REQUIRE(link.ends_with(">; rel=\"next\""));
  const auto cursor = link.substr(before.size(), link.find('>') - before.size());
  CHECK(parse_cursor(cursor)->id == order_id{3});
  REQUIRE(body_of(page).items.size() == 2);
  CHECK(body_of(page).items[0].find("id")->text == "5");
  const auto rest = client.ask("GET", "/api/v1/orders/?limit=2&batch_id=even+batch&cursor=" + cursor);
  REQUIRE(body_of(rest).items.size() == 1);
  CHECK(body_of(rest).items[0].find("id")->text == "1");
  CHECK_FALSE(rest.headers.contains("link"));
  CHECK(body_of(client.ask("GET", "/api/v1/orders/?sort=created_at&skip=1&limit=1")).items[0].find("id")->text == "2");
  CHECK(body_of(client.ask("GET", "/api/v1/orders/?status=PAID")).items.size() == 5);
  CHECK(body_of(client.ask("GET", "/api/v1/orders/?status=shipped")).items.empty());
  CHECK(body_of(client.ask("GET", "/api/v1/orders")).items.size() == 5);
}

TEST_CASE("a list refuses what it cannot mean") {
  running_service with;
  test_client client{with.port};
  for (const auto* query : {"limit=0", "limit=1001", "limit=x", "limit=", "skip=-1", "skip=10001", "status=lost", "cursor=x",
                            "cursor=3", "cursor=", "cursor=ORD000003", "batch_id=", "customer_email=", "sort=name",
                            "created_from=yesterday", "count=yes", "count=", "needs_operator=1"}) {
    INFO(query);
    const auto seen = client.ask("GET", "/api/v1/orders/?" + std::string{query});
    CHECK(seen.status == 422);
    const std::string name{query, std::string_view{query}.find('=')};
    CHECK(body_of(seen).find("errors")->items.at(0).find("pointer")->text == "?" + name);
  }
  for (const auto* query : {"limit=%zz", "customer_email=%ff", "customer_email=a%00b"})
    CHECK(client.ask("GET", "/api/v1/orders/?" + std::string{query}).status == 400);
}

TEST_CASE("an order's history is told, and the order as of any of its moments") {
  running_service with;
  test_client client{with.port};
  client.ask("POST", "/api/v1/orders/", order_body());
  const auto events = body_of(client.ask("GET", "/api/v1/orders/1/events"));
  REQUIRE(events.items.size() >= 3);
  CHECK(events.items[0].find("seq")->text == "1");
  CHECK(events.items[0].find("type")->text == "order_placed");
  CHECK(events.items[0].find("at")->text == "2025-12-01T10:00:00Z");
  CHECK(events.items[0].find("data")->is == json_value::kind::object);
  CHECK(text_of(client.ask("GET", "/api/v1/orders/1?at=1"), "status") == "pending");
  CHECK(text_of(client.ask("GET", "/api/v1/orders/1?at=1000"), "status") == "paid");
  CHECK(text_of(client.ask("GET", "/api/v1/orders/1?at=2025-12-01T10:00:00Z"), "status") == "paid");
  CHECK(client.ask("GET", "/api/v1/orders/1?at=2025-12-01T09:59:59Z").status == 404);
  CHECK(client.ask("GET", "/api/v1/orders/1?at=soon").status == 422);
}

TEST_CASE("stock is checked in the words of the cart workflow") {
  running_service with;
  stock_up(with.shop);
  test_client client{with.port};
  CHECK(client.ask("GET", "/api/inventory/check?productId=101&quantity=2").body ==
        R"({"productId":101,"requestedQuantity":2,"availableQuantity":3,"available":true})");
  CHECK(client.ask("GET", "/api/v1/inventory/check?productId=P001&quantity=1").body ==
        R"({"productId":"P001","requestedQuantity":1,"availableQuantity":0,"available":false})");
  const auto unknown = client.ask("GET", "/api/inventory/check?productId=999&quantity=2");
  CHECK(unknown.status == 404);
  CHECK(unknown.body == R"({"status":"FAILED","error":"PRODUCT_MUST_EXIST","message":"Product not found"})");
  CHECK(client.ask("GET", "/api/inventory/check?productId=101").status == 400);
  CHECK(client.ask("GET", "/api/inventory/check?productId=101&quantity=0").status == 400);
  CHECK(client.ask("GET", "/api/products/P001").body == R"({"productId":"P001","name":"Cable","price":25.00,"currency":"USD"})");
  CHECK(body_of(client.ask("GET", "/api/products")).items.size() == 2);
  CHECK(client.ask("GET", "/api/products/none").status == 404);
}

TEST_CASE("probes and operators see how the server stands") {
  running_service with;
  with.shop.held_back.push_back({order_id{7}, "it threw five times", from_ms(1'764'583'200'000)});
  test_client client{with.port};
  CHECK(client.ask("GET", "/livez").status == 200);
  CHECK(client.ask("GET", "/readyz").body == R"({"status":"ready"})");
  CHECK(body_of(client.ask("GET", "/readyz?verbose")).find("notes")->items.size() == 1);
  CHECK(client.ask("GET", "/metrics").body.starts_with("orders_total 7\n"));
  CHECK(client.ask("GET", "/api/v1/quarantine").body ==
        R"([{"order_id":7,"reason":"it threw five times","since":"2025-12-01T10:00:00Z"}])");
  CHECK(client.ask("POST", "/api/v1/quarantine/7/redrive").status == 200);
  CHECK(client.ask("POST", "/api/v1/quarantine/8/redrive").status == 404);
  CHECK(client.ask("GET", "/dev/sent").status == 404);
}

TEST_CASE("a failure of the world is 503 and may be tried again") {
  running_service with;
  with.shop.fails_with = errc::store_unavailable;
  test_client client{with.port};
  const auto seen = client.ask("POST", "/api/v1/orders/", order_body());
  CHECK(seen.status == 503);
  CHECK(seen.headers.at("retry-after") == "1");
  CHECK(text_of(seen, "type") == "/problems/store-unavailable");
  CHECK(client.ask("GET", "/api/v1/orders/").status == 503);
  CHECK(client.ask("GET", "/readyz").status == 200);
}

TEST_CASE("a drain waits for what is open, in vain if it must, and stopping ends it") {
  running_service with;
  with.shop.answers = false;
  test_client client{with.port};
  client.send("GET /api/v1/orders/1 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (with.shop.in_flight == 0 && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  REQUIRE(with.shop.in_flight == 1);
  int hurried = 0;
  CHECK_FALSE(with.service().drain(milliseconds{300}, [&] { ++hurried; }));
  CHECK(hurried >= 2);
  with.service().stop();
  CHECK(client.receive().status == 0);
}
