// What is stored but cannot be read is told in a sentence that says what it was and what is wrong with it.
#include <catch2/catch_test_macros.hpp>
#include <functional>

#include "tests/codec/samples.hpp"

using namespace orderflow;

namespace {

std::string reason_of(const std::function<void()>& decode) {
  try {
    decode();
  } catch (const codec_error& wrong) {
    return wrong.what();
  }
  FAIL("it was accepted");
  return {};
}

std::string state_reason(const std::string& text) {
  return reason_of([&] { (void)decode_state(text); });
}

std::string event_reason(uint16_t type, uint16_t version, const std::string& body) {
  return reason_of([&] { (void)decode_order_event({.type = type, .version = version, .at = {}, .body = body}); });
}

}  // namespace

TEST_CASE("an event of an unknown type or version is not decoded") {
  constexpr auto last = static_cast<uint16_t>(std::variant_size_v<order_event>);
  CHECK(event_reason(0, 1, "{}") == "order event (type 0, version 1): no such type; a newer binary wrote it, or it is damaged.");
  CHECK(event_reason(last + 1, 1, "{}").find("no such type") != std::string::npos);
  CHECK(event_reason(65535, 65535, "{}").find("no such type") != std::string::npos);
  CHECK(event_reason(3, 2, "{}") ==
        "order event order_placed (type 3, version 2): no such version; a newer binary wrote it, or it is damaged.");
  CHECK(event_reason(22, 0, "{}").find("no such version") != std::string::npos);
  CHECK_THROWS_AS(decode_inventory_event({.type = 6, .version = 1, .at = {}, .body = "{}"}), codec_error);
  CHECK_THROWS_AS(decode_inventory_event({.type = 1, .version = 2, .at = {}, .body = "{}"}), codec_error);
  CHECK_THROWS_AS(decode_catalogue_event({.type = 2, .version = 1, .at = {}, .body = "{}"}), codec_error);
}

TEST_CASE("a member of another kind is named") {
  CHECK(state_reason(R"({"i":"7"})") == "order state (version 1): /i should be an integer.");
  CHECK(state_reason(R"({"i":7.0})") == "order state (version 1): /i should be an integer in range.");
  CHECK(state_reason(R"({"v":-1})") == "order state (version 1): /v should be an integer in range.");
  CHECK(state_reason(R"({"r":4294967296})") == "order state (version 1): /r should be an integer in range.");
  CHECK(state_reason(R"({"w":{"e":1}})") == "order state (version 1): /w/e should be a text.");
  CHECK(state_reason(R"({"w":[]})") == "order state (version 1): /w should be an object.");
  CHECK(state_reason(R"({"l":{}})") == "order state (version 1): /l should be a list.");
  CHECK(state_reason(R"({"l":[{},{"t":1}]})") == "order state (version 1): /l/1/t should be true or false.");
  CHECK(state_reason(R"({"l":[{},null]})") == "order state (version 1): /l/1 should be an object.");
  CHECK(state_reason(R"({"lr":[1,"2"]})") == "order state (version 1): /lr should be an integer in range.");
  CHECK(state_reason(R"({"m":"EU"})") == "order state (version 1): /m should be a currency of three letters.");
  CHECK(state_reason(R"({"d":{"r":null}})") == "order state (version 1): /d/r should be an integer.");
  CHECK(state_reason(R"({"p":null})") == "order state (version 1): /p should be a text.");
  CHECK(event_reason(12, 1, R"({"a":"100"})") == "order event payment_captured (type 12, version 1): /a should be an integer.");
}

TEST_CASE("a number of no known member of a closed set is not decoded") {
  for (const char* text : {R"({"s":0})", R"({"s":7})", R"({"s":256})", R"({"s":-1})", R"({"q":4})", R"({"st":7})",
                           R"({"sh":{"s":3}})", R"({"at":[{"s":5}]})", R"({"rf":[{"s":0}]})", R"({"cb":6})", R"({"no":10})",
                           R"({"rf":[{"s":6}]})", R"({"sc":[{"y":6}]})", R"({"om":[{"r":10}]})"}) {
    INFO(text);
    CHECK_THROWS_AS(decode_state(text), codec_error);
  }
  CHECK(event_reason(24, 1, R"({"r":99})") ==
        "order event order_cancelled (type 24, version 1): /r should be a number that this version knows.");
}

TEST_CASE("what is no JSON object is not decoded") {
  for (const char* text : {"", "null", "[]", "1", "\"{}\"", "{", "{}{}", R"({"i":1,"i":2})", R"({"i":)", "\xFF"}) {
    INFO(text);
    CHECK_THROWS_AS(decode_state(text), codec_error);
    CHECK_THROWS_AS(decode_order_event({.type = 22, .version = 1, .at = {}, .body = text}), codec_error);
  }
  CHECK(state_reason("[]") == "order state (version 1): it should be an object.");
}

TEST_CASE("every stored form cut short is refused, whatever the place") {
  samples::counting parts;
  const std::string text = encode_state(samples::make_order(parts));
  for (size_t size = 0; size < text.size(); ++size) CHECK_THROWS_AS(decode_state(text.substr(0, size)), codec_error);
}

TEST_CASE("a member that a newer binary added is left alone") {
  CHECK(decode_state(R"({"i":7,"newer":{"x":[1,2]}})").id == order_id{7});
}
