#include "http/server/head_scan.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

using namespace orderflow;

namespace {

/// Fed whole and byte by byte: both must say the same.
head_state look(const std::string& text, size_t limit = 8192) {
  head_scan whole{limit};
  const auto at_once = whole.look(text);
  head_scan piecemeal{limit};
  auto state = head_state::incomplete;
  for (size_t size = 1; size <= text.size() && state == head_state::incomplete; ++size)
    state = piecemeal.look(std::string_view{text}.substr(0, size));
  CHECK(state == at_once);
  return at_once;
}

}  // namespace

TEST_CASE("a head ends with its empty line, whatever follows") {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  head_scan scan{8192};
  CHECK(scan.look(head + "body") == head_state::complete);
  CHECK(scan.size() == head.size());
  CHECK(look("GET / HTTP/1.1\r\nHost: a\r\n") == head_state::incomplete);
}

TEST_CASE("bare line feeds, stray carriage returns and folded lines are malformed") {
  CHECK(look("GET / HTTP/1.1\nHost: a\n\n") == head_state::malformed);
  CHECK(look("GET / HTTP/1.1\r\nHost: a\n\r\n") == head_state::malformed);
  CHECK(look("GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n") == head_state::malformed);
  CHECK(look("GET / HTTP/1.1\r\nHost: a\r\r\n\r\n") == head_state::malformed);
  CHECK(look("GET / HTTP/1.1\r\nX: a\r\n folded\r\n\r\n") == head_state::malformed);
  CHECK(look("GET / HTTP/1.1\r\nX: a\r\n\tfolded\r\n\r\n") == head_state::malformed);
  CHECK(look("\r\n\r\n") == head_state::malformed);
}

TEST_CASE("a head above its limit of bytes or lines is too large") {
  CHECK(look("GET / HTTP/1.1\r\nX: " + std::string(100, 'a') + "\r\n\r\n", 64) == head_state::too_large);
  CHECK(look("GET /" + std::string(100, 'a'), 64) == head_state::too_large);
  std::string many = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 200; ++i) many += "X: a\r\n";
  CHECK(look(many + "\r\n") == head_state::too_large);
}
