#include "tests/sim/audit.hpp"

#include "base/overloaded.hpp"
#include "codec/inventory_json.hpp"
#include "codec/order_json.hpp"
#include "domain/order/attention.hpp"
#include "domain/order/deadline.hpp"
#include "domain/order/evolve.hpp"
#include "domain/order/pending_effects.hpp"

namespace orderflow::test {

namespace {

bool left_the_house(const order& now) { return now.status == order_status::shipped || now.status == order_status::delivered; }

class auditor {
 public:
  auditor(const memory_tables& store, const simulated_services& world, audit_depth depth)
      : store_(store), world_(world), at_rest_(depth == audit_depth::at_rest) {}

  std::vector<std::string> found() && {
    check_streams();
    for (const auto& [packed, places] : store_.streams)
      if (stream_key::unpacked(packed).kind == stream_kind::inventory) check_stock(stream_key::unpacked(packed).id, places);
    for (const auto& [id, row] : store_.states) check_order(id, row);
    for (const auto& [place, claim] : store_.keys)
      expect(store_.orders.contains(claim.order), "I2", claim.order, "its key names an order that does not exist");
    check_gateway();
    return std::move(found_);
  }

 private:
  void expect(bool holds, const std::string& invariant, order_id id, const std::string& what) {
    if (!holds) found_.push_back(invariant + ": order " + std::to_string(id.value) + ": " + what);
  }

  /// I6: gapless from 1, in the order of positions.
  void check_streams() {
    for (const auto& [packed, places] : store_.streams) {
      uint64_t seq = 0;
      position last;
      for (auto place : places) {
        const auto& one = store_.events[place];
        expect(one.seq == ++seq && one.at > last, "I6", order_id{stream_key::unpacked(packed).id}, "its events have a gap");
        last = one.at;
      }
    }
  }

  /// I10, and the columns that lists, timers and the resumer live on. Folding asserts I7.
  void check_order(order_id id, const order_state_row& row) {
    order folded;
    try {
      for (auto place : store_.streams.at(stream_of(id).packed())) evolve(folded, decode_order_event(store_.events[place].event));
    } catch (const std::exception& why) {
      return expect(false, "I7", id, why.what());
    }
    expect(folded == decode_state(row.state), "I10", id, "its state is not what its events add up to");
    expect(row.version == folded.version && row.status == folded.status, "I10", id, "its row shows another status");
    expect(row.open == !pending_effects(folded).empty(), "I9", id, "its row hides what it owes");
    auto next = next_deadline(folded);
    expect(row.due_at == (next ? std::optional{next->at} : std::nullopt), "I9", id, "its row hides its deadline");
    expect(store_.orders.contains(id), "I6", id, "it has a state but was never created");
    check_money(folded);
    check_reservations(folded);
  }

  void check_money(const order& now) {
    auto captured = world_.payments.captured(now.id);
    auto refunded = world_.payments.refunded(now.id);
    expect(captured >= refunded, "I4", now.id, "more went back than came");
    size_t good = 0;
    for (const auto& one : now.attempts) good += one.status == attempt_status::captured ? 1 : 0;
    if (now.status == order_status::paid || left_the_house(now)) {
      expect(good == 1, "I4", now.id, "it is paid without exactly one capture");
      expect(now.total == 0 || captured >= now.total, "I4", now.id, "it is paid, but the gateway has no money for it");
    }
    if (!at_rest_) return;
    expect(captured - refunded <= now.total, "I4", now.id, "more money stays than it costs");
    expect(captured == captured_sum(now), "I4", now.id, "the gateway has captured what the order does not know of");
    expect(refunded == refunded_sum(now), "I4", now.id, "the gateway has refunded what the order does not know of");
    if (now.status == order_status::cancelled) expect(captured == refunded, "I5", now.id, "it is cancelled and keeps money");
    expect(pending_effects(now).empty(), "I5", now.id, "it still owes something");
    expect(attention_of(now).empty(), "I5", now.id, "a person is asked for something that has been done");
    expect(now.status != order_status::payment_processing, "I5", now.id, "its payment never ended");
  }

