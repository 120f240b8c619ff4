#include "domain/account/account.hpp"

#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>

namespace orderflow {
namespace {

const account_key ann{"shop", "ann"};
const contact known{"ann@x.org", "+1", "Ann", "1 Main Street"};

/// What `decide` says, folded in. Fails the test where the command is refused.
account after(account now, const std::vector<account_command>& commands) {
  for (const auto& command : commands) {
    const auto decided = decide(now, ann, command);
    REQUIRE(decided.outcome == account_outcome::done);
    for (const auto& event : decided.events) evolve(now, event);
  }
  return now;
}

account_outcome outcome_of(const account& now, const account_command& command) { return decide(now, ann, command).outcome; }

cart_line line(const char* product, int64_t quantity) { return {{product}, quantity}; }

account_command some_command() {
  const auto product = product_id{std::string(1, static_cast<char>('A' + *rc::gen::inRange(0, 3)))};
  const auto price = [&] { return quoted_price{product, *find_currency("USD"), *rc::gen::inRange<minor_units>(1, 4)}; };
  switch (*rc::gen::inRange(0, 7)) {
    case 0: return add_to_cart{product, *rc::gen::inRange<int64_t>(-1, 5)};
    case 1: return set_in_cart{product, *rc::gen::inRange<int64_t>(-1, 5), price()};
    case 2: return clear_cart{};
    case 3:
      return settle_cart{
          *rc::gen::inRange<uint64_t>(0, 4), {7}, *rc::gen::arbitrary<bool>(), {{product, *rc::gen::inRange<int64_t>(1, 5)}}};
    case 4: return put_contact{known};
    case 5: return learn_contact{{"other@x.org", "", "", ""}};
    default: return put_method{{"ok", "Ann", "Lee", "411111", "1111", "visa", 12, 2030}};
  }
}

}  // namespace

TEST_CASE("the first event of an account names whose it is") {
  const auto decided = decide({}, ann, add_to_cart{{"A"}, 2});
  REQUIRE(decided.events.size() == 2);
  CHECK(std::get<account_opened>(decided.events[0]).who == ann);
  CHECK(after({}, {add_to_cart{{"A"}, 2}}).who == ann);
  CHECK(decide({}, ann, clear_cart{}).events.empty());
}

TEST_CASE("a product is in the cart once, with what was put in together") {
  const auto now = after({}, {add_to_cart{{"A"}, 2}, add_to_cart{{"B"}, 1}, add_to_cart{{"A"}, 3}});
  CHECK(now.cart == std::vector{line("A", 5), line("B", 1)});
  CHECK(after(now, {set_in_cart{{"A"}, 1}}).cart == std::vector{line("A", 1), line("B", 1)});
  CHECK(after(now, {set_in_cart{{"A"}, 0}}).cart == std::vector{line("B", 1)});
  CHECK(after(now, {clear_cart{}}).cart.empty());
  CHECK(decide(now, ann, set_in_cart{{"A"}, 5}).events.empty());
  CHECK(decide(now, ann, set_in_cart{{"C"}, 0}).events.empty());
}

TEST_CASE("quantities and lines of a cart have the limits of an order") {
  const account none;
  CHECK(outcome_of(none, add_to_cart{{"A"}, 0}) == account_outcome::quantity_out_of_range);
  CHECK(outcome_of(none, add_to_cart{{"A"}, -1}) == account_outcome::quantity_out_of_range);
  CHECK(outcome_of(none, add_to_cart{{"A"}, max_cart_quantity + 1}) == account_outcome::quantity_out_of_range);
  CHECK(outcome_of(none, set_in_cart{{"A"}, -1}) == account_outcome::quantity_out_of_range);
  const auto full = after(none, {add_to_cart{{"A"}, max_cart_quantity}});
  CHECK(outcome_of(full, add_to_cart{{"A"}, 1}) == account_outcome::quantity_out_of_range);

  auto many = full;
  for (size_t at = 1; at < max_cart_lines; ++at) many = after(many, {add_to_cart{{std::to_string(at)}, 1}});
  CHECK(outcome_of(many, add_to_cart{{"one more"}, 1}) == account_outcome::too_many_lines);
  CHECK(outcome_of(many, set_in_cart{{"A"}, 1}) == account_outcome::done);
}

TEST_CASE("what was bought leaves the cart and what was put in meanwhile stays") {
  const auto now = after({}, {add_to_cart{{"A"}, 2}, add_to_cart{{"B"}, 1}, add_to_cart{{"A"}, 3}, add_to_cart{{"C"}, 9}});
  const auto bought = after(now, {settle_cart{1, {7}, true, {line("A", 2), line("B", 1)}}});
  CHECK(bought.cart == std::vector{line("A", 3), line("C", 9)});
  CHECK(bought.round == 2);
  CHECK(after(now, {set_in_cart{{"A"}, 1}, settle_cart{1, {7}, true, {line("A", 2)}}}).cart ==
        std::vector{line("B", 1), line("C", 9)});
}

TEST_CASE("a placement that came to nothing keeps the cart and lets the next one be a new order") {
  const auto now = after({}, {add_to_cart{{"A"}, 2}, settle_cart{1, {7}, false, {line("A", 2)}}});
  CHECK(now.cart == std::vector{line("A", 2)});
  CHECK(now.round == 2);
}

TEST_CASE("a placement is settled once, and changes of the cart do not begin another") {
  auto now = after({}, {add_to_cart{{"A"}, 5}, add_to_cart{{"A"}, 1}, clear_cart{}, add_to_cart{{"A"}, 5}});
  CHECK(now.round == 1);
  now = after(now, {settle_cart{1, {7}, true, {line("A", 2)}}});
  CHECK(decide(now, ann, settle_cart{1, {7}, true, {line("A", 2)}}).events.empty());
  CHECK(decide(now, ann, settle_cart{3, {8}, true, {line("A", 2)}}).events.empty());
}

TEST_CASE("what an order says of a customer does not override what the customer said") {
  const auto told = after({}, {learn_contact{{"", "+2", "", ""}}});
  CHECK(told.reach == contact{"", "+2", "", ""});
  const auto more = after(told, {learn_contact{known}});
  CHECK(more.reach == contact{known.email, "+2", known.name, known.address});
  CHECK(decide(more, ann, learn_contact{{"other@x.org", "+9", "", ""}}).events.empty());
  CHECK(after(more, {put_contact{known}}).reach == known);
  CHECK(after(more, {put_contact{}}).reach == contact{});
}

TEST_CASE("the method on file is the one that was put last") {
  const stored_method visa{"ok", "Ann", "Lee", "411111", "1111", "visa", 12, 2030};
  const auto now = after({}, {put_method{visa}});
  CHECK(now.method == visa);
  CHECK(decide(now, ann, put_method{visa}).events.empty());
}

TEST_CASE("what a client says with a key is an event also where it changes nothing") {
  const stored_method visa{"ok", "Ann", "Lee", "411111", "1111", "visa", 12, 2030};
  const auto now = after({}, {add_to_cart{{"A"}, 2}, put_contact{known}, put_method{visa}});
  for (const account_command& same : {account_command{set_in_cart{{"A"}, 2}}, account_command{set_in_cart{{"B"}, 0}},
                                      account_command{put_contact{known}}, account_command{put_method{visa}}}) {
    CHECK(decide(now, ann, same).events.empty());
    const auto decided = decide(now, ann, same, true);
    REQUIRE(decided.events.size() == 1);
    auto then = now;
    evolve(then, decided.events[0]);
    then.version = now.version;
    CHECK(then == now);
  }
  CHECK(decide({}, ann, clear_cart{}, true).events.size() == 2);
  CHECK(decide(now, ann, set_in_cart{{"A"}, -1}, true).events.empty());
}

TEST_CASE("whatever is asked in whatever order, an account stays sound") {
  CHECK(rc::check([] {
    account now;
    for (auto steps = *rc::gen::inRange(1, 40); steps > 0; --steps) {
      const auto command = some_command();
      const auto decided = decide(now, ann, command);
      const auto before = now;
      for (const auto& event : decided.events) evolve(now, event);
      RC_ASSERT(now.version == before.version + decided.events.size());
      RC_ASSERT(decided.outcome == account_outcome::done || decided.events.empty());
      RC_ASSERT(now.round == before.round || std::holds_alternative<settle_cart>(command));
      for (const auto& each : now.cart) RC_ASSERT(each.quantity >= 1 && each.quantity <= max_cart_quantity);
      if (!std::holds_alternative<add_to_cart>(command)) RC_ASSERT(decide(now, ann, command).events.empty());
    }
  }));
}

}  // namespace orderflow
