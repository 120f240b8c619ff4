#include "codec/json.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <ctime>
#include <nlohmann/json.hpp>

using namespace orderflow;
using namespace std::string_literals;

namespace {

json_value accepted(std::string_view text, json_limits limits = {}) {
  auto parsed = parse_json(text, limits);
  if (const auto* wrong = std::get_if<json_error>(&parsed)) FAIL(wrong->pointer << ": " << wrong->message);
  return std::get<json_value>(std::move(parsed));
}

json_error refused(std::string_view text, json_limits limits = {}) {
  auto parsed = parse_json(text, limits);
  INFO(text.substr(0, 80));
  REQUIRE(std::holds_alternative<json_error>(parsed));
  return std::get<json_error>(std::move(parsed));
}

bool mentions(const json_error& wrong, std::string_view word) { return wrong.message.find(word) != std::string::npos; }

std::string number_text(const std::string& number) {
  const json_value value = accepted(number);
  REQUIRE(value.is == json_value::kind::number);
  return value.text;
}

/// Of this process, so that busy neighbours do not count.
double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

std::string repeated(std::string_view part, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out += part;
  return out;
}

}  // namespace

TEST_CASE("a value of every kind is read, members in the order of the text") {
  const json_value value = accepted(R"( {"b":[null,true,false,"x\u00e9\ud83d\ude00"],"a":{"":-12}} )");
  REQUIRE(value.is == json_value::kind::object);
  CHECK(value.members.at(0).first == "b");
  CHECK(value.members.at(1).first == "a");
  const json_value& list = *value.find("b");
  REQUIRE(list.items.size() == 4);
  CHECK(list.items[0].is == json_value::kind::null);
  CHECK(list.items[1].truth);
  CHECK(list.items[2].is == json_value::kind::boolean);
  CHECK_FALSE(list.items[2].truth);
  CHECK(list.items[3].text == "xé😀");
  CHECK(value.find("a")->find("")->as_integer() == -12);
  CHECK(value.find("c") == nullptr);
  CHECK(list.find("b") == nullptr);
}

TEST_CASE("a number keeps the text it was written with") {
  const std::string number = GENERATE("0", "-0", "-1", "89800.0", "100.50", "0.1", "1e3", "1E+3", "-0.0", "9223372036854775807",
                                      "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
                                      "18446744073709551615", "18446744073709551616", "123456789012345678901234567890.10");
  CHECK(number_text(number) == number);
}

TEST_CASE("only an integer written as one and within range is an integer") {
  CHECK(accepted("2").as_integer() == 2);
  CHECK(accepted("-9223372036854775808").as_integer() == INT64_MIN);
  CHECK(accepted("9223372036854775807").as_integer() == INT64_MAX);
  for (const char* other : {"2.0", "2e0", "9223372036854775808", "18446744073709551616", "\"2\"", "null", "true", "[2]"}) {
    INFO(other);
    CHECK_FALSE(accepted(other).as_integer().has_value());
  }
}

TEST_CASE("a million open brackets are refused at the limit, without reading them") {
  const std::string part = GENERATE("["s, R"({"a":)"s, R"([{"a":)"s);
  const std::string text = repeated(part, 1'000'000);
  const auto start = cpu_seconds();
  CHECK(mentions(refused(text), "32 levels"));
  CHECK(cpu_seconds() - start < 1);
}

TEST_CASE("as many levels as the limit are accepted, one more is not") {
  CHECK(accepted(repeated("[", 32) + repeated("]", 32)).items.size() == 1);
  CHECK(mentions(refused(repeated("[", 33) + repeated("]", 33)), "32 levels"));
  CHECK(mentions(refused("[[1]]", {.max_depth = 1}), "1 levels"));
  CHECK(accepted("1", {.max_depth = 0}).as_integer() == 1);
}

TEST_CASE("more values than the limit are refused") {
  CHECK(accepted("[1,2,3]", {.max_values = 4}).items.size() == 3);
  CHECK(mentions(refused("[1,2,3]", {.max_values = 3}), "3 values"));
  CHECK(refused("[1,2,3]", {.max_values = 3}).pointer == "/2");
}

TEST_CASE("a member named twice is refused wherever it is, and the place is told") {
  CHECK(refused(R"({"a":1,"a":1})").pointer == "/a");
  CHECK(refused(R"({"x":[{"y":1},{"a/b":{"k~":1,"z":2,"k~":3}}]})").pointer == "/x/1/a~1b/k~0");
  CHECK(refused(R"({"a":1,"\u0061":2})").pointer == "/a");
  CHECK(accepted(R"({"a":{"a":1},"b":{"a":2}})").members.size() == 2);
}

