#include "gateways/remote_cart.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/gateways/outside.hpp"
#include "tests/gateways/scripted_server.hpp"

using namespace orderflow;
using namespace orderflow::testing;
using namespace std::chrono_literals;

namespace {

constexpr auto longest_wait = 10s;

struct service {
  explicit service(const scripted_reply& always) : server([always](const heard_request&) { return always; }) {}

  fetched_cart fetch(const std::string& user) {
    auto box = std::make_shared<inbox<fetched_cart>>();
    carts.fetch(user, [box](fetched_cart cart) { box->put(std::move(cart)); });
    REQUIRE(box->wait_for(1, longest_wait));
    return box->all().front();
  }
  std::string clear(const std::string& user) {
    auto box = std::make_shared<inbox<std::string>>();
    carts.clear(user, [box](std::string failure) { box->put(std::move(failure)); });
    REQUIRE(box->wait_for(1, longest_wait));
    return box->all().front();
  }

  scripted_server server;
  http_client client;
  remote_cart carts{{server.url(), {}, 5s}, client};
};

}  // namespace

TEST_CASE("a cart is fetched by its user, with products, quantities and the prices that it shows") {
  service to{json_reply(200, R"({"userId":"u/1 ?","items":[{"productId":101,"name":"Pen","quantity":2,"price":1.5},)"
                             R"({"productId":"P001","quantity":1}],"totalPrice":3.0})")};
  const auto cart = to.fetch("u/1 ?");
  CHECK(cart.failure.empty());
  CHECK(cart.lines == std::vector<cart_line>{{product_id{"101"}, 2}, {product_id{"P001"}, 1}});
  CHECK(cart.prices == std::vector<std::string>{"1.5", ""});
  CHECK(to.server.heard().at(0).method + " " + to.server.heard().at(0).target == "GET /api/cart/u%2F1%20%3F");
}

TEST_CASE("a user who is a number in the answer is the same user") {
  service to{json_reply(200, R"({"userId":123456,"items":[]})")};
  CHECK(to.fetch("123456").failure.empty());
  CHECK(to.fetch("123456").lines.empty());
}

TEST_CASE("clearing goes to the document's path") {
  service to{json_reply(200, R"({"userId":"7","items":[],"totalPrice":0})")};
  CHECK(to.clear("7").empty());
  CHECK(to.server.heard().at(0).method + " " + to.server.heard().at(0).target == "DELETE /api/cart/clear/7");
  service failing{json_reply(500, "{}")};
  CHECK(failing.clear("7") == "the cart service answered 500");
}

TEST_CASE("an answer that is no cart of that user is a failure, never an empty cart") {
  const std::vector<scripted_reply> replies{
      json_reply(404, R"({"userId":"7","items":[]})"),
      json_reply(500, R"({"userId":"7","items":[]})"),
      json_reply(200, ""),
      json_reply(200, "[]"),
      json_reply(200, R"({"items":[]})"),
      json_reply(200, R"({"userId":"8","items":[]})"),
      json_reply(200, R"({"userId":"7"})"),
      json_reply(200, R"({"userId":"7","items":{}})"),
      json_reply(200, R"({"userId":"7","items":[{"productId":"P001"}]})"),
      json_reply(200, R"({"userId":"7","items":[{"productId":"P001","quantity":0}]})"),
      json_reply(200, R"({"userId":"7","items":[{"productId":"P001","quantity":1.5}]})"),
      json_reply(200, R"({"userId":"7","items":[{"productId":"P001","quantity":1000001}]})"),
      json_reply(200, R"({"userId":"7","items":[{"quantity":1}]})"),
      closed_without_reply(),
  };
  for (const auto& reply : replies) {
    INFO(reply.bytes);
    service to{reply};
    CHECK_FALSE(to.fetch("7").failure.empty());
    CHECK(to.fetch("7").lines.empty());
  }
}
