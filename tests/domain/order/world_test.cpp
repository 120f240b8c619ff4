// An order in a world that keeps its own books: a gateway with a ledger, a warehouse, a carrier, and messages that come late,
// twice and in any order. Whatever happened, when all is quiet the money and the goods must add up.
#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <deque>
#include <map>
#include <ostream>

#include "base/overloaded.hpp"
#include "domain/inventory/inventory.hpp"
#include "domain/order/deadline.hpp"
#include "tests/domain/order/given.hpp"

namespace orderflow {
namespace {
using namespace given;

struct step {
  uint8_t what = 0;
  uint8_t which = 0;
};

[[maybe_unused]] std::ostream& operator<<(std::ostream& out, const step& one) {
  return out << '{' << int{one.what} << ',' << int{one.which} << '}';
}

using script = std::vector<step>;

/// Several at a time: one of them costs microseconds, and what matters are rare encounters.
rc::Gen<std::vector<script>> scripts() {
  const auto one = rc::gen::build<step>(rc::gen::set(&step::what, rc::gen::inRange<uint8_t>(0, 32)),
                                        rc::gen::set(&step::which, rc::gen::inRange<uint8_t>(0, 16)));
  return rc::gen::container<std::vector<script>>(20, rc::gen::resize(200, rc::gen::container<script>(one)));
}

const product_id apple{"A"};
const product_id bread{"B"};

std::vector<order_line> bread_lines() { return {{bread, "bread", 4, 25, true}}; }

class world {
 public:
  explicit world(bool external_refund) : external_refund_(external_refund) {
    supply(apple, 1);
    supply(bread, 1);
  }

  order now;

  void play(const step& s) {
    switch (s.what) {
      case 0: begin(s.which); break;
      case 1: request(pay_order{s.which % 4 == 0 ? "other" : "card"}); break;
      case 2:
        if (s.which == 0) request(cancel_order{});
        break;
      case 3:
        if (s.which % 4 == 0)
          request(refund_order{s.which + 1});
        else if (s.which == 1)
          request(refund_order{});
        break;
      case 4: request(ship_order{}); break;
      case 5: request(deliver_order{}); break;
      case 6: request(given::some_checkout(s.which)); break;
      case 7: request(replace_lines{s.which % 2 == 0 ? tracked_lines() : bread_lines()}); break;
      case 8: supply(s.which % 2 == 0 ? apple : bread, s.which % 4); break;
      case 9: let_time_pass(s.which); break;
      case 10: late_capture(s.which); break;
      case 11: return_money_externally(s.which); break;
      case 12: handle_stock_request(); break;
      case 13: deliver(s.which, s.which % 3 == 0); break;
      default:
        if (s.what % 2 == 0) work_on_one(s.which);
        if (s.what % 4 == 1) handle_stock_request();
        if (s.what % 4 == 3) deliver(s.which, s.which % 3 == 0);
        break;
    }
  }

  /// Everybody answers, nobody asks for anything new.
  void settle_all() {
    for (int turn = 0; turn < 200; ++turn) {
      while (!stock_requests_.empty()) handle_stock_request();
      while (!reports_.empty()) deliver(0, false);
      finish_refused_refunds();
      if (pending_effects(now).empty() && reports_.empty()) return;
      for (const auto& what : pending_effects(now)) work_on(what, 0);
    }
    RC_FAIL("the order never comes to rest");
  }

  void tell_the_cumulative_refund() { report(refund_was_seen{refunded}); }

  // The gateway's ledger.
  minor_units captured = 0;
  minor_units refunded = 0;

  [[nodiscard]] bool has_refund(refund_status status) const {
    return std::ranges::any_of(now.refunds, [&](const refund_record& one) { return one.status == status; });
  }
  [[nodiscard]] stock_level level(const product_id& product) const { return warehouse_.levels.at(product); }
  [[nodiscard]] int64_t supplied(const product_id& product) const { return supplied_.at(product); }

 private:
  struct charge {
    bool taken = false;
    minor_units amount = 0;
    bool told = false;
  };

  void begin(uint8_t which) {
    if (now.exists()) return;
    // Every other world starts with enough, so that not all its orders are out of stock.
    if (which % 4 < 2) supply(apple, 5);
    auto command = placing(tracked_lines());
    if (which % 3 == 0) command.pay_with = "card";
    command.decline_cancels = which % 5 == 0;
    if (which % 2 == 0) command.cart = cart_claim{"ann", 1};
    if (which < 10)
      request(command);
    else
      request(a_cart());
  }

  void request(const order_action& action) { apply(action); }
  void report(order_action action) { reports_.push_back(std::move(action)); }

  void apply(const order_action& action) {
    at_ += milliseconds{1};
    for (const auto& event : decide(now, {action, at_}).events) evolve(now, {event, at_});
  }

