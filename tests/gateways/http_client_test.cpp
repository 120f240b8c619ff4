#include "gateways/http_client.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/gateways/outside.hpp"
#include "tests/gateways/scripted_server.hpp"

using namespace orderflow;
using namespace orderflow::testing;
using namespace std::chrono_literals;

namespace {

constexpr auto longest_wait = 10s;

http_outcome ask(http_client& with, http_request request) {
  auto box = std::make_shared<inbox<http_outcome>>();
  with.send(std::move(request), [box](http_outcome outcome) { box->put(std::move(outcome)); });
  REQUIRE(box->wait_for(1, longest_wait));
  return box->all().front();
}

http_request get(const std::string& url, milliseconds timeout = 5s) {
  http_request made;
  made.url = url;
  made.timeout = timeout;
  return made;
}

const http_reply& reply_in(const http_outcome& outcome) {
  if (const auto* failure = std::get_if<http_failure>(&outcome)) FAIL("no reply: " << failure->reason);
  return std::get<http_reply>(outcome);
}

const http_failure& failure_in(const http_outcome& outcome) {
  REQUIRE(std::holds_alternative<http_failure>(outcome));
  return std::get<http_failure>(outcome);
}

/// A port on which nobody listens any more.
std::string deserted_url() {
  scripted_server gone{[](const heard_request&) { return no_reply(); }};
  return gone.url();
}

}  // namespace

TEST_CASE("a reply comes back with its status and body, and the request as it was made") {
  scripted_server server{[](const heard_request&) { return json_reply(201, R"({"a":1})"); }};
  http_client client;
  http_request post;
  post.method = http_method::post;
  post.url = server.url() + "/api/v1/payments";
  post.headers = {"Idempotency-Key: charge/7/1"};
  post.body = R"({"order_id":7})";
  const auto outcome = ask(client, post);
  CHECK(reply_in(outcome).status == 201);
  CHECK(reply_in(outcome).body == R"({"a":1})");
  const auto heard = server.heard();
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].method == "POST");
  CHECK(heard[0].target == "/api/v1/payments");
  CHECK(heard[0].body == post.body);
  CHECK(heard[0].headers.at("idempotency-key") == "charge/7/1");
  CHECK(heard[0].headers.at("content-type") == "application/json");
}

TEST_CASE("connections are kept, but for what must be sent only once") {
  scripted_server server{[](const heard_request&) { return json_reply(200, "{}"); }};
  http_client client;
  for (int i = 0; i < 3; ++i) reply_in(ask(client, get(server.url())));
  auto once = get(server.url());
  once.only_once = true;
  reply_in(ask(client, once));
  const auto heard = server.heard();
  REQUIRE(heard.size() == 4);
  CHECK(heard[0].connection == heard[2].connection);
  CHECK(heard[3].connection != heard[2].connection);
}

TEST_CASE("what must be sent only once is not sent again when its connection dies without a reply") {
  scripted_server server{
      [](const heard_request& asked) { return asked.method == "GET" ? json_reply(200, "{}") : closed_without_reply(); }};
  http_client client;
  reply_in(ask(client, get(server.url())));
  http_request post;
  post.method = http_method::post;
  post.url = server.url();
  post.body = "{}";
  post.only_once = true;
  CHECK_FALSE(failure_in(ask(client, post)).unsent);
  CHECK(server.heard().size() == 2);
}

TEST_CASE("many requests are under way at the same time") {
  scripted_server server{[](const heard_request&) { return json_reply(200, "{}"); }};
  http_client client{8};
  auto box = std::make_shared<inbox<http_outcome>>();
  for (int i = 0; i < 200; ++i) client.send(get(server.url()), [box](http_outcome outcome) { box->put(std::move(outcome)); });
  REQUIRE(box->wait_for(200, longest_wait));
  for (const auto& outcome : box->all()) CHECK(reply_in(outcome).status == 200);
}

TEST_CASE("a server that says nothing ends in a failure when the time is up, and the others are not held back") {
  scripted_server hung{[](const heard_request&) { return no_reply(); }};
  scripted_server healthy{[](const heard_request&) { return json_reply(200, "{}"); }};
  http_client client;
  auto late = std::make_shared<inbox<http_outcome>>();
  client.send(get(hung.url(), 400ms), [late](http_outcome outcome) { late->put(std::move(outcome)); });
  reply_in(ask(client, get(healthy.url())));
  REQUIRE(late->wait_for(1, longest_wait));
  CHECK_FALSE(failure_in(late->all().front()).unsent);
}

TEST_CASE("a request to a port where nobody listens is known not to have left") {
  http_client client;
  CHECK(failure_in(ask(client, get(deserted_url()))).unsent);
}

TEST_CASE("a reply longer than allowed is a failure") {
  scripted_server server{[](const heard_request&) { return json_reply(200, std::string(2000, 'x')); }};
  http_client client;
  auto request = get(server.url());
  request.largest_reply = 2000;
  CHECK(reply_in(ask(client, request)).body.size() == 2000);
  request.largest_reply = 1999;
  CHECK(failure_in(ask(client, request)).reason == "the reply is longer than 1999 bytes");
}

TEST_CASE("a reply that is cut off is a failure") {
  scripted_server server{[](const heard_request&) {
    return scripted_reply{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"order_id\":7", true};
  }};
  http_client client;
  CHECK_FALSE(failure_in(ask(client, get(server.url()))).unsent);
}

TEST_CASE("what is no HTTP at all is a failure") {
  scripted_server server{[](const heard_request&) { return scripted_reply{"hello\r\n\r\n", true}; }};
  http_client client;
  CHECK_FALSE(failure_in(ask(client, get(server.url()))).reason.empty());
}

TEST_CASE("a redirect is a reply like any other and is not followed") {
  scripted_server server{[](const heard_request& asked) {
    if (asked.target == "/there") return json_reply(200, "{}");
    return scripted_reply{"HTTP/1.1 307 Go\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n"};
  }};
  http_client client;
  CHECK(reply_in(ask(client, get(server.url() + "/here"))).status == 307);
  CHECK(server.heard().size() == 1);
}

TEST_CASE("only http and https are spoken") {
  http_client client;
  CHECK(failure_in(ask(client, get("file:///etc/hostname"))).unsent);
  CHECK(failure_in(ask(client, get("no address"))).unsent);
}

TEST_CASE("a client that ends gives up what is under way without calling back") {
  scripted_server hung{[](const heard_request&) { return no_reply(); }};
  auto box = std::make_shared<inbox<http_outcome>>();
  {
    http_client client;
    client.send(get(hung.url()), [box](http_outcome outcome) { box->put(std::move(outcome)); });
  }
  CHECK(box->all().empty());
  CHECK(box.use_count() == 1);
}
