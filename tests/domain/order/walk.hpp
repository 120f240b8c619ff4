// A walk over small orders: every state that is reached within the bounds is looked at once. No state may be stuck: where nothing
// is under way (an owed effect, a deadline), there is a command that goes on, or the order is at its end; and what only somebody
// outside can end, a person can.
#pragma once

#include <deque>
#include <string>
#include <unordered_set>
#include <vector>

#include "tests/domain/order/given.hpp"

namespace orderflow::walking {

/// The state without what tells two ways to it apart (times, how many events they took) and without alerts, which change nothing
/// else.
[[nodiscard]] std::string key_of_state(const order& now);

[[nodiscard]] inline timestamp time_of(const order& now) { return now.exists() ? now.updated_at : given::start; }

/// The order after the command; as it is where nothing comes of it.
[[nodiscard]] order decided(const order& now, const order_action& action, timestamp at);
[[nodiscard]] inline order decided(const order& now, const order_action& action) { return decided(now, action, time_of(now)); }

/// A sentence where nothing is under way and nothing is allowed, or something waits for a person who has no command.
[[nodiscard]] std::string what_is_stuck(const order& now);

/// Within the bounds of the walk.
[[nodiscard]] bool is_small(const order& now);

/// Looks at each state once, those that are reached first come first. How many there were.
template <class State, class Key, class Next, class Look>
size_t walk(State first, size_t most, Key key, Next next, Look look) {
  std::unordered_set<std::string> seen{key(first)};
  std::deque<State> open;
  open.push_back(std::move(first));
  while (!open.empty() && seen.size() < most) {
    const auto now = std::move(open.front());
    open.pop_front();
    for (auto& then : next(now)) {
      if (!seen.insert(key(then)).second) continue;
      look(then);
      open.push_back(std::move(then));
    }
  }
  return seen.size();
}

}  // namespace orderflow::walking
