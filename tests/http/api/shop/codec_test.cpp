// The words of the shop document without a server.
#include <catch2/catch_test_macros.hpp>

#include "http/api/shop/codec.hpp"
#include "http/api/shop/signed_order_retries.hpp"

using namespace orderflow;

namespace {

const currency usd = *find_currency("USD");

std::variant<shop::order_body, problem> decoded(const std::string& text) {
  auto body = read_object(text);
  REQUIRE(std::holds_alternative<json_value>(body));
  return shop::decode_order(std::get<json_value>(body), usd);
}

bool accepted(const std::string& item) {
  return std::holds_alternative<shop::order_body>(decoded(R"({"signature":"s","orderAmount":1,"items":[)" + item + "]}"));
}

order paid_order() {
  order now;
  now.id = {456};
  now.version = 5;
  now.status = order_status::paid;
  now.stock = stock_status::held;
  payment_attempt declined;
  declined.status = attempt_status::declined;
  declined.reason = "insufficient_funds";
  payment_attempt captured;
  captured.status = attempt_status::captured;
  now.attempts = {declined, captured};
  return now;
}

}  // namespace

TEST_CASE("numbers are written as the shop document writes them") {
  CHECK(shop::order_word({456}) == "ORD000456");
  CHECK(shop::order_word({123456789}) == "ORD123456789");
  CHECK(shop::transaction_word(789012) == "TXN789012");
}

TEST_CASE("the document's order is read with its amount's own text") {
  const auto read = decoded(
      R"({"userId":"123456","signature":"abc","orderAmount":100.50,"items":[{"productId":"P001","quantity":2},{"productId":"P002","quantity":1}]})");
  REQUIRE(std::holds_alternative<shop::order_body>(read));
  const auto& command = std::get<shop::order_body>(read);
  CHECK(command.amount == 10050);
  CHECK(command.as_signed.amount == "100.50");
  REQUIRE(command.as_signed.lines.size() == 2);
  CHECK(command.as_signed.lines[0].product == "P001");
  CHECK(command.as_signed.lines[0].quantity == 2);
}

TEST_CASE("a quantity is a positive integer and nothing that looks like one") {
  CHECK(accepted(R"({"productId":"P001","quantity":1})"));
  CHECK(accepted(R"({"productId":101,"quantity":1})"));
  for (const auto* wrong : {"0", "-1", "1.0", "\"1\"", "true", "null", "1e0", "1000001"})
    CHECK_FALSE(accepted(R"({"productId":"P001","quantity":)" + std::string{wrong} + "}"));
  CHECK_FALSE(accepted(R"({"quantity":1})"));
  CHECK_FALSE(accepted(R"({"productId":"P0:01","quantity":1})"));
  CHECK_FALSE(accepted(R"({"productId":"","quantity":1})"));
  CHECK_FALSE(accepted("7"));
}

TEST_CASE("an amount is a number that is not negative, with at most the currency's digits") {
  const auto with = [](const std::string& amount) {
    return decoded(R"({"orderAmount":)" + amount + R"(,"items":[{"productId":"P001","quantity":1}]})");
  };
  CHECK(std::get<shop::order_body>(with("100.500")).amount == 10050);
  CHECK(std::get<shop::order_body>(with("0")).amount == 0);
  for (const auto* wrong : {"-1", "100.505", "\"100.50\"", "1e2", "null", "true"})
    CHECK(std::holds_alternative<problem>(with(wrong)));
}

TEST_CASE("timestamp and nonce come together") {
  const std::string rest = R"("orderAmount":1,"items":[{"productId":"P001","quantity":1}])";
  CHECK(std::holds_alternative<problem>(decoded(R"({"timestamp":1764583200,)" + rest + "}")));
  CHECK(std::holds_alternative<problem>(decoded(R"({"nonce":"n",)" + rest + "}")));
  const auto both = decoded(R"({"timestamp":1764583200,"nonce":"n",)" + rest + "}");
  REQUIRE(std::holds_alternative<shop::order_body>(both));
  CHECK(std::get<shop::order_body>(both).as_signed.timestamp == "1764583200");
}

TEST_CASE("items are the order's whatever lines they are spread over") {
  const std::vector<order_line> ordered{{{"A"}, {}, 2, 100, true}, {{"B"}, {}, 1, 100, true}};
  CHECK(shop::same_items({{{"B"}, {}, 1, 0, false}, {{"A"}, {}, 1, 0, false}, {{"A"}, {}, 1, 0, false}}, ordered));
  CHECK_FALSE(shop::same_items({{{"A"}, {}, 2, 0, false}}, ordered));
  CHECK_FALSE(shop::same_items({{{"A"}, {}, 1, 0, false}, {{"B"}, {}, 2, 0, false}}, ordered));
}

TEST_CASE("a payment is told by the order's state, and an open one never as failed") {
  auto now = paid_order();
  CHECK(shop::payment_reply(now).body ==
        R"({"code":200,"message":"Payment successful","paymentStatus":"completed","transactionId":"TXN45602"})");
  now.attempts.pop_back();
  now.status = order_status::pending;
  now.reason = pending_reason::awaiting_payment;
  CHECK(shop::payment_reply(now).body ==
        R"({"code":400,"message":"Payment failed due to insufficient funds","paymentStatus":"failed"})");
  now.requested_method = "ok";
  CHECK(shop::payment_reply(now).status == 202);
  now.status = order_status::payment_processing;
  now.attempts.back().status = attempt_status::unknown;
  CHECK(shop::payment_reply(now).status == 202);
  CHECK(shop::payment_reply(now).body.find("\"processing\"") != std::string::npos);
  now.status = order_status::cancelled;
  now.cancelled_because = cancel_reason::out_of_stock;
  CHECK(shop::payment_reply(now).status == 400);
}

