#include "gateways/sandbox_payment_records.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/gateways/outside.hpp"

using namespace orderflow;
using namespace orderflow::testing;

namespace {

constexpr timestamp at = from_ms(1'700'000'000'000);

charge_request charge_of(const std::string& key) { return {key, {7}, 10'050, usd, "ok"}; }
charge_answer captured(const std::string& key) { return {key, charge_status::captured, "T-" + key, 10'050, {}}; }

}  // namespace

TEST_CASE("an order without an attempt has no payment") {
  const sandbox_payment_records records{{}};
  CHECK_FALSE(records.payment_of({7}));
  CHECK(records.next_charge({7}) == "charge/7/1");
}

TEST_CASE("attempts are numbered as they come, and the last one speaks for the payment") {
  sandbox_payment_records records{{}};
  records.begin(charge_of("charge/7/1"), at);
  CHECK(records.payment_of({7})->status == payment_state_word::processing);
  CHECK(records.open_charges({7}) == std::vector<std::string>{"charge/7/1"});
  CHECK(records.next_charge({7}) == "charge/7/1");
  records.note({7}, {"charge/7/1", charge_status::declined, {}, 0, "declined"}, at);
  CHECK(records.payment_of({7})->status == payment_state_word::failed);
  CHECK(records.next_charge({7}) == "charge/7/2");
  records.begin(charge_of("charge/7/2"), at);
  records.begin(charge_of("charge/7/2"), at);
  records.note({7}, captured("charge/7/2"), at);
  const auto payment = records.payment_of({7});
  REQUIRE(payment);
  REQUIRE(payment->attempts.size() == 2);
  CHECK(payment->attempts[1].number == 2);
  CHECK(payment->status == payment_state_word::completed);
  CHECK(payment->transaction == "T-charge/7/2");
  CHECK(records.open_charges({7}).empty());
}

TEST_CASE("an attempt that the gateway does not know is not shown, until it is made again") {
  sandbox_payment_records records{{}};
  records.begin(charge_of("charge/7/1"), at);
  records.note({7}, {"charge/7/1", charge_status::not_found, {}, 0, {}}, at);
  CHECK_FALSE(records.payment_of({7}));
  records.begin(charge_of("charge/7/1"), at);
  CHECK(records.payment_of({7})->attempts.size() == 1);
}

TEST_CASE("refunds add up, and when all has gone back the payment is refunded") {
  sandbox_payment_records records{{}};
  records.begin(charge_of("charge/7/1"), at);
  records.note({7}, captured("charge/7/1"), at);
  const refund_request part{"refund/7/1", {7}, 50, usd};
  records.note(part, {part.key, refund_answer_status::settled, 50, {}}, at);
  records.note(part, {part.key, refund_answer_status::settled, 50, {}}, at);
  CHECK(records.payment_of({7})->refunds.size() == 1);
  CHECK(records.left({7}) == 10'000);
  const refund_request rest{"refund/7/2", {7}, 10'000, usd};
  records.note(rest, {rest.key, refund_answer_status::settled, 10'050, {}}, at);
  CHECK(records.payment_of({7})->status == payment_state_word::refunded);
  CHECK(records.payment_of({7})->refunded == 10'050);
}

TEST_CASE("the records made from a ledger are those that were kept beside it") {
  const scratch_directory directory;
  const manual_clock time;
  sandbox world{directory.path, time};
  sandbox_payment_records beside{{}};
  const auto make = [&](int64_t order, const std::string& method) {
    const auto key = "charge/" + std::to_string(order) + "/1";
    beside.begin({key, {order}, 10'050, usd, method}, time.now());
    const auto answer = charge(world, order, method);
    if (answer) beside.note({order}, *answer, time.now());
  };
  make(1, "ok");
  make(2, "expired_card");
  make(3, "slow");
  for (const auto number : {1, 2}) {
    const auto amount = number == 1 ? 50 : 20'000;
    const auto key = "refund/1/" + std::to_string(number);
    beside.note({key, {1}, amount, usd}, refund(world, 1, number, amount), time.now());
  }
  const sandbox_payment_records read{world.ledger()};
  for (const int64_t order : {1, 2, 3, 4}) {
    const auto one = beside.payment_of({order});
    const auto other = read.payment_of({order});
    REQUIRE(one.has_value() == other.has_value());
    if (one) CHECK(write_payment(*one) == write_payment(*other));
  }
}
