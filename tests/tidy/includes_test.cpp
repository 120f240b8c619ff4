// Who may include whom. A line of the table is a layer; what it must not see it cannot come to depend on.
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <regex>
#include <set>

#include "tests/tidy/source_tree.hpp"

using namespace orderflow::tidy;

namespace {

using names = std::set<std::string>;

// Folder → what it may include besides itself. A name with a slash is one header; folders not in the table may include all.
const std::map<std::string, names>& layers() {
  static const std::map<std::string, names> table{
      {"base", {}},
      {"config", {"base"}},
      {"domain", {"base"}},
      {"codec", {"base", "domain", "journal/append.hpp"}},
      {"journal", {"base", "domain", "codec"}},
      {"gateways", {"base", "domain", "codec"}},
      {"messages", {"base", "domain", "journal", "gateways"}},
      {"actors", {"base", "domain", "codec", "journal", "gateways", "messages"}},
      {"supervision", {"base", "domain", "codec", "journal", "gateways", "messages", "actors"}},
      {"cluster", {"base", "domain", "codec", "journal", "messages", "actors", "supervision"}},
      {"http", {"base", "domain", "codec", "journal", "gateways", "messages"}},
      // The load generator signs the orders of D0 as a client does.
      {"bench", {"base", "codec", "http/auth/keys.hpp", "http/auth/signature.hpp", "http/auth/token.hpp"}},
  };
  return table;
}

// Where the bridge between HTTP and actors meets the actors; the rest of http/ sees http/bridge/actor_bridge.hpp.
const std::map<std::string, names>& single_files() {
  static const std::map<std::string, names> table{
      {"http/bridge/bridge_actor.hpp", {"actors/services.hpp"}},
      {"http/bridge/bridge_actor.cpp", {"actors/services.hpp"}},
      {"http/bridge/bridge_calls.cpp", {"actors/services.hpp"}},
  };
  return table;
}

// Third-party headers that only some may see: prefix → folders or files.
const std::map<std::string, names>& fenced_headers() {
  static const std::map<std::string, names> table{
      {"caf/",
       {"messages", "actors", "supervision", "cluster", "http/bridge/bridge_actor.cpp", "http/bridge/bridge_actor.hpp",
        "http/bridge/bridge_calls.cpp", "cli", "bench/micro/main.cpp", "orderflow.cpp", "tests"}},
      {"libpq-fe.h", {"journal", "tests"}},
      {"sqlite3.h", {"journal", "tests"}},
  };
  return table;
}

struct include_line {
  std::string header;
  bool quoted = false;
};

std::vector<include_line> includes_of(const source_file& file) {
  static const std::regex form{R"re((^|\n)[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">])re"};
  std::vector<include_line> found;
  const std::string text = blank_comments(file.text);
  for (auto it = std::sregex_iterator{text.begin(), text.end(), form}; it != std::sregex_iterator{}; ++it)
    found.push_back({(*it)[3].str(), (*it)[2].str() == "\""});
  return found;
}

bool allowed(const source_file& file, const std::string& header) {
  if (file.path.starts_with("bench/compare/")) return true;  // Programs of their own: what others would write.
  if (file.path.starts_with("bench/micro/")) return true;    // Times the parts of every layer.
  const std::string folder = file.folder();
  const auto layer = layers().find(folder);
  if (layer == layers().end()) return true;
  if (const auto own = single_files().find(file.path); own != single_files().end() && own->second.contains(header)) return true;
  const std::string target = header.substr(0, header.find('/'));
  return target == folder || layer->second.contains(target) || layer->second.contains(header);
}

}  // namespace

TEST_CASE("every layer includes only what it may see, from the project's root") {
  std::string found;
  for (const source_file& file : source_files()) {
    if (!file.is_cpp()) continue;
    for (const include_line& line : includes_of(file)) {
      if (!line.quoted) continue;
      if (line.header.find('/') == std::string::npos) found += file.path + " includes " + line.header + " without its folder\n";
      if (!allowed(file, line.header)) found += file.path + " must not include " + line.header + "\n";
    }
  }
  INFO(found);
  REQUIRE(found.empty());
}

TEST_CASE("actors, PostgreSQL and SQLite are seen only by the layers that are about them") {
  std::string found;
  for (const source_file& file : source_files()) {
    if (!file.is_cpp()) continue;
    for (const include_line& line : includes_of(file))
      for (const auto& [prefix, places] : fenced_headers())
        if (line.header.starts_with(prefix) && !places.contains(file.folder()) && !places.contains(file.path))
          found += file.path + " must not include " + line.header + "\n";
  }
  INFO(found);
  REQUIRE(found.empty());
}

TEST_CASE("the domain uses the standard library and nothing else") {
  static const std::regex standard{"[a-z0-9_]+"};
  std::string found;
  for (const source_file& file : source_files()) {
    if (!file.is_cpp() || file.folder() != "domain") continue;
    for (const include_line& line : includes_of(file))
      if (!line.quoted && !std::regex_match(line.header, standard)) found += file.path + " includes " + line.header + "\n";
  }
  INFO(found);
  REQUIRE(found.empty());
}
