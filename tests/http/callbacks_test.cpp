// What a word of the payment gateway means for an order. Signatures and routes are in tests/system/test_callbacks.py.
#include "http/dialects/callbacks.hpp"

#include <catch2/catch_test_macros.hpp>

#include "domain/order/evolve.hpp"
#include "http/dialects/d0_words.hpp"

using namespace orderflow;

namespace {

payment_callback decoded(std::string_view body) {
  auto word = decode_callback(body);
  REQUIRE(std::holds_alternative<payment_callback>(word));
  return std::get<payment_callback>(word);
}

std::string mistakes(std::string_view body) {
  auto word = decode_callback(body);
  REQUIRE(std::holds_alternative<problem>(word));
  std::string all;
  for (const auto& error : std::get<problem>(word).errors) all += error.pointer + " ";
  return all;
}

/// Order 7 over 100.50 USD: attempt 1 declined, attempt 2 captured as "gw-9".
order order_seven() {
  order now;
  now.id = order_id{7};
  now.version = 1;
  now.money = *find_currency("USD");
  now.total = 10'050;
  now.attempts.resize(2);
  now.attempts[1].transaction = "gw-9";
  return now;
}

template <class Action>
Action meant(const payment_callback& word) {
  auto action = action_of(word, order_seven());
  REQUIRE(std::holds_alternative<std::optional<order_action>>(action));
  REQUIRE(std::get<0>(action).has_value());
  REQUIRE(std::holds_alternative<Action>(*std::get<0>(action)));
  return std::get<Action>(*std::get<0>(action));
}

}  // namespace

TEST_CASE("a callback is read in either document's names") {
  const auto design = decoded(R"({"event_id":"e1","payment_id":702,"status":"completed","amount":100.50,"order_id":7})");
  CHECK(design.event == "e1");
  CHECK(design.payment == "702");
  CHECK(design.status == callback_status::completed);
  CHECK(design.amount->text == "100.50");
  CHECK(design.order == order_id{7});
  const auto shop =
      decoded(R"({"eventId":"e2","transactionId":"TXN000701","paymentStatus":"FAILED","reason":"no","orderId":"ORD000007"})");
  CHECK(shop.transaction == "TXN000701");
  CHECK(shop.status == callback_status::failed);
  CHECK(shop.reason == "no");
  CHECK(shop.order == order_id{7});
}

TEST_CASE("a callback that lacks what it needs says so") {
  CHECK(mistakes("{}") == "/event_id /payment_id /status ");
  CHECK(mistakes(R"({"event_id":"e","payment_id":701,"status":"lost"})") == "/status ");
}

TEST_CASE("an attempt is named by our number, the gateway's, or the order's") {
  const auto now = order_seven();
  CHECK(attempt_named(now, "701") == 1U);
  CHECK(attempt_named(now, "TXN000702") == 2U);
  CHECK(attempt_named(now, "gw-9") == 2U);
  CHECK(attempt_named(now, "7") == 2U);
  for (const char* other : {"703", "700", "801", "8", "gw-8", "", "TXN"}) CHECK_FALSE(attempt_named(now, other).has_value());
  CHECK_FALSE(attempt_named(order{}, "101").has_value());
}

TEST_CASE("completed is a capture of the amount said, or of the total") {
  auto word = decoded(R"({"event_id":"e","payment_id":701,"status":"completed","amount":99.5})");
  CHECK(meant<money_was_captured>(word).attempt == 1);
  CHECK(meant<money_was_captured>(word).amount == 9'950);
  CHECK(meant<money_was_captured>(word).transaction == "701");
  word = decoded(R"({"event_id":"e","payment_id":701,"transaction_id":"theirs","status":"completed"})");
  CHECK(meant<money_was_captured>(word).amount == 10'050);
  CHECK(meant<money_was_captured>(word).transaction == "theirs");
}

TEST_CASE("failed is a decline with its reason, and refunded is for the gateway to tell") {
  CHECK(meant<payment_was_declined>(decoded(R"({"event_id":"e","payment_id":702,"status":"failed","reason":"stolen"})")).reason ==
        "stolen");
  CHECK(meant<payment_was_declined>(decoded(R"({"event_id":"e","payment_id":702,"status":"failed"})")).attempt == 2);
  const auto refunded = action_of(decoded(R"({"event_id":"e","payment_id":702,"status":"refunded"})"), order_seven());
  REQUIRE(refunded.index() == 0);
  CHECK_FALSE(std::get<0>(refunded).has_value());
}

TEST_CASE("a payment of another order is not found, also where the transaction would be ours") {
  for (const char* body : {R"({"event_id":"e","payment_id":801,"status":"completed"})",
                           R"({"event_id":"e","transaction_id":"801","status":"completed"})",
                           R"({"event_id":"e","payment_id":801,"transaction_id":701,"status":"completed"})"}) {
    const auto action = action_of(decoded(body), order_seven());
    REQUIRE(std::holds_alternative<problem>(action));
    CHECK(std::get<problem>(action).status == 404);
  }
}

TEST_CASE("an amount with more digits than the currency has is refused") {
  const auto action =
      action_of(decoded(R"({"event_id":"e","payment_id":701,"status":"completed","amount":1.001})"), order_seven());
  REQUIRE(std::holds_alternative<problem>(action));
  CHECK(std::get<problem>(action).status == 422);
}

TEST_CASE("the shop's errors have the status as their code") {
  const auto made = d0_problem(invalid({{"/eventId", "is required"}}), "r1");
  CHECK(made.status == 400);
  CHECK(made.body == R"({"code":400,"message":"/eventId is required."})");
}