TEST_CASE("a lock is told by the order's state") {
  auto now = paid_order();
  CHECK(shop::lock_reply(now).body == R"({"code":200,"message":"Inventory locked successfully","locked":true})");
  now.stock = stock_status::consumed;
  CHECK(shop::lock_reply(now).status == 200);
  now.status = order_status::cancelled;
  now.cancelled_because = cancel_reason::out_of_stock;
  CHECK(shop::lock_reply(now).body == R"({"code":400,"message":"Insufficient inventory","locked":false})");
  now.cancelled_because = cancel_reason::customer;
  auto went_back = now;
  went_back.accepted = 100;
  CHECK(shop::payment_reply(went_back).status == 409);
  CHECK(shop::payment_reply(went_back).body.find(R"("paymentStatus":"refunding")") != std::string::npos);
  went_back.refunded_by_gateway = 100;
  CHECK(shop::payment_reply(went_back).body.find(R"("paymentStatus":"refunded")") != std::string::npos);
  CHECK(shop::lock_reply(now).status == 409);
  now.status = order_status::pending;
  now.stock = stock_status::requested;
  now.reason = pending_reason::awaiting_stock;
  CHECK(shop::lock_reply(now).status == 202);
}

TEST_CASE("errors have the document's form and its own field, and what is open is not told as failed") {
  const auto wrong = invalid({{"/items", "must be the order's items"}});
  CHECK(shop::problem_reply(wrong, "r").body == R"({"code":400,"message":"/items must be the order's items."})");
  CHECK(shop::problem_reply(wrong, "r").status == 400);
  CHECK(shop::lock_problem_reply(wrong, "r").body ==
        R"({"code":400,"message":"/items must be the order's items.","locked":false})");
  CHECK(shop::payment_problem_reply(wrong, "r").body.find(R"("paymentStatus":"failed")") != std::string::npos);
  const auto open = problem_of(failure{errc::outcome_unknown, {}});
  CHECK(shop::payment_problem_reply(open, "r").status == 503);
  CHECK(shop::payment_problem_reply(open, "r").body.find("failed") == std::string::npos);
}

TEST_CASE("every refused payment says what is known of it: failed, or in progress where another method is being charged") {
  for (const int status : {400, 401, 402, 403, 404, 409, 412, 413, 415, 422, 429}) {
    problem why;
    why.status = static_cast<uint16_t>(status);
    CHECK(shop::payment_problem_reply(why, "r").body.find(R"("paymentStatus":"failed")") != std::string::npos);
  }
  const auto other = problem_of(refusal::payment_must_use_the_same_method);
  CHECK(shop::payment_problem_reply(other, "r").status == 409);
  CHECK(shop::payment_problem_reply(other, "r").body.find(R"("paymentStatus":"processing")") != std::string::npos);
}

TEST_CASE("a message may have several lines, its subject may not; a time and a delay exclude each other") {
  const auto read = [](const std::string& more) {
    return shop::decode_message(R"({"userId":"1","notificationType":"email","message":"one\ntwo")" + more + "}");
  };
  const auto fine = read(R"(,"subject":"s","sendAt":"2025-12-01T10:00:00Z")");
  REQUIRE(std::holds_alternative<shop::message_body>(fine));
  CHECK(std::get<shop::message_body>(fine).text == "one\ntwo");
  CHECK(std::get<shop::message_body>(fine).send_at == from_ms(1'764'583'200'000));
  CHECK(std::get<shop::message_body>(read(R"(,"subject":"s","delaySeconds":5)")).delay == std::chrono::seconds{5});
  CHECK(std::holds_alternative<problem>(read(R"(,"subject":"s\nBcc: x@y.org")")));
  CHECK(std::holds_alternative<problem>(read(R"(,"subject":"s","sendAt":"2025-12-01T10:00:00Z","delaySeconds":5)")));
  CHECK(std::holds_alternative<problem>(read(R"(,"subject":"s","sendAt":"tomorrow")")));
  CHECK(std::holds_alternative<problem>(read(R"(,"subject":"s","delaySeconds":-1)")));
  CHECK(std::holds_alternative<problem>(read(R"(,"subject":"s","recipient":"no address")")));
}

TEST_CASE("a text message goes to a telephone number") {
  const auto to = [](const std::string& recipient) {
    return std::holds_alternative<shop::message_body>(shop::decode_message(
        R"({"userId":"1","notificationType":"sms","subject":"s","message":"m","recipient":")" + recipient + "\"}"));
  };
  CHECK(to("+81 3-1234-5678"));
  CHECK(to("0901234567"));
  CHECK_FALSE(to("a@b.org"));
  CHECK_FALSE(to("12"));
  CHECK_FALSE(to("1+234567"));
}

TEST_CASE("a signature under way is known until its outcome is, or until it cannot matter") {
  const auto now = from_ms(1'764'583'200'000);
  shop::signed_order_retries open;
  const monotonic_time began{std::chrono::hours{1}};
  CHECK_FALSE(open.under_way("s", began));
  open.begin("s", shop::signed_order_retries::key_at("s", now), began);
  const auto later = began + shop::signed_order_retries::window - milliseconds{1};
  CHECK(open.under_way("s", later) == shop::signed_order_retries::key_at("s", now));
  CHECK_FALSE(open.under_way("s", began + shop::signed_order_retries::window));
  open.end("s");
  CHECK_FALSE(open.under_way("s", began));
  CHECK(shop::signed_order_retries::key_at("s", now) !=
        shop::signed_order_retries::key_at("s", now + shop::signed_order_retries::window));
}
