#include "cli/db_verify.hpp"

#include <algorithm>
#include <iostream>
#include <map>
#include <numeric>
#include <set>

#include "base/assert.hpp"
#include "base/unicode.hpp"
#include "cli/db_stock.hpp"
#include "codec/account_json.hpp"
#include "codec/inventory_json.hpp"
#include "domain/order/evolve.hpp"
#include "domain/order/pending_effects.hpp"
#include "journal/list_times.hpp"

namespace orderflow {

namespace {

constexpr uint32_t page = 1000;
constexpr size_t shown_findings = 5;

/// What is stored may be damaged, and a finding quotes it: nothing of it may move a terminal's cursor or break a reader's text.
std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto before = text;
    const auto point = take_code_point(text);
    if (!point) text.remove_prefix(1);
    const auto taken = before.substr(0, before.size() - text.size());
    out += point && !has_control_character(taken) ? taken : "\uFFFD";
  }
  return out;
}

/// One line of the result.
class check {
 public:
  explicit check(std::string what) : what_(std::move(what)) {}
  void found(const std::string& finding) {
    if (findings_.size() < shown_findings) findings_.push_back(printable(finding));
    ++count_;
  }
  void found(order_id id, const std::string& finding) {
    found(std::string{"order "}.append(std::to_string(id.value)).append(": ").append(finding));
  }
  bool print(std::ostream& out) const {
    out << (count_ == 0 ? "ok    " : "FAIL  ") << what_;
    if (count_ != 0) out << " (" << count_ << " found)";
    out << '\n';
    for (const auto& one : findings_) out << "        " << one << '\n';
    if (count_ > findings_.size()) out << "        …\n";
    return count_ == 0;
  }

 private:
  std::string what_;
  std::vector<std::string> findings_;
  uint64_t count_ = 0;
};

template <class Variant>
std::vector<uint16_t> all_types() {
  std::vector<uint16_t> types(std::variant_size_v<Variant>);
  std::iota(types.begin(), types.end(), uint16_t{1});
  return types;
}

/// An order folded from its events, and what was noticed on the way.
struct folded_order {
  order now;
  uint32_t captures = 0;  ///< How often it became paid.
};

class verification {
 public:
  explicit verification(reader& from) : from_(from) {}

  bool run(std::ostream& out) {
    walk_inventory();
    walk_orders();
    compare_totals();
    compare_needs();
    compare_stock();
    walk_accounts();
    uint64_t stock_events = 0;
    for (const auto& [tenant, stock] : stock_) stock_events += stock.events();
    out << orders_ << " orders, " << order_events_ << " events of orders, " << stock_events << " of the inventory, " << accounts_
        << " accounts\n";
    bool holds = true;
    for (const auto* each :
         {&sequences_, &transitions_, &states_, &captures_, &refunds_, &pending_, &needs_, &levels_, &reservations_, &kept_}) {
      holds = each->print(out) && holds;
    }
    return holds;
  }

 private:
  void walk_inventory() {
    const auto types = all_types<inventory_event>();
    for (position cursor;;) {
      const auto some = from_.events_after(cursor, stream_kind::inventory, types, page);
      if (some.empty()) return;
      for (const auto& one : some) stock_[one.stream.id].add(one);
      cursor = some.back().at;
    }
  }

  void walk_orders() {
    read_open_ids();
    read_needing();
    for (order_id after;;) {
      const auto some = from_.scan_orders(after, page);
      if (some.empty()) return;
      for (const auto& one : some) check_order(one);
      after = some.back().id;
    }
  }

  void read_open_ids() {
    for (std::optional<due_order> after;;) {
      const auto some = from_.open_orders(after, page);
      for (const auto& one : some) open_.insert(one.id);
      if (some.size() < page) return;
      after = some.back();
    }
  }

  void read_needing() {
    order_query waiting;
    waiting.needs_operator = true;
    waiting.oldest_first = true;
    waiting.limit = page;
    for (;;) {
      const auto some = from_.list_orders(waiting);
      for (const auto& one : some) needing_.insert(one.id);
      if (some.size() < page) return;
      waiting.after = some.back().row.place();
    }
  }

  void check_needs(order_id id, const order& now) {
    ++reasons_[static_cast<size_t>(now.needs_operator)];
    const bool waits = now.needs_operator != operator_reason::none;
    if (waits && !needing_.contains(id)) needs_.found(id, "waits for a person and is not listed so");
    if (!waits && needing_.contains(id)) needs_.found(id, "is listed as waiting for a person and does not");
  }

  /// The store tells a reason only as a count.
  void compare_needs() {
    const auto stored = from_.count_by_operator_reason();
    for (size_t reason = 1; reason < std::max(stored.size(), size_t{256}); ++reason) {
      const auto listed = reason < stored.size() ? stored[reason] : 0;
      const auto known = reasons_.find(reason);
      const auto due = known != reasons_.end() ? known->second : 0;
      if (listed == due) continue;
      needs_.found(std::to_string(listed) + " orders are listed as waiting for reason " + std::to_string(reason) +
                   ", by their events " + std::to_string(due));
    }
  }

