#include "http/api/common/handler_context.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace orderflow;
using std::chrono::seconds;

TEST_CASE("Prefer says how long to wait, within limits") {
  const auto timeout = [](std::string_view prefer) { return wait_of(prefer, seconds{10}, seconds{30}); };
  CHECK(timeout("") == seconds{10});
  CHECK(timeout("wait=3") == seconds{3});
  CHECK(timeout("return=minimal, Wait=0") == seconds{0});
  CHECK(timeout("wait=3600") == seconds{30});
  CHECK(timeout("respond-async") == seconds{0});
  CHECK(timeout("respond-async, wait=5") == seconds{5});
  CHECK(timeout("wait = \"4\" ; level=high, respond-async") == seconds{4});
  CHECK(timeout("note=\"a, wait=9\", wait=2") == seconds{2});
  CHECK(timeout("note=\"a\\\", wait=9\", wait=2") == seconds{2});
  CHECK(timeout("wait=1, wait=2") == seconds{1});
  CHECK(timeout(",wait=1") == seconds{1});
  for (const auto* nonsense : {"wait=", "wait=-1", "wait=1.5", "wait=x", "wait", "await=3", ",,,"}) {
    INFO(nonsense);
    CHECK(timeout(nonsense) == seconds{10});
  }
}

TEST_CASE("lists are narrowed to the tenant, and a customer's to himself") {
  order_query query;
  narrow_to({"shop", "acme", role::service}, query);
  CHECK(query.tenant == "acme");
  CHECK_FALSE(query.owner);
  narrow_to({"alice", "acme", role::customer}, query);
  CHECK(query.owner == "alice");
}

TEST_CASE("answers become problems where they are no orders") {
  CHECK(std::get<problem>(outcome_of(failure{errc::store_unavailable, "x"})).status == 503);
  const auto refused =
      std::get<problem>(outcome_of(order_reply{order_outcome::refused, refusal::order_must_exist, nullptr, nullptr}));
  CHECK(refused.status == 404);
  CHECK(refused.detail == "Order not found");
  CHECK(std::get<problem>(outcome_of(order_reply{order_outcome::other_body, refusal::none, nullptr, nullptr})).status == 422);
  CHECK(std::get<problem>(outcome_of(order_reply{order_outcome::version_differs, refusal::none, nullptr, nullptr})).status ==
        412);
  CHECK(std::get<problem>(outcome_of(order_reply{order_outcome::version_is_excluded, refusal::none, nullptr, nullptr})).word ==
        "version_must_be_another");
  CHECK(std::holds_alternative<order_reply>(outcome_of(order_reply{order_outcome::accepted, refusal::none, nullptr, nullptr})));
}

TEST_CASE("an order is the creating customer's, or the one's that staff names; who wrote it down is kept beside") {
  const auto signed_by = [](role as, std::string_view customer) {
    provenance source;
    sign_for({"svc", "acme", as}, "d4", customer, source);
    return source;
  };
  CHECK(signed_by(role::customer, "ann@x.org").owner == "svc");
  for (const auto staff : {role::merchant, role::service, role::operator_}) {
    CHECK(signed_by(staff, "ann@x.org").owner == "ann@x.org");
    CHECK(signed_by(staff, "").owner == "svc");
  }
  CHECK(signed_by(role::merchant, "ann@x.org").creator == "svc");
  CHECK(signed_by(role::customer, "svc").creator == "svc");
  CHECK(signed_by(role::merchant, "77").tenant == "acme");
}
