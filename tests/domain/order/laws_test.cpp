// Laws that hold for any commands in any order, sensible or not. (Whole worlds, in which money and goods are conserved, are in
// world_test.cpp.)
#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "domain/order/deadline.hpp"
#include "tests/domain/order/given.hpp"

namespace orderflow {
namespace {

using namespace given;

/// What to do, which variety of it, and how much later than the step before.
struct step {
  uint8_t what = 0;
  uint8_t which = 0;
  uint8_t detail = 0;
};

[[maybe_unused]] std::ostream& operator<<(std::ostream& out, const step& one) {
  return out << '{' << int{one.what} << ',' << int{one.which} << ',' << int{one.detail} << '}';
}

constexpr uint8_t kinds = std::variant_size_v<order_action>;

rc::Gen<std::vector<step>> histories() {
  const auto one = rc::gen::build<step>(rc::gen::set(&step::what, rc::gen::inRange<uint8_t>(0, kinds)),
                                        rc::gen::set(&step::which, rc::gen::inRange<uint8_t>(0, 8)),
                                        rc::gen::set(&step::detail, rc::gen::inRange<uint8_t>(0, 8)));
  return rc::gen::resize(150, rc::gen::container<std::vector<step>>(one));
}

std::vector<order_line> some_lines(uint8_t which) {
  switch (which % 4) {
    case 0: return tracked_lines();
    case 1: return untracked_lines();
    case 2: return free_lines();
    default: return {{product_id{"B"}, "bread", 1, 100, true}, {product_id{}, "ribbon", 1, 0, false}};
  }
}

minor_units some_amount(uint8_t detail) { return std::array<minor_units, 8>{100, 100, 100, 50, 90, 0, -1, 200}[detail % 8]; }

place_order some_place(uint8_t which, uint8_t detail) {
  auto command = placing(some_lines(which));
  if (detail % 2 == 0) command.pay_with = "card";
  command.decline_cancels = detail % 4 == 0;
  if (which % 3 == 0) command.cart = cart_claim{"ann", 1};
  return command;
}

open_cart some_cart(uint8_t which) {
  auto command = a_cart();
  command.lines = some_lines(which);
  return command;
}

/// Requests; the number is the alternative's in `order_action`.
order_action some_request(const step& s) {
  const auto text = std::to_string(s.detail % 3);
  switch (s.what) {
    case 0: return some_cart(s.which);
    case 1: return replace_lines{some_lines(s.which)};
    case 2: return some_place(s.which, s.detail);
    case 3: return checkout{somebody(), s.which % 2 == 0 ? std::optional<std::string>{"card"} : std::nullopt};
    case 4: return pay_order{s.which % 4 == 0 ? "other" : "card"};
    case 5: return cancel_order{};
    case 6: return refund_order{s.which % 2 == 0 ? std::optional<minor_units>{some_amount(s.detail) / 4} : std::nullopt};
    case 7: return ship_order{s.which % 3 == 0 ? text : "", s.detail % 2 == 0 ? somebody() : customer{}};
    case 8: return deliver_order{};
    case 9: return resolve_attempt{s.which % 2 == 0 ? "t" + text : "", "seen", "op"};
    case 10: return resolve_shipment{"no", "op"};
    case 11: return resolve_refund{s.which % 4u, s.detail % 2 == 0, "seen", "op"};
    case 12: return resolve_capture{"t" + text, s.detail % 2 == 0, "seen", "op"};
    case 13: return resolve_matter{s.which % 4u, "seen", "op"};
    default: return issue_invoice{somebody()};
  }
}

order_action some_report(const step& s) {
  const auto number = s.which % 4u;
  const auto transaction = s.detail % 4 == 0 ? std::string{} : "t" + std::to_string(s.detail % 4);
  switch (s.what) {
    case 15: return stock_was_reserved{number};
    case 16: return stock_was_refused{number};
    case 17: return stock_was_released{number};
    case 18: return stock_was_consumed{number};
    case 19:
      return money_was_captured{number, transaction, some_amount(s.detail),
                                s.which == 7 ? std::optional{currency{{'J', 'P', 'Y'}}} : std::nullopt};
    case 20: return payment_was_declined{number, "no"};
    case 21: return payment_has_no_answer{number};
    case 22: return payment_was_not_found{number};
    case 23: return charge_is_unknown{number};
    case 24: return refund_was_settled{number, some_amount(s.detail)};
    case 25: return refund_was_refused{number, "no", std::max<minor_units>(0, some_amount(s.detail))};
    case 26: return refund_was_not_shown{number, some_amount(s.detail)};
    case 27: return refund_was_seen{some_amount(s.detail)};
    case 28: return shipment_was_booked{std::to_string(s.detail % 3)};
    case 29: return booking_was_refused{"no"};
    case 30: return deadline_has_come{static_cast<deadline_kind>(1 + s.which % 6)};
    case 31: return cart_was_settled{};
    default: return refund_is_unknown{number};
  }
}

constexpr uint8_t first_report = 15;

order_action some_action(const step& s) { return s.what < first_report ? some_request(s) : some_report(s); }

milliseconds pause_before(const step& s) { return std::chrono::minutes{s.which == 7 ? 600 : s.detail}; }

/// Runs a history from nothing and shows every decision to `look(before, command, ruling, after)`.
template <class Look>
void run(const std::vector<step>& history, Look look) {
  order now;
  auto at = start;
  for (const auto& s : history) {
    at += pause_before(s);
    const order_command command{some_action(s), at};
    const auto decision = decide(now, command);
    order then = now;
    for (const auto& event : decision.events) evolve(then, {event, at});
    look(now, command, decision, then);
    now = std::move(then);
  }
}

/// A partial refund is the one request that means more each time: its repetition is recognised by the caller's key.
bool means_more_each_time(const order_action& action) {
  const auto* refund = std::get_if<refund_order>(&action);
  return refund != nullptr && refund->amount.has_value();
}

/// No gateway speaks of a refund before it was started. Once the refund has been, the same words mean something else.
bool is_about_no_refund(const order& before, const order_action& action) {
  const auto* settled = std::get_if<refund_was_settled>(&action);
  const auto* refused = std::get_if<refund_was_refused>(&action);
  const auto* not_shown = std::get_if<refund_was_not_shown>(&action);
  const auto* unknown = std::get_if<refund_is_unknown>(&action);
  const auto number = settled     ? settled->number
                      : refused   ? refused->number
                      : not_shown ? not_shown->number
                      : unknown   ? unknown->number
                                  : 0;
  return number > before.refunds.size();
}

bool is_report(const order_action& action) { return action.index() >= first_report; }

}  // namespace

TEST_CASE("the generated commands are the ones they are numbered after") {
  for (uint8_t what = 0; what < kinds; ++what) CHECK(some_action({what, 0, 0}).index() == what);
}

TEST_CASE("deciding twice changes nothing") {
  CHECK(rc::check([] {
    run(*histories(), [](const order& before, const order_command& command, const decision&, const order& after) {
      if (means_more_each_time(command.action) || is_about_no_refund(before, command.action)) return;
      const auto again = decide(after, command);
      RC_ASSERT(again.events.empty());
    });
  }));
}

TEST_CASE("a report is never refused, and a refusal or a request for later comes alone") {
  CHECK(rc::check([] {
    run(*histories(), [](const order&, const order_command& command, const decision& said, const order& after) {
      if (is_report(command.action)) RC_ASSERT(said.refused == refusal::none);
      if (said.refused != refusal::none) RC_ASSERT(said.events.empty() && !said.accepted);
      if (said.accepted) RC_ASSERT(after.cancel_requested);
    });
  }));
}

TEST_CASE("versions grow by one per event and the fold of all events is the state (I6, I10)") {
  CHECK(rc::check([] {
    order folded;
    run(*histories(), [&](const order& before, const order_command& command, const decision& said, const order& after) {
      RC_ASSERT(after.version == before.version + said.events.size());
      for (const auto& event : said.events) evolve(folded, {event, command.at});
      RC_ASSERT(folded == after);
      RC_ASSERT(pending_effects(folded) == pending_effects(after));
    });
  }));
}

TEST_CASE("only the diagram's transitions happen (I7)") {
  CHECK(rc::check([] {
    run(*histories(), [](const order& before, const order_command& command, const decision& said, const order&) {
      auto now = before;
      for (const auto& event : said.events) {
        const auto from = now;
        evolve(now, {event, command.at});
        RC_ASSERT(!from.exists() || from.status == now.status || may_follow(from.status, now.status));
      }
    });
  }));
}

TEST_CASE("no appended state has a debt that nobody works on, and no more is promised than was taken (I4)") {
  CHECK(rc::check([] {
    run(*histories(), [](const order&, const order_command&, const decision&, const order& now) {
      RC_ASSERT(pending_refund(now) == 0);
      RC_ASSERT(0 <= now.granted && now.granted <= now.accepted);
      RC_ASSERT(now.accepted == 0 || now.accepted == now.total);
      if (now.status == order_status::paid || now.status == order_status::shipped || now.status == order_status::delivered)
        RC_ASSERT(now.accepted == now.total);
    });
  }));
}

TEST_CASE("the stock of an order is held while it is wanted and given back or consumed when it is not") {
  CHECK(rc::check([] {
    run(*histories(), [](const order&, const order_command&, const decision&, const order& now) {
      const auto is = [&](stock_status status) { return now.stock == status; };
      RC_ASSERT(is(stock_status::requested) == now.pending_for(pending_reason::awaiting_stock));
      if (now.status == order_status::cancelled) RC_ASSERT(!is(stock_status::held) && !is(stock_status::consumed));
      if (is(stock_status::releasing)) RC_ASSERT(now.status == order_status::cancelled);
      if (is(stock_status::consumed)) RC_ASSERT(now.status == order_status::shipped || now.status == order_status::delivered);
      if (now.status == order_status::paid) RC_ASSERT(is(stock_status::held) == now.tracks_stock());
    });
  }));
}

TEST_CASE("every effect is owed once") {
  CHECK(rc::check([] {
    run(*histories(), [](const order&, const order_command&, const decision&, const order& now) {
      std::vector<std::string> keys;
      for (const auto& what : pending_effects(now)) keys.push_back(key_of(now.id, what));
      std::ranges::sort(keys);
      RC_ASSERT(std::ranges::adjacent_find(keys) == keys.end());
    });
  }));
}

TEST_CASE("a deadline that has come changes the order, so that no timer runs for ever (I9)") {
  CHECK(rc::check([] {
    run(*histories(), [](const order&, const order_command&, const decision&, order now) {
      for (int deadlines = 0; auto next = next_deadline(now); ++deadlines) {
        RC_ASSERT(deadlines < 10);
        const auto early = decide(now, {deadline_has_come{next->kind}, next->at - milliseconds{1}});
        RC_ASSERT(early.events.empty());
        now = after(now, {deadline_has_come{next->kind}}, next->at);
        RC_ASSERT(next_deadline(now) != next);
      }
    });
  }));
}

}  // namespace orderflow
