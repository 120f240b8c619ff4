// What a word of the payment gateway means for an order. Signatures and routes are in tests/system/test_callbacks.py.
#include "http/api/callbacks/callbacks.hpp"

#include <catch2/catch_test_macros.hpp>

#include "domain/order/evolve.hpp"
#include "http/api/shop/codec.hpp"

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

bool says_otherwise(std::string_view body, const charge_answer& said) {
  return differs(decoded(body), said, *find_currency("USD"));
}

charge_answer captured(minor_units amount) { return {"charge/7/1", charge_status::captured, "gw-9", amount, {}}; }

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

TEST_CASE("what a callback says of money is read whatever it is, and only compared") {
  const auto completed = [](const std::string& more) {
    return R"({"event_id":"e","payment_id":701,"status":"completed")" + more + "}";
  };
  for (const char* right : {"", R"(,"amount":100.5)", R"(,"amount":100.50,"currency":"USD")", R"(,"paymentAmount":100.5)"})
    CHECK_FALSE(says_otherwise(completed(right), captured(10'050)));
  for (const char* wrong :
       {R"(,"amount":100.51)", R"(,"amount":10050)", R"(,"amount":null)", R"(,"amount":"100.50")", R"(,"amount":1.001)",
        R"(,"amount":[])", R"(,"amount":100.5,"currency":"JPY")", R"(,"amount":100.5,"currency":null)", R"(,"amount":-100.5)"})
    CHECK(says_otherwise(completed(wrong), captured(10'050)));
  auto in_yen = captured(10'050);
  in_yen.money = find_currency("JPY");
  CHECK(says_otherwise(completed(R"(,"amount":100.5)"), in_yen));
}

TEST_CASE("what a callback says of the outcome is compared with the gateway's") {
  const charge_answer declined{"charge/7/1", charge_status::declined, {}, 0, "stolen"};
  const auto* failed = R"({"event_id":"e","payment_id":701,"status":"failed","reason":"stolen"})";
  const auto* completed = R"({"event_id":"e","payment_id":701,"status":"completed"})";
  CHECK_FALSE(says_otherwise(failed, declined));
  CHECK(says_otherwise(failed, captured(10'050)));
  CHECK(says_otherwise(completed, declined));
  for (const auto status : {charge_status::in_progress, charge_status::not_found}) {
    CHECK(says_otherwise(completed, {"charge/7/1", status, {}, 0, {}}));
    CHECK(says_otherwise(failed, {"charge/7/1", status, {}, 0, {}}));
  }
}

TEST_CASE("the attempt is the payment's, or the one that the transaction names better") {
  const auto meant = [](std::string_view body) { return attempt_meant(decoded(body), order_seven()); };
  CHECK(meant(R"({"event_id":"e","payment_id":701,"status":"completed"})") == 1U);
  CHECK(meant(R"({"event_id":"e","payment_id":7,"transaction_id":701,"status":"completed"})") == 1U);
  CHECK(meant(R"({"event_id":"e","payment_id":701,"transaction_id":"theirs","status":"completed"})") == 1U);
  CHECK(meant(R"({"event_id":"e","transaction_id":"gw-9","status":"failed"})") == 2U);
}

TEST_CASE("a payment of another order is not found, also where the transaction would be ours") {
  for (const char* body : {R"({"event_id":"e","payment_id":801,"status":"completed"})",
                           R"({"event_id":"e","transaction_id":"801","status":"completed"})",
                           R"({"event_id":"e","payment_id":801,"transaction_id":701,"status":"completed"})"})
    CHECK_FALSE(attempt_meant(decoded(body), order_seven()).has_value());
}

TEST_CASE("the shop's errors have the status as their code") {
  const auto made = shop::problem_reply(invalid({{"/eventId", "is required"}}), "r1");
  CHECK(made.status == 400);
  CHECK(made.body == R"({"code":400,"message":"/eventId is required."})");
}
