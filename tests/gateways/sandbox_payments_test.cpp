#include <catch2/catch_test_macros.hpp>

#include "tests/gateways/outside.hpp"

using namespace orderflow;
using namespace orderflow::testing;
using namespace std::chrono_literals;

namespace {

constexpr auto longest_wait = 10s;

struct fixture {
  scratch_directory directory;
  manual_clock time;
  sandbox gateway{directory.path, time};
};

void check_captured(const std::optional<charge_answer>& answer, const std::string& key, const std::string& transaction) {
  REQUIRE(answer);
  CHECK(answer->key == key);
  CHECK(answer->status == charge_status::captured);
  CHECK(answer->transaction == transaction);
  CHECK(answer->amount == 10'050);
  CHECK(answer->reason.empty());
}

void check_declined(const std::optional<charge_answer>& answer, const std::string& reason) {
  REQUIRE(answer);
  CHECK(answer->status == charge_status::declined);
  CHECK(answer->reason == reason);
  CHECK(answer->transaction.empty());
}

}  // namespace

TEST_CASE_METHOD(fixture, "ok is captured at once, and the ledger says so") {
  check_captured(charge(gateway, 7, "ok"), "charge/7/1", "701");
  const auto ledger = gateway.ledger();
  REQUIRE(ledger.size() == 2);
  CHECK(ledger[0].kind == "charge");
  CHECK(ledger[0].transaction.empty());
  CHECK(ledger[1].kind == "capture");
  CHECK(ledger[1].transaction == "701");
  for (const auto& entry : ledger) {
    CHECK(entry.key == "charge/7/1");
    CHECK(entry.order == order_id{7});
    CHECK(entry.amount == 10'050);
    CHECK(entry.money == "USD");
    CHECK(entry.method == "ok");
    CHECK(entry.at == time.now());
  }
}

TEST_CASE_METHOD(fixture, "each entry of the ledger says whose order it is about, also after a restart") {
  charge_request theirs{"charge/8/1", {8}, 500, currency{{'U', 'S', 'D'}}, "ok", "mall \"1\""};
  gateway.payments().charge(theirs, [](const charge_answer&) {});
  gateway.payments().refund({"refund/8/1", {8}, 100, theirs.money}, [](const refund_answer&) {});
  charge_request ours{"charge/9/1", {9}, 500, theirs.money, "ok", std::string{usual_tenant}};
  gateway.payments().charge(ours, [](const charge_answer&) {});
  const sandbox again{directory.path, time};
  for (const auto& entry : again.ledger()) {
    CAPTURE(entry.kind, entry.key);
    CHECK(entry.tenant == (entry.order == order_id{8} ? theirs.tenant : ""));
  }
  CHECK(again.ledger().size() == 5);
}

TEST_CASE_METHOD(fixture, "the declining tokens decline by their name, any other word as an unknown method") {
  check_declined(charge(gateway, 1, "insufficient_funds"), "insufficient_funds");
  check_declined(charge(gateway, 2, "declined"), "declined");
  check_declined(charge(gateway, 3, "expired_card"), "expired_card");
  check_declined(charge(gateway, 4, "shells"), "unknown_method");
  check_declined(query(gateway, 1), "insufficient_funds");
  CHECK(kinds_of(gateway, 1) == "charge decline");
}

TEST_CASE_METHOD(fixture, "slow is in progress and captured by report") {
  auto reports = std::make_shared<inbox<std::pair<order_id, charge_answer>>>();
  gateway.payments().on_report([reports](order_id order, charge_answer answer) { reports->put({order, std::move(answer)}); });
  const auto asked_at = std::chrono::steady_clock::now();
  const auto answer = charge(gateway, 7, "slow");
  REQUIRE(answer);
  CHECK(answer->status == charge_status::in_progress);
  CHECK(query(gateway, 7)->status == charge_status::in_progress);
  CHECK(charge(gateway, 7, "slow")->status == charge_status::in_progress);
  CHECK(kinds_of(gateway, 7) == "charge");
  REQUIRE(reports->wait_for(1, longest_wait));
  CHECK(std::chrono::steady_clock::now() - asked_at >= 2s);
  CHECK(reports->all().front().first == order_id{7});
  check_captured(reports->all().front().second, "charge/7/1", "701");
  check_captured(query(gateway, 7), "charge/7/1", "701");
  CHECK(kinds_of(gateway, 7) == "charge capture");
  CHECK(reports->all().size() == 1);
}

TEST_CASE_METHOD(fixture, "lost_reply is captured and not answered; a query and a repeat tell it") {
  CHECK_FALSE(charge(gateway, 7, "lost_reply"));
  CHECK(kinds_of(gateway, 7) == "charge capture");
  check_captured(query(gateway, 7), "charge/7/1", "701");
  check_captured(charge(gateway, 7, "lost_reply"), "charge/7/1", "701");
  CHECK(kinds_of(gateway, 7) == "charge capture");
}

TEST_CASE_METHOD(fixture, "never answers neither the charge nor the first query; the second query says declined") {
  CHECK_FALSE(charge(gateway, 7, "never"));
  CHECK_FALSE(charge(gateway, 7, "never"));
  CHECK_FALSE(query(gateway, 7));
  check_declined(query(gateway, 7), "declined");
  check_declined(query(gateway, 7), "declined");
  check_declined(charge(gateway, 7, "never"), "declined");
  CHECK(kinds_of(gateway, 7) == "charge decline");
}

TEST_CASE_METHOD(fixture, "error_500 fails three times per key, then it is captured") {
  for (int turn = 0; turn < 3; ++turn) {
    const auto answer = charge(gateway, 7, "error_500");
    REQUIRE(answer);
    CHECK(answer->status == charge_status::failed);
    CHECK(answer->reason == "error 500");
    CHECK(query(gateway, 7)->status == charge_status::not_found);
  }
  check_captured(charge(gateway, 7, "error_500"), "charge/7/1", "701");
  CHECK(kinds_of(gateway, 7) == "charge charge charge charge capture");
  CHECK(charge(gateway, 7, "error_500", 2)->status == charge_status::failed);
}

TEST_CASE_METHOD(fixture, "a key is charged once, whatever comes with it later") {
  check_captured(charge(gateway, 7, "ok"), "charge/7/1", "701");
  check_captured(charge(gateway, 7, "declined", 1, 99), "charge/7/1", "701");
  check_declined(charge(gateway, 8, "declined"), "declined");
  check_declined(charge(gateway, 8, "ok"), "declined");
  CHECK(kinds_of(gateway, 7) == "charge capture");
  CHECK(kinds_of(gateway, 8) == "charge decline");
  check_captured(charge(gateway, 8, "ok", 2), "charge/8/2", "802");
  CHECK(gateway.payments().honours_keys());
}

TEST_CASE_METHOD(fixture, "a key that was never charged is not found") {
  CHECK(query(gateway, 7)->status == charge_status::not_found);
  CHECK(query(gateway, 7)->key == "charge/7/1");
}

TEST_CASE_METHOD(fixture, "keys that are not ours get numbers that no order of ours has") {
  std::optional<charge_answer> one;
  std::optional<charge_answer> other;
  gateway.payments().charge({"invoice 2024/\"17\"\n", {7}, 10'050, usd, "ok"}, [&](charge_answer answer) { one = answer; });
  gateway.payments().charge({"charge/7/100", {7}, 10'050, usd, "ok"}, [&](charge_answer answer) { other = answer; });
  REQUIRE(one);
  REQUIRE(other);
  CHECK(one->transaction.size() == 18);
  CHECK(other->transaction.size() == 18);
  CHECK(one->transaction != other->transaction);
  CHECK(gateway.ledger().front().key == "invoice 2024/\"17\"\n");
}

TEST_CASE_METHOD(fixture, "refunds add up to what was captured and no further") {
  REQUIRE(charge(gateway, 7, "ok"));
  const auto part = refund(gateway, 7, 1, 50);
  CHECK(part.status == refund_answer_status::settled);
  CHECK(part.key == "refund/7/1");
  CHECK(part.cumulative == 50);
  const auto too_much = refund(gateway, 7, 2, 10'001);
  CHECK(too_much.status == refund_answer_status::refused);
  CHECK(too_much.reason == "more_than_captured");
  CHECK(too_much.cumulative == 50);
  const auto rest = refund(gateway, 7, 3, 10'000);
  CHECK(rest.status == refund_answer_status::settled);
  CHECK(rest.cumulative == 10'050);
  CHECK(refund(gateway, 7, 4, 1).status == refund_answer_status::refused);
  CHECK(kinds_of(gateway, 7) == "charge capture refund refund_refused refund refund_refused");
}

TEST_CASE_METHOD(fixture, "a refund's key is refunded once and answered with the figure of today") {
  REQUIRE(charge(gateway, 7, "ok"));
  CHECK(refund(gateway, 7, 1, 50).cumulative == 50);
  CHECK(refund(gateway, 7, 2, 10).cumulative == 60);
  const auto again = refund(gateway, 7, 1, 50);
  CHECK(again.status == refund_answer_status::settled);
  CHECK(again.cumulative == 60);
  CHECK(kinds_of(gateway, 7) == "charge capture refund refund");
}

TEST_CASE_METHOD(fixture, "money that was not captured, or none at all, is not refunded") {
  CHECK(refund(gateway, 7, 1, 1).status == refund_answer_status::refused);
  REQUIRE(charge(gateway, 8, "declined"));
  CHECK(refund(gateway, 8, 1, 1).status == refund_answer_status::refused);
  REQUIRE(charge(gateway, 9, "ok"));
  CHECK(refund(gateway, 9, 1, 0).status == refund_answer_status::refused);
  CHECK(refund(gateway, 9, 2, -5).status == refund_answer_status::refused);
}

TEST_CASE_METHOD(fixture, "captures of several attempts can all be refunded") {
  REQUIRE(charge(gateway, 7, "ok", 1));
  REQUIRE(charge(gateway, 7, "ok", 2));
  CHECK(refund(gateway, 7, 1, 20'100).cumulative == 20'100);
}

TEST_CASE_METHOD(fixture, "a charge that was declined can be captured after all, once, and is told to whoever asks") {
  check_declined(charge(gateway, 7, "declined"), "declined");
  CHECK_FALSE(gateway.capture_late({7}, 2, 10'050, usd, false));
  CHECK_FALSE(gateway.capture_late({7}, 1, 0, usd, false));
  CHECK(gateway.capture_late({7}, 1, 10'049, usd, false));
  CHECK_FALSE(gateway.capture_late({7}, 1, 10'050, usd, false));
  const auto told = query(gateway, 7);
  REQUIRE(told);
  CHECK(told->status == charge_status::captured);
  CHECK(told->amount == 10'049);
  CHECK(told->transaction == "701");
  CHECK(gateway.ledger().back().kind == "capture");
  CHECK(gateway.ledger().back().amount == 10'049);
}

TEST_CASE_METHOD(fixture, "a token as the mode holds for every following charge, ok gives each its own again") {
  REQUIRE(gateway.set_mode("declined", 0ms));
  check_declined(charge(gateway, 1, "ok"), "declined");
  REQUIRE(gateway.set_mode("ok", 0ms));
  check_captured(charge(gateway, 2, "ok"), "charge/2/1", "201");
  check_declined(charge(gateway, 3, "expired_card"), "expired_card");
  CHECK(gateway.ledger().front().method == "declined");
}

TEST_CASE_METHOD(fixture, "while the gateway is down every call fails and nothing is remembered") {
  REQUIRE(charge(gateway, 1, "ok"));
  REQUIRE(gateway.set_mode("down", 0ms));
  CHECK(charge(gateway, 7, "ok")->status == charge_status::failed);
  CHECK(query(gateway, 1)->status == charge_status::failed);
  CHECK(refund(gateway, 1, 1, 50).status == refund_answer_status::failed);
  REQUIRE(gateway.set_mode("ok", 0ms));
  CHECK(query(gateway, 7)->status == charge_status::not_found);
  CHECK(refund(gateway, 1, 1, 50).cumulative == 50);
  CHECK(kinds_of(gateway, 7).empty());
}

TEST_CASE_METHOD(fixture, "a word that is no mode changes nothing") {
  CHECK_FALSE(gateway.set_mode("", 0ms));
  CHECK_FALSE(gateway.set_mode("unknown_method", 0ms));
  CHECK_FALSE(gateway.set_mode("OK", 0ms));
  check_captured(charge(gateway, 1, "ok"), "charge/1/1", "101");
}

TEST_CASE_METHOD(fixture, "a delay holds back every answer, not what it is about") {
  auto charges = std::make_shared<inbox<charge_answer>>();
  auto refunds = std::make_shared<inbox<refund_answer>>();
  REQUIRE(gateway.set_mode("ok", 60ms));
  const auto asked_at = std::chrono::steady_clock::now();
  gateway.payments().charge({"charge/7/1", {7}, 10'050, usd, "ok"}, [=](charge_answer answer) { charges->put(answer); });
  CHECK(charges->all().empty());
  CHECK(kinds_of(gateway, 7) == "charge capture");
  gateway.payments().query("charge/7/1", {7}, [=](charge_answer answer) { charges->put(answer); });
  gateway.payments().refund({"refund/7/1", {7}, 50, usd}, [=](refund_answer answer) { refunds->put(answer); });
  REQUIRE(charges->wait_for(2, longest_wait));
  REQUIRE(refunds->wait_for(1, longest_wait));
  CHECK(std::chrono::steady_clock::now() - asked_at >= 60ms);
  for (const auto& answer : charges->all()) check_captured(answer, "charge/7/1", "701");
  CHECK(refunds->all().front().cumulative == 50);
}

TEST_CASE("the tokens of the table are known, and nothing else") {
  for (const char* word : {"ok", "insufficient_funds", "declined", "expired_card", "slow", "lost_reply", "never", "error_500"})
    CHECK(is_sandbox_token(word));
  for (const char* word : {"", "unknown_method", "down", "OK", "ok "}) CHECK_FALSE(is_sandbox_token(word));
}

namespace {

/// What a call answers within itself.
template <class Call>
card_answer answer_of(Call call) {
  std::optional<card_answer> heard;
  call([&](card_answer answer) { heard = std::move(answer); });
  REQUIRE(heard);
  return *heard;
}

card_answer store(sandbox& at, const std::string& number, const std::string& cvv = "123", uint8_t month = 12) {
  const card_details card{secret{number}, secret{cvv}, month, 2025, "Bob", "Norman"};
  return answer_of([&](auto answered) { at.payments().store_card(card, answered); });
}

minor_units gone_back(sandbox& at, int64_t order) {
  std::optional<refund_answer> heard;
  at.payments().refunded(order_id{order}, [&](refund_answer answer) { heard = std::move(answer); });
  REQUIRE(heard);
  CHECK(heard->status == refund_answer_status::told);
  return heard->cumulative;
}

}  // namespace

TEST_CASE_METHOD(fixture, "each test card is exchanged for its token, whatever its date, and only ten digits are told again") {
  const std::pair<const char*, const char*> cards[] = {
      {"4111111111111111", "ok"},         {"4242424242424242", "ok"},    {"4000000000009995", "insufficient_funds"},
      {"4000000000000002", "declined"},   {"4000000000003220", "slow"},  {"4000000000000069", "expired_card"},
      {"4000000000000341", "lost_reply"}, {"4000000000000119", "never"}, {"4000000000006975", "error_500"},
  };
  for (const auto& [number, token] : cards) {
    INFO(number);
    const std::string digits = number;
    const auto answer = store(gateway, digits);
    CHECK(answer.status == card_status::stored);
    CHECK(answer.method == stored_method{token, "Bob", "Norman", digits.substr(0, 6), digits.substr(12), "visa", 12, 2025});
  }
}

TEST_CASE_METHOD(fixture, "a card that the sandbox does not know, or that is mistyped, is refused by name") {
  const auto reason = [](const card_answer& answer) {
    CHECK(answer.status == card_status::refused);
    CHECK(answer.method == stored_method{});
    return answer.reason;
  };
  CHECK(reason(store(gateway, "5555555555554444")) == "card_unknown");
  CHECK(reason(store(gateway, "4242424242424241")) == "card_number_invalid");
  CHECK(reason(store(gateway, "4242424242424242", "12")) == "card_cvv_invalid");
  CHECK(reason(store(gateway, "4242424242424242", "123", 13)) == "card_expiry_invalid");
}

TEST_CASE_METHOD(fixture, "no digit of a card reaches the sandbox's files") {
  (void)store(gateway, "4000000000009995", "987");
  (void)charge(gateway, 7, store(gateway, "4242424242424242", "987").method.token);
  for (const auto* name : {"ledger", "parcels", "mail"}) {
    const auto text = read_text(directory.file(name));
    for (const char* digits : {"4242424242424242", "4000000000009995", "424242", "987"})
      CHECK(text.find(digits) == std::string::npos);
  }
}

TEST_CASE_METHOD(fixture, "everybody has a method on file, unless the gateway is down") {
  const auto ask = [&] { return answer_of([&](auto answered) { gateway.payments().method_of("8080", answered); }); };
  CHECK(ask().method == stored_method{"ok", "Bob", "Norman", "424242", "4242", "visa", 9, 2024});
  REQUIRE(gateway.set_mode("down", 0ms));
  CHECK(ask().status == card_status::failed);
  CHECK(store(gateway, "4242424242424242").status == card_status::failed);
}

TEST_CASE_METHOD(fixture, "the cumulative figure counts our refunds and those that others made, also after a restart") {
  (void)charge(gateway, 7, "ok");
  CHECK(gone_back(gateway, 7) == 0);
  (void)refund(gateway, 7, 1, 50);
  CHECK(gateway.external_refund(order_id{7}, 10'000, usd));
  CHECK(gone_back(gateway, 7) == 10'050);
  CHECK_FALSE(gateway.external_refund(order_id{7}, 1, usd));
  sandbox again{directory.path, time};
  CHECK(gone_back(again, 7) == 10'050);
}
