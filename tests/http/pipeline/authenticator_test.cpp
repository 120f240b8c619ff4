// The front door with tokens: over a real connection, as a client meets it.
#include "http/pipeline/authenticator.hpp"

#include <catch2/catch_test_macros.hpp>

#include "http/auth/token.hpp"
#include "tests/http/client.hpp"
#include "tests/http/keys_samples.hpp"
#include "tests/http/running_server.hpp"

using namespace orderflow;

namespace {

handler tell_who() {
  return [](const request& req, const responder& to) {
    reply made;
    made.body = req.from.subject + "/" + req.from.tenant + "/" + req.from.client + "/" +
                (req.token.empty() ? "no token" : "token") + "/" + req.address + "/" + std::string{req.headers.signature};
    to(std::move(made));
  };
}

std::vector<route> who_routes() {
  std::vector<route> table;
  table.emplace_back(verb::get, "/who", audience::every_role(), tell_who());
  table.emplace_back(verb::post, "/who", audience::every_role(), tell_who());
  table.emplace_back(verb::get, "/staff", audience::staff(), tell_who());
  table.emplace_back(verb::post, "/callback", audience::signed_callback(), tell_who());
  table.emplace_back(verb::get, "/probe", audience::anyone(), tell_who());
  return table;
}

std::string bearer(const principal& who, timestamp at = fixed_clock{}.now()) {
  return "Authorization: Bearer " + *issue_token(who, *sample_keys(), at, std::chrono::minutes{15}) + "\r\n";
}

const principal alice{"alice", "acme", role::customer, "demo"};

struct token_server : running_server {
  explicit token_server(authenticator_limits rates = {}, listener_settings on = listener_settings{})
      : running_server(who_routes(), {}, std::move(on), sample_keys(), rates) {}
};

}  // namespace

TEST_CASE("a bearer token says who asks") {
  token_server server;
  test_client client{server.port};
  const auto seen = client.ask("GET", "/who", {}, bearer(alice));
  CHECK(seen.status == 200);
  CHECK(seen.body == "alice/acme/demo/token/127.0.0.1/");
  CHECK(client.ask("GET", "/who", {}, bearer(alice)).body == seen.body);
}

TEST_CASE("without a token a listener that demands one answers 401 and says how") {
  token_server server;
  test_client client{server.port};
  const auto seen = client.ask("GET", "/who");
  CHECK(seen.status == 401);
  CHECK(seen.headers.at("www-authenticate") == "Bearer");
  CHECK(client.ask("GET", "/probe").status == 200);
  CHECK(client.ask("GET", "/nowhere").status == 404);
}

TEST_CASE("a token that does not count is refused and the client is told so") {
  token_server server;
  test_client client{server.port};
  const auto old = fixed_clock{}.now() - std::chrono::hours{1};
  for (const auto& header :
       {bearer(alice, old), std::string{"Authorization: Bearer abc\r\n"}, std::string{"Authorization: Bearer \r\n"},
        std::string{"Authorization: Basic YTpi\r\n"}, std::string{"Authorization: x\r\n"}}) {
    INFO(header);
    const auto seen = client.ask("GET", "/who", {}, header);
    CHECK(seen.status == 401);
    CHECK(seen.headers.at("www-authenticate").starts_with("Bearer"));
  }
  CHECK(client.ask("GET", "/who", {}, "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n").status == 400);
}

TEST_CASE("a token is held to even where a fixed principal would do without") {
  token_server server{{}, test_listener()};
  test_client client{server.port};
  CHECK(client.ask("GET", "/who").body.starts_with("dev/dev/"));
  CHECK(client.ask("GET", "/who", {}, bearer(alice)).body.starts_with("alice/acme/"));
  CHECK(client.ask("GET", "/who", {}, "Authorization: Bearer abc\r\n").status == 401);
  CHECK(client.ask("GET", "/staff").status == 200);
  CHECK(client.ask("GET", "/staff", {}, bearer(alice)).status == 403);
}

TEST_CASE("the scheme is Bearer in any case") {
  token_server server;
  test_client client{server.port};
  auto header = bearer(alice);
  header.replace(header.find("Bearer"), 6, "bEARER");
  CHECK(client.ask("GET", "/who", {}, header).status == 200);
}

