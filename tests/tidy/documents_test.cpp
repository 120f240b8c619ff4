// What the operator reads says what the program has.
#include <catch2/catch_test_macros.hpp>
#include <regex>
#include <set>

#include "base/settings.hpp"
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

}  // namespace

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
