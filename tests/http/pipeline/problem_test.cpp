#include "http/pipeline/problem.hpp"

#include <catch2/catch_test_macros.hpp>
#include <set>

#include "codec/json.hpp"

using namespace orderflow;

namespace {

/// Numbers are dense from 1; the first without a word of its own ends the set.
std::vector<refusal> every_refusal() {
  std::vector<refusal> all;
  for (uint16_t number = 1; number < 1000; ++number) {
    const auto each = static_cast<refusal>(number);
    if (to_string(each) == "unknown_refusal") break;
    all.push_back(each);
  }
  return all;
}

}  // namespace

TEST_CASE("every refusal has a status that tells the client it was its request") {
  const auto all = every_refusal();
  REQUIRE(all.size() >= 27);
  const std::set<int> allowed{404, 409, 422};
  for (const auto each : all) {
    INFO(to_string(each));
    CHECK(allowed.contains(status_of(each)));
    const auto made = problem_of(each);
    CHECK(made.word == to_string(each));
    CHECK(made.detail.ends_with('.'));
    CHECK(made.retry_after_s == 0);
  }
}

TEST_CASE("the state of an order is 409, a wrong request 422, a missing order 404") {
  CHECK(status_of(refusal::order_must_exist) == 404);
  CHECK(status_of(refusal::order_must_be_paid) == 409);
  CHECK(status_of(refusal::order_must_not_be_shipped) == 409);
  CHECK(status_of(refusal::status_must_not_be_set_by_hand) == 409);
  CHECK(status_of(refusal::on_hand_must_cover_reserved) == 409);
  CHECK(status_of(refusal::quantity_must_be_in_range) == 422);
  CHECK(status_of(refusal::refund_must_not_exceed_capture) == 422);
  CHECK(status_of(refusal::price_must_be_the_catalogues) == 422);
}

TEST_CASE("every failure of the world is 503 and says when to come back") {
  for (uint8_t number = 1; number <= static_cast<uint8_t>(errc::gateway_unavailable); ++number) {
    const auto code = static_cast<errc>(number);
    INFO(to_string(code));
    CHECK(status_of(code) == 503);
    const auto made = problem_of(failure{code, "disk /dev/sda1 is full"});
    CHECK(made.retry_after_s > 0);
    CHECK(made.word == to_string(code));
    CHECK(made.detail.find("sda1") == std::string::npos);
  }
  CHECK(status_of(errc::none) == 500);
}

TEST_CASE("a problem is written with its parts, and its headers") {
  auto why = problem_of(refusal::order_must_be_paid);
  why.errors.push_back({"/items/0/quantity", "must be an integer from 1 to 1000000"});
  const auto made = problem_json(why, "request-1");
  CHECK(made.status == 409);
  CHECK(made.content_type == "application/problem+json");
  const auto parsed = parse_json(made.body);
  const auto& body = std::get<json_value>(parsed);
  CHECK(body.find("type")->text == "/problems/order-must-be-paid");
  CHECK(body.find("title")->text == "Order must be paid");
  CHECK(body.find("status")->text == "409");
  CHECK(body.find("instance")->text == "request-1");
  CHECK(body.find("errors")->items.at(0).find("pointer")->text == "/items/0/quantity");
}

TEST_CASE("a 503 carries Retry-After, a 405 Allow, a 401 the scheme") {
  CHECK(problem_json(problem_of(failure{errc::overloaded, {}}), "r").extra.find("Retry-After: 1\r\n") != std::string::npos);
  problem other;
  other.status = 405;
  other.allow = "GET, HEAD";
  CHECK(problem_json(other, "r").extra == "Allow: GET, HEAD\r\n");
  other.status = 401;
  other.allow.clear();
  CHECK(problem_json(other, "r").extra == "WWW-Authenticate: Bearer\r\n");
}

TEST_CASE("what fails is told to a read without a word of keys or of what was done") {
  for (int number = 1; to_string(static_cast<errc>(number)) != "none"; ++number) {
    const auto code = static_cast<errc>(number);
    const auto change = problem_of(failure{code, {}});
    const auto read = problem_of_read(code);
    INFO(read.detail);
    CHECK(read.status == change.status);
    CHECK(read.retry_after_s == change.retry_after_s);
    CHECK(read.failed == code);
    CHECK(problem_json(read, "r").failed == code);
    for (const auto* unfit : {"Idempotency", "Nothing was done", "may have taken place", "mistake"})
      CHECK(read.detail.find(unfit) == std::string::npos);
  }
}

TEST_CASE("a header value cannot end its line") {
  reply made;
  made.header("Location", "/a\r\nSet-Cookie: b");
  CHECK(made.extra.empty());
}
