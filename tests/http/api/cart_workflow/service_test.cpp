// Placing a cart over a real connection, with the domain behind it and no actors: what the customer was told is what he is
// charged.
#include <catch2/catch_test_macros.hpp>

#include "codec/json.hpp"
#include "tests/http/client.hpp"
#include "tests/http/running_service.hpp"

using namespace orderflow;

namespace {

const currency usd = *find_currency("USD");

struct cart_service_test {
  explicit cart_service_test(http_settings settings = running_service::dev_settings())
      : with(std::move(settings)), client(with.port) {
    price("101", 4500);
    price("102", 1000);
    for (const auto* product : {"101", "102"}) with.shop.stock[product_id{product}].on_hand = 100;
  }

  void price(const char* product, minor_units amount) {
    auto known = std::make_shared<catalogue>(*with.shop.products);
    evolve(*known, product_put{{product_id{product}, std::string{"Item "} + product, usd, amount}});
    with.shop.products = known;
  }
  void add(const char* product, int quantity) {
    const auto body = R"({"userId":7,"productId":)" + std::string{product} + R"(,"quantity":)" + std::to_string(quantity) + "}";
    REQUIRE(client.ask("POST", "/api/cart/add", body).status == 200);
  }
  seen_reply place(const std::string& more = {}, const std::string& key = {}) {
    return client.ask("POST", "/api/orders/place", R"({"userId":7)" + more + "}",
                      key.empty() ? "" : "Idempotency-Key: " + key + "\r\n");
  }
  std::string cart_total() { return text_of(client.ask("GET", "/api/cart/7"), "totalPrice"); }

  running_service with;
  test_client client;
};

http_settings with_foreign_carts() {
  auto settings = running_service::dev_settings();
  settings.cart_workflow.foreign_carts = true;
  return settings;
}

}  // namespace

TEST_CASE("a cart whose price rose is refused with both prices, and naming the new total orders at it") {
  cart_service_test shop;
  shop.add("101", 2);
  shop.add("102", 1);
  shop.price("101", 5000);
  const auto refused = shop.place();
  CHECK(refused.status == 409);
  CHECK(refused.body ==
        R"({"status":"FAILED","error":"PRICE_CHANGED","message":"The price of 101 is now 50.00 instead of 45.00; the cart costs )"
        R"(110.00 USD instead of 100.00. Nothing was ordered: place again with \"totalPrice\": 110.00 to order at this total.",)"
        R"("items":[{"productId":101,"name":"Item 101","quantity":2,"price":50.00,"previousPrice":45.00}],)"
        R"("totalPrice":110.00,"previousTotalPrice":100.00})");
  CHECK(shop.with.shop.orders.empty());
  CHECK(shop.cart_total() == "100.00");
  CHECK(text_of(shop.client.ask("GET", "/api/cart/7"), "currentTotalPrice") == "110.00");
  const auto placed = shop.place(R"(,"totalPrice":110.00)");
  CHECK(placed.status == 201);
  CHECK(text_of(placed, "totalPrice") == "110.00");
}

TEST_CASE("a second click on a refused cart, or a retry with its key, is refused like the first") {
  cart_service_test shop;
  shop.add("101", 1);
  shop.price("101", 5000);
  for (const auto* key : {"", "k-1"}) {
    const auto refused = shop.place("", key);
    CHECK(refused.status == 409);
    CHECK(text_of(refused, "error") == "PRICE_CHANGED");
    CHECK(shop.place("", key).body == refused.body);
  }
  CHECK(shop.with.shop.orders.empty());
}

TEST_CASE("each rise after a refusal is told, and needs its own total") {
  cart_service_test shop;
  shop.add("101", 1);
  shop.price("101", 5000);
  CHECK(shop.place().status == 409);
  shop.price("101", 5001);
  CHECK(shop.place(R"(,"totalPrice":50.00)").status == 409);
  CHECK(shop.place(R"(,"totalPrice":50.01)").status == 201);
}

TEST_CASE("setting a quantity shows the new price, so that the cart can be placed at it") {
  cart_service_test shop;
  shop.add("101", 1);
  shop.price("101", 5000);
  REQUIRE(shop.place().status == 409);
  REQUIRE(shop.client.ask("PUT", "/api/cart/7/items/101", R"({"quantity":1})").status == 200);
  const auto placed = shop.place();
  CHECK(placed.status == 201);
  CHECK(text_of(placed, "totalPrice") == "50.00");
}

TEST_CASE("a fallen price is charged without asking, and so is a cart that costs no more in all") {
  cart_service_test shop;
  shop.add("101", 1);
  shop.price("101", 4400);
  const auto cheaper = shop.place();
  CHECK(cheaper.status == 201);
  CHECK(text_of(cheaper, "totalPrice") == "44.00");
  shop.add("101", 1);
  shop.add("102", 1);
  shop.price("101", 4500);
  shop.price("102", 900);
  CHECK(text_of(shop.place(), "totalPrice") == "54.00");
}

