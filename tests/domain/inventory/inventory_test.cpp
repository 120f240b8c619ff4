#include "domain/inventory/inventory.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <map>
#include <ostream>

#include "base/assert.hpp"

namespace orderflow {
namespace {

using mark = reservation_mark;
using outcome = inventory_outcome;

const product_id apple{"A"};
const product_id bread{"B"};
constexpr reservation_key key{order_id{7}, 1};

inventory stocked(int64_t apples, int64_t breads, int64_t reserved_apples = 0) {
  inventory now;
  now.levels[apple] = {apples, reserved_apples};
  now.levels[bread] = {breads, 0};
  return now;
}

std::vector<stock_line> lines(int64_t apples, int64_t breads) { return {{apple, apples}, {bread, breads}}; }

void fold(inventory& now, const inventory_decision& decision) {
  for (const auto& event : decision.events) evolve(now, event);
}

template <class Event>
bool says(const inventory_decision& decision, const Event& event) {
  return decision.outcome == outcome::done && decision.events == std::vector<inventory_event>{event};
}

bool says_nothing(const inventory_decision& decision, outcome how = outcome::done) {
  return decision.outcome == how && decision.events.empty();
}

order_line ordered(const char* product, int64_t quantity, bool tracked = true) {
  return {product_id{product}, "", quantity, 1, tracked};
}

}  // namespace

TEST_CASE("an order's stock lines are its tracked lines, summed by product and sorted") {
  order now;
  now.lines = {ordered("B", 1), ordered("A", 2), ordered("B", 3), ordered("C", 9, false)};
  CHECK(stock_lines_of(now) == std::vector<stock_line>{{apple, 2}, {bread, 4}});
}

TEST_CASE("a reservation takes all lines or none, and says which are short") {
  CHECK(says(decide(stocked(2, 1), reserve_lines{key, lines(2, 1)}, mark::none), lines_reserved{key, lines(2, 1)}));
  const auto one_short = decide(stocked(2, 1), reserve_lines{key, lines(2, 2)}, mark::none);
  CHECK(one_short.outcome == outcome::out_of_stock);
  CHECK(one_short.events.empty());
  CHECK(one_short.short_of == std::vector{bread});
  CHECK(decide(inventory{}, reserve_lines{key, lines(1, 1)}, mark::none).short_of == std::vector{apple, bread});
}

TEST_CASE("what is reserved for one order is not there for another") {
  CHECK(decide(stocked(5, 1, 4), reserve_lines{key, lines(2, 1)}, mark::none).outcome == outcome::out_of_stock);
  CHECK(decide(stocked(5, 1, 3), reserve_lines{key, lines(2, 1)}, mark::none).outcome == outcome::done);
}

TEST_CASE("a key is reserved once and never again when it is closed") {
  CHECK(says_nothing(decide(stocked(9, 9), reserve_lines{key, lines(1, 1)}, mark::open)));
  CHECK(says_nothing(decide(stocked(9, 9), reserve_lines{key, lines(1, 1)}, mark::closed), outcome::key_is_closed));
}

TEST_CASE("a release gives back what was reserved, once") {
  const auto now = stocked(2, 1, 2);
  CHECK(says(decide(now, release_lines{key, lines(2, 1)}, mark::open), lines_released{key, lines(2, 1)}));
  CHECK(says(decide(now, release_lines{key, lines(2, 1), true}, mark::none), lines_released{key, lines(2, 1)}));
  CHECK(says_nothing(decide(now, release_lines{key, lines(2, 1), true}, mark::closed)));
}

TEST_CASE("a key that was never reserved is closed, so that a reservation that comes later is refused") {
  CHECK(says(decide(stocked(2, 1), release_lines{key, lines(2, 1)}, mark::none), key_voided{key}));
}

TEST_CASE("goods that leave the house are gone from both counters, once") {
  auto now = stocked(5, 5);
  fold(now, decide(now, reserve_lines{key, lines(2, 1)}, mark::none));
  const auto decision = decide(now, consume_lines{key, lines(2, 1)}, mark::open);
  CHECK(says(decision, lines_consumed{key, lines(2, 1)}));
  fold(now, decision);
  CHECK(now.levels.at(apple) == stock_level{3, 0});
  CHECK(says_nothing(decide(now, consume_lines{key, lines(2, 1)}, mark::closed)));
  CHECK(says_nothing(decide(now, consume_lines{key, lines(2, 1)}, mark::none), outcome::never_reserved));
}

TEST_CASE("an adjustment never goes below what is reserved") {
  const auto now = stocked(5, 1, 4);
  CHECK(says(decide(now, adjust_stock{apple, -1, "broken"}, mark::none), stock_adjusted{apple, -1, "broken"}));
  CHECK(says_nothing(decide(now, adjust_stock{apple, -2, "broken"}, mark::none), outcome::below_reserved));
  CHECK(says_nothing(decide(now, adjust_stock{apple, 0, ""}, mark::none)));
  CHECK(says_nothing(decide(now, adjust_stock{apple, INT64_MAX, ""}, mark::none), outcome::below_reserved));
  CHECK(says(decide(now, adjust_stock{product_id{"C"}, 3, "new"}, mark::none), stock_adjusted{product_id{"C"}, 3, "new"}));
}

TEST_CASE("a count is recorded as the adjustment that it takes") {
  const auto now = stocked(5, 1, 4);
  CHECK(says(decide(now, set_stock{apple, 9, "count"}, mark::none), stock_adjusted{apple, 4, "count"}));
  CHECK(says(decide(now, set_stock{apple, 4, "count"}, mark::none), stock_adjusted{apple, -1, "count"}));
  CHECK(says_nothing(decide(now, set_stock{apple, 5, "count"}, mark::none)));
  CHECK(says_nothing(decide(now, set_stock{apple, 3, "count"}, mark::none), outcome::below_reserved));
  CHECK(says_nothing(decide(now, set_stock{bread, -1, "count"}, mark::none), outcome::below_reserved));
}

TEST_CASE("lists that are not sorted, name a product twice or take nothing are a bug of the asker") {
  const auto ask = [](std::vector<stock_line> list) {
    return decide(stocked(9, 9), reserve_lines{key, std::move(list)}, mark::none);
  };
  CHECK_THROWS_AS(ask({{bread, 1}, {apple, 1}}), bug);
  CHECK_THROWS_AS(ask({{apple, 1}, {apple, 1}}), bug);
  CHECK_THROWS_AS(ask({{apple, 0}}), bug);
}

TEST_CASE("a fold that would leave less than nothing is a bug") {
  auto now = stocked(1, 1);
  CHECK_THROWS_AS(evolve(now, lines_released{key, lines(1, 1)}), bug);
  CHECK_THROWS_AS(evolve(now, stock_adjusted{apple, -9, ""}), bug);
}

namespace {

struct step {
  uint8_t what = 0;
  uint8_t order = 0;
  uint8_t quantity = 0;
};

[[maybe_unused]] std::ostream& operator<<(std::ostream& out, const step& one) {
  return out << '{' << int{one.what} << ',' << int{one.order} << ',' << int{one.quantity} << '}';
}

rc::Gen<std::vector<step>> histories() {
  const auto one = rc::gen::build<step>(rc::gen::set(&step::what, rc::gen::inRange<uint8_t>(0, 6)),
                                        rc::gen::set(&step::order, rc::gen::inRange<uint8_t>(0, 6)),
                                        rc::gen::set(&step::quantity, rc::gen::inRange<uint8_t>(0, 12)));
  return rc::gen::resize(200, rc::gen::container<std::vector<step>>(one));
}

/// What an order asks for is the same each time, as it is for a round of a real one.
std::vector<stock_line> lines_of(uint8_t order) { return lines(1 + order % 3, 1 + order / 3); }

inventory_command command_of(const step& s) {
  const reservation_key its_key{order_id{s.order + 1}, 1};
  const auto& product = s.order % 2 == 0 ? apple : bread;
  switch (s.what) {
    case 0: return release_lines{its_key, lines_of(s.order), false, true};
    case 1: return consume_lines{its_key, lines_of(s.order), true};
    case 2: return adjust_stock{product, s.quantity - 5, "delivery"};
    case 3: return set_stock{product, s.quantity, "count"};
    default: return reserve_lines{its_key, lines_of(s.order), true};
  }
}

/// The warehouse's books kept a second time, from the events alone.
struct records {
  std::map<reservation_key, mark> marks;
  std::map<reservation_key, std::vector<stock_line>> open;
  std::map<product_id, int64_t> adjusted;
  std::map<product_id, int64_t> consumed;

