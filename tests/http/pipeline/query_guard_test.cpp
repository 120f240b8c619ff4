#include "http/pipeline/query_guard.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace orderflow;

namespace {

constexpr std::string_view parameters[] = {"skip", "limit", "customer_email"};

std::optional<problem> refused(std::string_view query, std::string_view dialect = dialects::orders_v1) {
  request req;
  req.query = query;
  route_options of;
  of.dialect = dialect;
  of.query = parameters;
  if (auto no_text = query_text_guard(req)) return no_text;
  return query_guard(req, of);
}

std::string word(std::string_view query, std::string_view dialect = dialects::orders_v1) {
  const auto wrong = refused(query, dialect);
  return wrong ? wrong->word : "";
}

}  // namespace

TEST_CASE("our own dialects refuse a parameter that they do not know, and name the nearest one") {
  const auto wrong = refused("custommer_email=a%40x.org");
  REQUIRE(wrong);
  CHECK(wrong->status == 400);
  CHECK(wrong->word == "query_parameter_must_be_known");
  CHECK(wrong->detail.find("custommer_email") != std::string::npos);
  CHECK(wrong->detail.find("did you mean customer_email?") != std::string::npos);
  CHECK(wrong->errors.at(0).pointer == "?custommer_email");
  CHECK(refused("nonsense")->detail.find("known are skip, limit, customer_email") != std::string::npos);
  for (const auto dialect : {dialects::ours, dialects::dev}) CHECK(word("Skip=1", dialect) == "query_parameter_must_be_known");
  CHECK_FALSE(refused("skip=1&limit=2"));
  CHECK_FALSE(refused(""));
  CHECK_FALSE(refused("&&"));
  request req;
  req.query = "x=1";
  route_options none;
  none.dialect = dialects::orders_v1;
  CHECK(query_guard(req, none)->detail.find("takes none") != std::string::npos);
}

TEST_CASE("the customer's documents do not look at what they do not know") {
  for (const auto dialect : {dialects::shop, dialects::orderflow_api, dialects::cart_workflow, dialects::probe}) {
    CHECK_FALSE(refused("nonsense=1&nonsense=2&skip=1", dialect));
    CHECK(word("skip=1&skip=1", dialect) == "query_parameter_must_be_single");
    CHECK(word("customer_email=%00", dialect) == "query_must_be_well_formed");
    CHECK(word("x=%zz", dialect) == "query_must_be_well_formed");
  }
}

TEST_CASE("what is no text is refused in every dialect, also in a parameter that nobody looks at") {
  for (const auto dialect :
       {dialects::shop, dialects::orderflow_api, dialects::cart_workflow, dialects::probe, dialects::metrics})
    for (const auto* query : {"x=%00", "x%00=1", "x=1&%ff=1", "a=%7f", "%00", "x=%zz"}) {
      CAPTURE(dialect, query);
      CHECK(word(query, dialect) == "query_must_be_well_formed");
    }
}

TEST_CASE("a parameter is there once, and its value is text without control characters") {
  CHECK(word("skip=1&limit=1&skip=2") == "query_parameter_must_be_single");
  for (const auto* value : {"%00", "a%00b", "%0a", "%1f", "%7f", "%C2%85", "%ff", "%c3%28", "%ed%a0%80", "%EF%BF%BD"}) {
    INFO(value);
    CHECK(word("customer_email=" + std::string{value}) == "query_must_be_well_formed");
    CHECK(refused("customer_email=" + std::string{value})->status == 400);
    CHECK(word(std::string{value} + "=1") == "query_must_be_well_formed");
  }
  CHECK_FALSE(refused("customer_email=%E7%94%B0%40x.org"));
}

TEST_CASE("what is shown back of a client's name is short") { CHECK(refused(std::string(5000, 'x'))->detail.size() < 300); }

TEST_CASE("a path is text without control characters") {
  const auto word_of = [](std::string_view path) {
    request req;
    req.path = path;
    const auto wrong = path_guard(req);
    return wrong ? std::to_string(wrong->status) + " " + wrong->word : "";
  };
  for (const auto* good : {"/", "/api/v1/orders/7", "/api/v1/orders/%37", "/api/cart/%E7%94%B0", "/a%20b", "/a%2Fb"})
    CHECK(word_of(good).empty());
  for (const auto* bad :
       {"/%00", "/api/cart/a%00", "/%0d%0aX:1", "/%7f", "/%c2%80", "/%ff", "/%C3%28", "/%", "/%z1", "/%EF%BF%BD"}) {
    INFO(bad);
    CHECK(word_of(bad) == "400 path_must_be_well_formed");
  }
}

TEST_CASE("a raw plus is told of where nothing was found or the query was refused") {
  const auto hinted = [](std::string_view query, uint16_t status, std::string body) {
    request req;
    req.query = query;
    reply made;
    made.status = status;
    made.body = std::move(body);
    hint_at_plus(req, made);
    return made.extra.find("X-Hint: ") != std::string::npos && made.extra.find("%2B") != std::string::npos;
  };
  CHECK(hinted("customer_email=a+b@x.org", 200, "[]"));
  CHECK(hinted("productId=a+b", 404, "{}"));
  CHECK(hinted("created_from=2025-12-01T10:00:00+09:00", 422, "{}"));
  CHECK_FALSE(hinted("customer_email=a%2Bb@x.org", 200, "[]"));
  CHECK_FALSE(hinted("customer_email=a+b@x.org", 200, "[{}]"));
  CHECK_FALSE(hinted("customer_email=a+b@x.org", 503, "{}"));
}