  void check_order(const listed_order& row) {
    ++orders_;
    const auto history = from_.history(stream_of(row.id));
    order_events_ += history.size();
    for (size_t i = 0; i < history.size(); ++i) {
      if (history[i].seq != i + 1) {
        sequences_.found(row.id, "event " + std::to_string(history[i].seq) + " where " + std::to_string(i + 1) + " is due");
        return;
      }
    }
    if (history.size() != row.version) {
      sequences_.found(row.id,
                       std::to_string(history.size()) + " events, but its row is of version " + std::to_string(row.version));
    }
    const auto folded = fold(row.id, history);
    if (!folded) return;
    check_state(row, folded->now);
    check_money(row.id, *folded);
    check_effects(row.id, folded->now);
    check_needs(row.id, folded->now);
    note_reservations(folded->now);
  }

  std::optional<folded_order> fold(order_id id, const std::vector<journal_event>& history) {
    folded_order folded;
    try {
      for (const auto& one : history) {
        const auto before = folded.now.exists() ? std::optional{folded.now.status} : std::nullopt;
        const auto recorded = decode_order_event(one.event);
        evolve(folded.now, recorded);
        if (std::holds_alternative<payment_captured>(recorded.event)) ++folded.captures;
        if (before && *before != folded.now.status && !may_follow(*before, folded.now.status)) {
          transitions_.found(id, "event " + std::to_string(one.seq) + " leads out of the diagram");
        }
      }
      return folded;
    } catch (const bug& why) {
      transitions_.found(id, why.what());
    } catch (const codec_error& why) {
      states_.found(id, why.what());
    }
    return std::nullopt;
  }

  void check_state(const listed_order& row, const order& now) {
    if (now.id != row.id) states_.found(row.id, "its events are those of order " + std::to_string(now.id.value));
    // A checkout may name another customer than the cart did; the row is that of the first event.
    const bool other_customer = !now.from_cart && now.who.email != row.row.customer_email;
    const auto late = row.row.listed_at - now.created_at;
    const bool other_time = now.created_at != row.row.created_at || late < milliseconds{0} || late > list_times::longest_delay;
    if (listed(now.source) != row.row.source || other_time || other_customer) {
      states_.found(row.id, "its row for lists differs from its events");
    }
    // A state of another form is not read by anybody: it is folded anew.
    if (row.state_version != order_state_version) return;
    try {
      if (decode_state(row.state) != now) states_.found(row.id, "its stored state differs from its events");
    } catch (const codec_error& why) {
      states_.found(row.id, why.what());
    }
  }

  void check_money(order_id id, const folded_order& folded) {
    const auto& now = folded.now;
    const bool was_paid =
        now.status == order_status::paid || now.status == order_status::shipped || now.status == order_status::delivered;
    if (folded.captures > 1) captures_.found(id, "became paid " + std::to_string(folded.captures) + " times");
    if (was_paid && folded.captures == 0) captures_.found(id, "is paid without a capture");
    if (was_paid && now.accepted != now.total) captures_.found(id, "was paid with another amount than its total");
    const auto left = captured_sum(now) - refunded_sum(now);
    if (left < 0) refunds_.found(id, "more was refunded than captured");
    if (pending_refund(now) != 0) refunds_.found(id, "owes a refund that was never started");
    const bool settled_all =
        std::ranges::all_of(now.refunds, [](const refund_record& one) { return one.status == refund_status::settled; });
    if (settled_all && now.status == order_status::cancelled && left != 0) refunds_.found(id, "is cancelled and keeps money");
    if (settled_all && left > now.total) refunds_.found(id, "keeps more than its total");
  }

  void check_effects(order_id id, const order& now) {
    if (!pending_effects(now).empty() && !open_.contains(id)) pending_.found(id, "owes an effect and is not marked open");
  }

  /// Which open reservations the order accounts for.
  void note_reservations(const order& now) {
    const auto explain = [&](uint32_t round) { explained_.insert({now.source.tenant_number, {now.id, round}}); };
    for (const auto round : now.late_rounds) explain(round);
    switch (now.stock) {
      case stock_status::held:
        explain(now.round);
        if (const auto& open = stock_[now.source.tenant_number].open(); !open.contains({now.id, now.round})) {
          reservations_.found(now.id, "counts on stock that is not reserved");
        } else if (open.at({now.id, now.round}) != stock_lines_of(now)) {
          reservations_.found(now.id, "has other lines than its reservation");
        }
        return;
      case stock_status::requested:
      case stock_status::releasing: explain(now.round); return;
      case stock_status::none:
      case stock_status::refused:
      case stock_status::released:
      case stock_status::consumed: return;
    }
  }

