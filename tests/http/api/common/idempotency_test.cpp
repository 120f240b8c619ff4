#include "http/api/common/idempotency.hpp"

#include <catch2/catch_test_macros.hpp>
#include <set>

using namespace orderflow;

namespace {

request keyed_request(const principal& who, std::string_view operation = "/api/v1/orders/{id}/status",
                      std::string_view path = "/api/v1/orders/8/status") {
  request req;
  req.method = verb::put;
  req.path = path;
  req.operation = operation;
  req.headers.idempotency_key = "k1";
  req.headers.idempotency_keys = 1;
  req.from = who;
  req.body = "{}";
  return req;
}

key_claim claim_in(sent_key key) { return *std::get<std::optional<key_claim>>(std::move(key)); }

}  // namespace

TEST_CASE("no two lists of texts are joined to the same text") {
  CHECK(tuple_text({"a", "b c"}) == "a b%20c");
  CHECK(tuple_text({"a b", "c"}) == "a%20b c");
  CHECK(tuple_text({"a%20b", "c"}) == "a%2520b c");
  CHECK(tuple_text({"A", "P/X"}, '/') != tuple_text({"A/P", "X"}, '/'));
  CHECK(tuple_text({"a", ""}) != tuple_text({"a"}));
  std::set<std::string> seen;
  const std::initializer_list<std::string_view> texts{"", " ", "%", "a", "a ", " a", "%20", "a b", "b"};
  size_t lists = 0;
  for (const auto one : texts)
    for (const auto two : texts)
      for (const auto three : texts) {
        seen.insert(tuple_text({one, two, three}));
        ++lists;
      }
  for (const auto one : texts)
    for (const auto two : texts) {
      seen.insert(tuple_text({one, two}));
      ++lists;
    }
  CHECK(seen.size() == lists);
}

TEST_CASE("a key belongs to who sent it, on which route, with which body") {
  auto req = keyed_request({"shop", "acme", role::service}, "/api/v1/orders/", "/api/v1/orders");
  req.method = verb::post;
  const auto claim = claim_in(key_of_create(req, from_ms(5)));
  CHECK(claim.scope == "acme shop POST /api/v1/orders/");
  CHECK(claim.key == "k1");
  CHECK(claim.body_hash == hash_of("{}"));
  CHECK_FALSE(claim.former);  // Older versions called it the same.
  req.headers = {};
  CHECK_FALSE(std::get<std::optional<key_claim>>(key_of_create(req, from_ms(5))));
  const std::string long_key(256, 'k');
  req.headers.idempotency_key = long_key;
  CHECK(std::get<problem>(key_of_create(req, from_ms(5))).status == 400);
  req.headers.idempotency_key = "k\xff";
  CHECK(std::get<problem>(key_of_create(req, from_ms(5))).status == 400);
}

TEST_CASE("a command's key is one name for every spelling of its path, and what the path was is only its former name") {
  const principal who{"ops", "acme", role::operator_};
  const auto claim = claim_in(key_of_order_command(keyed_request(who), {8}, from_ms(5)));
  CHECK(claim.scope == "acme ops PUT /api/v1/orders/{id}/status 8");
  REQUIRE(claim.former);
  CHECK(claim.former->scope == "acme ops /api/v1/orders/8/status");
  for (const auto* path : {"/api/v1/orders/8/status/", "/api/v1/orders/ORD000008/status", "/api/v1/%6Frders/000000008/status"}) {
    INFO(path);
    const auto same = claim_in(key_of_order_command(keyed_request(who, "/api/v1/orders/{id}/status", path), {8}, from_ms(5)));
    CHECK(same.scope == claim.scope);
  }
  CHECK(claim_in(key_of_order_command(keyed_request(who), {9}, from_ms(5))).scope != claim.scope);
}

TEST_CASE("a tenant and a subject with blanks are nobody else's tenant and subject") {
  const auto one = keyed_request({"b c", "a", role::merchant});
  const auto two = keyed_request({"c", "a b", role::merchant});
  CHECK(claim_in(key_of_create(one, from_ms(5))).scope != claim_in(key_of_create(two, from_ms(5))).scope);
  CHECK(claim_in(key_of_order_command(one, {8}, from_ms(5))).scope != claim_in(key_of_order_command(two, {8}, from_ms(5))).scope);
  CHECK(claim_in(key_of_command(one, {"u"}, from_ms(5))).scope != claim_in(key_of_command(two, {"u"}, from_ms(5))).scope);
  // They had one name before: it counts only for what is the tenant's own, or for nothing where that cannot be seen.
  CHECK(claim_in(key_of_create(one, from_ms(5))).former->tenant == "a");
  CHECK(claim_in(key_of_create(two, from_ms(5))).former->tenant == "a b");
  CHECK_FALSE(claim_in(key_of_command(one, {"u"}, from_ms(5))).former);
  CHECK(claim_of_signed_order({"b c", "a", role::customer, "d"}, "k", 0, {}).scope !=
        claim_of_signed_order({"b", "a", role::customer, "c d"}, "k", 0, {}).scope);
}

TEST_CASE("a reduction is named by tenant, order and product, and no two share a name") {
  const auto name = [](const std::string& order, std::string_view product) {
    const auto claim = claim_of_reduction("a", order, product, 0, {});
    return std::pair{claim.scope, claim.key};
  };
  CHECK(name("A/P", "X") != name("A", "P/X"));
  CHECK(name("A/P", "") != name("A", "P"));
  CHECK(name("8", "X") == name("ORD000008", "X"));
  CHECK(name("2024-17", "X") == std::pair{std::string{"a reduce"}, std::string{"2024-17/X"}});
  CHECK(claim_of_reduction("a b", "A", "", 0, {}).scope != claim_of_reduction("a", "A", "", 0, {}).scope);
  CHECK(claim_of_placement({"a", "u/1"}, 2, {}).key != claim_of_placement({"a", "u"}, 12, {}).key);
}
