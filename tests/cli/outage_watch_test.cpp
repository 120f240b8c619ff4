#include "cli/outage_watch.hpp"

#include <catch2/catch_test_macros.hpp>

#include "base/log.hpp"
#include "tests/base/caught_output.hpp"

using namespace orderflow;
using namespace std::chrono_literals;

namespace {

const outage_watch::time_point start{std::chrono::hours{1}};

outage_signs well(uint64_t refused) {
  outage_signs now;
  now.refused_store_away = refused;
  return now;
}

outage_signs away(std::chrono::milliseconds since, const std::string& reason, uint64_t refused) {
  auto now = well(refused);
  now.store_away = true;
  now.store_away_for = since;
  now.store_reason = reason;
  return now;
}

outage_signs after(uint64_t number, outage_watch::time_point since, outage_watch::time_point until, uint64_t refused) {
  auto now = well(refused);
  now.last_outages = {{number, since, until, "the disk is full"}};
  return now;
}

std::string told(outage_watch& watch, const outage_signs& now, outage_watch::time_point at) {
  start_logging(log_level::info, log_format::text);
  return caught(stderr, [&] { watch.look(now, at); });
}

size_t times(const std::string& text, const std::string& part) {
  size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("an outage is told once when it is seen and once when it has ended, with its reason and what was refused") {
  outage_watch watch;
  CHECK(told(watch, well(3), start).empty());
  const auto lost = told(watch, away(50ms, "the disk is full", 5), start + 100ms);
  CHECK(times(lost, "store-lost because=\"the disk is full\" away_ms=50") == 1);
  CHECK(told(watch, away(150ms, "the disk is full", 9), start + 200ms).empty());
  const auto back = told(watch, after(1, start + 50ms, start + 270ms, 9), start + 300ms);
  CHECK(times(back, "store-back duration_ms=220 because=\"the disk is full\" refused=6") == 1);
  CHECK(told(watch, after(1, start + 50ms, start + 270ms, 9), start + 400ms).empty());
}

TEST_CASE("an outage that began and ended between two looks is told like any other") {
  outage_watch watch;
  CHECK(told(watch, well(3), start).empty());
  const auto both = told(watch, after(1, start + 10ms, start + 60ms, 10), start + 100ms);
  CHECK(times(both, "store-lost because=\"the disk is full\" away_ms=50") == 1);
  CHECK(times(both, "store-back duration_ms=50 because=\"the disk is full\" refused=7") == 1);
  CHECK(both.find("store-lost") < both.find("store-back"));
  CHECK(told(watch, after(1, start + 10ms, start + 60ms, 10), start + 200ms).empty());
}

TEST_CASE("a store that is lost again before the end of its last outage was seen is told as lost twice") {
  outage_watch watch;
  CHECK(times(told(watch, away(50ms, "the disk is full", 2), start), "store-lost") == 1);
  auto again = away(10ms, "the connection is lost", 5);
  again.last_outages = {{1, start - 50ms, start + 40ms, "the disk is full"}};
  const auto text = told(watch, again, start + 100ms);
  CHECK(times(text, "store-back duration_ms=90 because=\"the disk is full\" refused=5") == 1);
  CHECK(times(text, "store-lost because=\"the connection is lost\" away_ms=10") == 1);
  CHECK(text.find("store-back") < text.find("store-lost"));
}

TEST_CASE("an outage that one thread sees ended and another does not goes on, and is told as one") {
  outage_watch watch;
  auto first = away(50ms, "the key cannot be looked up", 2);
  first.last_outages = {{}, {}};
  CHECK(times(told(watch, first, start), "store-lost") == 1);
  auto journal_too = away(100ms, "the key cannot be looked up", 4);
  journal_too.last_outages = {{1, start - 20ms, start + 30ms, "the disk is full"}, {}};
  CHECK(told(watch, journal_too, start + 50ms).empty());
  auto over = well(7);
  over.last_outages = {journal_too.last_outages[0], {1, start - 50ms, start + 90ms, "the key cannot be looked up"}};
  const auto back = told(watch, over, start + 100ms);
  CHECK(times(back, "store-back duration_ms=140 because=\"the key cannot be looked up\" refused=7") == 1);
  CHECK(told(watch, over, start + 200ms).empty());
}

TEST_CASE("outages of several threads that ended between two looks are told as one, from the first beginning to the last end") {
  outage_watch watch;
  auto over = well(3);
  over.last_outages = {{1, start + 20ms, start + 90ms, "later"}, {1, start + 10ms, start + 60ms, "first"}};
  const auto both = told(watch, over, start + 100ms);
  CHECK(times(both, "store-lost because=first away_ms=80") == 1);
  CHECK(times(both, "store-back duration_ms=80 because=first refused=3") == 1);
}
