// An exhaustive walk over small orders: every state that is reached within the bounds is looked at once. No state may be stuck:
// where nothing is under way (an owed effect, a deadline), there is a command that goes on or the order is at its end; and with
// a gateway that keeps books and an operator who does what `attention_of` names, every order comes to rest with its money right.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <deque>
#include <map>
#include <set>
#include <type_traits>
#include <unordered_set>

#include "base/assert.hpp"
#include "base/overloaded.hpp"
#include "domain/order/allowed.hpp"
#include "domain/order/attention.hpp"
#include "domain/order/deadline.hpp"
#include "tests/domain/order/given.hpp"

namespace orderflow {
namespace {

using namespace given;

/// Words with a blank between them.
class key_text {
 public:
  template <class T>
  key_text& add(const T& part) {
    if constexpr (std::is_convertible_v<T, std::string_view>)
      text_ += part;
    else if constexpr (std::is_enum_v<T>)
      text_ += std::to_string(static_cast<int>(part));
    else
      text_ += std::to_string(part);
    text_ += ' ';
    return *this;
  }
  template <class... Ts>
  key_text& all(const Ts&... parts) {
    (add(parts), ...);
    return *this;
  }
  std::string text() && { return std::move(text_); }

 private:
  std::string text_;
};

/// The state without what tells two ways to it apart (times, how many events they took) and without alerts, which change nothing
/// else.
std::string key_of_state(const order& now) {
  key_text key;
  key.all(now.status, now.reason, now.from_cart, now.decline_cancels, now.total, now.stock, now.round, now.stock_was_held);
  key.all(now.pay_wish.value_or("-"), now.accepted, now.early_capture, now.granted, now.refunded_by_gateway, now.invoiced);
  key.all(now.parcel.status, now.cancel_wish, now.expiry_wish, now.cancelled_because, now.needs_operator, now.cart.has_value());
  key.all(now.cart_settled);
  for (const auto& one : now.attempts) key.all("a", one.status, one.transaction);
  for (const auto& one : now.refunds) key.all("r", one.status, one.amount);
  for (const auto& one : now.strays) key.all("s", one.transaction, one.amount, one.attempt, one.why);
  for (const auto& one : now.outside_refunds) key.all("o", one.amount);
  for (const auto& one : now.matters) key.all("m", one.number, one.reason, one.detail, one.amount, one.about);
  for (const auto round : now.late_rounds) key.all("l", round);
  key.all(now.last_matter, now.tracks_stock());
  return std::move(key).text();
}

timestamp time_of(const order& now) { return now.exists() ? now.updated_at : start; }

order decided(const order& now, const order_action& action, timestamp at) {
  const auto said = decide(now, {action, at});
  return said.after ? *said.after : now;
}
order decided(const order& now, const order_action& action) { return decided(now, action, time_of(now)); }

/// All that came is either kept for the order or has gone back, and nobody is asked for anything.
bool is_at_its_end(const order& now) {
  const auto over = now.status == order_status::delivered || now.status == order_status::cancelled;
  return over && owed(now).empty() && owed_refund(now) == 0 && attention_of(now).empty();
}

std::string what_is_stuck(const order& now) {
  if (!now.exists()) return {};
  const auto allowed = allowed_commands(now);
  const auto is_allowed_now = [&](std::string_view name) { return std::ranges::find(allowed, name) != allowed.end(); };
  const auto matters = attention_of(now);
  if ((now.needs_operator != operator_reason::none) != !matters.empty()) return "needs_operator and attention differ";
  for (const auto& one : matters)
    if (std::ranges::none_of(one.resolved_by, is_allowed_now)) return "a matter without a command that resolves it";
  if (is_at_its_end(now) || !owed(now).empty() || next_deadline(now) || !allowed.empty()) return {};
  return "nothing is under way and nothing is allowed";
}

/// One operator's step that resolves the matter; `fits`: whether the gateway would make the refund now.
order_action resolving(const order& now, const operator_matter& matter, bool fits, bool held) {
  switch (matter.reason) {
    case operator_reason::refund_refused: return settle_refund{matter.about, !fits, "asked at the gateway", "op"};
    case operator_reason::capture_under_other_name: return settle_capture{matter.detail, held, "asked at the gateway", "op"};
    case operator_reason::booking_refused:
      if (now.status == order_status::paid) return cancel_order{};
      return settle_matter{matter.number, "seen", "op"};
    case operator_reason::none:
    case operator_reason::capture_of_wrong_amount:
    case operator_reason::booked_after_cancel:
    case operator_reason::capture_of_other_figure: return settle_matter{matter.number, "seen", "op"};
  }
  ORDERFLOW_UNREACHABLE("operator_reason");
}

// -- any word at any time ----------------------------------------------------------------------------------------------

std::vector<order_action> any_words() {
  auto d3 = placing(tracked_lines(), "card");
  d3.decline_cancels = true;
  d3.cart = cart_claim{"ann", 1};
  std::vector<order_action> words{a_cart(),
                                  placing(tracked_lines()),
                                  placing(untracked_lines(), "card"),
                                  d3,
                                  checkout{somebody(), "card"},
                                  pay_order{"card"},
                                  cancel_order{},
                                  refund_order{30},
                                  refund_order{},
                                  ship_order{},
                                  deliver_order{},
                                  settle_attempt{"", "seen", "op"},
                                  settle_shipment{"no", "op"},
                                  stock_was_reserved{1},
                                  stock_was_refused{1},
                                  stock_was_released{1},
                                  stock_was_consumed{1},
                                  payment_has_no_answer{1},
                                  shipment_was_booked{"123"},
                                  booking_was_refused{"no"},
                                  cart_was_settled{},
                                  refund_was_seen{20},
                                  refund_was_seen{100}};
  for (const uint32_t n : {1U, 2U}) {
    words.push_back(payment_was_declined{n, "no"});
    words.push_back(money_was_captured{n, "t" + std::to_string(n), price});
    words.push_back(money_was_captured{n, "t" + std::to_string(n), 90});
    words.push_back(refund_was_settled{n, 100});
    words.push_back(refund_was_refused{n, "more than is left", 20});
    words.push_back(refund_was_refused{n, "closed", 0});
    words.push_back(settle_refund{n, true, "in cash", "op"});
    words.push_back(settle_refund{n, false, "once more", "op"});
    words.push_back(settle_matter{n, "seen", "op"});
  }
  words.push_back(money_was_captured{1, "x", price});
  words.push_back(settle_capture{"x", true, "bank", "op"});
  words.push_back(settle_capture{"x", false, "bank", "op"});
  return words;
}

bool is_small(const order& now) {
  return now.attempts.size() <= 2 && now.strays.size() <= 1 && now.refunds.size() <= 2 && now.outside_refunds.size() <= 1 &&
         now.last_matter <= 2 && now.round <= 1 && now.former.empty();
}

std::vector<order> next_states(const order& now, const std::vector<order_action>& words) {
  std::vector<order> found;
  const auto add = [&](const order_action& word, timestamp at) {
    auto said = decide(now, {word, at});
    if (said.after) found.push_back(*said.after);
  };
  for (const auto& word : words) add(word, time_of(now));
  if (const auto due = next_deadline(now)) add(deadline_has_come{due->kind}, std::max(time_of(now), due->at));
  return found;
}

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

// -- a gateway that keeps books ----------------------------------------------------------------------------------------

struct charge_line {
  minor_units taken = 0;
  minor_units told = 0;  ///< At first; asked again it tells what it took.
  bool is_told = false;
};

/// The order and the gateway's own ledger.
struct small_world {
  order now;
  std::map<uint32_t, charge_line> charges;
  std::set<uint32_t> returned;  ///< Numbers of our refunds that were made.
  minor_units outside = 0;
  minor_units refunded = 0;

