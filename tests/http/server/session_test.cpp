// Requests as bytes over a real connection: what is read, what is refused, what keeps the connection.
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch_test_macros.hpp>
#include <optional>

#include "tests/http/client.hpp"
#include "tests/http/running_server.hpp"

using namespace orderflow;

namespace {

std::vector<route> echo_routes() {
  std::vector<route> table;
  const auto echo = [](const request& req, const responder& to) {
    reply made;
    made.body = std::string{to_string(req.method)} + " " + std::string{req.path} + "?" + std::string{req.query} + " " +
                std::string{req.body};
    to(std::move(made));
  };
  table.emplace_back(verb::get, "/echo", audience::every_role(), echo);
  table.emplace_back(verb::post, "/echo", audience::every_role(), echo);
  table.emplace_back(verb::post, "/throws", audience::every_role(),
                     [](const request&, const responder&) { throw std::runtime_error{"broken"}; });
  table.emplace_back(verb::post, "/forgets", audience::every_role(), [](const request&, const responder&) {});
  table.emplace_back(verb::post, "/staff", audience::roles({role::service}), echo);
  route_options creates;
  creates.load = load_class::create;
  table.emplace_back(verb::post, "/create", audience::every_role(), echo, creates);
  table.emplace_back(verb::get, "/probe", audience::anyone(), echo);
  return table;
}

}  // namespace

TEST_CASE("a request is answered and the connection kept") {
  running_server server{echo_routes()};
  test_client client{server.port};
  const auto first = client.ask("POST", "/echo?a=1", "{}");
  CHECK(first.status == 200);
  CHECK(first.body == "POST /echo?a=1 {}");
  CHECK(first.keep_alive);
  CHECK(first.headers.contains("date"));
  CHECK(client.ask("GET", "/echo/").body == "GET /echo/? ");
}

TEST_CASE("every reply names its request, and passes the trace on") {
  running_server server{echo_routes()};
  test_client client{server.port};
  const std::string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const auto own = client.ask("GET", "/echo", {}, "Request-Id: shop-42\r\ntraceparent: " + trace + "\r\n");
  CHECK(own.headers.at("request-id") == "shop-42");
  CHECK(own.headers.at("traceparent") == trace);
  const auto made = client.ask("GET", "/echo", {}, "Request-Id: <script>\r\ntraceparent: nonsense\r\n");
  CHECK(made.headers.at("request-id").size() >= 10);
  CHECK(made.headers.at("request-id").find('<') == std::string::npos);
  CHECK_FALSE(made.headers.contains("traceparent"));
  CHECK(client.ask("GET", "/nowhere").headers.at("request-id") != made.headers.at("request-id"));
}

TEST_CASE("requests sent ahead are answered in order") {
  running_server server{echo_routes()};
  test_client client{server.port};
  std::string all;
  for (int i = 0; i < 20; ++i) all += "GET /echo?" + std::to_string(i) + " HTTP/1.1\r\n" + host_header + "\r\n";
  client.send(all);
  for (int i = 0; i < 20; ++i) CHECK(client.receive().body == "GET /echo?" + std::to_string(i) + " ");
}

