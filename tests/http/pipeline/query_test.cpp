#include "http/pipeline/query.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace orderflow;

TEST_CASE("parameters are decoded, and a name without a value is there") {
  const auto query = query_values::parse("a=b+c&d=%41%26&verbose&e=");
  REQUIRE(query);
  CHECK(*query->find("a") == "b c");
  CHECK(*query->find("d") == "A&");
  CHECK(query->find("verbose")->empty());
  CHECK(query->find("e")->empty());
  CHECK(query->find("f") == nullptr);
}

TEST_CASE("only the text that was given is read, whatever stands behind it") {
  const std::string target = "limit=2&cursor=3 HTTP/1.1";
  const auto query = query_values::parse(std::string_view{target}.substr(0, 16));
  REQUIRE(query);
  CHECK(*query->find("cursor") == "3");
}

TEST_CASE("parameters are written again so that they can be read") {
  auto query = *query_values::parse("b=even%20batch&skip=3");
  query.erase("skip");
  query.set("cursor", "a&b=c");
  CHECK(query.text() == "b=even%20batch&cursor=a%26b%3Dc");
  CHECK(*query_values::parse(query.text())->find("cursor") == "a&b=c");
}

TEST_CASE("what is no query is refused") {
  CHECK_FALSE(query_values::parse("limit=%zz"));
  CHECK_FALSE(query_values::parse("a=%4"));
  CHECK(query_values::parse(""));
}