  void check_reservations(const order& now) {
    auto is_open = [&](uint32_t round) {
      return store_.reservations.contains({{now.id, round}, false}) && !store_.reservations.contains({{now.id, round}, true});
    };
    switch (now.stock) {
      case stock_status::held:
        // Once shipped, the inventory may have let the goods go before the order has recorded it.
        expect(left_the_house(now) || is_open(now.round), "I3", now.id, "it counts on stock that is not reserved");
        break;
      case stock_status::released:
      case stock_status::consumed: expect(!is_open(now.round), "I5", now.id, "its stock was let go and is still reserved"); break;
      case stock_status::none:
      case stock_status::requested:
      case stock_status::refused:
      case stock_status::releasing: break;
    }
    if (at_rest_ && left_the_house(now))
      expect(now.stock != stock_status::held, "I3", now.id, "it left the house and its goods did not");
    if (at_rest_ && now.status == order_status::cancelled)
      for (uint32_t round = 1; round <= now.round; ++round)
        expect(!is_open(round), "I5", now.id, "it is cancelled and holds stock");
  }

  /// I3: the counters are what the events add up to, and what is reserved is held by an open key.
  void check_stock(int64_t tenant_number, const std::vector<size_t>& places) {
    inventory folded;
    std::map<reservation_key, std::vector<stock_line>> open;
    try {
      for (auto place : places) {
        auto event = decode_inventory_event(store_.events[place].event);
        evolve(folded, event);
        std::visit(overloaded{[&](const lines_reserved& one) { open[one.key] = one.lines; },
                              [&](const lines_released& one) { close(open, one.key, one.lines); },
                              [&](const lines_consumed& one) { close(open, one.key, one.lines); }, [](const auto&) {}},
                   event);
      }
    } catch (const std::exception& why) {
      found_.push_back(std::string{"I3: the inventory's events do not add up: "} + why.what());
      return;
    }
    std::map<product_id, int64_t> reserved;
    for (const auto& [key, lines] : open) {
      const auto asked_by = store_.states.find(key.order);
      if (asked_by != store_.states.end() && decode_state(asked_by->second.state).source.tenant_number != tenant_number)
        found_.push_back("I3: an order holds stock of another tenant");
      if (!store_.reservations.contains({key, false}) || store_.reservations.contains({key, true}))
        found_.push_back("I3: a reservation's rows differ from its events");
      for (const auto& line : lines) reserved[line.product] += line.quantity;
    }
    for (const auto& [product, level] : folded.levels) {
      auto row = store_.stock.find({tenant_number, product});
      if (row == store_.stock.end() || row->second != level)
        found_.push_back("I3: the stock of " + product.value + " differs from its events");
      if (level.reserved != reserved[product]) found_.push_back("I3: stock of " + product.value + " is reserved for nobody");
      if (level.reserved < 0 || level.available() < 0)
        found_.push_back("I3: more of " + product.value + " is sold than there is");
    }
  }

  void close(std::map<reservation_key, std::vector<stock_line>>& open, const reservation_key& key,
             const std::vector<stock_line>& lines) {
    auto found = open.find(key);
    expect(found != open.end() && found->second == lines, "I3", key.order, "other stock was let go than was reserved");
    if (found != open.end()) open.erase(found);
  }

  /// Each key moves money once, and only for an order that is durable: I1 as the gateway sees it.
  void check_gateway() {
    std::map<std::pair<ledger_kind, std::string>, size_t> moves;
    for (const auto& line : world_.payments.ledger()) {
      if (line.kind == ledger_kind::decline || line.key == "outside") continue;
      expect(++moves[{line.kind, line.key}] == 1, "I4", line.order, "money moved twice for " + line.key);
      expect(store_.states.contains(line.order), "I1", line.order, "money moved for an order that is not stored");
    }
  }

  const memory_tables& store_;
  const simulated_services& world_;
  bool at_rest_;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> audit(const memory_tables& store, const simulated_services& world, audit_depth depth) {
  return auditor{store, world, depth}.found();
}

}  // namespace orderflow::test
