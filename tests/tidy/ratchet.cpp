#include "tests/tidy/ratchet.hpp"

#include <fstream>

#include "tests/source_dir.hpp"

namespace orderflow::tidy {

std::map<std::string, size_t> read_ratchet() {
  std::ifstream in{ORDERFLOW_SOURCE_DIR "/tests/tidy/ratchet.txt"};
  std::map<std::string, size_t> entries;
  for (std::string line; std::getline(in, line);) {
    const size_t blank = line.rfind(' ');
    if (line.empty() || line.front() == '#' || blank == std::string::npos) continue;
    entries[line.substr(0, blank)] = std::stoul(line.substr(blank + 1));
  }
  return entries;
}

std::string compare_with_ratchet(const std::map<std::string, size_t>& now, const std::map<std::string, size_t>& excused) {
  std::string differences;
  for (const auto& [what, lines] : now) {
    const auto entry = excused.find(what);
    if (entry == excused.end())
      differences += what + " has " + std::to_string(lines) + " lines: split it\n";
    else if (entry->second < lines)
      differences +=
          what + " has grown from " + std::to_string(entry->second) + " to " + std::to_string(lines) + " lines: split it\n";
    else if (entry->second > lines)
      differences += what + " has shrunk: put " + std::to_string(lines) + " into the ratchet\n";
  }
  for (const auto& [what, lines] : excused)
    if (!now.contains(what)) differences += what + " needs no exception any more: take its line out of the ratchet\n";
  return differences;
}

}  // namespace orderflow::tidy
