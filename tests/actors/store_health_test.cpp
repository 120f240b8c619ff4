#include "actors/store_health.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace orderflow;

namespace {

void wait_until_it_hangs(const connection_health& what) {
  const auto since = connection_health::steady::now();
  while (!what.hangs() && connection_health::steady::now() - since < 4 * connection_health::hangs_after) {
  }
}

}  // namespace

TEST_CASE("orders cannot be written while the journal or any look-up of keys is away, for the reason of the one away longest") {
  store_health store;
  CHECK_FALSE(store.away());
  CHECK(store.reason().empty());
  store.key_lookups[2].failed("the table is gone");
  CHECK(store.away());
  CHECK(store.reason() == "the table is gone");
  store.key_lookups[2].worked();
  CHECK_FALSE(store.away());
  store.journal.failed("the disk is full");
  CHECK(store.reason() == "the disk is full");
  CHECK(store.last_outages().size() == 1 + store_health::key_readers);
  CHECK(store.last_outages()[3].number == 1);
}

TEST_CASE("a store that takes no writes is read, unless the look-ups of orders fail too") {
  store_health store;
  store.lookups.failed("one slow question");
  CHECK_FALSE(store.away());
  CHECK_FALSE(store.unreadable());
  store.journal.failed("the connection is lost");
  CHECK(store.unreadable());
  store.lookups.worked();
  CHECK_FALSE(store.unreadable());
}

TEST_CASE("while the journal hangs, reading has to prove that it does not") {
  store_health store;
  store.lookups.worked();
  const connection_at_work working{store.journal};
  wait_until_it_hangs(store.journal);
  CHECK(store.unreadable());
  store.lookups.worked();
  CHECK_FALSE(store.unreadable());
  CHECK(store.away());
}
