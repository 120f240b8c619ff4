#include "base/log.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <regex>

#include "base/log_limit.hpp"
#include "tests/base/caught_output.hpp"

using namespace orderflow;

namespace {

struct restored_log {
  ~restored_log() { start_logging(log_level::info, log_format::text); }
};

}  // namespace

TEST_CASE("a line has time, level, event and values, on stderr and never on stdout") {
  const restored_log after;
  start_logging(log_level::info, log_format::text);
  std::string on_stdout;
  const auto on_stderr = caught(stderr, [&] {
    on_stdout = caught(stdout, [] { log_warn("order-append-failed", {{"order", 7}, {"because", "disk full"}}); });
  });
  CHECK(on_stdout.empty());
  const std::regex form{R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z warning order-append-failed order=7 because="disk full"\n)"};
  INFO(on_stderr);
  CHECK(std::regex_match(on_stderr, form));
}

TEST_CASE("as JSON a line is one object with a member per field") {
  const restored_log after;
  start_logging(log_level::debug, log_format::json);
  const auto text = caught(stderr, [] { log_debug("gateway-said", {{"what", "a\\b"}, {"tries", 3U}, {"known", true}}); });
  const std::regex form{
      R"(\{"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","level":"debug","event":"gateway-said","what":"a\\\\b","tries":3,"known":true\}\n)"};
  INFO(text);
  CHECK(std::regex_match(text, form));
}

TEST_CASE("lines below the level are not written") {
  const restored_log after;
  start_logging(log_level::error, log_format::text);
  const auto text = caught(stderr, [] {
    log_warn("not-shown", {{"n", 1}});
    log_error("shown", {{"n", 2}});
  });
  CHECK(text.find("not-shown") == std::string::npos);
  CHECK(text.find("error shown n=2") != std::string::npos);
  start_logging(log_level::off, log_format::text);
  CHECK_FALSE(log_enabled(log_level::error));
}

TEST_CASE("no value can forge a line, a field or an object") {
  const std::string forged = "a\nb\x1b[31m";
  CHECK(log_line(log_format::text, "event", {{"name", forged}}) == "event name=a\\nb\\u001b[31m");
  CHECK(log_line(log_format::text, "event", {{"name", "x level=error"}}) == R"(event name="x level=error")");
  CHECK(log_line(log_format::text, "event", {{"name", "say \"x\""}, {"none", ""}}) == R"(event name="say \"x\"" none="")");
  CHECK(log_line(log_format::json, "event", {{"name", "say \"x\"\\\n\x01"}}) ==
        R"("event":"event","name":"say \"x\"\\\n\u0001")");
  CHECK(log_line(log_format::text, "event") == "event");
}

TEST_CASE("what is not UTF-8, or turns the direction of writing, is escaped, and other letters stay") {
  const std::string text = "Zo\xc3\xab \xff\xc3 \xed\xa0\x80 \xe2\x80\xae \xc2\x85 \xf0\x9f\x98\x80";
  CHECK(log_line(log_format::json, "e", {{"of", text}}) ==
        "\"event\":\"e\",\"of\":\"Zo\xc3\xab \\ufffd\\ufffd \\ufffd\\ufffd\\ufffd \\u202e \\u0085 \xf0\x9f\x98\x80\"");
}

TEST_CASE("an event that repeats itself is written a few times, then counted") {
  const restored_log after;
  start_logging(log_level::info, log_format::text);
  const auto text = caught(stderr, [] {
    for (int n = 0; n < 1000; ++n) log_warn("ids-not-reserved", {{"shard", n}});
    log_warn("something-else");
  });
  CHECK(std::count(text.begin(), text.end(), '\n') == log_limit::lines_at_once + 1);
  CHECK(text.find("something-else") != std::string::npos);
}

TEST_CASE("debug lines are wanted, all of them") {
  const restored_log after;
  start_logging(log_level::debug, log_format::text);
  const auto text = caught(stderr, [] {
    for (int n = 0; n < 100; ++n) log_debug("payment-failed", {{"n", n}});
  });
  CHECK(std::count(text.begin(), text.end(), '\n') == 100);
}