TEST_CASE("a role that does not suffice is told from an unknown caller") {
  token_server server;
  test_client client{server.port};
  CHECK(client.ask("GET", "/staff", {}, bearer(alice)).status == 403);
  CHECK(client.ask("GET", "/staff", {}, bearer({"tom", "acme", role::merchant})).status == 200);
  CHECK(client.ask("GET", "/staff").status == 401);
}

TEST_CASE("a signed callback needs no token and may come from anywhere, but a token that it brings must count") {
  token_server server{{}, test_listener()};
  test_client client{server.port};
  const auto seen = client.ask("POST", "/callback", "{}", "X-Signature: t=1,v1=ab\r\nOrigin: https://gateway.example\r\n");
  CHECK(seen.status == 200);
  CHECK(seen.body == "///no token/127.0.0.1/t=1,v1=ab");
  CHECK(client.ask("POST", "/callback", "{}", bearer(alice)).body.starts_with("alice/acme/"));
  CHECK(client.ask("POST", "/callback", "{}", "Authorization: Bearer abc\r\n").status == 401);
}

TEST_CASE("a key that is taken out of the ring ends its tokens at once, also those seen before") {
  token_server server;
  test_client client{server.port};
  const auto header = bearer(alice);
  CHECK(client.ask("GET", "/who", {}, header).status == 200);
  server.on_thread([&] { server.keys = read_sample("[[token_key]]\nid = \"k2\"\nsecret = \"" + second_secret + "\"\n"); });
  CHECK(client.ask("GET", "/who", {}, header).status == 401);
  server.on_thread([&] { server.keys = sample_keys(); });
  CHECK(client.ask("GET", "/who", {}, header).status == 200);
}

TEST_CASE("a principal that asks too often is told when to come back, others are served") {
  token_server server{{{1, 3}, {}}};
  test_client client{server.port};
  for (int i = 0; i < 3; ++i) CHECK(client.ask("GET", "/who", {}, bearer(alice)).status == 200);
  const auto seen = client.ask("GET", "/who", {}, bearer(alice));
  CHECK(seen.status == 429);
  CHECK(seen.headers.at("retry-after") == "1");
  CHECK(client.ask("GET", "/who", {}, bearer({"alice", "other", role::customer})).status == 200);
  CHECK(client.ask("GET", "/who", {}, bearer({"bob", "acme", role::customer})).status == 200);
  CHECK(client.ask("GET", "/probe").status == 200);
}

TEST_CASE("a listener's fixed principal stands for many and is not limited") {
  token_server server{{{1, 1}, {}}, test_listener()};
  test_client client{server.port};
  for (int i = 0; i < 20; ++i) CHECK(client.ask("GET", "/who").status == 200);
}

TEST_CASE("an address that asks too often is refused before its token is looked at") {
  token_server server{{{}, {1, 2}}};
  test_client client{server.port};
  CHECK(client.ask("GET", "/who").status == 401);
  CHECK(client.ask("GET", "/who").status == 401);
  const auto seen = client.ask("GET", "/who", {}, bearer(alice));
  CHECK(seen.status == 429);
  CHECK(seen.headers.contains("retry-after"));
  CHECK(client.ask("GET", "/probe").status == 200);
}

TEST_CASE("failed logins, refused roles and limits are counted") {
  token_server server{{{1, 2}, {}}};
  test_client client{server.port};
  CHECK(client.ask("GET", "/who", {}, "Authorization: Bearer abc\r\n").status == 401);
  CHECK(client.ask("GET", "/who").status == 401);
  CHECK(client.ask("GET", "/staff", {}, bearer(alice)).status == 403);
  CHECK(client.ask("GET", "/who", {}, bearer(alice)).status == 200);
  CHECK(client.ask("GET", "/who", {}, bearer(alice)).status == 429);
  const auto text = server.on_thread([&] {
    metric_text out;
    out.family("refused_total", "counter", "By reason.");
    server.auth.write_refusals(out);
    server.auth.write_metrics(out);
    return out.take();
  });
  CHECK(text.find("refused_total{reason=\"principal_rate\"} 1\n") != std::string::npos);
  CHECK(text.find("refused_total{reason=\"address_rate\"} 0\n") != std::string::npos);
  CHECK(text.find("refused_total{reason=\"role\"} 1\n") != std::string::npos);
  CHECK(text.find("orderflow_http_failed_logins_total 1\n") != std::string::npos);
  CHECK(text.find("orderflow_http_roles_refused_total 1\n") != std::string::npos);
  CHECK(text.find("orderflow_http_rate_limited_total 1\n") != std::string::npos);
}
