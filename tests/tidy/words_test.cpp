// Words that must not appear, each with the places where it is the point.
#include <catch2/catch_test_macros.hpp>
#include <regex>
#include <set>

#include "tests/tidy/source_tree.hpp"

using namespace orderflow::tidy;

namespace {

struct banned_word {
  std::string word;
  std::string why;
  std::set<std::string> places;  ///< Files or folders where it may stand.
};

const std::vector<banned_word>& banned_words() {
  static const std::vector<banned_word> table{
      {"system_clock::now", "time comes in through orderflow::clock", {"base/clock.cpp", "base/clock.hpp"}},
      {"rand(", "randomness comes in from the edge", {}},
      // The journal's own thread between two tries at a store that is away; the pace of the demo's traffic; the load generator
      // between two looks at a backlog.
      {"sleep_for",
       "wait on a condition with a deadline",
       {"journal/writer_attempt.cpp", "cli/demo_traffic.cpp", "bench/wait_for.cpp"}},
      {"sleep_until", "wait on a condition with a deadline", {}},
      {"usleep(", "wait on a condition with a deadline", {}},
      {"std::mutex", "state belongs to one actor or thread", {"gateways", "base/log.cpp"}},
      {"caf::to_string", "people read the sentence, not the framework's notation: sentence_of", {}},
  };
  return table;
}

bool in_one_of(const source_file& file, const std::set<std::string>& places) {
  return places.contains(file.path) || places.contains(file.folder());
}

std::vector<size_t> places_of(const std::string& text, const std::string& word) {
  std::vector<size_t> found;
  for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1))
    if (stands_alone(text, at, word.back() == '(' ? word.size() - 1 : word.size())) found.push_back(at);
  return found;
}

std::string place(const source_file& file, size_t offset) { return file.path + ":" + std::to_string(line_at(file.text, offset)); }

}  // namespace

TEST_CASE("time, randomness, sleep and locks stand only where they are the point") {
  std::string found;
  for (const source_file& file : source_files()) {
    if (!file.is_cpp() || file.folder() == "tests") continue;
    for (const banned_word& banned : banned_words())
      if (!in_one_of(file, banned.places))
        for (const size_t at : places_of(file.code, banned.word))
          found += place(file, at) + " " + banned.word + ": " + banned.why + "\n";
  }
  INFO(found);
  REQUIRE(found.empty());
}

TEST_CASE("nothing near money is a floating-point number") {
  std::string found;
  for (const source_file& file : source_files()) {
    if (!file.is_cpp() || (file.folder() != "domain" && file.folder() != "codec")) continue;
    for (const std::string word : {"double", "float"})
      for (const size_t at : places_of(file.code, word)) found += place(file, at) + " " + word + "\n";
  }
  INFO(found);
  REQUIRE(found.empty());
}

TEST_CASE("the words for a status stand only in the codec, in the dialects and in clients of the interface") {
  static const std::regex literal{R"re("(pending|payment_processing|paid|shipped|delivered|cancelled)")re", std::regex::icase};
  std::string found;
  for (const source_file& file : source_files()) {
    if (!file.is_cpp() || in_one_of(file, {"codec", "bench", "tests"}) || file.path.starts_with("http/api/")) continue;
    const std::string text = blank_comments(file.text);
    for (auto it = std::sregex_iterator{text.begin(), text.end(), literal}; it != std::sregex_iterator{}; ++it)
      found += place(file, static_cast<size_t>(it->position())) + " " + it->str() + "\n";
  }
  INFO(found);
  REQUIRE(found.empty());
}

TEST_CASE("whoever catches everything throws it on") {
  static const std::regex form{R"(catch\s*\(\s*\.\.\.\s*\))"};
  std::string found;
  for (const source_file& file : source_files())
    for (auto it = std::sregex_iterator{file.code.begin(), file.code.end(), form}; it != std::sregex_iterator{}; ++it) {
      const auto at = static_cast<size_t>(it->position());
      const std::string block{block_after(file.code, at)};
      const bool goes_on = places_of(block, "throw").empty() && block.find("rethrow") == std::string::npos &&
                           block.find("current_exception") == std::string::npos && block.find("terminate") == std::string::npos;
      if (goes_on) found += place(file, at) + "\n";
    }
  INFO(found);
  REQUIRE(found.empty());
}

