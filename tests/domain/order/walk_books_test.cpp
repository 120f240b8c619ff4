// An order and a gateway that keeps records: from every state that is reached, with an operator who does what `attention_of`
// names, the order comes to rest with its money right.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <set>

#include "base/assert.hpp"
#include "base/overloaded.hpp"
#include "domain/order/attention.hpp"
#include "domain/order/deadline.hpp"
#include "tests/domain/order/walk.hpp"

namespace orderflow {
namespace {

using namespace given;
using namespace walking;

/// One operator's step that resolves the matter; `fits`: whether the gateway would make the refund now.
order_action resolving(const order& now, const operator_matter& matter, bool fits, bool held) {
  switch (matter.reason) {
    case operator_reason::refund_refused:
    case operator_reason::refund_unknown_to_gateway: return resolve_refund{matter.about, !fits, "asked at the gateway", "op"};
    case operator_reason::capture_under_other_name: return resolve_capture{matter.detail, held, "asked at the gateway", "op"};
    case operator_reason::booking_refused:
      if (now.status == order_status::paid) return cancel_order{};
      return resolve_matter{matter.number, "seen", "op"};
    case operator_reason::none:
    case operator_reason::capture_of_wrong_amount:
    case operator_reason::booked_after_cancel:
    case operator_reason::capture_of_other_figure:
    case operator_reason::capture_in_other_currency: return resolve_matter{matter.number, "seen", "op"};
    case operator_reason::charge_unknown_to_gateway: return resolve_attempt{{}, "asked at the gateway", "op"};
  }
  ORDERFLOW_UNREACHABLE("operator_reason");
}

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
  std::set<uint32_t> untold;    ///< Of those about which the gateway will never say a word.
  minor_units external_services = 0;
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
  for (const auto number : w.untold) key += " u" + std::to_string(number);
  return key + " o" + std::to_string(w.external_services) + '=' + std::to_string(w.refunded);
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

/// The same for one that an operator has settled: it is not made any more.
small_world told_of(small_world w, uint32_t attempt) {
  if (w.charges.contains(attempt)) return charged(std::move(w), attempt);
  w.now = decided(w.now, payment_was_not_found{attempt});
  return w;
}

bool refund_fits(const small_world& w, uint32_t number) { return w.captured() - w.refunded >= w.now.refunds[number - 1].amount; }

small_world refunded(small_world w, uint32_t number) {
  if (w.untold.contains(number)) {
    w.now = decided(w.now, resolve_refund{number, w.returned.contains(number), "asked at the gateway", "op"});
    return w;
  }
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
                        [&](const refund_payment& e) { w = refunded(std::move(w), e.number); },
                        [&](const book_carrier&) { w.now = decided(w.now, shipment_was_booked{"123"}); },
                        [&](const ask_about_charge& e) { w = told_of(std::move(w), e.attempt); },
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
  if (w.external_services == 0) {
    for (const auto amount : {minor_units{20}, w.captured() - w.refunded}) {
      if (amount <= 0 || amount > w.captured() - w.refunded) continue;
      auto then = w;
      then.external_services = amount;
      then.refunded += amount;
      found.push_back(then);
      then.now = decided(then.now, refund_was_seen{then.refunded});
      found.push_back(std::move(then));
    }
  }
}

void add_refunds(const small_world& w, uint32_t number, std::vector<small_world>& found) {
  found.push_back(refunded(w, number));
  if (w.untold.contains(number)) return;
  auto closed = w;
  closed.now = decided(w.now, refund_was_refused{number, "closed", w.refunded});
  found.push_back(std::move(closed));
  if (w.returned.contains(number) || !refund_fits(w, number)) return;
  auto silent = w;
  silent.untold.insert(number);
  found.push_back(silent);
  auto lost = w;
  lost.refunded += w.now.refunds[number - 1].amount;
  lost.returned.insert(number);
  found.push_back(lost);
  lost.untold.insert(number);
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
  for (const auto& what : pending_effects(w.now)) {
    if (const auto* charge = std::get_if<charge_payment>(&what)) {
      add_charges(w, charge->attempt, found);
      told(resolve_attempt{{}, "asked at the gateway", "op"});
      const auto line = w.charges.find(charge->attempt);
      if (line != w.charges.end() && line->second.taken == price)
        told(resolve_attempt{transaction_of(charge->attempt), "asked at the gateway", "op"});
    }
    if (const auto* back = std::get_if<refund_payment>(&what)) {
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
    if (const auto list = pending_effects(w.now); !list.empty()) {
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
  if (!pending_effects(w.now).empty()) return "it still owes something";
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

TEST_CASE("with a gateway that keeps records every order comes to rest, and its money is right (I4, I5)") {
  const std::vector<order_action> requests{pay_order{"card"}, cancel_order{}, refund_order{30},
                                           refund_order{},    ship_order{},   deliver_order{}};
  auto d3 = placing(untracked_lines(), "card");
  d3.decline_cancels = true;
  std::map<std::string, std::string> wrong;
  for (const auto& first : {placing(untracked_lines(), "card"), placing(tracked_lines(), "card"), d3}) {
    const auto next = [&](const small_world& w) { return next_worlds(w, requests); };
    const auto count =
        walk(small_world{decided({}, first), {}, {}, {}, 0, 0}, 6'000, key_of_world, next, [&](const small_world& w) {
          auto why = what_is_stuck(w.now);
          if (why.empty()) why = what_does_not_come_to_rest(w);
          if (!why.empty()) wrong.emplace(why, key_of_world(w));
        });
    CHECK(count >= 3'000);
  }
  for (const auto& [why, state] : wrong) FAIL_CHECK(why << ": " << state);
}

}  // namespace orderflow