  void supply(const product_id& product, int64_t quantity) {
    supplied_[product] += quantity;
    for (const auto& event : decide(warehouse_, adjust_stock{product, quantity, "delivery"}, reservation_mark::none).events)
      evolve(warehouse_, event);
  }

  void deliver(size_t which, bool again) {
    if (reports_.empty()) return;
    const auto at = reports_.begin() + static_cast<std::ptrdiff_t>(which % reports_.size());
    const auto action = *at;
    if (!again) reports_.erase(at);
    apply(action);
  }

  void let_time_pass(uint8_t which) {
    if (which > 1) return;
    const auto next = next_deadline(now);
    if (!next) return;
    at_ = std::max(at_, next->at);
    apply(deadline_has_come{next->kind});
  }

  void work_on_one(uint8_t which) {
    const auto list = pending_effects(now);
    if (!list.empty()) work_on(list[which % list.size()], which);
  }

  void work_on(const effect& what, uint8_t luck) {
    std::visit(overloaded{
                   [&](const reserve_stock& e) {
                     ask_stock(reserve_lines{{number, e.round}, lines_of(e.round), true});
                   },
                   [&](const release_stock& e) {
                     ask_stock(release_lines{{number, e.round}, lines_of(e.round), e.was_held, true});
                   },
                   [&](const consume_stock& e) {
                     ask_stock(consume_lines{{number, e.round}, lines_of(e.round), true});
                   },
                   [&](const charge_payment& e) { charge_customer(e.attempt, luck); },
                   [](const ask_about_charge&) {},  // No operator settles an attempt here.
                   [&](const refund_payment& e) { refund(e.number, luck); },
                   [&](const book_carrier&) { book(luck); },
                   [&](const settle_cart_of_order&) { report(cart_was_settled{}); },
               },
               what);
  }

  [[nodiscard]] std::vector<stock_line> lines_of(uint32_t round) const { return stock_lines_of(now, round); }
  void ask_stock(inventory_command command) { stock_requests_.push_back(std::move(command)); }

  /// The warehouse is one actor: requests reach it in order; its answers may still overtake each other.
  void handle_stock_request() {
    if (stock_requests_.empty()) return;
    const auto next = stock_requests_.front();
    stock_requests_.pop_front();
    const auto answer = [&](const auto& one) {
      auto& mark = marks_[one.key];
      const auto said = decide(warehouse_, one, mark);
      for (const auto& event : said.events) {
        evolve(warehouse_, event);
        mark = std::holds_alternative<lines_reserved>(event) ? reservation_mark::open : reservation_mark::closed;
      }
      return said.outcome;
    };
    std::visit(overloaded{
                   [&](const reserve_lines& command) {
                     if (answer(command) == inventory_outcome::done)
                       report(stock_was_reserved{command.key.round});
                     else
                       report(stock_was_refused{command.key.round});
                   },
                   [&](const release_lines& command) {
                     RC_ASSERT(answer(command) == inventory_outcome::done);
                     report(stock_was_released{command.key.round});
                   },
                   [&](const consume_lines& command) {
                     RC_ASSERT(answer(command) == inventory_outcome::done);
                     report(stock_was_consumed{command.key.round});
                   },
                   [](const auto&) {},  // Nobody counts or takes goods by hand here.
               },
               next);
  }

  void take(uint32_t attempt, minor_units amount) {
    charges_[attempt] = {true, amount, true};
    captured += amount;
    report(money_was_captured{attempt, "txn" + std::to_string(attempt), amount});
  }

  void charge_customer(uint32_t attempt, uint8_t luck) {
    if (const auto known = charges_.find(attempt); known != charges_.end()) {
      known->second.told = true;
      if (known->second.taken)
        report(money_was_captured{attempt, "txn" + std::to_string(attempt), known->second.amount});
      else
        report(payment_was_declined{attempt, "no"});
    } else if (luck < 7) {
      take(attempt, now.total);
    } else if (luck < 9) {
      take(attempt, now.total - 10);
    } else if (luck < 12) {
      charges_[attempt] = {false, 0, true};
      report(payment_was_declined{attempt, "no"});
    } else if (luck < 14) {
      charges_[attempt] = {true, now.total, false};
      captured += now.total;
    } else {
      report(payment_has_no_answer{attempt});
    }
  }

  /// A gateway that said no, and takes the money after all.
  void late_capture(uint8_t which) {
    const auto attempt = which % 4u + 1;
    const auto known = charges_.find(attempt);
    if (known == charges_.end() || known->second.taken || !known->second.told) return;
    take(attempt, now.total);
  }

  void return_money_externally(uint8_t which) {
    if (!external_refund_ || which % 3 != 0 || captured == refunded) return;
    refunded += std::min<minor_units>(captured - refunded, which % 2 == 0 ? 100 : 15);
    tell_the_cumulative_refund();
  }