TEST_CASE("the total that the request names is the one that is charged, or nothing is") {
  cart_service_test shop;
  shop.add("101", 2);
  const auto differs = shop.place(R"(,"totalPrice":80)");
  CHECK(differs.status == 409);
  CHECK(text_of(differs, "error") == "TOTAL_DIFFERS");
  CHECK(text_of(differs, "message") ==
        "The cart costs 90.00 USD, not 80.00 as the request says. Nothing was ordered: place again with \"totalPrice\": 90.00 to "
        "order at this total.");
  CHECK(shop.place(R"(,"expectedTotal":100.00)").status == 409);
  shop.price("101", 5000);
  CHECK(shop.place(R"(,"totalPrice":90.00)").status == 409);
  CHECK(shop.place(R"(,"totalPrice":90.00)").status == 409);
  const auto placed = shop.place(R"(,"totalPrice":100)");
  CHECK(placed.status == 201);
  CHECK(text_of(placed, "totalPrice") == "100.00");
}

TEST_CASE("a rise is accepted at once where the request names the new total") {
  cart_service_test shop;
  shop.add("101", 2);
  shop.price("101", 5000);
  CHECK(shop.place(R"(,"expectedTotal":100.0)").status == 201);
}

TEST_CASE("a total that is no amount, or two that differ, are refused as malformed") {
  cart_service_test shop;
  shop.add("101", 2);
  for (const auto* wrong : {R"(,"totalPrice":"90.00")", R"(,"totalPrice":90.001)", R"(,"expectedTotal":-90)",
                            R"(,"totalPrice":90,"expectedTotal":91)"}) {
    INFO(wrong);
    CHECK(shop.place(wrong).status == 400);
  }
}

TEST_CASE("a second click gets the first order though the price rose in between") {
  cart_service_test shop;
  shop.add("101", 2);
  const auto first = shop.place(R"(,"paymentMethod":"never")");
  REQUIRE(first.status == 202);
  shop.price("101", 5000);
  for (const auto* more : {"", R"(,"totalPrice":1)"}) {
    const auto again = shop.place(more);
    CHECK(again.status == 202);
    CHECK(text_of(again, "orderId") == text_of(first, "orderId"));
    CHECK(text_of(again, "totalPrice") == "90.00");
  }
  CHECK(shop.with.shop.orders.size() == 1);
}

TEST_CASE("a retry with its key gets the first order though the price rose in between, and a refusal uses no key up") {
  cart_service_test shop;
  shop.add("101", 1);
  shop.price("101", 5000);
  CHECK(shop.place("", "k-1").status == 409);
  const auto* told = R"(,"totalPrice":50.00)";
  const auto first = shop.place(told, "k-1");
  REQUIRE(first.status == 201);
  shop.add("101", 1);
  shop.price("101", 9000);
  const auto again = shop.place(told, "k-1");
  CHECK(again.status == 201);
  CHECK(text_of(again, "orderId") == text_of(first, "orderId"));
  CHECK(shop.with.shop.orders.size() == 1);
}

TEST_CASE("what another service's cart showed counts like what ours told") {
  cart_service_test shop{with_foreign_carts()};
  shop.with.shop.foreign_carts["7"] = {{{product_id{"101"}, 2}, {product_id{"102"}, 1}}, {"45.00", ""}, ""};
  shop.price("101", 5000);
  const auto refused = shop.place();
  CHECK(refused.status == 409);
  CHECK(text_of(refused, "totalPrice") == "110.00");
  CHECK(text_of(refused, "previousTotalPrice") == "100.00");
  // The service goes on showing the old price: the customer says what he takes the cart to cost.
  CHECK(shop.place().body == refused.body);
  const auto placed = shop.place(R"(,"totalPrice":110.00)");
  CHECK(placed.status == 201);
  CHECK(text_of(placed, "totalPrice") == "110.00");
}

TEST_CASE("an order that was paid and cancelled shows its payment as going back, and says so to who pays again") {
  cart_service_test shop;
  shop.add("101", 2);
  const auto id = text_of(shop.place(), "orderId");
  REQUIRE(shop.client.ask("DELETE", "/api/v1/orders/" + id).status == 200);
  const auto seen = shop.client.ask("GET", "/api/orders/" + id);
  CHECK(text_of(seen, "status") == "CANCELLED");
  CHECK(text_of(seen, "paymentStatus") == "REFUNDED");
}

TEST_CASE("an order whose cancellation waits for the payment says so in every dialect") {
  cart_service_test shop;
  shop.add("101", 1);
  const auto id = text_of(shop.place(R"(,"paymentMethod":"never")"), "orderId");
  const auto waiting = shop.client.ask("DELETE", "/api/v1/orders/" + id);
  CHECK(waiting.status == 202);
  CHECK(waiting.body.find(R"("cancel_requested":true)") != std::string::npos);
  const auto alone = shop.client.ask("GET", "/api/v1/orders/" + id);
  CHECK(alone.body.find(R"("cancel_requested":true)") != std::string::npos);
  CHECK(alone.body.find(R"("allowed":["settle"])") != std::string::npos);
  CHECK(shop.client.ask("GET", "/api/v1/orders/").body.find(R"("cancel_requested":true)") != std::string::npos);
  CHECK(shop.client.ask("GET", "/api/orders/" + id).body.find(R"("cancelRequested":true)") != std::string::npos);
}
