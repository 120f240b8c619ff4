#include "codec/payment_json.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace orderflow;

namespace {

told_payment sample() {
  told_payment payment;
  payment.id = 7;
  payment.order = {7};
  payment.amount = 10'050;
  payment.money = *find_currency("USD");
  payment.status = payment_state_word::completed;
  payment.transaction = "702";
  payment.refunded = 50;
  payment.attempts = {{1, payment_state_word::failed, "declined", from_ms(1'000), "charge/7/1", std::nullopt, ""},
                      {2, payment_state_word::completed, "", from_ms(2'000), "charge/7/2", 10'050, "702"}};
  payment.refunds = {{1, 50, refund_state_word::settled, from_ms(3'000), "refund/7/1"}};
  payment.created_at = from_ms(1'000);
  return payment;
}

const std::string written =
    R"({"id":7,"order_id":7,"amount":100.5,"currency":"USD","status":"completed","transaction_id":"702","refunded_amount":0.5,)"
    R"("attempts":[{"n":1,"status":"failed","reason":"declined","at":"1970-01-01T00:00:01Z","idempotency_key":"charge/7/1",)"
    R"("transaction_id":null},{"n":2,"status":"completed","reason":null,"at":"1970-01-01T00:00:02Z",)"
    R"("idempotency_key":"charge/7/2","amount":100.5,"transaction_id":"702"}],"refunds":[{"id":1,"amount":0.5,"status":"settled",)"
    R"("at":"1970-01-01T00:00:03Z","idempotency_key":"refund/7/1"}],"created_at":"1970-01-01T00:00:01Z"})";

}  // namespace

TEST_CASE("a payment is written in the document's words") { CHECK(write_payment(sample()) == written); }

TEST_CASE("what is written is read as it was") {
  const auto read = read_payment(written);
  REQUIRE(std::holds_alternative<told_payment>(read));
  CHECK(write_payment(std::get<told_payment>(read)) == written);
}

TEST_CASE("a payment needs its order, amount, currency and status and nothing else") {
  const std::string least = R"({"order_id":7,"amount":5,"currency":"JPY","status":"processing"})";
  const auto read = read_payment(least);
  REQUIRE(std::holds_alternative<told_payment>(read));
  CHECK(std::get<told_payment>(read).amount == 5);
  for (const std::string member : {"order_id", "amount", "currency", "status"}) {
    auto without = least;
    without.replace(without.find(member), 1, "_");
    CHECK(std::holds_alternative<std::string>(read_payment(without)));
  }
}

TEST_CASE("lists that would fill the memory and texts that would fill the log are refused") {
  const std::string head = R"({"order_id":7,"amount":5,"currency":"JPY","status":"processing")";
  CHECK(std::holds_alternative<std::string>(read_payment(head + R"(,"transaction_id":")" + std::string(257, '7') + "\"}")));
  std::string many = head + R"(,"attempts":[)";
  for (int i = 0; i < 1'001; ++i) many += std::string{i == 0 ? "" : ","} + R"({"n":1,"status":"failed"})";
  CHECK(std::holds_alternative<std::string>(read_payment(many + "]}")));
}
