#include <rapidcheck.h>

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "codec/json.hpp"
#include "tests/codec/samples.hpp"

using namespace orderflow;
using namespace std::string_literals;

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  append_escaped(out, text);
  return out;
}

}  // namespace

TEST_CASE("the writer puts commas and colons where they belong") {
  std::string out;
  json_writer to{out};
  to.begin_object().key("a").integer(-1).key("b").begin_array().end_array();
  to.key("c").begin_array().string("x").null().boolean(true).boolean(false).begin_object().end_object().begin_array().integer(2);
  to.end_array().end_array().key("d").raw("100.50").key("e").begin_object().key("f").string("").end_object().end_object();
  CHECK(out == R"({"a":-1,"b":[],"c":["x",null,true,false,{},[2]],"d":100.50,"e":{"f":""}})");
}

TEST_CASE("the writer appends to what is there") {
  std::string out = "data: ";
  json_writer{out}.begin_array().integer(INT64_MIN).integer(INT64_MAX).end_array();
  CHECK(out == "data: [-9223372036854775808,9223372036854775807]");
}

TEST_CASE("the string grows as needed, and has its true length once the outermost bracket is closed") {
  const std::string long_text(10'000, 'x');
  std::string out = "before ";
  json_writer to{out};
  to.begin_array().string(std::string(3'000, '\x01')).string(long_text).raw(long_text);
  CHECK(to.size() == 7 + 1 + 18'002 + 1 + 10'002 + 1 + 10'000);
  to.end_array();
  CHECK(out.size() == to.size());
  CHECK(out.ends_with("x]"));
  CHECK(nlohmann::json::parse(out.substr(7, 18'003) + "]").size() == 1);
}

TEST_CASE("quotes, backslashes and control characters are escaped, nothing else") {
  CHECK(escaped("a\"b\\c/d") == R"("a\"b\\c/d")");
  CHECK(escaped("\b\f\n\r\t\x01\x1f\x7f"s) == "\"\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\"");
  CHECK(escaped("\0"s) == "\"\\u0000\"");
  CHECK(escaped("é€😀") == "\"é€😀\"");
}

TEST_CASE("bytes that are not UTF-8 become the replacement character, one each") {
  CHECK(escaped("a\xFFz") == "\"a\uFFFDz\"");
  CHECK(escaped("\xC3") == "\"\uFFFD\"");
  CHECK(escaped("\xC3\"") == "\"\uFFFD\\\"\"");
  CHECK(escaped("\xC0\xAF") == "\"\uFFFD\uFFFD\"");
  CHECK(escaped("\xED\xA0\x80") == "\"\uFFFD\uFFFD\uFFFD\"");
  CHECK(escaped("\xE2\x82") == "\"\uFFFD\uFFFD\"");
  CHECK(escaped("\xF4\x90\x80\x80") == "\"\uFFFD\uFFFD\uFFFD\uFFFD\"");
}

TEST_CASE("another reader gets every text back") {
  REQUIRE(rc::check([] {
    samples::random_parts parts;
    const std::string text = parts.text();
    RC_ASSERT(nlohmann::json::parse(escaped(text)).get<std::string>() == text);
  }));
}

TEST_CASE("whatever bytes are written, another reader and our own accept them") {
  REQUIRE(rc::check([](const std::string& bytes) {
    const std::string out = escaped(bytes);
    RC_ASSERT(nlohmann::json::accept(out));
    const auto parsed = parse_json(out, {.allow_nul = true});
    RC_ASSERT(std::holds_alternative<json_value>(parsed));
    RC_ASSERT(std::get<json_value>(parsed).text == nlohmann::json::parse(out).get<std::string>());
  }));
}