  [[nodiscard]] minor_units captured() const {
    minor_units sum = 0;
    for (const auto& [number, one] : charges) sum += one.taken;
    return sum;
  }
};

std::string key_of_world(const small_world& w) {
  auto key = key_of_state(w.now);
  for (const auto& [number, one] : w.charges)
    key += ' ' + std::to_string(number) + ':' + std::to_string(one.taken) + '/' + std::to_string(one.told) +
           (one.is_told ? "!" : "");
  for (const auto number : w.returned) key += " r" + std::to_string(number);
  return key + " o" + std::to_string(w.outside) + '=' + std::to_string(w.refunded);
}

std::string transaction_of(uint32_t attempt) { return "t" + std::to_string(attempt); }

small_world told_capture(small_world w, uint32_t attempt) {
  auto& line = w.charges[attempt];
  const auto figure = line.is_told ? line.taken : line.told;
  line.is_told = true;
  w.now = decided(w.now, money_was_captured{attempt, transaction_of(attempt), figure});
  return w;
}

/// What the gateway answers when it is asked for the charge.
small_world charged(small_world w, uint32_t attempt) {
  const auto& line = w.charges.try_emplace(attempt, charge_line{w.now.total, w.now.total}).first->second;
  if (line.taken > 0) return told_capture(std::move(w), attempt);
  w.now = decided(w.now, payment_was_declined{attempt, "no"});
  return w;
}

bool refund_fits(const small_world& w, uint32_t number) { return w.captured() - w.refunded >= w.now.refunds[number - 1].amount; }

small_world refunded(small_world w, uint32_t number) {
  if (!w.returned.contains(number)) {
    if (!refund_fits(w, number)) {
      w.now = decided(w.now, refund_was_refused{number, "more than is left", w.refunded});
      return w;
    }
    w.refunded += w.now.refunds[number - 1].amount;
    w.returned.insert(number);
  }
  w.now = decided(w.now, refund_was_settled{number, w.refunded});
  return w;
}

small_world answered(small_world w, const effect& what) {
  std::visit(overloaded{[&](const reserve_stock& e) { w.now = decided(w.now, stock_was_reserved{e.round}); },
                        [&](const release_stock& e) { w.now = decided(w.now, stock_was_released{e.round}); },
                        [&](const consume_stock& e) { w.now = decided(w.now, stock_was_consumed{e.round}); },
                        [&](const charge_payment& e) { w = charged(std::move(w), e.attempt); },
                        [&](const pay_back& e) { w = refunded(std::move(w), e.number); },
                        [&](const book_carrier&) { w.now = decided(w.now, shipment_was_booked{"123"}); },
                        [&](const settle_cart_of_order&) { w.now = decided(w.now, cart_was_settled{}); }},
             what);
  return w;
}

void add_charges(const small_world& w, uint32_t attempt, std::vector<small_world>& found) {
  for (const auto& line : {charge_line{price, price}, charge_line{90, 90}, charge_line{price, 90}, charge_line{}}) {
    auto then = w;
    if (!then.charges.try_emplace(attempt, line).second) break;
    found.push_back(charged(then, attempt));
    found.push_back(std::move(then));  // The answer is lost.
  }
}

void add_gateway(const small_world& w, std::vector<small_world>& found) {
  for (const auto& [number, line] : w.charges) {
    if (line.taken > 0) found.push_back(told_capture(w, number));
    if (line.taken > 0) continue;
    auto late = w;
    late.charges[number] = {price, price};
    found.push_back(told_capture(late, number));
  }
  if (w.outside == 0) {
    for (const auto amount : {minor_units{20}, w.captured() - w.refunded}) {
      if (amount <= 0 || amount > w.captured() - w.refunded) continue;
      auto then = w;
      then.outside = amount;
      then.refunded += amount;
      found.push_back(then);
      then.now = decided(then.now, refund_was_seen{then.refunded});
      found.push_back(std::move(then));
    }
  }
}

void add_refunds(const small_world& w, uint32_t number, std::vector<small_world>& found) {
  found.push_back(refunded(w, number));
  auto closed = w;
  closed.now = decided(w.now, refund_was_refused{number, "closed", w.refunded});
  found.push_back(std::move(closed));
  if (w.returned.contains(number) || !refund_fits(w, number)) return;
  auto lost = w;
  lost.refunded += w.now.refunds[number - 1].amount;
  lost.returned.insert(number);
  found.push_back(std::move(lost));
}

std::vector<small_world> next_worlds(const small_world& w, const std::vector<order_action>& requests) {
  std::vector<small_world> found;
  const auto told = [&](const order_action& word) {
    auto then = w;
    then.now = decided(w.now, word);
    found.push_back(std::move(then));
  };
  for (const auto& request : requests) told(request);
  for (const auto& what : owed(w.now)) {
    if (const auto* charge = std::get_if<charge_payment>(&what)) add_charges(w, charge->attempt, found);
    if (const auto* back = std::get_if<pay_back>(&what)) {
      add_refunds(w, back->number, found);
      continue;
    }
    found.push_back(answered(w, what));
    if (std::holds_alternative<book_carrier>(what)) told(booking_was_refused{"no"});
  }
  add_gateway(w, found);
  if (const auto due = next_deadline(w.now)) {
    auto then = w;
    then.now = decided(w.now, deadline_has_come{due->kind}, std::max(time_of(w.now), due->at));
    found.push_back(std::move(then));
  }
  std::erase_if(found, [](const small_world& one) { return !is_small(one.now); });
  return found;
}

/// Everybody answers, the gateway's last figures are asked for, and an operator does what is named.
std::string what_does_not_come_to_rest(small_world w) {
  for (int turn = 0; turn < 60; ++turn) {
    if (const auto list = owed(w.now); !list.empty()) {
      w = answered(std::move(w), list.front());
      continue;
    }
    const auto before = w.now.version;
    for (const auto& [number, line] : std::map{w.charges})
      if (line.taken > 0) w = told_capture(std::move(w), number);
    w.now = decided(w.now, refund_was_seen{w.refunded});
    if (const auto matters = attention_of(w.now); !matters.empty()) {
      const auto& matter = matters.front().matter;
      const auto fits = matter.reason == operator_reason::refund_refused && refund_fits(w, matter.about);
      w.now = decided(w.now, resolving(w.now, matter, fits, false));
    }
    if (w.now.version == before) break;
  }
  if (!owed(w.now).empty()) return "it still owes something";
  if (!attention_of(w.now).empty()) return "a person is still asked";
  const auto given_back = refunded_sum(w.now) - w.refunded;  // By other means.
  const auto kept = w.captured() - w.refunded - given_back;
  if (captured_sum(w.now) != w.captured()) return "the order's captures are not the gateway's";
  if (given_back < 0) return "the gateway has returned more than the order knows";
  if (kept < 0) return "more went back than came";
  if (w.now.status == order_status::cancelled && kept != 0) return "it is cancelled and money is kept";
  if (kept > w.now.total) return "more is kept than it costs";
  const auto kept_for_it = w.now.accepted - w.now.granted;
  if (w.now.status != order_status::cancelled && kept != kept_for_it) return "other money is kept than was accepted";
  return {};
}

}  // namespace

TEST_CASE("whatever is said in whatever order, no order is stuck") {
  const auto words = any_words();
  std::map<std::string, std::string> stuck;
  const auto next = [&](const order& now) {
    auto found = next_states(now, words);
    std::erase_if(found, [](const order& one) { return !is_small(one); });
    return found;
  };
  const auto count = walk(order{}, 60'000, key_of_state, next, [&](const order& now) {
    if (const auto why = what_is_stuck(now); !why.empty()) stuck.emplace(why, key_of_state(now));
  });
  for (const auto& [why, state] : stuck) FAIL_CHECK(why << ": " << state);
  CHECK(count >= 10'000);
}

TEST_CASE("with a gateway that keeps books every order comes to rest, and its money is right (I4, I5)") {
  const std::vector<order_action> requests{pay_order{"card"}, cancel_order{}, refund_order{30},
                                           refund_order{},    ship_order{},   deliver_order{}};
  auto d3 = placing(untracked_lines(), "card");
  d3.decline_cancels = true;
  std::map<std::string, std::string> wrong;
  for (const auto& first : {placing(untracked_lines(), "card"), placing(tracked_lines(), "card"), d3}) {
    const auto next = [&](const small_world& w) { return next_worlds(w, requests); };
    const auto count = walk(small_world{decided({}, first), {}, {}, 0, 0}, 6'000, key_of_world, next, [&](const small_world& w) {
      auto why = what_is_stuck(w.now);
      if (why.empty()) why = what_does_not_come_to_rest(w);
      if (!why.empty()) wrong.emplace(why, key_of_world(w));
    });
    CHECK(count >= 3'000);
  }
  for (const auto& [why, state] : wrong) FAIL_CHECK(why << ": " << state);
}

}  // namespace orderflow
