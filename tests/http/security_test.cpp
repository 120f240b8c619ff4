#include "http/security.hpp"

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
  auto asked = from_host("localhost:8080");
  asked.headers.origin = "http://localhost:8080";
  CHECK_FALSE(foreign_page_guard(asked, on));
  for (const auto* origin : {"http://evil.example", "null", "http://localhost:9090"}) {
    INFO(origin);
    asked.headers.origin = origin;
    CHECK(foreign_page_guard(asked, on)->status == 403);
  }
  asked.method = verb::get;
  CHECK_FALSE(foreign_page_guard(asked, on));
  asked = from_host("localhost");
  asked.headers.sec_fetch_site = "cross-site";
  CHECK(foreign_page_guard(asked, on)->status == 403);
  asked.headers.sec_fetch_site = "same-origin";
  CHECK_FALSE(foreign_page_guard(asked, on));
}

TEST_CASE("a body on an unsafe method needs its media type") {
  auto asked = from_host("localhost");
  asked.has_body = true;
  const auto status = [&](std::string_view type) {
    asked.headers.content_type = type;
    const auto wrong = content_type_guard(asked, "application/json");
    return wrong ? wrong->status : uint16_t{200};
  };
  CHECK(status("application/json") == 200);
  CHECK(status("Application/JSON; charset=utf-8") == 200);
  CHECK(status("") == 415);
  CHECK(status("text/plain") == 415);
  CHECK(status("application/jsonx") == 415);
  asked.has_body = false;
  CHECK(status("") == 200);
}