TEST_CASE("a log line is an event in words-with-hyphens and fields in snake_case, none of them a second time, level or event") {
  static const std::regex call{R"re(\blog_(?:debug|info|warn|error)\(\s*([^,)]*)([^;]*);)re"};
  static const std::regex field{R"re(\{\s*"([^"]*)",)re"};
  static const std::regex event_form{R"re("[a-z]+(-[a-z]+)*")re"};
  static const std::regex name_form{"[a-z]+(_[a-z0-9]+)*"};
  std::string found;
  size_t calls = 0;
  for (const source_file& file : source_files()) {
    if (!file.is_cpp() || in_one_of(file, {"tests", "base"})) continue;
    const std::string text = blank_comments(file.text);
    for (auto it = std::sregex_iterator{text.begin(), text.end(), call}; it != std::sregex_iterator{}; ++it, ++calls) {
      const auto where = place(file, static_cast<size_t>(it->position())) + " ";
      if (!std::regex_match((*it)[1].str(), event_form)) found += where + (*it)[1].str() + "\n";
      const auto fields = (*it)[2].str();
      for (auto one = std::sregex_iterator{fields.begin(), fields.end(), field}; one != std::sregex_iterator{}; ++one) {
        const auto name = (*one)[1].str();
        if (!std::regex_match(name, name_form) || name == "time" || name == "level" || name == "event" || name == "suppressed")
          found += where + name + "\n";
      }
    }
  }
  INFO(found);
  CHECK(calls > 50);
  REQUIRE(found.empty());
}

TEST_CASE("types of ours are named after what they are in the field") {
  static const std::regex form{
      R"(\b(?:class|struct|union)\s+((?:\w+_)?(?:manager|helper|util|utils|data|info)(?:_\w+)?)\s*(?:final\s*)?[:{])"};
  std::string found;
  for (const source_file& file : source_files())
    for (auto it = std::sregex_iterator{file.code.begin(), file.code.end(), form}; it != std::sregex_iterator{}; ++it)
      found += place(file, static_cast<size_t>(it->position())) + " " + (*it)[1].str() + "\n";
  INFO(found);
  REQUIRE(found.empty());
}

TEST_CASE("names are the field's own: event sourcing, actors, payments, HTTP") {
  // Words that this code once had for what has a usual name. ARCHITECTURE.md has the glossary.
  static const std::regex form{
      R"(\b\w*(?:front_door|gatekeeper|wish|passage|pay_back|ruling|verdict|patience|hurry|told_fact|order_fact|surroundings)"
      R"(|notice|close_the_books|guilty|hangs_on|let_go|written_id|own_account|newborn|unborn|setback|errand|parcel|stray|hasty)"
      R"(|stranger)\w*\b|\bd[0234]_\w+|\b(?:edge|owed|lives|gate|keeper)_?\b)"};
  std::string found;
  for (const source_file& file : source_files())
    if (file.is_cpp() && file.path != "tests/tidy/words_test.cpp")
      for (auto it = std::sregex_iterator{file.code.begin(), file.code.end(), form}; it != std::sregex_iterator{}; ++it)
        found += place(file, static_cast<size_t>(it->position())) + " " + it->str() + "\n";
  INFO(found);
  REQUIRE(found.empty());
}

TEST_CASE("no file knows the machine that it was written on") {
  const std::regex form{std::string{"(^|[^A-Za-z0-9_.~/-])/("} + "wo" + "rk|ro" + "ot)(/|\\b)"};
  std::string found;
  for (const source_file& file : source_files())
    for (auto it = std::sregex_iterator{file.text.begin(), file.text.end(), form}; it != std::sregex_iterator{}; ++it)
      found += place(file, static_cast<size_t>(it->position())) + " " + it->str() + "\n";
  INFO(found);
  REQUIRE(found.empty());
}
