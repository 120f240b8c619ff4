// The events of an append after its first, as one text and back.
#include "journal/further_events.hpp"

#include <array>
#include <catch2/catch_test_macros.hpp>

#include "tests/journal/samples.hpp"

namespace orderflow::test {
namespace {

stored_event event_of(uint16_t type, std::string body) { return {type, 2, noon + milliseconds{type}, std::move(body)}; }

}  // namespace

TEST_CASE("the events after the first come back as they were") {
  const std::vector<stored_event> events{
      event_of(1, "{}"),
      event_of(2, R"({"a":"],[\"\\","b":[1,{"c":[]}],"d":"{"})"),
      event_of(65535, R"("text, with ] and \" in it")"),
      event_of(4, "-1.5e3"),
      {5, 0, from_ms(-7), "null"},
  };
  const auto text = text_of_further(events);
  REQUIRE(text);
  std::vector<stored_event> back{events.front()};
  add_further(*text, events.size() - 1, back);
  CHECK(back == events);
  CHECK_FALSE(text_of_further({events.data(), 1}));
}

TEST_CASE("a text that is not the stored form gives events that nobody can decode, as many as there were") {
  for (const std::string text :
       {"", "[", "[]", "no JSON", "[[2,1,0,{}]", "[[2,1,0,{}]] ", "[[2,1,0,{}],[3,1,0,{}],[4,1,0,{}]]", "[[2,1,0,]]",
        "[[2,1,{}],[3,1,{}]]", "[[-2,1,0,{}],[3,1,0,{}]]", "[[70000,1,0,{}],[3,1,0,{}]]", "[[2,1,0,{}];[3,1,0,{}]]"}) {
    CAPTURE(text);
    std::vector<stored_event> found{event_of(1, "{}")};
    add_further(text, 2, found);
    REQUIRE(found.size() == 3);
    CHECK(found[0] == event_of(1, "{}"));
    CHECK(found[1] == stored_event{0, 0, {}, text});
    CHECK(found[2] == stored_event{0, 0, {}, text});
  }
}

}  // namespace orderflow::test
