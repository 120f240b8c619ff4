// What the operator reads says what the program has.
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <regex>
#include <set>

#include "config/settings.hpp"
#include "tests/tidy/source_tree.hpp"

using namespace orderflow;
using namespace orderflow::tidy;

namespace {

// The first cell of every table row that holds a key: | `timers.payment_due` | …
std::set<std::string> documented_keys() {
  static const std::regex row{R"((^|\n)\|\s*`([a-z0-9_.]+)`)"};
  std::set<std::string> keys;
  for (const source_file& file : source_files())
    if (file.path == "docs/configuration.md")
      for (auto it = std::sregex_iterator{file.text.begin(), file.text.end(), row}; it != std::sregex_iterator{}; ++it)
        keys.insert((*it)[2].str());
  return keys;
}

/// What stands between lines of three backquotes and begins with the name of a golden exchange.
std::vector<std::string> quoted_exchanges(const std::string& text) {
  static const std::regex block{R"(\n```[a-z]*\n(### [^`]*?)\n```)"};
  std::vector<std::string> found;
  for (auto it = std::sregex_iterator{text.begin(), text.end(), block}; it != std::sregex_iterator{}; ++it)
    found.push_back((*it)[1].str());
  return found;
}

}  // namespace

TEST_CASE("docs/api.md quotes the golden files as they are, at least one exchange of each dialect") {
  std::map<std::string, std::string> goldens;
  std::vector<std::string> quotes;
  for (const source_file& file : source_files()) {
    if (file.path == "docs/api.md") quotes = quoted_exchanges(file.text);
    if (file.path.starts_with("tests/http/golden/") && file.path.ends_with(".http"))
      goldens[file.path.substr(18, file.path.find('/', 18) - 18)] += file.text + "\n";
  }
  std::set<std::string> quoted;
  for (const auto& quote : quotes) {
    bool found = false;
    for (const auto& [dialect, text] : goldens)
      if (text.find(quote + "\n") != std::string::npos) found = quoted.insert(dialect).second || true;
    INFO(quote);
    CHECK(found);
  }
  for (const std::string dialect : {"shop", "orderflow_api", "cart_workflow", "orders_v1", "ours"})
    if (goldens.contains(dialect)) {
      INFO(dialect);
      CHECK(quoted.contains(dialect));
    }
}

TEST_CASE("docs/configuration.md has every configuration key and no other") {
  const auto documented = documented_keys();
  std::string found;
  std::set<std::string> known;
  for (const setting_key& key : setting_keys()) {
    known.emplace(key.name);
    if (!documented.contains(std::string{key.name})) found += std::string{key.name} + " is not documented\n";
  }
  for (const listener_key& key : listener_keys()) {
    known.emplace(key.name);
    if (!documented.contains(std::string{key.name})) found += std::string{key.name} + " is not documented\n";
  }
  for (const std::string& key : documented)
    if (!known.contains(key)) found += key + " is documented and does not exist\n";
  INFO(found);
  REQUIRE(found.empty());
}

TEST_CASE("docs/operations.md has every log event above debug, and no other") {
  static const std::regex call{R"re(\b(?:log_(?:info|warn|error)\(|write_every_log\(\s*log_level::\w+,)\s*"([a-z-]+)")re"};
  static const std::regex row{R"((^|\n)\|\s*`([a-z]+(-[a-z]+)*)`)"};
  std::set<std::string> known;
  std::set<std::string> documented;
  for (const source_file& file : source_files()) {
    if (file.path == "docs/operations.md")
      for (auto it = std::sregex_iterator{file.text.begin(), file.text.end(), row}; it != std::sregex_iterator{}; ++it)
        documented.insert((*it)[2].str());
    if (!file.is_cpp() || file.folder() == "tests") continue;
    const std::string text = blank_comments(file.text);
    for (auto it = std::sregex_iterator{text.begin(), text.end(), call}; it != std::sregex_iterator{}; ++it)
      known.insert((*it)[1].str());
  }
  known.insert("log-lines-suppressed");
  std::string found;
  for (const auto& event : known)
    if (!documented.contains(event)) found += event + " is not documented\n";
  for (const auto& event : documented)
    if (!known.contains(event)) found += event + " is documented and does not exist\n";
  INFO(found);
  CHECK(found.empty());
}
