// A function fits on a screen, a file in a head.
#include <catch2/catch_test_macros.hpp>

#include "tests/tidy/ratchet.hpp"
#include "tests/tidy/source_tree.hpp"

using namespace orderflow::tidy;

namespace {

constexpr size_t function_limit = 70;
constexpr size_t file_limit = 400;

std::map<std::string, size_t> too_large() {
  std::map<std::string, size_t> found;
  for (const source_file& file : source_files()) {
    if (!file.is_cpp() && !file.path.ends_with(".py")) continue;
    if (const size_t lines = count_lines(file.text); lines > file_limit) found["file " + file.path] = lines;
    if (!file.is_cpp()) continue;
    for (const function_extent& one : functions_of(file.text))
      if (one.lines > function_limit) found["function " + file.path + " " + one.name] = one.lines;
  }
  return found;
}

}  // namespace

TEST_CASE("functions have at most 70 lines and files at most 400, but for the ratchet's entries") {
  const std::string differences = compare_with_ratchet(too_large(), read_ratchet());
  INFO(differences);
  REQUIRE(differences.empty());
}

TEST_CASE("the ratchet refuses what is new, what has grown, and what it no longer has to excuse") {
  REQUIRE(compare_with_ratchet({{"file a", 500}}, {{"file a", 500}}).empty());
  REQUIRE_FALSE(compare_with_ratchet({{"file a", 500}}, {}).empty());
  REQUIRE_FALSE(compare_with_ratchet({{"file a", 501}}, {{"file a", 500}}).empty());
  REQUIRE_FALSE(compare_with_ratchet({{"file a", 499}}, {{"file a", 500}}).empty());
  REQUIRE_FALSE(compare_with_ratchet({}, {{"file a", 500}}).empty());
}
