#include "config/listener_entries.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace orderflow;

namespace {

struct read_result {
  std::vector<listener_entry> entries;
  std::vector<std::string> errors;
};

read_result read(const std::string& text) {
  read_result result;
  const auto table = toml::parse(text);
  read_listeners(*table.get("listener"), "file f", result.entries, result.errors);
  return result;
}

bool says(const read_result& result, const std::string& part) {
  for (const auto& each : result.errors)
    if (each.find(part) != std::string::npos) return true;
  return false;
}

}  // namespace

TEST_CASE("a listener is read with everything that it may have") {
  const auto result = read(R"(
[[listener]]
address = "127.0.0.1:8081"
[[listener]]
address = "[::1]:8443"
auth = "service:shop"
dialects = ["shop", "cart_workflow"]
hosts = ["shop.internal"]
tls.certificate = "c.pem"
tls.key = "k.pem"
)");
  REQUIRE(result.errors.empty());
  REQUIRE(result.entries.size() == 2);
  CHECK(result.entries[0].auth == "required");
  CHECK(result.entries[0].dialects.empty());
  const auto& second = result.entries[1];
  CHECK(second.address == listen_address{"::1", 8443});
  CHECK(second.auth == "service:shop");
  CHECK(second.dialects == std::vector<std::string>{"shop", "cart_workflow"});
  CHECK(second.hosts == std::vector<std::string>{"shop.internal"});
  CHECK(second.certificate == "c.pem");
  CHECK(second.key == "k.pem");
  CHECK(second.source == "file f line 4");
}

TEST_CASE("what is printed of a listener reads the same again") {
  const auto text = R"(
[[listener]]
address = "[::1]:8443"
auth = "service:sh\"op"
dialects = ["d0"]
hosts = ["a", "b\\c"]
tls = {certificate = "c.pem", key = "k.pem"}
)";
  auto first = read(text).entries;
  auto again = read(show_listeners(first)).entries;
  REQUIRE(again.size() == 1);
  again[0].source = first[0].source;
  CHECK(again == first);
}

TEST_CASE("what is wrong with a listener is said with its place") {
  CHECK(says(read("[[listener]]\nauth = \"required\"\n"), "file f line 1: listener.address is missing"));
  CHECK(says(read("[[listener]]\naddress = \"8080\"\n"), "is not host:port"));
  CHECK(says(read("[[listener]]\naddress = 8080\n"), "listener.address must be a text"));
  CHECK(says(read("[[listener]]\naddress = \"127.0.0.1:1\"\ndialects = \"d0\"\n"), "listener.dialects must be a list"));
  CHECK(says(read("[[listener]]\naddress = \"127.0.0.1:1\"\ndialects = [1]\n"), "listener.dialects must be a text"));
  CHECK(says(read("[[listener]]\naddress = \"127.0.0.1:1\"\ndialects = []\n"), "listener.dialects must be a list"));
  CHECK(says(read("[[listener]]\naddress = \"127.0.0.1:1\"\nauht = \"x\"\n"), "listener.auht is not a key"));
  CHECK(says(read("[[listener]]\naddress = \"127.0.0.1:1\"\ntls.key = \"k\"\n"), "needs both, certificate and key"));
  CHECK(says(read("[[listener]]\naddress = \"127.0.0.1:1\"\ntls.chain = \"k\"\n"), "listener.tls.chain is not a key"));
  CHECK(says(read("[listener]\naddress = \"127.0.0.1:1\"\n"), "[[listener]], once per address"));
  CHECK(says(read("listener = \"127.0.0.1:1\"\n"), "[[listener]], once per address"));
}

TEST_CASE("the address of listen is opened besides listeners only when somebody asked for it") {
  setting_sources nothing;
  CHECK(load_settings(nothing).values.opens_listen);
  setting_sources asked;
  asked.flags = {{"listen", "127.0.0.1:0", "--listen"}};
  CHECK(load_settings(asked).values.opens_listen);
}