TEST_CASE("a large object is checked for names used twice without comparing all pairs") {
  std::string text = "{";
  for (int i = 0; i < 100'000; ++i) text += "\"k" + std::to_string(i) + "\":0,";
  CHECK(accepted(text + "\"last\":0}").members.size() == 100'001);
  const auto start = cpu_seconds();
  CHECK(refused(text + "\"k5\":0}").pointer == "/k5");
  CHECK(cpu_seconds() - start < 5);
}

TEST_CASE("what JSON's grammar does not have is refused with a sentence") {
  const std::string text =
      GENERATE("NaN", "Infinity", "-Infinity", "-NaN", "+1", "01", "-", "1.", ".5", "1e", "0x10", "1_000", "[1,]", R"({"a":1,})",
               "[,1]", "[1 2]", R"({"a" 1})", R"({a:1})", "{'a':1}", "// x\n1", "/* x */ 1", "1 2", "{}{}", "{} x", "]", "{", "[",
               "\"", "\"a", "nul", "TRUE", "\"\\x\"", "\"\\u12\"", "\"a\nb\"", "\"\t\"", "\f1", "1\v", "undefined", R"({"a":})",
               R"({"a"})", R"({1:2})");
  const json_error wrong = refused(text);
  CHECK(mentions(wrong, "line "));
  CHECK(wrong.message.back() == '.');
}

TEST_CASE("a text that is empty, or of blanks alone, is refused as such") {
  CHECK(refused("").message == "The text is empty.");
  CHECK(refused(" \t\r\n ").message == "The text is empty.");
}

TEST_CASE("a lone surrogate is refused") {
  const std::string text =
      GENERATE(R"("\ud800")", R"("\udc00")", R"("\ud800x")", R"("\ud800\u0041")", R"("\udc00\ud800")", R"({"\udfff":1})");
  CHECK(mentions(refused(text), "surrogate"));
}

TEST_CASE("bytes that are not UTF-8 are refused, and the message is plain ASCII") {
  const std::string bytes = GENERATE("\xFF"s, "\x80"s, "\xC0\xAF"s, "\xC3"s, "\xE0\x80\xAF"s, "\xED\xA0\x80"s,
                                     "\xF0\x80\x80\x80"s, "\xF4\x90\x80\x80"s, "\xF8\x88\x80\x80\x80"s, "\xE2\x82"s);
  const json_error in_text = refused(R"({"name":")" + bytes + "\"}");
  CHECK(mentions(in_text, "not valid UTF-8"));
  CHECK(in_text.pointer == "/name");
  const json_error in_name = refused("{\"" + bytes + "\":1}");
  CHECK(mentions(in_name, "not valid UTF-8"));
  const json_error external_services = refused("[" + bytes + "]");
  for (const json_error& wrong : {in_text, in_name, external_services}) {
    for (const char c : wrong.message + wrong.pointer) CHECK((c >= 0x20 && c < 0x7F));
  }
}

TEST_CASE("NUL is refused, escaped or not") {
  CHECK(mentions(refused(R"({"a":["\u0000"]})"), "U+0000"));
  CHECK(refused(R"({"a":["x","b\u0000c"]})").pointer == "/a/1");
  CHECK(mentions(refused(R"({"\u0000":1})"), "U+0000"));
  CHECK(mentions(refused("\"a\0b\""s), "NUL"));
  CHECK(mentions(refused("{}\0{\"hidden\":1}"s), "NUL"));
  CHECK(mentions(refused("\0"s), "NUL"));
  CHECK(accepted(R"("b\u0000c")", {.allow_nul = true}).text == "b\0c"s);
}

TEST_CASE("a byte order mark is refused as such") { CHECK(mentions(refused("\xEF\xBB\xBF{}"), "byte order mark")); }

TEST_CASE("a number beyond the range of a double is refused, a long one within it is not") {
  CHECK(mentions(refused(R"({"a":1e400})"), "beyond the range"));
  CHECK(refused(R"({"a":1e400})").pointer == "/a");
  CHECK(mentions(refused("-"s + repeated("9", 400)), "beyond the range"));
  CHECK(number_text(repeated("9", 300)) == repeated("9", 300));
  CHECK(number_text("0."s + repeated("0", 500) + "1") == "0."s + repeated("0", 500) + "1");
}

TEST_CASE("an error tells line, column and member") {
  const json_error wrong = refused("{\n  \"items\": [ {\"q\": 1}, {\"q\": x} ]\n}");
  CHECK(mentions(wrong, "line 2, column 30"));
  CHECK(wrong.pointer == "/items/1/q");
  CHECK(refused("[1,x]").pointer == "/1");
  CHECK(refused("[[1,2],[3 4]]").pointer == "/1");
  CHECK(refused(R"({"a":{"b":1,5}})").pointer == "/a");
  CHECK(refused(R"({"a":{"b":1)").pointer == "/a");
  CHECK(refused("x").pointer.empty());
}

TEST_CASE("whatever is accepted is JSON for another reader too, whichever byte of a text is changed") {
  const std::string text =
      "{\"a\\u00e9\\\\\":[1,-0,2.50,1e-7,-3E+2,true,false,null],\"\xC3\xA9\xE3\x83\x88\xF0\x9F\x98\x80\":{\"\":"
      "\"\\ud83d\\ude00\"}} \n";
  REQUIRE(nlohmann::json::accept(text));
  const std::string bytes =
      "{}[]:,\"\\/ \t\n\r\f\b\x01\x1f\x7f'0195+-.eEutfnlsradDcC8xN\x80\xBF\xC0\xC2\xE0\xE2\xED\xF0\xF4\xF5\xFF";
  size_t accepted = 0;
  const auto check = [&](const std::string& changed) {
    if (!std::holds_alternative<json_value>(parse_json(changed))) return;
    ++accepted;
    INFO(nlohmann::json(changed).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace));
    CHECK(nlohmann::json::accept(changed));
  };
  for (size_t at = 0; at <= text.size(); ++at) {
    check(text.substr(0, at));
    if (at < text.size()) check(text.substr(0, at) + text.substr(at + 1));
    for (const char byte : bytes) {
      check(text.substr(0, at) + byte + text.substr(at));
      if (at < text.size()) check(text.substr(0, at) + byte + text.substr(at + 1));
    }
  }
  CHECK(accepted > 500);
}
