#include "http/pipeline/router.hpp"

#include <catch2/catch_test_macros.hpp>

#include "base/assert.hpp"

using namespace orderflow;

namespace {

handler nothing() {
  return [](const request&, const responder&) {};
}

router table() {
  std::vector<route> rows;
  rows.emplace_back(verb::post, "/api/v1/orders/", audience::every_role(), nothing());
  rows.emplace_back(verb::get, "/api/v1/orders/", audience::every_role(), nothing());
  rows.emplace_back(verb::get, "/api/v1/orders/{id}", audience::every_role(), nothing());
  rows.emplace_back(verb::delete_, "/api/v1/orders/{id}", audience::every_role(), nothing());
  rows.emplace_back(verb::post, "/api/v1/orders/import", audience::staff(), nothing());
  rows.emplace_back(verb::put, "/api/v1/inventory/reduce/{productId}/{quantity}", audience::staff(), nothing());
  return router{std::move(rows)};
}

struct answer {
  std::string pattern;
  std::string allow;
  std::array<std::string, 2> values;
};

answer find(verb method, std::string_view path) {
  static const router routes = table();
  answer seen;
  const auto found = routes.find(method, path, seen.values);
  if (const auto* row = std::get_if<const route*>(&found)) {
    seen.pattern = (*row)->pattern;
  } else {
    seen.allow = std::get<router::absent>(found).allow;
  }
  return seen;
}

}  // namespace

TEST_CASE("a path is found with and without a trailing slash") {
  CHECK(find(verb::post, "/api/v1/orders/").pattern == "/api/v1/orders/");
  CHECK(find(verb::post, "/api/v1/orders").pattern == "/api/v1/orders/");
  CHECK(find(verb::get, "/api/v1/orders/7/").pattern == "/api/v1/orders/{id}");
}

TEST_CASE("what stands at a pattern's places is handed over, percent-decoded") {
  CHECK(find(verb::get, "/api/v1/orders/ORD000456").values[0] == "ORD000456");
  const auto two = find(verb::put, "/api/v1/inventory/reduce/P%20001/3");
  CHECK(two.values[0] == "P 001");
  CHECK(two.values[1] == "3");
}

TEST_CASE("an encoded unreserved character is the character, in literals and in values") {
  CHECK(find(verb::get, "/api/v1/%6Frders/7").pattern == "/api/v1/orders/{id}");
  CHECK(find(verb::get, "/api/v1/%6frders/%37").values[0] == "7");
  CHECK(find(verb::post, "/%61pi/v1/orders/%69mport/").pattern == "/api/v1/orders/import");
  // What is reserved keeps its meaning, and nothing is decoded twice.
  CHECK(find(verb::get, "/api/v1%2Forders/7").pattern.empty());
  CHECK(find(verb::get, "/api/v1/orders/a%2Fb").values[0] == "a/b");
  CHECK(find(verb::get, "/api/v1/orders/%2537").values[0] == "%37");
  CHECK(find(verb::get, "/api/v1/orders/%2%35").pattern.empty());
}

TEST_CASE("a literal path is preferred to a pattern") {
  CHECK(find(verb::post, "/api/v1/orders/import").pattern == "/api/v1/orders/import");
}

TEST_CASE("HEAD is answered by GET") { CHECK(find(verb::head, "/api/v1/orders/7").pattern == "/api/v1/orders/{id}"); }

TEST_CASE("a known path with another method says what is allowed") {
  CHECK(find(verb::put, "/api/v1/orders/").allow == "POST, GET, HEAD, OPTIONS");
  CHECK(find(verb::post, "/api/v1/orders/7").allow == "GET, HEAD, DELETE, OPTIONS");
}

TEST_CASE("an unknown path allows nothing") {
  for (const auto* path :
       {"/", "", "/api", "/api/v1/orders/7/unknown", "/api/v1/orders//", "//api/v1/orders", "/api/v1/orders/%zz"}) {
    INFO(path);
    const auto seen = find(verb::get, path);
    CHECK(seen.pattern.empty());
    CHECK(seen.allow.empty());
  }
}

TEST_CASE("the same row twice is a bug") {
  std::vector<route> rows;
  rows.emplace_back(verb::get, "/livez", audience::anyone(), nothing());
  rows.emplace_back(verb::get, "/livez/", audience::anyone(), nothing());
  CHECK_THROWS_AS(router{std::move(rows)}, bug);
}

TEST_CASE("an audience has exactly the roles that it was made of") {
  CHECK(audience::anyone().is_anyone());
  CHECK_FALSE(audience::every_role().is_anyone());
  CHECK(audience::every_role().has(role::customer));
  CHECK_FALSE(audience::staff().has(role::customer));
  CHECK(audience::staff().has(role::service));
  CHECK(audience::operators().has(role::operator_));
  CHECK_FALSE(audience::operators().has(role::service));
}

static_assert(!std::is_constructible_v<route, verb, std::string_view, handler>, "a route without an audience must not compile");
