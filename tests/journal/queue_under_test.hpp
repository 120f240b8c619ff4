// The journal's queue over a store that does what it is told, and what was told to whom.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <ostream>
#include <utility>

#include "journal/writer.hpp"
#include "tests/journal/samples.hpp"
#include "tests/journal/scripted_store.hpp"

namespace orderflow::test {

/// What was told, in the order in which it was told.
struct told_outcome {
  int64_t id = 0;
  append_status status{};
  bool operator==(const told_outcome&) const = default;
};
inline std::ostream& operator<<(std::ostream& out, const told_outcome& each) {
  return out << each.id << ":" << static_cast<int>(each.status);
}

struct queue_under_test {
  scripted_store under;
  bool patient = true;
  int asked = 0;
  std::vector<std::string> failed_tries;
  writer journal{under,
                 [this] {
                   ++asked;
                   return patient;
                 },
                 [this](const std::string& why) { failed_tries.push_back(why); }};
  std::vector<told_outcome> told;
  std::vector<std::string> details;

  void queue(append_request request) {
    const auto id = request.stream.id;
    journal.append(std::move(request), [this, id](const append_outcome& outcome) {
      told.push_back({id, outcome.status});
      details.push_back(outcome.detail);
    });
  }
  std::vector<told_outcome> run() {
    for (int rounds = 0; !journal.idle() && rounds < 1000; ++rounds) {
      if (!journal.run_once()) break;
    }
    REQUIRE(journal.idle());
    return std::exchange(told, {});
  }
};

using outcomes = std::vector<told_outcome>;

}  // namespace orderflow::test
