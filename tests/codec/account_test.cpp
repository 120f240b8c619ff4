// Stored form of accounts: comes back as it was, and byte for byte as ever.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "codec/account_json.hpp"
#include "tests/source_dir.hpp"

using namespace orderflow;

namespace {

constexpr timestamp some_time = from_ms(1'764'583'200'007);

const stored_method visa{"tok_1", "Ann", "Lee \"A\"", "424242", "4242", "visa", 12, 2030};
const quoted_price told{{"101"}, *find_currency("USD"), 4500};
const contact reach{"ann@x.org", "+1", "Ann Lée", "1 Main Street\n"};

/// One of each alternative, in order, with every member set.
std::vector<account_event> one_of_each() {
  return {account_opened{{"shop", "änn"}},
          cart_line_set{{"101"}, 2, told},
          cart_cleared{},
          placement_settled{{7}, true, {{{"101"}, 2}, {{"102"}, 1}}},
          contact_changed{reach},
          method_changed{visa},
          quoted_prices{{told}}};
}

account full_account() { return {9, {"shop", "änn"}, reach, visa, {{{"101"}, 2}, {{"102"}, 1}}, 4, {told}}; }

std::vector<std::string> lines_of(const std::string& file) {
  std::ifstream in{std::string{ORDERFLOW_SOURCE_DIR} + "/tests/codec/golden/" + file};
  REQUIRE(in.is_open());
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string line_of(const stored_event& stored) {
  return std::to_string(stored.type) + " " + std::to_string(stored.version) + " " + stored.body;
}

}  // namespace

TEST_CASE("every event of an account comes back as it was stored") {
  const auto all = one_of_each();
  REQUIRE(all.size() == std::variant_size_v<account_event>);
  for (size_t index = 0; index < all.size(); ++index) {
    REQUIRE(all[index].index() == index);
    const auto stored = encode(all[index], some_time);
    CHECK(stored.type == index + 1);
    CHECK(stored.at == some_time);
    CHECK(nlohmann::json::accept(stored.body));
    CHECK(decode_account_event(stored) == all[index]);
  }
}

TEST_CASE("the events of an account are stored byte for byte as ever") {
  const auto golden = lines_of("account_events.txt");
  for (const auto& event : one_of_each()) {
    const auto line = line_of(encode(event, some_time));
    INFO(line);
    CHECK(std::ranges::find(golden, line) != golden.end());
  }
}

TEST_CASE("an account's state comes back as it was stored, byte for byte as ever") {
  account bare;
  bare.who = {"shop", "ann"};
  const auto golden = lines_of("account_states.txt");
  for (const auto& now : {full_account(), bare}) {
    const auto text = encode_state(now);
    INFO(text);
    CHECK(decode_account_state(text) == now);
    CHECK(std::ranges::find(golden, text) != golden.end());
  }
}

TEST_CASE("what was stored before prices were remembered is read as it was") {
  const stored_event line{.type = 2, .version = 1, .at = {}, .body = R"({"p":"101","q":2})"};
  CHECK(decode_account_event(line) == account_event{cart_line_set{{"101"}, 2}});
  const auto now = decode_account_state(R"({"v":9,"w":{"t":"shop","u":"ann"},"l":[{"p":"101","q":2}],"r":4})");
  CHECK(now.cart == std::vector<cart_line>{{{"101"}, 2}});
  CHECK(now.told.empty());
}

TEST_CASE("a method without anything to show is not the same as none") {
  account now = full_account();
  now.method = stored_method{};
  CHECK(decode_account_state(encode_state(now)).method == stored_method{});
  now.method.reset();
  CHECK_FALSE(decode_account_state(encode_state(now)).method);
}

TEST_CASE("a number that does not fit into its member is refused") {
  CHECK_THROWS_AS(decode_account_state(R"({"r":1,"m":{"t":"x","m":300}})"), codec_error);
  CHECK_THROWS_AS(decode_account_state(R"({"r":-1})"), codec_error);
  CHECK_THROWS_AS(decode_account_event({.type = 99, .version = 1, .at = {}, .body = "{}"}), codec_error);
}
