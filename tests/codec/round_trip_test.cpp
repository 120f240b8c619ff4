#include <rapidcheck.h>

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "tests/codec/samples.hpp"

using namespace orderflow;
using samples::random_parts;

TEST_CASE("every event of an order comes back as it was stored") {
  for (size_t index = 0; index < std::variant_size_v<order_event>; ++index) {
    INFO("event " << name_of_order_event(static_cast<uint16_t>(index + 1)));
    REQUIRE(rc::check([index] {
      random_parts parts;
      const recorded_event recorded{samples::make_order_event(parts, index), parts.instant()};
      const stored_event stored = encode(recorded);
      RC_ASSERT(stored.type == index + 1);
      RC_ASSERT(stored.version == 1);
      RC_ASSERT(stored.at == recorded.at);
      RC_ASSERT(nlohmann::json::accept(stored.body));
      RC_ASSERT(decode_order_event(stored) == recorded);
    }));
  }
}

TEST_CASE("every event of the inventory comes back as it was stored") {
  for (size_t index = 0; index < std::variant_size_v<inventory_event>; ++index) {
    REQUIRE(rc::check([index] {
      random_parts parts;
      const inventory_event event = samples::make_inventory_event(parts, index);
      const timestamp at = parts.instant();
      const stored_event stored = encode(event, at);
      RC_ASSERT(stored.type == index + 1);
      RC_ASSERT(stored.version == 1);
      RC_ASSERT(stored.at == at);
      RC_ASSERT(nlohmann::json::accept(stored.body));
      RC_ASSERT(decode_inventory_event(stored) == event);
    }));
  }
}

TEST_CASE("every event of the catalogue comes back as it was stored") {
  REQUIRE(rc::check([] {
    random_parts parts;
    const catalogue_event event = samples::make_catalogue_event(parts);
    const stored_event stored = encode(event, parts.instant());
    RC_ASSERT(stored.type == 1);
    RC_ASSERT(nlohmann::json::accept(stored.body));
    RC_ASSERT(decode_catalogue_event(stored) == event);
  }));
}

TEST_CASE("an order's state comes back as it was stored") {
  REQUIRE(rc::check([] {
    random_parts parts;
    const order now = samples::make_order(parts);
    const std::string text = encode_state(now);
    RC_ASSERT(nlohmann::json::accept(text));
    RC_ASSERT(decode_state(text) == now);
  }));
}

TEST_CASE("what is the default is left out") {
  CHECK(encode_state(order{}) == "{}");
  CHECK(decode_state("{}") == order{});
  CHECK(encode({order_placed{}, {}}).body == "{}");
  CHECK(decode_order_event({.type = 3, .version = 1, .at = {}, .body = "{}"}) == recorded_event{order_placed{}, {}});
}

TEST_CASE("an empty choice of method is not the same as none") {
  order now;
  now.requested_method = "";
  CHECK(encode_state(now) == R"({"p":""})");
  CHECK(decode_state(encode_state(now)) == now);
}

TEST_CASE("timers that are left out keep the durations of the format") {
  order now;
  now.timers.payment_due = milliseconds{1};
  CHECK(encode_state(now) == R"({"d":{"d":1}})");
  const timer_policy read = decode_state("{}").timers;
  CHECK(read.payment_reminder == milliseconds{600'000});
  CHECK(read.payment_alert == milliseconds{1'200'000});
  CHECK(read.payment_due == milliseconds{1'800'000});
  CHECK(read.stock_confirm == milliseconds{30'000});
  CHECK(read.cart_expiry == milliseconds{86'400'000});
  CHECK(read.shipping_overdue == milliseconds{172'800'000});
}

TEST_CASE("bytes that are not UTF-8 do not make an order unreadable") {
  order now;
  now.who.name = "a\xFFz";
  CHECK(decode_state(encode_state(now)).who.name == "a\uFFFDz");
}
