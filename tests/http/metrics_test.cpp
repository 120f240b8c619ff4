// What /metrics says about requests, connections and the process, and that it is said in Prometheus' form.
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <set>
#include <sstream>

#include "tests/http/client.hpp"
#include "tests/http/running_service.hpp"

using namespace orderflow;

namespace {

/// Samples by name and labels. Checks on the way that each belongs to a family that was told, once, before it.
std::map<std::string, double> samples_of(const std::string& text) {
  std::map<std::string, double> samples;
  std::set<std::string> families;
  std::string family;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    if (line.starts_with("# HELP ")) {
      family = line.substr(7, line.find(' ', 7) - 7);
      CHECK(families.insert(family).second);
    } else if (line.starts_with("# TYPE ")) {
      CHECK(line.starts_with("# TYPE " + family + " "));
    } else if (!family.empty()) {
      CHECK(line.starts_with(family));
      const auto blank = line.rfind(' ');
      CHECK(samples.emplace(line.substr(0, blank), std::stod(line.substr(blank + 1))).second);
    }
  }
  return samples;
}

}  // namespace

TEST_CASE("replies are counted by group of routes and class of status, with the time that they took") {
  running_service with;
  test_client client{with.port};
  CHECK(client.ask("GET", "/api/v1/orders/").status == 200);
  CHECK(client.ask("GET", "/api/v1/orders/77").status == 404);
  CHECK(client.ask("GET", "/api/v1/orders/78").status == 404);
  CHECK(client.ask("GET", "/nothing/here").status == 404);
  const auto seen = samples_of(client.ask("GET", "/metrics").body);
  CHECK(seen.at("orderflow_http_requests_total{group=\"d4\",code=\"2xx\"}") == 1);
  CHECK(seen.at("orderflow_http_requests_total{group=\"d4\",code=\"4xx\"}") == 2);
  CHECK(seen.at("orderflow_http_requests_total{group=\"none\",code=\"4xx\"}") == 1);
  CHECK(seen.at("orderflow_http_request_duration_seconds_count{group=\"d4\"}") == 3);
  CHECK(seen.at("orderflow_http_request_duration_seconds_bucket{group=\"d4\",le=\"+Inf\"}") == 3);
  CHECK(seen.at("orderflow_http_request_duration_seconds_bucket{group=\"d4\",le=\"30\"}") == 3);
  CHECK(seen.at("orderflow_http_request_duration_seconds_sum{group=\"d4\"}") > 0);
}

TEST_CASE("what is refused is counted by its reason") {
  running_service with;
  test_client client{with.port};
  with.shop.store_away = true;
  CHECK(client.ask("DELETE", "/api/v1/orders/1").status == 503);
  CHECK(client.ask("POST", "/api/v1/orders/", "{}").status == 503);
  CHECK(client.ask("GET", "/api/v1/orders/").status == 200);
  with.shop.store_away = false;
  with.shop.in_flight = 1'000'000;
  CHECK(client.ask("POST", "/api/v1/orders/", "{}").status == 503);
  with.shop.in_flight = 0;
  const auto seen = samples_of(client.ask("GET", "/metrics").body);
  CHECK(seen.at("orderflow_http_refused_total{reason=\"store_away\"}") == 2);
  CHECK(seen.at("orderflow_http_refused_total{reason=\"overload\"}") == 1);
  CHECK(seen.at("orderflow_http_refused_total{reason=\"payments_unsettled\"}") == 0);
}

TEST_CASE("open connections are told by what they wait for, and the process by what it uses") {
  running_service with;
  test_client idle{with.port};
  CHECK(idle.ask("GET", "/livez").status == 200);
  test_client half{with.port};
  half.send("GET /livez HTTP/1.1\r\n");
  test_client client{with.port};
  std::map<std::string, double> seen;
  for (int n = 0; n < 1000 && seen["orderflow_http_connections{state=\"client\"}"] != 1; ++n)
    seen = samples_of(client.ask("GET", "/metrics").body);
  CHECK(seen.at("orderflow_http_connections{state=\"idle\"}") == 1);
  CHECK(seen.at("orderflow_http_connections{state=\"client\"}") == 1);
  CHECK(seen.at("orderflow_http_connections{state=\"answering\"}") == 1);
  for (const auto* name : {"process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds", "process_max_fds",
                           "process_start_time_seconds"})
    CHECK(seen.at(name) > 0);
}

TEST_CASE("a store that is away is told by readiness, and refuses writes in each dialect's form") {
  running_service with;
  test_client client{with.port};
  with.shop.store_away = true;
  with.state.store_away = true;
  CHECK(client.ask("GET", "/livez").status == 200);
  const auto ready = client.ask("GET", "/readyz");
  CHECK(ready.status == 503);
  CHECK(ready.body == R"({"status":"store_away"})");
  const auto req = [&](const char* path, const char* in_body) {
    CAPTURE(path);
    const auto seen = client.ask("POST", path, "{}");
    CHECK(seen.status == 503);
    CHECK(seen.headers.contains("retry-after"));
    CHECK(seen.body.find(in_body) != std::string::npos);
  };
  req("/api/v1/orders/", R"("type":"/problems/store-unavailable")");
  req("/api/orders/create", R"("code":503)");
  req("/api/inventory/lock", R"("locked":false)");
  req("/api/order/cart.json", R"("status":"error")");
  req("/api/inventory/reduce", R"("status":"FAILED")");
  CHECK(client.ask("GET", "/api/products").status == 200);
}