TEST_CASE("a request may come in pieces of any size") {
  running_server server{echo_routes()};
  test_client client{server.port};
  const std::string whole =
      "POST /echo HTTP/1.1\r\n" + host_header + "Content-Type: application/json\r\nContent-Length: 5\r\n\r\nhello";
  for (const char byte : whole) client.send(std::string{byte});
  CHECK(client.receive().body == "POST /echo? hello");
  client.send("POST /echo HTTP/1.1\r\n" + host_header +
              "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  CHECK(client.receive().body == "POST /echo? abcde");
}

TEST_CASE("HEAD has the length of GET and no body") {
  running_server server{echo_routes()};
  test_client client{server.port};
  const auto seen = client.ask("HEAD", "/echo");
  CHECK(seen.status == 200);
  CHECK(seen.headers.at("content-length") == "12");
  CHECK(seen.body.empty());
  CHECK(client.ask("GET", "/echo").status == 200);
}

TEST_CASE("HTTP/1.0 is closed unless it asks otherwise, and so is Connection: close") {
  running_server server{echo_routes()};
  test_client old{server.port};
  old.send("GET /echo HTTP/1.0\r\n\r\n");
  CHECK(old.receive().status == 200);
  CHECK(old.closed_by_server());
  test_client kept{server.port};
  kept.send("GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(kept.receive().headers.at("connection") == "keep-alive");
  CHECK(kept.ask("GET", "/echo", {}, "Connection: close\r\n").headers.at("connection") == "close");
  CHECK(kept.closed_by_server());
}

TEST_CASE("what could be read in two ways is refused and the connection closed") {
  running_server server{echo_routes()};
  const std::string post = "POST /echo HTTP/1.1\r\nContent-Type: application/json\r\n";
  const std::vector<std::string> attacks{
      post + host_header + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      post + host_header + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
      post + host_header + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
      post + host_header + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
      post + host_header + "Content-Length: 5, 5\r\n\r\nhello",
      post + host_header + "Content-Length: +5\r\n\r\nhello",
      post + host_header + "Content-Length: -5\r\n\r\nhello",
      post + host_header + "Content-Length: 99999999999999999999\r\n\r\nhello",
      post + host_header + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
      post + host_header + "Transfer-Encoding: identity\r\n\r\nhello",
      post + host_header + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      post + host_header + "Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
      "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      post + host_header + host_header + "Content-Length: 0\r\n\r\n",
      post + "Content-Length: 0\r\n\r\n",
      post + host_header + "Authorization: Bearer a\r\nAuthorization: Bearer b\r\nContent-Length: 0\r\n\r\n",
      "GET /echo HTTP/1.1\n" + host_header + "\n",
      "GET /echo HTTP/1.1\r\n" + host_header + "X: a\r\n b\r\n\r\n",
      "GET /echo HTTP/1.1\r\n" + host_header + "X : a\r\n\r\n",
      "GET /echo HTTP/1.1\r\n" + host_header + "no colon\r\n\r\n",
      "GET /echo HTTP/1.1\r\n" + host_header + std::string("X: a\0b\r\n\r\n", 10),
      "GET  /echo HTTP/1.1\r\n" + host_header + "\r\n",
      "GET /echo HTTP/1.1 \r\n" + host_header + "\r\n",
      "GET echo HTTP/1.1\r\n" + host_header + "\r\n",
      "G@T /echo HTTP/1.1\r\n" + host_header + "\r\n",
      "GET /echo\r\n" + host_header + "\r\n",
      std::string("\x16\x03\x01\x02\x00\x01\r\n\r\n", 10),
  };
  for (const auto& attack : attacks) {
    INFO(attack);
    test_client client{server.port};
    client.send(attack);
    const auto seen = client.receive();
    CHECK(seen.status == 400);
    CHECK_FALSE(seen.keep_alive);
    CHECK(seen.headers.at("content-type") == "application/problem+json");
    CHECK(client.closed_by_server());
  }
}

TEST_CASE("limits have their own answers") {
  server_limits limits;
  running_server server{echo_routes(), limits};
  CHECK(send_raw(server.port, "GET /echo HTTP/1.1\r\n" + host_header + "X: " + std::string(9000, 'a') + "\r\n\r\n").status ==
        431);
  CHECK(send_raw(server.port, "GET /" + std::string(9000, 'a') + " HTTP/1.1\r\n\r\n").status == 431);
  const std::string json = "POST /echo HTTP/1.1\r\n" + host_header + "Content-Type: application/json\r\n";
  CHECK(send_raw(server.port, json + "Content-Length: 262145\r\n\r\n").status == 413);
  CHECK(send_raw(server.port, json + "Transfer-Encoding: chunked\r\n\r\n40001\r\n" + std::string(262145, 'a') + "\r\n0\r\n\r\n")
            .status == 413);
  const auto largest = send_raw(server.port, json + "Content-Length: 262144\r\n\r\n" + std::string(262144, 'a'));
  CHECK(largest.status == 200);
  CHECK(largest.body.size() == 262144 + 12);
  CHECK(send_raw(server.port, json + "Transfer-Encoding: chunked\r\n\r\n5;" + std::string(100000, 'x') + "\r\nhello\r\n0\r\n\r\n")
            .status == 400);
}

TEST_CASE("a body that is announced is asked for, unless it is not wanted") {
  running_server server{echo_routes()};
  test_client client{server.port};
  client.send("POST /echo HTTP/1.1\r\n" + host_header +
              "Content-Type: application/json\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  CHECK(client.receive().status == 100);
  client.send("hello");
  CHECK(client.receive().body == "POST /echo? hello");
  client.send("POST /echo HTTP/1.1\r\n" + host_header +
              "Content-Type: text/plain\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  const auto refused = client.receive();
  CHECK(refused.status == 415);
  CHECK_FALSE(refused.keep_alive);
  CHECK(send_raw(server.port, "GET /echo HTTP/1.1\r\n" + host_header + "Expect: a miracle\r\n\r\n").status == 417);
}

TEST_CASE("a refusal keeps the connection where the whole request was read") {
  running_server server{echo_routes()};
  test_client client{server.port};
  CHECK(client.ask("POST", "/nowhere", "{}").status == 404);
  const auto other = client.ask("DELETE", "/echo");
  CHECK(other.status == 405);
  CHECK(other.headers.at("allow") == "GET, HEAD, POST, OPTIONS");
  CHECK(client.ask("POST", "/staff", "{}").status == 403);
  CHECK(client.ask("POST", "/echo", "{}", "Authorization: Bearer x\r\n").status == 401);
  CHECK(client.ask("POST", "/echo", "{}", "Origin: http://evil.example\r\n").status == 403);
  CHECK(client.ask("POST", "/echo", "{}", "Sec-Fetch-Site: cross-site\r\n").status == 403);
  for (const auto* known : {"TRACE", "QUERY"}) CHECK(client.ask(known, "/echo").status == 405);
  CHECK(client.ask("BREW", "/echo").status == 501);
}

TEST_CASE("without a fixed principal only probes are answered") {
  running_server server{echo_routes(), {}, listener_settings{}};
  test_client client{server.port};
  const auto seen = client.ask("POST", "/echo", "{}");
  CHECK(seen.status == 401);
  CHECK(seen.headers.at("www-authenticate") == "Bearer");
  CHECK(client.ask("GET", "/probe").status == 200);
}

TEST_CASE("under load creates are refused first and told when to come back") {
  running_server server{echo_routes()};
  server.on_thread([&] { server.load.in_flight = 4096; });
  test_client client{server.port};
  const auto refused = client.ask("POST", "/create", "{}");
  CHECK(refused.status == 503);
  CHECK(refused.headers.at("retry-after") == "1");
  CHECK(client.ask("POST", "/echo", "{}").status == 200);
}

TEST_CASE("a handler that throws or forgets its answer is a 500, and the connection goes on") {
  running_server server{echo_routes()};
  test_client client{server.port};
  CHECK(client.ask("POST", "/throws", "{}").status == 500);
  CHECK(client.ask("POST", "/forgets", "{}").status == 500);
  CHECK(client.ask("GET", "/echo").status == 200);
  CHECK(server.on_thread([&] { return server.defects.size(); }) == 2);
}

TEST_CASE("a request that is not sent in time is told so and closed; an idle connection is closed") {
  server_limits limits;
  limits.head_time = milliseconds{150};
  limits.body_time = milliseconds{150};
  limits.idle_time = milliseconds{150};
  limits.sweep_every = milliseconds{20};
  running_server server{echo_routes(), limits};
  test_client slow_head{server.port};
  slow_head.send("GET /echo HTTP/1.1\r\nHost: lo");
  test_client slow_body{server.port};
  slow_body.send("POST /echo HTTP/1.1\r\n" + host_header + "Content-Type: application/json\r\nContent-Length: 5\r\n\r\nhel");
  test_client idle{server.port};
  CHECK(idle.closed_by_server());
  test_client used{server.port};
  CHECK(used.ask("GET", "/echo").status == 200);
  const auto farewell = used.receive();
  CHECK(farewell.status == 408);
  CHECK_FALSE(farewell.keep_alive);
  CHECK(used.closed_by_server());
  CHECK(slow_head.receive().status == 408);
  CHECK(slow_head.closed_by_server());
  CHECK(slow_body.receive().status == 408);
  CHECK(slow_body.closed_by_server());
}

TEST_CASE("a connection above the limit takes the place of the one that has been idle longest") {
  server_limits limits;
  limits.connections = 2;
  running_server server{echo_routes(), limits};
  test_client first{server.port};
  test_client second{server.port};
  CHECK(first.ask("GET", "/echo").status == 200);
  CHECK(second.ask("GET", "/echo").status == 200);
  CHECK(first.ask("GET", "/echo").status == 200);
  test_client third{server.port};
  CHECK(third.ask("GET", "/echo").status == 200);
  CHECK(second.closed_by_server());
  CHECK(first.ask("GET", "/echo").status == 200);
}

TEST_CASE("a connection above the limit is turned away while all others are being answered, and a slow client gives way") {
  std::vector<responder> held;
  auto table = echo_routes();
  table.emplace_back(verb::get, "/held", audience::every_role(),
                     [&held](const request&, const responder& to) { held.push_back(to); });
  server_limits limits;
  limits.connections = 2;
  running_server server{std::move(table), limits};
  std::vector<std::unique_ptr<test_client>> busy;
  for (int n = 0; n < 2; ++n) {
    busy.push_back(std::make_unique<test_client>(server.port));
    busy.back()->send("GET /held HTTP/1.1\r\n" + host_header + "\r\n");
  }
  while (server.on_thread([&] { return held.size() < 2; })) {
  }
  CHECK(test_client{server.port}.receive().status == 503);
  server.on_thread([&] { std::exchange(held, {}).front()(reply{}); });
  busy.clear();
  while (server.on_thread([&] { return server.serving().connections() > 0; })) {
  }
  // Two that begin a request and do not end it: after two seconds they have no right to their places any more.
  std::vector<std::unique_ptr<test_client>> slow;
  for (int n = 0; n < 2; ++n) {
    slow.push_back(std::make_unique<test_client>(server.port));
    slow.back()->send("GET /ec");
  }
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{8};
  int status = 503;
  while (status != 200 && std::chrono::steady_clock::now() < until) status = test_client{server.port}.ask("GET", "/echo").status;
  CHECK(status == 200);
}

TEST_CASE("a drain tells who is idle, ends what is open after its answer, and accepts nobody") {
  std::vector<responder> held;
  std::vector<route> table;
  table.emplace_back(verb::get, "/held", audience::every_role(),
                     [&held](const request&, const responder& to) { held.push_back(to); });
  running_server server{std::move(table)};
  test_client idle{server.port};
  std::optional<test_client> open{server.port};
  open->send("GET /held HTTP/1.1\r\n" + host_header + "\r\n");
  while (server.on_thread([&] { return held.empty() || server.serving().connections() < 2; })) {
  }
  std::promise<void> empty;
  server.on_thread([&] { server.serving().drain([&empty] { empty.set_value(); }); });
  CHECK(idle.receive().status == 408);
  CHECK(idle.closed_by_server());
  server.on_thread([&] { std::exchange(held, {}).front()(reply{}); });
  const auto last = open->receive();
  CHECK(last.status == 200);
  CHECK_FALSE(last.keep_alive);
  CHECK(open->closed_by_server());
  CHECK_THROWS(test_client{server.port});
  open.reset();
  CHECK(empty.get_future().wait_for(std::chrono::seconds{10}) == std::future_status::ready);
}

TEST_CASE("a server that leaves answers everybody and keeps nobody's connection") {
  running_server server{echo_routes()};
  test_client kept{server.port};
  CHECK(kept.ask("POST", "/echo", "{}").keep_alive);
  server.on_thread([&] { server.serving().leave(); });
  const auto last = kept.ask("POST", "/echo", "{}");
  CHECK(last.status == 200);
  CHECK_FALSE(last.keep_alive);
  CHECK(kept.closed_by_server());
  test_client newcomer{server.port};
  CHECK(newcomer.ask("POST", "/echo", "{}").status == 200);
}

TEST_CASE("a request that arrives after the drain has begun is answered, on a connection made before or just then") {
  running_server server{echo_routes()};
  test_client kept{server.port};
  CHECK(kept.ask("POST", "/echo", "{}").keep_alive);
  std::optional<test_client> in_backlog;
  server.on_thread([&] {
    in_backlog.emplace(server.port);  // The thread that accepts is this one: it waits in the backlog.
    server.serving().drain([] {});
  });
  const auto last = kept.ask("POST", "/echo", "{}");
  CHECK(last.status == 200);
  CHECK_FALSE(last.keep_alive);
  CHECK(in_backlog->ask("POST", "/echo", "{}").status == 200);
}

TEST_CASE("whoever is refused and goes on sending sees the refusal, and is not read from without end") {
  running_server server{echo_routes()};
  const auto head = "POST /echo HTTP/1.1\r\n" + host_header + "Content-Length: 1000000000\r\n\r\n";
  test_client patient{server.port};
  patient.send(head + std::string(1'000'000, 'x'));
  CHECK(patient.receive().status == 413);

  boost::asio::io_context io;
  boost::asio::ip::tcp::socket flood{io};
  flood.connect({boost::asio::ip::make_address("127.0.0.1"), server.port});
  boost::system::error_code failed;
  boost::asio::write(flood, boost::asio::buffer(head), failed);
  const std::string piece(64 * 1024, 'x');
  constexpr size_t beyond_buffers = 64 * 1024 * 1024;
  size_t sent = 0;
  while (!failed && sent < beyond_buffers) sent += boost::asio::write(flood, boost::asio::buffer(piece), failed);
  CHECK(failed);
}
