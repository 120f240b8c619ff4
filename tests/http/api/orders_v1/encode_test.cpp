// DD-ORDER-001's replies, byte for byte.
#include <catch2/catch_test_macros.hpp>

#include "domain/order/allowed.hpp"
#include "domain/order/decide.hpp"
#include "domain/order/evolve.hpp"
#include "http/api/orders_v1/codec.hpp"

using namespace orderflow;

namespace {

constexpr timestamp start = from_ms(1'764'583'200'000);  // 2025-12-01T10:00:00Z

struct told_order {
  order now;
  timestamp at = start;

  told_order& tell(order_action action) {
    const auto decided = decide(now, {std::move(action), at});
    REQUIRE(decided.refused == refusal::none);
    for (const auto& event : decided.events) evolve(now, {event, at});
    return *this;
  }
};

told_order placed(std::optional<std::string> pay_with = "ok") {
  place_order command;
  command.id = order_id{1};
  command.source = {"dev", "dev", "d4", {}, {}, {}, {}};
  command.who.email = "tanaka@example.co.jp";
  command.who.name = "田中太郎";
  command.money = *find_currency("JPY");
  command.lines = {{{}, "ノートPC", 2, 89800, false}};
  command.pay_with = std::move(pay_with);
  told_order made;
  made.tell(command);
  return made;
}

told_order paid() {
  auto made = placed();
  made.at += milliseconds{1999};
  made.tell(money_was_captured{1, "G1", 179600});
  return made;
}

bool allows(const order& now, std::string_view name) {
  const auto names = allowed_commands(now);
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

TEST_CASE("a paid order is written in the document's order and number format, whole seconds included") {
  CHECK(
      orders_v1::order_json(paid().now) ==
      R"({"id":1,"customer_email":"tanaka@example.co.jp","customer_name":"田中太郎","status":"paid","total_amount":179600.0,"currency":"JPY",)"
      R"("items":[{"id":1,"product_name":"ノートPC","quantity":2,"unit_price":89800.0}],)"
      R"("created_at":"2025-12-01T10:00:00Z","updated_at":"2025-12-01T10:00:01Z",)"
      R"("payment":{"status":"completed","transaction_id":101},"batch_id":null,"csv_source":null,"import_group":null})");
}

TEST_CASE("a declined order is pending and says why") {
  auto made = placed("declined");
  made.tell(payment_was_declined{1, "insufficient_funds"});
  const auto text = orders_v1::order_json(made.now);
  CHECK(text.find(R"("status":"pending")") != std::string::npos);
  CHECK(text.find(R"("payment":{"status":"failed","reason":"insufficient_funds","transaction_id":101})") != std::string::npos);
}

TEST_CASE("an order alone also says what it waits for and what may be done with it") {
  auto made = placed();
  effect_progress busy{order_id{1}, "charge/1/1", 3, start, start + milliseconds{5000}};
  const auto text = orders_v1::order_detail_json(made.now, &busy);
  CHECK(
      text.find(
          R"("waiting_for":{"what":"payment_gateway","since":"2025-12-01T10:00:00Z","attempts":3,"next_attempt_at":"2025-12-01T10:00:05Z","deadline":"2025-12-01T10:)") !=
      std::string::npos);
  CHECK(text.find(R"("events":"/api/v1/orders/1/events")") != std::string::npos);
  made.tell(payment_has_no_answer{1});
  CHECK(waiting_for(made.now, nullptr)->what == "payment_outcome");
}

TEST_CASE("progress of an effect that is no longer owed is not told") {
  effect_progress stale{order_id{1}, "charge/1/1", 3, start, start};
  const auto note = waiting_for(paid().now, &stale);
  REQUIRE(note);
  CHECK(note->what == "shipping");
  CHECK(note->attempts == 0);
}

TEST_CASE("a delivered order waits for nobody") {
  auto made = paid();
  made.tell(ship_order{"12345678"});
  CHECK(orders_v1::order_json(made.now).find(R"("tracking_number":"12345678")") != std::string::npos);
  CHECK(waiting_for(made.now, nullptr)->what == "delivery");
  made.tell(deliver_order{});
  CHECK_FALSE(waiting_for(made.now, nullptr));
}

TEST_CASE("allowed names what would change the order, and nothing else") {
  const auto waiting = placed(std::nullopt).now;
  CHECK(allows(waiting, "pay"));
  CHECK(allows(waiting, "cancel"));
  CHECK_FALSE(allows(waiting, "ship"));
  CHECK_FALSE(allows(waiting, "refund"));
  const auto processing = placed().now;
  CHECK(allows(processing, "settle"));
  CHECK(allows(processing, "cancel"));
  CHECK_FALSE(allows(processing, "pay"));
  auto cancelling = placed();
  cancelling.tell(cancel_order{});
  CHECK(allowed_commands(cancelling.now) == std::vector<std::string_view>{"settle"});
  CHECK(orders_v1::order_json(cancelling.now).find(R"("cancel_requested":true)") != std::string::npos);
  auto booking = paid();
  booking.tell(ship_order{});
  booking.tell(cancel_order{});
  CHECK_FALSE(allows(booking.now, "cancel"));
  CHECK_FALSE(allows(booking.now, "refund"));
  CHECK(orders_v1::order_json(booking.now).find(R"("cancel_requested":true)") != std::string::npos);
  booking.tell(shipment_was_booked{"12345678"});
  CHECK(orders_v1::order_json(booking.now).find("cancel_requested") == std::string::npos);
  auto made = paid();
  CHECK(allowed_commands(made.now) == std::vector<std::string_view>{"cancel", "refund", "ship"});
  made.tell(cancel_order{});
  CHECK(allowed_commands(made.now) == std::vector<std::string_view>{"settle_refund"});
}

TEST_CASE("a payment is written with its attempts and refunds") {
  auto made = paid();
  made.tell(refund_order{1000});
  made.tell(refund_was_settled{1, 1000});
  CHECK(
      orders_v1::payment_json(made.now) ==
      R"({"id":1,"order_id":1,"amount":179600.0,"currency":"JPY","status":"completed","transaction_id":101,"refunded_amount":1000.0,)"
      R"("attempts":[{"n":1,"status":"completed","reason":null,"at":"2025-12-01T10:00:01Z","amount":179600.0,"refunded_amount":1000.0,"transaction_id":"G1"}],)"
      R"("refunds":[{"id":1,"amount":1000.0,"status":"settled","at":"2025-12-01T10:00:01Z","source":"order"}],)"
      R"("created_at":"2025-12-01T10:00:00Z","captured_amount":179600.0})");
}

TEST_CASE("the figures of two captures add up: a late one that went back, and the one that pays") {
  auto made = placed();
  made.tell(payment_was_declined{1, "declined"}).tell(pay_order{"ok"});
  made.tell(money_was_captured{1, "9001", 179600}).tell(money_was_captured{2, "9002", 179600});
  made.tell(refund_was_settled{1, 179600});
  const auto text = orders_v1::payment_json(made.now);
  CHECK(text.find(R"("amount":179600.0,"currency":"JPY","status":"completed","transaction_id":9002,"refunded_amount":0.0)") !=
        std::string::npos);
  CHECK(text.find(R"({"n":1,"status":"refunded","reason":"declined",)") != std::string::npos);
  CHECK(text.find(R"("amount":179600.0,"refunded_amount":179600.0,"transaction_id":"9001"})") != std::string::npos);
  CHECK(text.find(R"("amount":179600.0,"refunded_amount":0.0,"transaction_id":"9002"})") != std::string::npos);
}

TEST_CASE("a capture that does not pay is shown under the gateway's id, or under none") {
  auto wrong = placed();
  wrong.tell(money_was_captured{1, "9001", 100});
  CHECK(orders_v1::payment_json(wrong.now).find(R"("status":"failed","transaction_id":9001,)") != std::string::npos);
  auto nameless = placed();
  nameless.tell(money_was_captured{1, "ch_9", 100});
  CHECK(orders_v1::payment_json(nameless.now).find(R"("status":"failed","transaction_id":null,)") != std::string::npos);
  CHECK(orders_v1::order_json(nameless.now).find(R"("transaction_id":null)") != std::string::npos);
}

TEST_CASE("a refund made outside is an entry, and one that an operator returned otherwise is settled") {
  auto made = paid();
  made.tell(refund_was_seen{600}).tell(cancel_order{}).tell(refund_was_refused{1, "closed", 600});
  const auto req = orders_v1::order_detail_json(made.now, nullptr);
  CHECK(req.find(R"("allowed":["settle_refund"],"attention":[{"number":1,"reason":"refund_refused",)") != std::string::npos);
  CHECK(req.find(R"("detail":"closed","amount":179000.0,"refund":1,"resolved_by":["settle_refund"]}])") != std::string::npos);
  made.tell(resolve_refund{1, true, "in cash", "op"});
  const auto text = orders_v1::payment_json(made.now);
  CHECK(text.find(R"("status":"refunded","transaction_id":101,"refunded_amount":179600.0)") != std::string::npos);
  CHECK(text.find(R"({"id":null,"amount":600.0,"status":"settled","at":"2025-12-01T10:00:01Z","source":"outside"})") !=
        std::string::npos);
  CHECK(text.find(R"({"id":1,"amount":179000.0,"status":"settled","at":"2025-12-01T10:00:01Z","source":"operator"})") !=
        std::string::npos);
}

TEST_CASE("a capture of no attempt of ours is shown beside the attempts") {
  auto made = paid();
  made.tell(money_was_captured{5, "9005", 500});
  CHECK(orders_v1::payment_json(made.now).find(
            R"("other_captures":[{"amount":500.0,"refunded_amount":0.0,"transaction_id":"9005"}])") != std::string::npos);
}

TEST_CASE("a payment's status follows the money") {
  CHECK(orders_v1::payment_status_word(placed().now) == "processing");
  CHECK(orders_v1::payment_status_word(paid().now) == "completed");
  auto declined = placed();
  declined.tell(payment_was_declined{1, "declined"});
  CHECK(orders_v1::payment_status_word(declined.now) == "failed");
  auto back = paid();
  back.tell(cancel_order{});
  CHECK(orders_v1::payment_status_word(back.now) == "completed");
  back.tell(refund_was_settled{1, 179600});
  CHECK(orders_v1::payment_status_word(back.now) == "refunded");
  CHECK_FALSE(orders_v1::has_payment(placed(std::nullopt).now));
}
