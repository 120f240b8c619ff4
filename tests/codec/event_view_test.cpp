// What clients are shown of events: documented in http/openapi/ours.json, so a line here changes only with that.
#include "codec/event_view.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <iterator>

#include "codec/json.hpp"
#include "tests/codec/samples.hpp"
#include "tests/source_dir.hpp"

using namespace orderflow;

namespace {

constexpr currency usd{{'U', 'S', 'D'}};

/// Every member set, with values that a person can read.
class readable_parts final : public samples::source {
 public:
  std::string text() override { return "text " + std::to_string(++count_); }
  int64_t integer() override { return 60'000 * ++count_; }
  uint64_t large() override { return static_cast<uint64_t>(++count_); }
  uint32_t small() override { return static_cast<uint32_t>(++count_); }
  bool flag() override { return true; }
  currency money() override { return {{'J', 'P', 'Y'}}; }
  size_t list_size() override { return 1; }
  uint8_t choice(uint8_t count) override { return static_cast<uint8_t>(count - 1); }

 private:
  int64_t count_ = 0;
};

std::string file_text(const std::string& path) {
  std::ifstream in{std::string{ORDERFLOW_SOURCE_DIR} + "/" + path};
  REQUIRE(in.is_open());
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::string line_of(size_t index) {
  readable_parts parts;
  const auto event = samples::make_order_event(parts, index);
  return std::string{name_of(event)} + " " + view_of(event, usd) + "\n";
}

void collect_names(const json_value& value, std::vector<std::string>& names) {
  for (const auto& [name, member] : value.members) {
    names.push_back(name);
    collect_names(member, names);
  }
  for (const auto& item : value.items) collect_names(item, names);
}

}  // namespace

TEST_CASE("every event is shown to clients under readable names, with all members set") {
  std::string shown;
  for (size_t index = 0; index < std::variant_size_v<order_event>; ++index) shown += line_of(index);
  CHECK(shown == file_text("tests/codec/golden/order_event_views.txt"));
}

TEST_CASE("every member that clients are shown is documented") {
  const auto document = file_text("http/openapi/ours.json");
  for (size_t index = 0; index < std::variant_size_v<order_event>; ++index) {
    const auto line = line_of(index);
    const auto parsed = parse_json(line.substr(line.find(' ') + 1));
    REQUIRE(std::holds_alternative<json_value>(parsed));
    std::vector<std::string> names;
    collect_names(std::get<json_value>(parsed), names);
    for (const auto& name : names) {
      INFO(name);
      CHECK(name.size() > 1);
      CHECK(document.find("\"" + name + "\"") != std::string::npos);
    }
  }
}

TEST_CASE("amounts are in the currency of the order, or of the money that came in another one") {
  CHECK(view_of(payment_captured{"T1", 2700}, usd) == R"({"transaction":"T1","amount":27.0})");
  CHECK(view_of(foreign_capture_recorded{1, "T1", 2700, {{'J', 'P', 'Y'}}}, usd) ==
        R"({"attempt":1,"transaction":"T1","amount":2700.0,"currency":"JPY"})");
  operator_needed about;
  about.reason = operator_reason::capture_in_other_currency;
  about.amount = 900;
  CHECK(view_of(about, usd) == R"({"reason":"capture_in_other_currency","amount":9.0})");
}

TEST_CASE("what is empty, zero or false is left out, and stored names are not shown") {
  CHECK(view_of(cancel_requested{}, usd) == "{}");
  CHECK(view_of(payment_requested{"card"}, usd) == R"({"method":"card"})");
  CHECK(view_of(order_shipped{"ABC", false}, usd) == R"({"tracking":"ABC"})");
  order_placed placed;
  placed.source.owner = "ann";
  const auto shown = view_of(placed, usd);
  CHECK(shown.find("\"source\":{\"owner\":\"ann\"}") != std::string::npos);
  CHECK(shown.find("\"payment_due\":\"30m\"") != std::string::npos);
  CHECK(shown.find("tenant_number") == std::string::npos);
}
