// Memory that clients make the server hold is bounded over all connections: the slowest give way, the others do not notice.
#include <atomic>
#include <catch2/catch_test_macros.hpp>

#include "tests/http/client.hpp"
#include "tests/http/running_server.hpp"

using namespace orderflow;

namespace {

constexpr size_t mib = 1024 * 1024;
const std::string lasting_bytes(4 * mib, 's');
std::atomic<int> replies_made{0};
std::vector<route> some_routes() {
  std::vector<route> table;
  table.emplace_back(verb::get, "/echo", audience::every_role(), [](const request&, const responder& to) { to(reply{}); });
  table.emplace_back(verb::post, "/size", audience::every_role(), [](const request& req, const responder& to) {
    reply made;
    made.body = std::to_string(req.body.size());
    to(std::move(made));
  });
  table.emplace_back(verb::get, "/own", audience::every_role(), [](const request&, const responder& to) {
    reply made;
    made.body = std::string(4 * mib, 'o');
    to(std::move(made));
    ++replies_made;
  });
  table.emplace_back(verb::get, "/shared", audience::every_role(), [](const request&, const responder& to) {
    reply made;
    made.lasting = lasting_bytes;
    to(std::move(made));
  });
  return table;
}

double figure(running_server& server, const std::string& name) {
  const auto text = server.on_thread([&] {
    metric_text out;
    server.serving().write_metrics(out);
    return out.take();
  });
  const auto at = text.find("\n" + name + " ");
  REQUIRE(at != std::string::npos);
  return std::stod(text.substr(at + name.size() + 2));
}

template <class Condition>
bool in_time(Condition condition) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
  }
  return true;
}

std::string head_of_body(size_t size) {
  return "POST /size HTTP/1.1\r\n" + host_header + "Content-Type: application/json\r\nContent-Length: " + std::to_string(size) +
         "\r\n\r\n";
}

}  // namespace

TEST_CASE("replies that nobody takes are cut, those that wait longest first, and others are served") {
  server_limits limits;
  limits.unsent_bytes = 16 * mib;
  running_server server{some_routes(), limits};
  std::vector<std::unique_ptr<test_client>> slow;
  for (int n = 0; n < 20; ++n) {
    slow.push_back(std::make_unique<test_client>(server.port));
    const int before = replies_made;
    slow.back()->send("GET /own HTTP/1.1\r\n" + host_header + "\r\n");
    // One after the other: the order in which replies begin to wait is the server's, not that of the sends.
    REQUIRE(in_time([&] { return replies_made > before; }));
  }
  CHECK(in_time([&] { return figure(server, "orderflow_http_connections_cut_total{limit=\"max_unsent\"}") >= 16; }));
  const auto held = figure(server, "orderflow_http_unsent_bytes");
  CHECK(held <= 16 * mib);
  CHECK(held >= 4 * mib);
  test_client quick{server.port};
  CHECK(quick.ask("GET", "/echo").status == 200);
  CHECK(slow.back()->receive().body.size() == 4 * mib);
  CHECK(slow.front()->receive().status == 0);
}

TEST_CASE("bytes that last cost nothing per client, however slow") {
  server_limits limits;
  limits.unsent_bytes = mib;
  running_server server{some_routes(), limits};
  std::vector<std::unique_ptr<test_client>> slow;
  for (int n = 0; n < 50; ++n) {
    slow.push_back(std::make_unique<test_client>(server.port));
    slow.back()->send("GET /shared HTTP/1.1\r\n" + host_header + "\r\n");
  }
  for (const auto& each : slow) CHECK(each->receive().body.size() == 4 * mib);
  CHECK(figure(server, "orderflow_http_connections_cut_total{limit=\"max_unsent\"}") == 0);
}

TEST_CASE("requests that do not arrive are told 503 when all together are too large, the slowest first") {
  server_limits limits;
  limits.incomplete_bytes = mib;
  running_server server{some_routes(), limits};
  std::vector<std::unique_ptr<test_client>> slow;
  for (int n = 0; n < 12; ++n) {
    slow.push_back(std::make_unique<test_client>(server.port));
    slow.back()->send(head_of_body(200'000) + std::string(100'000, 'x'));
  }
  CHECK(in_time([&] { return figure(server, "orderflow_http_connections_cut_total{limit=\"max_incomplete\"}") >= 7; }));
  CHECK(figure(server, "orderflow_http_incomplete_bytes") <= mib);
  const auto refused = slow.front()->receive();
  CHECK(refused.status == 503);
  CHECK(refused.headers.contains("retry-after"));
  CHECK_FALSE(refused.keep_alive);
  test_client quick{server.port};
  CHECK(quick.ask("POST", "/size", std::string(200'000, 'y')).body == "200000");
}

TEST_CASE("what was sent and answered is given back") {
  running_server server{some_routes()};
  test_client client{server.port};
  CHECK(client.ask("POST", "/size", std::string(200'000, 'y')).body == "200000");
  CHECK(client.ask("GET", "/own").body.size() == 4 * mib);
  CHECK(in_time([&] { return figure(server, "orderflow_http_unsent_bytes") == 0; }));
  CHECK(figure(server, "orderflow_http_incomplete_bytes") == 0);
}
