// What every store promises about accounts. One body for all of them.
#include "codec/account_json.hpp"
#include "tests/journal/every_store.hpp"

namespace orderflow::test {
namespace {

// Two customers of one tenant whose pairs have the same hash, found by searching for them.
const account_key first_of_hash{"shop", "h9wfwbZMIR"};
const account_key second_of_hash{"shop", "v2Y98iylPc"};

/// An account's history with this many of "A" in the cart, as its actor would append it in that stream.
append_request account_append(const account_key& who, stream_key stream, generation of, int64_t quantity) {
  account now;
  append_request request;
  request.stream = stream;
  request.of = of;
  for (const auto& event : decide(now, who, add_to_cart{{"A"}, quantity}).events) {
    evolve(now, event);
    request.events.push_back(encode(event, noon));
  }
  request.rows = account_rows{{who, now.version, encode_state(now), account_state_version}};
  return request;
}

append_request account_append(journal_under_test& on, const account_key& who, stream_key stream, int64_t quantity) {
  return account_append(who, stream, on.open(stream).of, quantity);
}

}  // namespace

TEST_CASE("an account is committed and read back as it was") {
  FOR_EVERY_STORE;
  const account_key ann{"shop", "änn 'quoted'"};
  CHECK_FALSE(on.look->find_account(ann.tenant, ann.user));
  const auto request = account_append(on, ann, stream_of(ann), 3);
  REQUIRE(on.commit(request).status == append_status::committed);

  on.restart();
  const auto opened = on.open(stream_of(ann));
  CHECK(opened.seq == 2);
  CHECK(opened.account == std::get<account_rows>(request.rows).state);
  CHECK(opened.events.empty());
  const auto found = on.look->find_account(ann.tenant, ann.user);
  REQUIRE(found);
  CHECK(found->who == ann);
  CHECK(found->cart == std::vector<cart_line>{{{"A"}, 3}});
  CHECK_FALSE(on.look->find_account("other", ann.user));
  CHECK_FALSE(on.look->find_account(ann.tenant, "bob"));
}

TEST_CASE("an account's row is replaced by what comes later, also within a batch") {
  FOR_EVERY_STORE;
  const account_key ann{"shop", "ann"};
  auto first = account_append(on, ann, stream_of(ann), 3);
  auto second = first;
  second.expected_seq = 2;
  second.events = {encode(account_event{cart_cleared{}}, noon)};
  auto& row = std::get<account_rows>(second.rows).state;
  row.version = 3;
  auto now = decode_account_state(row.state);
  evolve(now, cart_cleared{});
  row.state = encode_state(now);
  on.queue(first);
  on.queue(second);
  for (const auto& outcome : on.run()) REQUIRE(outcome.status == append_status::committed);
  CHECK(on.open(stream_of(ann)).account == row);
  CHECK(on.look->find_account("shop", "ann")->cart.empty());
}

TEST_CASE("an account's state of another version comes with all its events") {
  FOR_EVERY_STORE;
  const account_key ann{"shop", "ann"};
  auto request = account_append(on, ann, stream_of(ann), 3);
  std::get<account_rows>(request.rows).state.state_version = 999;
  REQUIRE(on.commit(request).status == append_status::committed);
  CHECK(on.open(stream_of(ann)).events == request.events);
  CHECK(on.look->find_account("shop", "ann")->cart == std::vector<cart_line>{{{"A"}, 3}});
}

TEST_CASE("two customers with the same hash are two accounts") {
  FOR_EVERY_STORE;
  const auto taken = stream_of(first_of_hash);
  REQUIRE(taken == stream_of(second_of_hash));
  REQUIRE(on.commit(account_append(on, first_of_hash, taken, 1)).status == append_status::committed);
  CHECK_FALSE(on.look->find_account(second_of_hash.tenant, second_of_hash.user));
  const auto next = next_account_stream(taken);
  REQUIRE(on.commit(account_append(on, second_of_hash, next, 2)).status == append_status::committed);

  const auto first = on.look->find_account(first_of_hash.tenant, first_of_hash.user);
  const auto second = on.look->find_account(second_of_hash.tenant, second_of_hash.user);
  REQUIRE(first);
  REQUIRE(second);
  CHECK(first->cart.front().quantity == 1);
  CHECK(second->cart.front().quantity == 2);
  CHECK(on.look->scan_accounts(0, 10).size() == 2);
  CHECK(on.look->scan_accounts(taken.id, 10).size() == 1);
  CHECK(on.look->scan_accounts(0, 1).front().id == taken.id);
}

TEST_CASE("the number of an account is what it was when it was stored") {
  CHECK(stream_of(account_key{"shop", "h9wfwbZMIR"}).id == 532'889'406'521'369'086);
  const stream_key last{stream_kind::account, (int64_t{1} << 59) - 1};
  CHECK(next_account_stream(last).id == 0);
  CHECK(stream_key::unpacked(last.packed()) == last);
}

}  // namespace orderflow::test
