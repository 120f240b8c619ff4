// Random stories: commands, faults of the store and of the world, crashes, and every order in which messages can be handled.
// Whatever happened, once everything is well again the books have to balance. A failure prints its seed;
// ORDERFLOW_SEED=<number> runs that one alone, with ORDERFLOW_SEEDS=<count> so many from there on.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>

#include "base/assert.hpp"
#include "codec/order_json.hpp"
#include "domain/order/attention.hpp"
#include "domain/order/evolve.hpp"
#include "domain/order/message.hpp"
#include "messages/charge_report.hpp"
#include "tests/actors/fixture.hpp"
#include "tests/sim/audit.hpp"

namespace orderflow::test {

namespace {

using std::chrono::seconds;

constexpr uint64_t usual_seeds = 300;
constexpr int actions_per_story = 120;

uint64_t number_in(const char* variable, uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

actor_settings short_pauses() {
  actor_settings limits;
  limits.passivate_after = seconds{1};
  limits.payment_timeout = milliseconds{500};
  limits.payment_retry_most = seconds{1};
  limits.payments_in_flight = 4;
  limits.waiters_per_order = 2;
  limits.timer_window = seconds{5};
  limits.ids_per_block = 3;
  limits.resumes_at_once = 2;
  return limits;
}

timer_policy short_timers() {
  timer_policy timers;
  timers.payment_reminder = seconds{3};
  timers.payment_alert = seconds{6};
  timers.payment_due = seconds{12};
  timers.stock_confirm = seconds{2};
  return timers;
}

class story {
 public:
  explicit story(uint64_t seed) : chance_(seed), on_(short_pauses()) {
    on_.stock_up(8);
    on_.stock_up(5, "mall");
  }

  void tell() {
    for (int i = 0; i < actions_per_story; ++i) {
      act();
      if (one_in(2)) on_.run_shuffled(chance_);
      if (one_in(3)) pass_time(milliseconds{static_cast<int64_t>(below(600))});
      if (one_in(10)) check(audit_depth::at_any_time);
    }
    heal();
    check(audit_depth::at_rest);
    check_acknowledged();
    check_people();
  }

 private:
  uint64_t below(uint64_t limit) { return chance_() % limit; }
  bool one_in(uint64_t n) { return below(n) == 0; }
  template <class T>
  const T& any(const std::vector<T>& list) {
    return list[below(list.size())];
  }

  void act() {
    switch (below(18)) {
      case 0:
      case 1:
      case 2:
      case 3: return create();
      case 4:
      case 5:
      case 6: return command();
      case 7: return store_trouble();
      case 8: return world_trouble();
      case 9: return gateway_speaks();
      case 10: return look();
      case 11: on_.stock(adjust_stock{{"A"}, static_cast<int64_t>(below(3)), "delivery"}, one_in(2) ? "shop" : "mall"); return;
      case 12:
        if (one_in(4)) defect();
        return;
      case 13:
        if (one_in(3)) crash();
        return;
      case 14:
        on_.db.faults().down = false;
        mend_world();
        return;
      case 15: return callback();
      case 16: return return_money_externally();
      default: on_.run_shuffled(chance_); return;
    }
  }

  /// The edge asks the gateway about an attempt because somebody said something; its answer reaches the order at some time.
  void callback() {
    if (one_in(2)) {
      const auto id = any_order();
      const auto attempts = id ? on_.stored(*id).attempts.size() : 0;
      if (attempts == 0) return;
      const auto attempt = 1 + static_cast<uint32_t>(below(attempts));
      questions_.push_back({*id, attempt, on_.request<charge_answer>(on_.all().payments, charge_question{*id, attempt})});
      return;
    }
    if (questions_.empty()) return;
    const auto& one = any(questions_);
    if (!one.told->reply) return;
    if (auto what = report_of(*one.told->reply, one.attempt)) on_.report(one.order, *what);
  }

  void return_money_externally() {
    const auto id = any_order();
    if (!id) return;
    const auto left = on_.world.payments.captured(*id) - on_.world.payments.refunded(*id);
    if (left <= 0) return;
    on_.world.payments.external_refund(*id, one_in(2) ? left : 1 + static_cast<minor_units>(below(static_cast<uint64_t>(left))));
    if (one_in(2)) tell_refunds(*id);
  }

  void tell_refunds(order_id id) { on_.report(id, refund_was_seen{on_.world.payments.refunded(id)}); }

  void create() {
    static const std::vector<std::string> methods{"ok",           "ok",    "ok",          "declined",     "lost_reply",
                                                  "lost_request", "error", "in_progress", "wrong_amount", "told_wrong"};
    order_options command;
    command.timers = short_timers();
    auto number = below(12);
    // What a key stands for is always the same wish, as a client that repeats it would send.
    std::mt19937_64 of_key(number < 8 ? number : chance_());
    if (number < 8) command.key = "key-" + std::to_string(number);
    command.pay_with = of_key() % 5 == 0 ? std::nullopt : std::optional{methods[of_key() % methods.size()]};
    command.tracked = static_cast<int64_t>(of_key() % 4);
    command.decline_cancels = of_key() % 2 == 0;
    // One tenant more than have stock: it is first seen in the midst of the story.
    static const std::vector<std::string> tenants{"shop", "shop", "mall", "kiosk"};
    command.tenant = tenants[of_key() % tenants.size()];
    command.when = one_in(2) ? answer_when::settled : answer_when::committed;
    asked_.push_back(on_.create(command));
    if (one_in(4)) asked_.push_back(on_.create(command));
  }

  std::optional<order_id> any_order() {
    const auto& orders = on_.db.tables().orders;
    if (orders.empty()) return std::nullopt;
    return std::next(orders.begin(), static_cast<std::ptrdiff_t>(below(orders.size())))->first;
  }

  void command() {
    auto id = any_order();
    if (!id) return;
    auto when = one_in(2) ? answer_when::settled : answer_when::committed;
    auto command = [&]() -> order_action {
      switch (below(7)) {
        case 0: return cancel_order{};
        case 1:
          return refund_order{one_in(2) ? std::nullopt : std::optional<minor_units>{1 + static_cast<minor_units>(below(400))}};
        case 2:
        case 3: return ship_order{};
        case 4: return deliver_order{};
        default: return pay_order{one_in(3) ? "in_progress" : "ok"};
      }
    };
    asked_.push_back(on_.command(*id, command(), when));
  }

  void look() {
    if (auto id = any_order()) asked_.push_back(on_.look(*id, one_in(3) ? answer_when::settled : answer_when::committed));
  }

  void store_trouble() {
    auto& faults = on_.db.faults();
    switch (below(7)) {
      case 0: faults.failing_commits = 1 + static_cast<uint32_t>(below(3)); return;
      case 1: faults.failing_loads = 1 + static_cast<uint32_t>(below(3)); return;
      case 2: faults.failing_reads = 1 + static_cast<uint32_t>(below(3)); return;
      case 3: faults.failing_id_blocks = 1; return;
      case 4: faults.abort_answer = one_in(2) ? lost_answer::after_commit : lost_answer::before_commit; return;
      case 5:
        faults.blame = [left = 1 + below(2), skip = below(6)](const append_request&) mutable {
          if (skip > 0) return --skip, append_status::committed;
          return left > 0 ? --left, append_status::conflict : append_status::committed;
        };
        return;
      default: faults.down = true; return;
    }
  }

  void world_trouble() {
    switch (below(5)) {
      case 0: on_.world.payments.down = true; return;
      case 1: on_.world.payments.mute = true; return;
      case 2: on_.world.shipments.failing = 2; return;
      case 3: on_.world.shipments.silent = 1; return;
      default: on_.world.mail.failing = 2; return;
    }
  }

  void mend_world() {
    on_.world.payments.down = on_.world.payments.mute = false;
    on_.world.shipments.failing = on_.world.shipments.silent = 0;
    on_.world.mail.failing = 0;
  }

  void gateway_speaks() {
    if (auto open = on_.world.payments.in_progress(); !open.empty()) return on_.world.payments.settle(any(open), one_in(2));
    std::vector<ledger_line> declined;
    for (const auto& line : on_.world.payments.ledger())
      if (line.kind == ledger_kind::decline && on_.world.payments.count(ledger_kind::capture, line.key) == 0)
        declined.push_back(line);
    if (!declined.empty() && one_in(2)) {
      auto late = any(declined);
      on_.world.payments.capture_late(late.order, late.key, on_.stored(late.order).total);
    } else if (one_in(3)) {
      on_.world.payments.report_again();
    }
  }

  void defect() {
    if (auto id = any_order()) on_.report(*id, deliver_order{});
  }

  void crash() {
    if (one_in(2)) on_.run_steps(below(40));
    on_.crash();
    on_.db.faults() = {};
    on_.start(true);
  }

  void pass_time(milliseconds by) {
    constexpr milliseconds step{60};
    for (milliseconds passed{0}; passed < by; passed += step) {
      on_.time->advance(step);
      on_.scheduler().advance_time(step);
      on_.run_shuffled(chance_);
    }
  }

  void heal() {
    on_.db.faults() = {};
    mend_world();
    on_.run_shuffled(chance_);
    for (int round = 0; round < 3; ++round) {
      for (const auto& shard : on_.all().shards) {
        auto notes = on_.request<std::vector<quarantine_note>>(shard, caf::get_atom_v);
        on_.run();
        for (const auto& note : *notes->reply) on_.request<bool>(shard, redrive_atom_v, note.order);
      }
      for (const auto& key : on_.world.payments.in_progress()) on_.world.payments.settle(key, one_in(2));
      on_.world.payments.report_again();
      for (const auto& [id, row] : on_.db.tables().orders) tell_refunds(id);
      on_.advance(seconds{8}, milliseconds{100});
      for (const auto& [id, row] : on_.db.tables().orders) resolve(id);
      on_.advance(seconds{8}, milliseconds{100});
    }
  }

  /// An operator does what is named for each matter; once done, nobody is asked for anything.
  void resolve(order_id id) {
    for (int turn = 0; turn < 5; ++turn) {
      const auto matters = attention_of(on_.stored(id));
      if (matters.empty()) return;
      asked_.push_back(on_.command(id, resolving(on_.stored(id), matters.front().matter)));
      on_.run();
    }
  }

  static order_action resolving(const order& now, const operator_matter& matter) {
    switch (matter.reason) {
      case operator_reason::refund_refused:
      case operator_reason::refund_unknown_to_gateway: return resolve_refund{matter.about, false, "asked at the gateway", "tom"};
      case operator_reason::capture_under_other_name: return resolve_capture{matter.detail, false, "asked there", "tom"};
      case operator_reason::booking_refused:
        if (now.status == order_status::paid) return cancel_order{};
        return resolve_matter{matter.number, "seen", "tom"};
      case operator_reason::none:
      case operator_reason::capture_of_wrong_amount:
      case operator_reason::booked_after_cancel:
      case operator_reason::capture_of_other_figure:
      case operator_reason::capture_in_other_currency: return resolve_matter{matter.number, "seen", "tom"};
      case operator_reason::charge_unknown_to_gateway: return resolve_attempt{{}, "asked at the gateway", "op"};
    }
    ORDERFLOW_UNREACHABLE("operator_reason");
  }

  void check(audit_depth depth) {
    for (const auto& violation : audit(on_.db.tables(), on_.world, depth)) FAIL_CHECK(violation);
  }

  /// I1: whatever anybody was shown is what the stored events say, up to that version. Everybody was answered once.
  void check_acknowledged() {
    for (const auto& one : asked_) {
      CHECK(one->answers == 1);
      if (!one->reply || !one->reply->now) continue;
      const auto& shown = *one->reply->now;
      const auto& places = on_.db.tables().streams.at(stream_of(shown.id).packed());
      REQUIRE(places.size() >= shown.version);
      order then;
      for (size_t i = 0; i < shown.version; ++i) evolve(then, decode_order_event(on_.db.tables().events[places[i]].event));
      CHECK(then == shown);
    }
  }

  /// I8: every fact that people are told, and that is still true, reached them, whatever was in the way.
  void check_people() {
    for (const auto& event : on_.db.tables().events) {
      if (event.stream.kind != stream_kind::order) continue;
      if (!message_of(decode_order_event(event.event).event, on_.stored({event.stream.id}))) continue;
      auto id = std::to_string(event.stream.id) + "." + std::to_string(event.seq) + ".email";
      auto was_sent = std::ranges::any_of(on_.world.mail.sent, [&](const outgoing_message& one) { return one.id == id; });
      if (!was_sent) FAIL_CHECK("I8: nobody was told " << id);
    }
  }

  std::mt19937_64 chance_;
  fixture on_;
  std::vector<asked_order> asked_;
  struct question {
    order_id order;
    uint32_t attempt = 0;
    std::shared_ptr<asked<charge_answer>> told;
  };
  std::vector<question> questions_;
};

}  // namespace

TEST_CASE("whatever goes wrong and in whatever order messages are handled, the money balances in the end") {
  const auto alone = number_in("ORDERFLOW_SEED", 0);
  const auto first = alone == 0 ? 1 : alone;
  const auto count = number_in("ORDERFLOW_SEEDS", alone == 0 ? usual_seeds : 1);
  for (auto seed = first; seed < first + count; ++seed) {
    INFO("seed " << seed);
    story{seed}.tell();
  }
}

}  // namespace orderflow::test
