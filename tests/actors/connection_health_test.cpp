#include "actors/connection_health.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace orderflow;

TEST_CASE("a store that refuses is away at once, with the reason, until it takes a write") {
  connection_health store;
  CHECK_FALSE(store.away());
  CHECK(store.away_for() == std::chrono::milliseconds{0});
  store.begins();
  store.failed("the disk is full");
  store.ends();
  CHECK(store.away());
  CHECK(store.reason() == "the disk is full");
  CHECK_FALSE(store.worked_lately());
  store.failed("the disk is still full");
  CHECK(store.reason() == "the disk is still full");
  store.worked();
  CHECK_FALSE(store.away());
  CHECK(store.worked_lately());
  const auto ended = store.last_outage();
  CHECK(ended.number == 1);
  CHECK(ended.reason == "the disk is still full");
  CHECK(ended.since <= ended.until);
}

TEST_CASE("an outage is noted when it ends, also where nobody looked while it lasted") {
  connection_health store;
  store.worked();
  CHECK(store.last_outage().number == 0);
  store.failed("the disk is full");
  store.worked();
  store.begins();
  store.ends();
  CHECK(store.last_outage().number == 1);
  store.failed("the connection is lost");
  CHECK(store.last_outage().number == 1);
  store.worked();
  CHECK(store.last_outage().number == 2);
  CHECK(store.last_outage().reason == "the connection is lost");
}

TEST_CASE("a store that keeps us waiting is away after a while, and back when it answers") {
  connection_health store;
  store.worked();
  store.begins();
  CHECK_FALSE(store.away());
  const auto since = connection_health::steady::now();
  while (!store.away() && connection_health::steady::now() - since < 4 * connection_health::hangs_after) {
  }
  CHECK(store.away());
  CHECK(connection_health::steady::now() - since >= connection_health::hangs_after);
  CHECK(store.away_for() >= connection_health::hangs_after);
  CHECK(store.reason().find("has not answered") != std::string::npos);
  SECTION("a write") { store.worked(); }
  SECTION("any answer") {}
  store.ends();
  CHECK_FALSE(store.away());
  const auto ended = store.last_outage();
  CHECK(ended.number == 1);
  CHECK(ended.until - ended.since >= connection_health::hangs_after);
  CHECK(ended.reason.find("has not answered") != std::string::npos);
}

TEST_CASE("a store that is tried again and again is away for the reason of the last try") {
  connection_health store;
  store.begins();
  store.try_failed("the connection is lost");
  CHECK_FALSE(store.away());
  const auto since = connection_health::steady::now();
  while (!store.away() && connection_health::steady::now() - since < 4 * connection_health::hangs_after) {
  }
  CHECK(store.reason() == "the connection is lost");
  store.worked();
  store.ends();
  CHECK(store.last_outage().reason == "the connection is lost");
  store.begins();
  CHECK(store.reason().find("has not answered") != std::string::npos);
}

TEST_CASE("what is known of an outage and how long it takes to notice one stay below two seconds together") {
  CHECK(connection_health::probe_every + connection_health::hangs_after < std::chrono::seconds{2});
}
