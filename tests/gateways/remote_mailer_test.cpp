#include "gateways/remote_mailer.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/gateways/outside.hpp"
#include "tests/gateways/scripted_server.hpp"

using namespace orderflow;
using namespace orderflow::testing;
using namespace std::chrono_literals;

namespace {

const outgoing_message confirmation{
    "7.3.email", "email", "a@example.com", "Order 7", "Thank you", message_kind::order_confirmation, {7}};

std::string delivered_to(scripted_server& server, const outgoing_message& message, milliseconds timeout = 5s) {
  http_client client;
  remote_mailer mail{{server.url(), secret{std::string{"s3cret"}}, timeout}, client};
  return mail.deliver(message);
}

}  // namespace

TEST_CASE("a message is sent as the document says it, with its own id as the key") {
  scripted_server server{[](const heard_request&) { return json_reply(200, R"({"status":"sent"})"); }};
  CHECK(delivered_to(server, confirmation).empty());
  const auto heard = server.heard();
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].method + " " + heard[0].target == "POST /api/v1/notifications/email");
  CHECK(heard[0].headers.at("idempotency-key") == "7.3.email");
  CHECK(heard[0].headers.at("authorization") == "Bearer s3cret");
  CHECK(
      heard[0].body ==
      R"({"template":"ORDER_CONFIRMATION","order_id":7,"to":"a@example.com","channel":"email","subject":"Order 7","text":"Thank you"})");
}

TEST_CASE("a message about no order names neither template nor order") {
  scripted_server server{[](const heard_request&) { return json_reply(202, ""); }};
  CHECK(delivered_to(server, {"notice.1", "sms", "+49 1", "Hello", "There", std::nullopt, {}}).empty());
  CHECK(server.heard().at(0).body == R"({"to":"+49 1","channel":"sms","subject":"Hello","text":"There"})");
}

TEST_CASE("whatever is no success is told as a failure") {
  for (const int status : {302, 400, 401, 404, 422, 500, 503}) {
    scripted_server server{[status](const heard_request&) { return json_reply(status, "{}"); }};
    CHECK(delivered_to(server, confirmation) == "the notification service answered " + std::to_string(status));
  }
  scripted_server silent{[](const heard_request&) { return no_reply(); }};
  CHECK_FALSE(delivered_to(silent, confirmation, 300ms).empty());
  scripted_server rude{[](const heard_request&) { return closed_without_reply(); }};
  CHECK_FALSE(delivered_to(rude, confirmation).empty());
}