  void note(const inventory_event& event) {
    if (const auto* e = std::get_if<lines_reserved>(&event)) {
      RC_ASSERT(marks[e->key] == mark::none);
      marks[e->key] = mark::open;
      open[e->key] = e->lines;
    } else if (const auto* released = std::get_if<lines_released>(&event)) {
      close(released->key);
    } else if (const auto* gone = std::get_if<lines_consumed>(&event)) {
      for (const auto& line : gone->lines) consumed[line.product] += line.quantity;
      close(gone->key);
    } else if (const auto* voided = std::get_if<key_voided>(&event)) {
      RC_ASSERT(marks[voided->key] == mark::none);
      marks[voided->key] = mark::closed;
    } else if (const auto* change = std::get_if<stock_adjusted>(&event)) {
      adjusted[change->product] += change->delta;
    }
  }

  void close(reservation_key its_key) {
    RC_ASSERT(marks[its_key] == mark::open);
    marks[its_key] = mark::closed;
    open.erase(its_key);
  }

  [[nodiscard]] int64_t reserved(const product_id& product) const {
    int64_t sum = 0;
    for (const auto& [_, list] : open)
      for (const auto& line : list)
        if (line.product == product) sum += line.quantity;
    return sum;
  }

  mark mark_for(const inventory_command& command) {
    if (const auto* reserve = std::get_if<reserve_lines>(&command)) return marks[reserve->key];
    if (const auto* release = std::get_if<release_lines>(&command)) return marks[release->key];
    if (const auto* consume = std::get_if<consume_lines>(&command)) return marks[consume->key];
    return mark::none;
  }
};

}  // namespace

TEST_CASE("stock is never negative and its sums are explained by the events (I3)") {
  CHECK(rc::check([] {
    inventory now;
    records kept;
    for (const auto& s : *histories()) {
      const auto command = command_of(s);
      const auto version = now.version;
      const auto decision = decide(now, command, kept.mark_for(command));
      if (decision.outcome != outcome::done) RC_ASSERT(decision.events.empty());
      for (const auto& event : decision.events) {
        kept.note(event);
        evolve(now, event);
      }
      RC_ASSERT(now.version == version + decision.events.size());
      for (const auto& [product, level] : now.levels) {
        RC_ASSERT(0 <= level.reserved && level.reserved <= level.on_hand);
        RC_ASSERT(level.reserved == kept.reserved(product));
        RC_ASSERT(level.on_hand == kept.adjusted[product] - kept.consumed[product]);
      }
    }
  }));
}

TEST_CASE("asking the inventory twice changes nothing") {
  CHECK(rc::check([] {
    inventory now;
    records kept;
    for (const auto& s : *histories()) {
      const auto command = command_of(s);
      for (const auto& event : decide(now, command, kept.mark_for(command)).events) {
        kept.note(event);
        evolve(now, event);
      }
      // A delivery is one each time: what makes it one is the caller's key.
      if (std::holds_alternative<adjust_stock>(command)) continue;
      RC_ASSERT(decide(now, command, kept.mark_for(command)).events.empty());
    }
  }));
}

TEST_CASE("goods are taken out of stock all together or not at all, and never those that are reserved") {
  const auto taken = decide(stocked(5, 2, 1), reduce_stock{lines(4, 2), "sold"}, mark::none);
  CHECK(taken.outcome == outcome::done);
  CHECK(taken.events == std::vector<inventory_event>{stock_adjusted{apple, -4, "sold"}, stock_adjusted{bread, -2, "sold"}});
  const auto short_of_both = decide(stocked(5, 2, 2), reduce_stock{lines(4, 3), "sold"}, mark::none);
  CHECK(says_nothing(short_of_both, outcome::out_of_stock));
  CHECK(short_of_both.short_of == std::vector{apple, bread});
}

TEST_CASE("lines of one product are summed, and a sum that cannot be counted is none") {
  CHECK(summed({{bread, 1}, {apple, 2}, {bread, 3}}) == std::vector<stock_line>{{apple, 2}, {bread, 4}});
  CHECK_FALSE(summed({{apple, 1}, {apple, std::numeric_limits<int64_t>::max()}}));
}

}  // namespace orderflow
