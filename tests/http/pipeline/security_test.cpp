#include "http/pipeline/security.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace orderflow;

namespace {

listener_settings with_principal() {
  listener_settings made;
  made.fixed_principal = dev_principal();
  return made;
}

request from_host(std::string_view host, verb method = verb::post) {
  request made;
  made.method = method;
  made.headers.host = host;
  return made;
}

}  // namespace

TEST_CASE("a host that is not ours is refused where a fixed principal speaks") {
  const auto on = with_principal();
  for (const auto* host : {"127.0.0.1", "127.0.0.1:8080", "localhost:8080", "LOCALHOST", "[::1]:8080", "[::1]"}) {
    INFO(host);
    CHECK_FALSE(foreign_page_guard(from_host(host), on));
  }
  for (const auto* host : {"evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example"}) {
    INFO(host);
    CHECK(foreign_page_guard(from_host(host), on)->status == 403);
    CHECK(foreign_page_guard(from_host(host, verb::get), on)->status == 403);
  }
  auto named = on;
  named.allowed_hosts = {"shop.example"};
  CHECK_FALSE(foreign_page_guard(from_host("shop.example:443"), named));
  CHECK(foreign_page_guard(from_host("localhost"), named)->status == 403);
}

TEST_CASE("a foreign origin is refused on unsafe methods only") {
  const auto on = with_principal();
  auto req = from_host("localhost:8080");
  req.headers.origin = "http://localhost:8080";
  CHECK_FALSE(foreign_page_guard(req, on));
  for (const auto* origin : {"http://evil.example", "null", "http://localhost:9090"}) {
    INFO(origin);
    req.headers.origin = origin;
    CHECK(foreign_page_guard(req, on)->status == 403);
  }
  req.method = verb::get;
  CHECK_FALSE(foreign_page_guard(req, on));
  req = from_host("localhost");
  req.headers.sec_fetch_site = "cross-site";
  CHECK(foreign_page_guard(req, on)->status == 403);
  req.headers.sec_fetch_site = "same-origin";
  CHECK_FALSE(foreign_page_guard(req, on));
}

TEST_CASE("a body on an unsafe method needs its media type") {
  auto req = from_host("localhost");
  req.has_body = true;
  const auto status = [&](std::string_view type) {
    req.headers.content_type = type;
    const auto wrong = content_type_guard(req, "application/json");
    return wrong ? wrong->status : uint16_t{200};
  };
  CHECK(status("application/json") == 200);
  CHECK(status("Application/JSON; charset=utf-8") == 200);
  CHECK(status("") == 415);
  CHECK(status("text/plain") == 415);
  CHECK(status("application/jsonx") == 415);
  req.has_body = false;
  CHECK(status("") == 200);
}