  void refund(uint32_t n, uint8_t luck) {
    if (!returned_.contains(n)) {
      const auto amount = now.refunds.at(n - 1).amount;
      if (captured - refunded < amount) {
        report(refund_was_refused{n, "more than is left", refunded});
        return;
      }
      if (luck == 15) {
        report(refund_was_refused{n, "not today", refunded});
        return;
      }
      refunded += amount;
      returned_[n] = true;
      if (luck == 14) return;
    }
    report(refund_was_settled{n, refunded});
  }

  /// An operator gets refused refunds through by other means.
  void finish_refused_refunds() {
    for (uint32_t n = 1; n <= now.refunds.size(); ++n) {
      const auto& one = now.refunds[n - 1];
      const auto possible = returned_.contains(n) || captured - refunded >= one.amount;
      if (one.status == refund_status::refused && possible) refund(n, 0);
    }
  }

  void book(uint8_t luck) {
    booked_ = booked_ || luck < 10;
    if (booked_)
      report(shipment_was_booked{"123"});
    else
      report(booking_was_refused{"no"});
  }

  bool external_refund_;
  timestamp at_ = start;
  inventory warehouse_;
  std::map<product_id, int64_t> supplied_;
  std::map<reservation_key, reservation_mark> marks_;
  std::deque<inventory_command> stock_requests_;
  std::vector<order_action> reports_;
  std::map<uint32_t, charge> charges_;
  std::map<uint32_t, bool> returned_;
  bool booked_ = false;
};

void check_goods(const world& w) {
  for (const auto& product : {apple, bread}) {
    int64_t ordered = 0;
    for (const auto& line : stock_lines_of(w.now))
      if (line.product == product) ordered += line.quantity;
    const auto held = w.now.stock == stock_status::held ? ordered : 0;
    const auto consumed = w.now.stock == stock_status::consumed ? ordered : 0;
    RC_ASSERT(w.level(product).reserved == held);
    RC_ASSERT(w.level(product).on_hand == w.supplied(product) - consumed);
  }
}

/// How many worlds came to what, so that the laws are not about nothing.
struct encounters {
  int cancelled = 0;
  int delivered = 0;
  int several_refunds = 0;
  int unmatched = 0;
  int changed_carts = 0;
  int replaced_refunds = 0;

  void count(const world& w) {
    cancelled += w.now.status == order_status::cancelled;
    delivered += w.now.status == order_status::delivered;
    several_refunds += w.now.refunds.size() > 1;
    unmatched += !w.now.unmatched.empty();
    changed_carts += !w.now.former.empty();
    replaced_refunds += w.has_refund(refund_status::replaced);
  }
};

world settled_world(const script& steps, bool external_refund, encounters& seen) {
  world w{external_refund};
  const auto length = static_cast<uint8_t>(steps.size());
  w.play({0, static_cast<uint8_t>(length % 16)});
  for (const auto& s : steps) w.play(s);
  w.settle_all();
  seen.count(w);
  return w;
}

void check_plain_world(const world& w) {
  const auto balance = w.captured - w.refunded;
  RC_ASSERT(captured_sum(w.now) == w.captured);
  RC_ASSERT(refunded_sum(w.now) == w.refunded);
  RC_ASSERT(0 <= balance && balance <= w.now.total);
  RC_ASSERT(balance == (w.now.status == order_status::cancelled ? 0 : w.now.accepted - w.now.granted));
  check_goods(w);
}

void check_world_with_external_refunds(const world& w) {
  const auto balance = w.captured - w.refunded;
  RC_ASSERT(captured_sum(w.now) == w.captured);
  RC_ASSERT(refunded_sum(w.now) == w.refunded);
  RC_ASSERT(balance >= 0);
  // What the gateway refuses because somebody was faster is explained by its figure, and the rest goes back.
  RC_ASSERT(!w.has_refund(refund_status::refused));
  RC_ASSERT(balance == (w.now.status == order_status::cancelled ? 0 : w.now.accepted - w.now.granted));
  check_goods(w);
}

}  // namespace

TEST_CASE("when all is quiet the order's records are the gateway's and no money is left over (I4, I5)") {
  encounters seen;
  CHECK(rc::check([&] {
    for (const auto& steps : *scripts()) check_plain_world(settled_world(steps, false, seen));
  }));
  CHECK(seen.cancelled > 0);
  CHECK(seen.delivered > 0);
  CHECK(seen.several_refunds > 0);
  CHECK(seen.unmatched > 0);
  CHECK(seen.changed_carts > 0);
}

TEST_CASE("money that others return is never returned twice (I4)") {
  encounters seen;
  CHECK(rc::check([&] {
    for (const auto& steps : *scripts()) {
      auto w = settled_world(steps, true, seen);
      w.tell_the_cumulative_refund();
      w.settle_all();
      check_world_with_external_refunds(w);
    }
  }));
  CHECK(seen.several_refunds > 0);
  CHECK(seen.replaced_refunds > 0);
}

}  // namespace orderflow
