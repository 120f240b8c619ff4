// What a request line and sizes lead to, as bytes over a real connection; the rest of it is in session_test.cpp.
#include <catch2/catch_test_macros.hpp>

#include "tests/http/client.hpp"
#include "tests/http/running_server.hpp"

using namespace orderflow;

namespace {

std::vector<route> echo_routes() {
  std::vector<route> table;
  const auto echo = [](const request& req, const responder& to) {
    reply made;
    made.body = req.body;
    to(std::move(made));
  };
  table.emplace_back(verb::get, "/echo", audience::every_role(), echo);
  table.emplace_back(verb::post, "/echo", audience::every_role(), echo);
  return table;
}

}  // namespace

TEST_CASE("another major version of HTTP is refused as such, a higher minor one is read as ours") {
  running_server server{echo_routes()};
  for (const std::string line :
       {"GET /echo HTTP/2.0", "PRI * HTTP/2.0", "GET /echo HTTP/3.0", "GET /echo HTTP/0.9", "POST /echo HTTP/9.9"}) {
    INFO(line);
    test_client client{server.port};
    client.send(line + "\r\n" + host_header + "\r\n");
    const auto seen = client.receive();
    CHECK(seen.status == 505);
    CHECK(text_of(seen, "type") == "/problems/http-version-must-be-supported");
    CHECK_FALSE(seen.keep_alive);
    CHECK(client.closed_by_server());
  }
  test_client newer{server.port};
  newer.send("GET /echo HTTP/1.4\r\n" + host_header + "\r\n");
  const auto seen = newer.receive();
  CHECK(seen.status == 200);
  CHECK(seen.keep_alive);
  for (const std::string line : {"GET /echo http/2.0", "GET /echo HTTP/2", "GET /echo HTTP/22.0", "GET /echo HTTP/2.0 "})
    CHECK(send_raw(server.port, line + "\r\n" + host_header + "\r\n").status == 400);
}

TEST_CASE("a refusal for size names the limit in bytes") {
  server_limits limits;
  limits.head_bytes = 4096;
  limits.body_bytes = 1000;
  running_server server{echo_routes(), limits};
  const std::string head = "POST /echo HTTP/1.1\r\n" + host_header + "Content-Type: application/json\r\n";
  const auto detail = [&](const std::string& bytes) { return text_of(send_raw(server.port, bytes), "detail"); };
  CHECK(detail(head + "X: " + std::string(5000, 'a') + "\r\n\r\n").find("4096 bytes") != std::string::npos);
  std::string many;
  for (int n = 0; n < 200; ++n) many += "X: a\r\n";
  CHECK(detail(head + many + "\r\n").find("100 lines") != std::string::npos);
  CHECK(detail(head + "Content-Length: 1001\r\n\r\n").find("1000 bytes") != std::string::npos);
  CHECK(
      detail(head + "Transfer-Encoding: chunked\r\n\r\n3e9\r\n" + std::string(1001, 'a') + "\r\n0\r\n\r\n").find("1000 bytes") !=
      std::string::npos);
}

TEST_CASE("a refusal of HEAD has no body either") {
  running_server server{echo_routes()};
  test_client client{server.port};
  client.send("HEAD /echo HTTP/1.1\r\n" + host_header + "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n");
  const auto seen = client.receive(true);
  CHECK(seen.status == 400);
  CHECK(seen.headers.at("content-length") != "0");
  CHECK(client.closed_by_server());
}
