// Pins the stored bytes. A line of the files never changes and is never removed: rows like it are in somebody's store. Where a
// struct has got another member, or a variant another event, a line is added.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <fstream>

#include "tests/codec/samples.hpp"
#include "tests/source_dir.hpp"

using namespace orderflow;

namespace {

std::vector<std::string> lines_of(const std::string& file) {
  std::ifstream in{std::string{ORDERFLOW_SOURCE_DIR} + "/tests/codec/golden/" + file};
  REQUIRE(in.is_open());
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  REQUIRE_FALSE(lines.empty());
  return lines;
}

/// "<type> <version> <body>".
std::string line_of(const stored_event& stored) {
  return std::to_string(stored.type) + " " + std::to_string(stored.version) + " " + stored.body;
}

stored_event parse_line(const std::string& line, timestamp at) {
  const size_t first = line.find(' ');
  const size_t second = line.find(' ', first + 1);
  return {.type = static_cast<uint16_t>(std::stoi(line)),
          .version = static_cast<uint16_t>(std::stoi(line.substr(first + 1))),
          .at = at,
          .body = line.substr(second + 1)};
}

constexpr timestamp some_time = from_ms(1'764'583'200'007);

}  // namespace

TEST_CASE("what was ever stored of an order's events is read, and written again byte for byte") {
  for (const std::string& line : lines_of("order_events.txt")) {
    CHECK(line_of(encode(decode_order_event(parse_line(line, some_time)))) == line);
  }
}

TEST_CASE("every event of an order has its line with all members set") {
  const std::vector<std::string> golden = lines_of("order_events.txt");
  for (size_t index = 0; index < std::variant_size_v<order_event>; ++index) {
    samples::counting parts;
    const recorded_event recorded{samples::make_order_event(parts, index), some_time};
    INFO(line_of(encode(recorded)));
    const auto line = std::find(golden.begin(), golden.end(), line_of(encode(recorded)));
    REQUIRE(line != golden.end());
    CHECK(decode_order_event(parse_line(*line, some_time)) == recorded);
  }
}

TEST_CASE("what was ever stored of the inventory's events is read, and written again byte for byte") {
  for (const std::string& line : lines_of("inventory_events.txt")) {
    CHECK(line_of(encode(decode_inventory_event(parse_line(line, some_time)), some_time)) == line);
  }
}

TEST_CASE("every event of the inventory has its line with all members set") {
  const std::vector<std::string> golden = lines_of("inventory_events.txt");
  for (size_t index = 0; index < std::variant_size_v<inventory_event>; ++index) {
    samples::counting parts;
    const inventory_event event = samples::make_inventory_event(parts, index);
    INFO(line_of(encode(event, some_time)));
    const auto line = std::find(golden.begin(), golden.end(), line_of(encode(event, some_time)));
    REQUIRE(line != golden.end());
    CHECK(decode_inventory_event(parse_line(*line, some_time)) == event);
  }
}

TEST_CASE("the catalogue's event is stored byte for byte as ever") {
  const std::vector<std::string> golden = lines_of("catalogue_events.txt");
  for (const std::string& line : golden) {
    CHECK(line_of(encode(decode_catalogue_event(parse_line(line, some_time)), some_time)) == line);
  }
  samples::counting parts;
  const catalogue_event event = samples::make_catalogue_event(parts);
  INFO(line_of(encode(event, some_time)));
  CHECK(std::find(golden.begin(), golden.end(), line_of(encode(event, some_time))) != golden.end());
}

TEST_CASE("the state of an order is stored byte for byte as ever") {
  const std::vector<std::string> golden = lines_of("order_states.txt");
  for (const std::string& line : golden) CHECK(encode_state(decode_state(line)) == line);
  samples::counting parts;
  const order now = samples::make_order(parts);
  INFO(encode_state(now));
  const auto line = std::find(golden.begin(), golden.end(), encode_state(now));
  REQUIRE(line != golden.end());
  CHECK(decode_state(*line) == now);
}