  void compare_totals() {
    const auto types = all_types<order_event>();
    uint64_t all = 0;
    for (position cursor;;) {
      const auto some = from_.events_after(cursor, stream_kind::order, types, page);
      if (some.empty()) break;
      all += some.size();
      cursor = some.back().at;
    }
    if (all == order_events_) return;
    sequences_.found(std::to_string(all) + " events of orders are stored, " + std::to_string(order_events_) +
                     " belong to orders that are listed");
  }

  void compare_stock() {
    for (const auto& row : from_.tenants()) stock_.try_emplace(row.number);
    for (const auto& [tenant, audit] : stock_) compare_stock(tenant, audit);
  }

  void compare_stock(int64_t tenant, const stock_audit& audit) {
    const auto where = tenant == main_warehouse.id ? std::string{} : "tenant " + std::to_string(tenant) + ": ";
    for (const auto& one : audit.findings()) levels_.found(where + one);
    auto explained = audit.levels();
    for (const auto& row : from_.stock(tenant)) {
      if (explained[row.product] != row.level) {
        levels_.found(where + row.product.value + ": stored " + text_of(row.level) + ", by its events " +
                      text_of(explained[row.product]));
      }
      explained.erase(row.product);
    }
    for (const auto& [product, level] : explained) levels_.found(where + product.value + " has events and no row");
    for (const auto& [key, lines] : audit.open()) {
      if (!explained_.contains({tenant, key}))
        reservations_.found(key.order, "does not know of its reservation of round " + std::to_string(key.round));
      if (from_.find_reservation(key) != reservation_mark::open)
        reservations_.found(key.order, "has an open reservation that is not marked so");
    }
  }

  void walk_accounts() {
    for (int64_t after = -1;;) {
      const auto some = from_.scan_accounts(after, page);
      if (some.empty()) return;
      for (const auto& one : some) check_account(one);
      after = some.back().id;
    }
  }

  void check_account(const listed_account& one) {
    ++accounts_;
    const auto name = "account " + one.row.who.tenant + "/" + one.row.who.user;
    try {
      account folded;
      for (const auto& each : from_.history({stream_kind::account, one.id})) evolve(folded, decode_account_event(each.event));
      if (folded.who != one.row.who) kept_.found(name + ": its events are another customer's");
      if (folded.version != one.row.version) kept_.found(name + ": its row is not of the version of its last event");
      const auto readable = one.row.state_version == account_state_version;
      if (readable && decode_account_state(one.row.state) != folded)
        kept_.found(name + ": its stored state differs from its events");
    } catch (const bug& why) {
      kept_.found(name + ": " + why.what());
    } catch (const codec_error& why) {
      kept_.found(name + ": " + why.what());
    }
  }

  static std::string text_of(const stock_level& level) {
    return std::to_string(level.on_hand) + " on hand and " + std::to_string(level.reserved) + " reserved";
  }

  reader& from_;
  std::map<int64_t, stock_audit> stock_;  ///< By tenant.
  std::set<std::pair<int64_t, reservation_key>> explained_;
  std::set<order_id> open_;             ///< Listed as owing effects.
  std::set<order_id> needing_;          ///< Listed as waiting for a person.
  std::map<size_t, uint64_t> reasons_;  ///< How many wait for which reason, by their events.
  uint64_t orders_ = 0;
  uint64_t order_events_ = 0;
  uint64_t accounts_ = 0;

  check sequences_{"I6   every stream counts 1, 2, 3 … without a gap"};
  check transitions_{"I7   only the diagram's transitions"};
  check states_{"I10  the stored state is what the events add up to"};
  check captures_{"I4   paid exactly once, with the right amount"};
  check refunds_{"I5   what must go back has gone back or is on its way"};
  check pending_{"I9   whoever owes an effect is found after a restart"};
  check needs_{"I10  who waits for a person, and why, is listed so"};
  check levels_{"I3   stock is what its events explain, never below zero"};
  check kept_{"I10  what is kept of customers is what their events add up to"};
  check reservations_{"I3   every open reservation belongs to an order, and every order that holds stock has one"};
};

}  // namespace

namespace {

bool check_storage(reader& from, std::ostream& out) {
  check storage{"the database finds no damage in itself, and its tables and indexes are those of this version"};
  for (const auto& finding : from.storage_damage()) storage.found(finding);
  return storage.print(out);
}

}  // namespace

bool verify_journal(reader& from, std::ostream& out) {
  try {
    from.begin_snapshot();
    const bool sound = check_storage(from, out);
    const bool holds = verification{from}.run(out);
    from.end_snapshot();
    return sound && holds;
  } catch (const store_damaged& why) {
    tell_damage(why, out);
    return false;
  }
}

void tell_damage(const store_damaged& why, std::ostream& out) {
  out << "FAIL  it can be read to its end\n        " << printable(why.what()) << '\n';
}

}  // namespace orderflow
