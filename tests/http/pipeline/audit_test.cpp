#include "http/pipeline/audit.hpp"

#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <stdexcept>
#include <vector>

#include "base/clock.hpp"
#include "codec/json.hpp"
#include "tests/http/fixed_clock.hpp"
#include "tests/http/scratch_directory.hpp"

using namespace orderflow;

namespace {

const principal tom{"tom", "acme", role::operator_, "console"};

std::vector<json_value> lines_of(const std::string& path) {
  std::vector<json_value> lines;
  std::ifstream file{path};
  for (std::string line; std::getline(file, line);) {
    auto read = parse_json(line);
    REQUIRE(std::holds_alternative<json_value>(read));
    lines.push_back(std::get<json_value>(std::move(read)));
  }
  return lines;
}

}  // namespace

TEST_CASE("an action is a line that says when, what, who and on what") {
  const scratch_directory place;
  const auto path = place.path() + "/audit.log";
  const fixed_clock time;
  audit_log log{path, time};
  log.record("attempt-settled", tom, {{"order", "7"}, {"reason", "the \"bank\" said so\n"}});
  const auto lines = lines_of(path);
  REQUIRE(lines.size() == 1);
  const auto text = [&](std::string_view name) { return lines[0].find(name)->text; };
  CHECK(text("at") == "2025-12-01T10:00:00Z");
  CHECK(text("event") == "attempt-settled");
  CHECK(text("subject") == "tom");
  CHECK(text("tenant") == "acme");
  CHECK(text("role") == "operator");
  CHECK(text("client") == "console");
  CHECK(text("order") == "7");
  CHECK(text("reason") == "the \"bank\" said so\n");
  struct stat about {};
  REQUIRE(::stat(path.c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0600);
}

TEST_CASE("the audit log is only ever added to") {
  const scratch_directory place;
  const auto path = place.path() + "/audit.log";
  const fixed_clock time;
  for (int i = 0; i < 3; ++i) audit_log{path, time}.record("order-redriven", tom, {});
  CHECK(lines_of(path).size() == 3);
  CHECK_THROWS_AS((audit_log{place.path() + "/absent/audit.log", time}), std::runtime_error);
}

TEST_CASE("refusals are thinned out per principal and counted, actions never") {
  const scratch_directory place;
  const auto path = place.path() + "/audit.log";
  manual_clock time;
  audit_log log{path, time};
  const principal eve{"eve", "acme", role::customer};
  for (int i = 0; i < 1000; ++i) log.record_refusal("role-refused", eve, {});
  CHECK(lines_of(path).size() == 100);
  log.record_refusal("role-refused", tom, {});
  const auto after = lines_of(path);
  REQUIRE(after.size() == 101);
  CHECK(after.back().find("refusals_left_out")->text == "900");
  for (int i = 0; i < 1000; ++i) log.record("stock-counted", eve, {});
  CHECK(lines_of(path).size() == 1101);
}

TEST_CASE("a log without a file keeps nothing and harms nobody") {
  audit_log none;
  none.record("order-redriven", tom, {});
  none.record_refusal("role-refused", tom, {});
}
