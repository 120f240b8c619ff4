// Several listeners of one service: who is let in where, and to what.
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "http/auth/token.hpp"
#include "tests/http/client.hpp"
#include "tests/http/keys_samples.hpp"
#include "tests/http/running_service.hpp"

using namespace orderflow;

namespace {

listener_settings serving(std::vector<std::string> dialects) {
  listener_settings made;
  made.fixed_principal = dev_principal();
  made.dialects = std::move(dialects);
  return made;
}

int status_at(running_service& shop, size_t listener, const std::string& path) {
  test_client client{shop.service().port(listener)};
  return client.ask("GET", path).status;
}

}  // namespace

TEST_CASE("every route says to which dialect it belongs and who may use it") {
  running_service shop;
  const std::set<std::string_view> known{dialects::shop, dialects::orderflow_api, dialects::cart_workflow, dialects::orders_v1,
                                         dialects::ours, dialects::dev,           dialects::probe,         dialects::metrics};
  REQUIRE(shop.service().routes().size() > 10);
  for (const auto& each : shop.service().routes()) {
    INFO(to_string(each.method) << " " << each.pattern);
    CHECK(known.contains(each.options.dialect));
    const bool has_a_role = each.may.has(role::customer) || each.may.has(role::merchant) || each.may.has(role::service) ||
                            each.may.has(role::operator_);
    const bool is_open = each.may.is_anyone() || each.may.is_signed_callback() || each.may.is_proven_in_body();
    CHECK(has_a_role != is_open);
    // Anybody may only look at probes and at what documents the interface.
    if (each.may.is_anyone()) CHECK(each.method == verb::get);
  }
}

TEST_CASE("a listener serves the dialects that it names and no other") {
  http_settings settings;
  settings.listeners = {serving({}), serving({"d4"}), serving({"probe", "d3"})};
  running_service shop{settings};
  CHECK(status_at(shop, 0, "/api/v1/orders") == 200);
  CHECK(status_at(shop, 0, "/api/products") == 200);
  CHECK(status_at(shop, 0, "/metrics") == 200);
  CHECK(status_at(shop, 1, "/api/v1/orders") == 200);
  CHECK(status_at(shop, 1, "/api/products") == 404);
  CHECK(status_at(shop, 1, "/livez") == 404);
  CHECK(status_at(shop, 2, "/api/products") == 200);
  CHECK(status_at(shop, 2, "/api/v1/orders") == 404);
  CHECK(status_at(shop, 2, "/livez") == 200);
  CHECK(status_at(shop, 2, "/metrics") == 404);
}

TEST_CASE("the metrics are served nowhere else once a listener names them") {
  http_settings settings;
  settings.listeners = {serving({}), serving({"metrics"})};
  running_service shop{settings};
  CHECK(status_at(shop, 0, "/metrics") == 404);
  CHECK(status_at(shop, 0, "/api/v1/orders") == 200);
  CHECK(status_at(shop, 1, "/metrics") == 200);
  CHECK(status_at(shop, 1, "/api/v1/orders") == 404);
}

TEST_CASE("one listener demands tokens while another has a principal of its own") {
  http_settings settings;
  settings.listeners = {listener_settings{}, listener_settings{}};
  settings.listeners[1].fixed_principal = principal{"shop", "acme", role::service};
  running_service shop{settings};
  CHECK(status_at(shop, 0, "/api/v1/orders") == 401);
  CHECK(status_at(shop, 1, "/api/v1/orders") == 200);
  CHECK(status_at(shop, 1, "/api/v1/quarantine") == 403);
  test_client client{shop.service().port(1)};
  CHECK(client.ask("GET", "/readyz?verbose").body.find("without a token for shop of acme") != std::string::npos);
}

TEST_CASE("figures and notes need a token where tokens are demanded, and liveness and readiness do not") {
  http_settings settings;
  settings.listeners = {listener_settings{}};
  running_service shop{settings, sample_keys()};
  test_client client{shop.port};
  CHECK(client.ask("GET", "/livez").status == 200);
  CHECK(client.ask("GET", "/readyz").status == 200);
  for (const auto* path : {"/metrics", "/readyz?verbose", "/readyz?verbose=1", "/readyz/?a&verbose"}) {
    CAPTURE(path);
    CHECK(client.ask("GET", path).status == 401);
    for (const auto as : {role::customer, role::merchant, role::service, role::operator_}) {
      const auto token = *issue_token({"who", "acme", as}, *sample_keys(), fixed_clock{}.now(), std::chrono::hours{1});
      const bool may = as == role::service || as == role::operator_;
      CHECK(client.ask("GET", path, {}, "Authorization: Bearer " + token + "\r\n").status == (may ? 200 : 403));
    }
  }
}

TEST_CASE("a listener that serves probes and figures alone needs no token for them") {
  http_settings settings;
  settings.listeners = {listener_settings{}, listener_settings{}, listener_settings{}};
  settings.listeners[1].dialects = {"probe", "metrics"};
  settings.listeners[2].dialects = {"metrics", "d4"};
  running_service shop{settings};
  CHECK(status_at(shop, 0, "/metrics") == 404);
  CHECK(status_at(shop, 0, "/readyz?verbose") == 401);
  CHECK(status_at(shop, 1, "/metrics") == 200);
  CHECK(status_at(shop, 1, "/readyz?verbose") == 200);
  CHECK(status_at(shop, 2, "/metrics") == 401);
}

TEST_CASE("keys that are put into a running service count from then on") {
  http_settings settings;
  settings.listeners = {listener_settings{}};
  running_service shop{settings};
  test_client client{shop.port};
  const auto token = *issue_token({"alice", "acme", role::customer}, *sample_keys(), fixed_clock{}.now(), std::chrono::hours{1});
  const auto header = "Authorization: Bearer " + token + "\r\n";
  CHECK(client.ask("GET", "/api/v1/orders", {}, header).status == 401);
  shop.service().put_keys(sample_keys());
  CHECK(client.ask("GET", "/api/v1/orders", {}, header).status == 200);
}

TEST_CASE("a certificate that cannot be used is told by its path") {
  http_settings settings;
  settings.listeners = {listener_settings{}};
  settings.listeners[0].tls = {"/absent/certificate.pem", "/absent/key.pem"};
  try {
    running_service shop{settings};
    FAIL("it was taken");
  } catch (const std::invalid_argument& why) {
    CHECK(std::string{why.what()}.find("/absent/certificate.pem") != std::string::npos);
  }
}
