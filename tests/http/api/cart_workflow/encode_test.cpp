// Replies of the cart workflow, field by field in the document's order and number format.
#include <catch2/catch_test_macros.hpp>

#include "http/api/cart_workflow/codec.hpp"

namespace orderflow {
namespace {

const currency usd = *find_currency("USD");

catalogue shop() {
  catalogue known;
  known.products[{"101"}] = {{"101"}, "Keyboard", usd, 4500};
  known.products[{"P002"}] = {{"P002"}, "Pen", usd, 5050};
  return known;
}

order an_order() {
  order now;
  now.id = {456};
  now.version = 3;
  now.source.owner = "7";
  now.who.id = "7";
  now.money = usd;
  now.lines = {{{"101"}, "Keyboard", 2, 4500, true}};
  now.total = 9000;
  now.created_at = now.placed_at = from_ms(1'764'583'200'000);
  now.attempts.push_back({"ok", attempt_status::captured, "", "t1", {}, {}});
  now.status = order_status::paid;
  return now;
}

std::string text_of(const order& now) {
  std::string text;
  json_writer out{text};
  cart_workflow::write_order(out, now);
  return text;
}

}  // namespace

TEST_CASE("the user of an order is its customer, never who wrote it down") {
  auto now = an_order();
  const auto user = [&] {
    const auto text = text_of(now);
    return text.substr(text.find("userId"), text.find(",\"items") - text.find("userId"));
  };
  now.source.creator = "merchant";
  now.source.owner = "77";
  now.who.id.clear();
  CHECK(user() == R"(userId":77)");
  // Orders of before knew no owner besides who wrote them down.
  now.source.creator.clear();
  now.source.owner = "merchant";
  now.who.id = "77";
  CHECK(user() == R"(userId":77)");
  now.who.id.clear();
  now.who.email = "ann@x.org";
  CHECK(user() == R"(userId":"ann@x.org")");
  now.who.email.clear();
  CHECK(user() == R"(userId":"merchant")");
}

TEST_CASE("a cart is written with the catalogue's names and prices") {
  account kept;
  kept.who = {"shop", "7"};
  kept.cart = {{{"101"}, 2}, {{"P002"}, 1}};
  CHECK(cart_workflow::cart_json(kept, shop(), usd) ==
        R"({"userId":7,"items":[{"productId":101,"name":"Keyboard","quantity":2,"price":45.00},)"
        R"({"productId":"P002","name":"Pen","quantity":1,"price":50.50}],"totalPrice":140.50})");
  kept.cart.clear();
  CHECK(cart_workflow::cart_json(kept, shop(), usd) == R"({"userId":7,"items":[],"totalPrice":0.00})");
}

TEST_CASE("a cart shows the prices that its customer was told, and what has another price by now") {
  account kept;
  kept.who = {"shop", "7"};
  kept.cart = {{{"101"}, 2}, {{"P002"}, 1}};
  kept.told = {{{"101"}, usd, 4000}, {{"P002"}, usd, 5050}};
  CHECK(cart_workflow::cart_json(kept, shop(), usd) ==
        R"({"userId":7,"items":[{"productId":101,"name":"Keyboard","quantity":2,"price":40.00,"currentPrice":45.00},)"
        R"({"productId":"P002","name":"Pen","quantity":1,"price":50.50}],"totalPrice":130.50,"currentTotalPrice":140.50})");
  // A price in another currency was told of another product, as it were.
  kept.told = {{{"101"}, currency{{'J', 'P', 'Y'}}, 4000}};
  CHECK(cart_workflow::cart_json(kept, shop(), usd).find(R"("totalPrice":140.50})") != std::string::npos);
}

TEST_CASE("a paid order is CONFIRMED, every other status is the domain's word in capitals") {
  auto now = an_order();
  CHECK(text_of(now) ==
        R"({"orderId":456,"userId":7,"items":[{"productId":101,"name":"Keyboard","quantity":2,"price":45.00}],)"
        R"("totalPrice":90.00,"paymentStatus":"SUCCESS","status":"CONFIRMED","timestamp":"2025-12-01T10:00:00Z"})");
  now.status = order_status::payment_processing;
  CHECK(text_of(now).find(R"("paymentStatus":"PENDING","status":"PAYMENT_PROCESSING")") != std::string::npos);
  now.status = order_status::shipped;
  CHECK(text_of(now).find(R"("paymentStatus":"SUCCESS","status":"SHIPPED")") != std::string::npos);
  now.status = order_status::cancelled;
  CHECK(text_of(now).find(R"("paymentStatus":"FAILED","status":"CANCELLED")") != std::string::npos);
  now.paid_at = now.created_at;  // It cost nothing, so nothing goes back.
  CHECK(text_of(now).find(R"("paymentStatus":"FAILED","status":"CANCELLED")") != std::string::npos);
  now.accepted = 9000;
  CHECK(text_of(now).find(R"("paymentStatus":"REFUNDING","status":"CANCELLED")") != std::string::npos);
  now.refunded_by_gateway = 9000;
  CHECK(text_of(now).find(R"("paymentStatus":"REFUNDED","status":"CANCELLED")") != std::string::npos);
}

TEST_CASE("a payment is SUCCESS, FAILED with its reason, or PENDING") {
  auto now = an_order();
  CHECK(cart_workflow::payment_json(now) == R"({"orderId":456,"paymentId":456,"transactionId":45601,"status":"SUCCESS"})");
  CHECK(cart_workflow::http_status_of(now) == 200);
  now.status = order_status::pending;
  now.reason = pending_reason::awaiting_payment;
  now.attempts.back() = {"card", attempt_status::declined, "insufficient_funds", "", {}, {}};
  CHECK(cart_workflow::payment_json(now) ==
        R"({"orderId":456,"paymentId":456,"transactionId":45601,"status":"FAILED","error":"PAYMENT_FAILED",)"
        R"("message":"Payment failed due to insufficient funds","reason":"insufficient_funds"})");
  CHECK(cart_workflow::http_status_of(now) == 402);
  now.attempts.clear();
  CHECK(cart_workflow::payment_json(now) == R"({"orderId":456,"paymentId":456,"transactionId":null,"status":"PENDING"})");
  CHECK(cart_workflow::http_status_of(now) == 202);
  now.status = order_status::cancelled;
  now.accepted = 9000;
  CHECK(cart_workflow::payment_json(now) ==
        R"({"orderId":456,"paymentId":456,"transactionId":null,"status":"REFUNDING",)"
        R"("error":"ORDER_MUST_NOT_BE_CANCELLED","message":"The order is cancelled; what was paid is returned."})");
  CHECK(cart_workflow::http_status_of(now) == 409);
}

TEST_CASE("a shortage names its lines") {
  const auto made = cart_workflow::out_of_stock_reply({{{{"101"}, 2}, 1}}, false);
  CHECK(made.status == 409);
  CHECK(made.body == R"({"status":"FAILED","error":"OUT_OF_STOCK","message":"Out of stock: 101",)"
                     R"("items":[{"productId":101,"requestedQuantity":2,"availableQuantity":1}]})");
  CHECK(cart_workflow::out_of_stock_reply({{{{"101"}, 2}, 1}}, true).body.starts_with(R"({"success":false,"status":"FAILED")"));
}

TEST_CASE("a reduction tells what is left") {
  CHECK(cart_workflow::reduced_reply({{{"101"}, {10, 3}}}).body ==
        R"({"success":true,"items":[{"productId":101,"availableQuantity":7}]})");
}

TEST_CASE("the cart workflow has no 422") {
  const auto made = cart_workflow::problem_reply(invalid({{"/quantity", "is required"}}), "r1");
  CHECK(made.status == 400);
  CHECK(made.body == R"({"status":"FAILED","error":"REQUEST_MUST_BE_VALID","message":"/quantity is required."})");
}

}  // namespace orderflow
