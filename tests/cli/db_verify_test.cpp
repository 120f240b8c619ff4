// `orderflow db verify` finds nothing in a journal that the rules made, and finds each kind of damage done to it.
#include <sqlite3.h>

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <sstream>
#include <thread>

#include "cli/db_verify.hpp"
#include "codec/account_json.hpp"
#include "codec/inventory_json.hpp"
#include "domain/order/deadline.hpp"
#include "domain/order/decide.hpp"
#include "domain/order/evolve.hpp"
#include "domain/order/pending_effects.hpp"
#include "tests/journal/stores.hpp"

namespace orderflow::test {

namespace {

constexpr timestamp noon = from_ms(1'700'000'000'000);

/// Decides and appends as the actors do, one commit at a time.
class shop {
 public:
  explicit shop(const std::string& url) : db_(make_database(url)) {
    db_->migrate();
    writer_ = db_->open_writer(1);
    stock(adjust_stock{{"P001"}, 100, "delivery"});
  }

  void tell(order_id id, order_action action) {
    auto& now = orders_[id];
    const auto before = now;
    append_request request;
    request.stream = stream_of(id);
    request.expected_seq = now.version;
    const auto decision = decide(now, {std::move(action), noon});
    REQUIRE(decision.refused == refusal::none);
    REQUIRE_FALSE(decision.events.empty());
    for (const auto& event : decision.events) {
      const recorded_event recorded{event, noon};
      request.events.push_back(encode(recorded));
      evolve(now, recorded);
    }
    order_rows rows;
    if (!before.exists()) rows.created = order_row{id, now.source, now.who.email, now.created_at};
    const auto due = next_deadline(now);
    rows.state = {id,
                  now.version,
                  now.status,
                  encode_state(now),
                  order_state_version,
                  due ? std::optional{due->at} : std::nullopt,
                  !pending_effects(now).empty(),
                  now.needs_operator};
    request.rows = std::move(rows);
    commit(request);
  }

  void stock(const inventory_command& command, reservation_mark mark = reservation_mark::none) {
    const auto decision = decide(inventory_, command, mark);
    REQUIRE(decision.outcome == inventory_outcome::done);
    append_request request;
    request.stream = main_warehouse;
    request.expected_seq = inventory_.version;
    inventory_rows rows;
    for (const auto& event : decision.events) {
      request.events.push_back(encode(event, noon));
      evolve(inventory_, event);
      if (const auto* made = std::get_if<lines_reserved>(&event)) rows.reservations.push_back({made->key, false});
      if (const auto* gone = std::get_if<lines_released>(&event)) rows.reservations.push_back({gone->key, true});
      if (const auto* gone = std::get_if<lines_consumed>(&event)) rows.reservations.push_back({gone->key, true});
    }
    inventory_.version = request.expected_seq + request.events.size();
    rows.stock.push_back({{"P001"}, inventory_.levels[{"P001"}]});
    request.rows = std::move(rows);
    commit(request);
  }

  void place(order_id id, int64_t quantity) {
    place_order command;
    command.id = id;
    command.source = {"ann", "shop", "d4", "", "", "", ""};
    command.who.email = "ann@example.org";
    command.money = *find_currency("USD");
    command.lines = {{{"P001"}, "thing", quantity, 250, true}};
    tell(id, command);
  }
  void hold(order_id id) {
    stock(reserve_lines{{id, 1}, stock_lines_of(orders_[id])});
    tell(id, stock_was_reserved{1});
  }
  void pay(order_id id) {
    tell(id, pay_order{"card"});
    tell(id, money_was_captured{1, "t1", orders_[id].total});
  }

  /// A customer with a cart.
  void keep(const account_key& who) {
    account now;
    append_request request;
    request.stream = stream_of(who);
    for (const auto& event : decide(now, who, add_to_cart{{"P001"}, 3}).events) {
      request.events.push_back(encode(event, noon));
      evolve(now, event);
    }
    request.rows = account_rows{{who, now.version, encode_state(now), account_state_version}};
    commit(request);
  }

  /// One order at each station of its way.
  void fill() {
    for (int64_t at = 1; at <= 6; ++at) place({at}, at);
    for (int64_t at = 2; at <= 6; ++at) hold({at});
    for (int64_t at = 3; at <= 6; ++at) pay({at});
    tell({4}, cancel_order{});
    tell({5}, ship_order{"TRACK5"});
    tell({6}, ship_order{"TRACK6"});
    stock(consume_lines{{{6}, 1}, stock_lines_of(orders_[{6}])}, reservation_mark::open);
    tell({6}, stock_was_consumed{1});
    tell({6}, deliver_order{});
    keep({"shop", "ann"});
  }

  std::pair<bool, std::string> verify() {
    std::ostringstream out;
    const bool holds = verify_journal(*db_->open_reader(), out);
    return {holds, out.str()};
  }

 private:
  void commit(const append_request& request) { REQUIRE(writer_->commit({{&request}, {}}).status == batch_status::committed); }

  std::unique_ptr<database> db_;
  std::unique_ptr<store> writer_;
  inventory inventory_;
  std::unordered_map<order_id, order> orders_;
};

void damage(const std::string& file, const std::string& sql) {
  sqlite3* raw = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &raw) == SQLITE_OK);
  char* why = nullptr;
  const int result = sqlite3_exec(raw, sql.c_str(), nullptr, nullptr, &why);
  INFO((why == nullptr ? "" : why));
  CHECK(result == SQLITE_OK);
  CHECK((sqlite3_total_changes(raw) > 0 || sql.starts_with("DROP")));
  sqlite3_free(why);
  sqlite3_close(raw);
}

struct harm {
  const char* sql;
  const char* found;
};

// Streams are numbered id * 16 + kind: 49 is order 3, 18 is the inventory.
const std::vector<harm> harms{
    {"DELETE FROM events WHERE stream = 49 AND seq = 2", "FAIL  I6"},
    {"DELETE FROM events WHERE stream = 49 AND seq = (SELECT max(seq) FROM events WHERE stream = 49)", "FAIL  I6"},
    {"DELETE FROM events WHERE stream = 18 AND seq = 2", "FAIL  I3"},
    {"DELETE FROM orders WHERE id = 3; DELETE FROM order_state WHERE id = 3", "FAIL  I6"},
    {"UPDATE order_state SET state = replace(state, 'thing', 'other') WHERE id = 3", "FAIL  I10"},
    {"UPDATE order_state SET state = 'no JSON' WHERE id = 3", "FAIL  I10"},
    {"UPDATE orders SET owner = 'bob' WHERE id = 3", "FAIL  I10"},
    {"UPDATE orders SET created_at = created_at + 1 WHERE id = 3", "FAIL  I10"},
    {"UPDATE orders SET listed_at = listed_at - 1; UPDATE order_state SET listed_at = listed_at - 1", "FAIL  I10"},
    {"UPDATE order_state SET listed_at = listed_at + 1 WHERE id = 3", "FAIL  I10"},
    {"UPDATE order_state SET tenant = 'mall' WHERE id = 3", "FAIL  I10"},
    {"UPDATE events SET body = 'no JSON' WHERE stream = 49 AND seq = 1", "FAIL  I10"},
    {"UPDATE events SET type = 29 WHERE stream = 49 AND seq = 2", "FAIL  I7"},
    {"UPDATE order_state SET open = 0 WHERE id = 4", "FAIL  I9"},
    {"UPDATE order_state SET operator_reason = 1 WHERE id = 3", "FAIL  I10  who waits"},
    {"UPDATE stock SET on_hand = on_hand + 1", "FAIL  I3   stock"},
    {"DELETE FROM stock", "FAIL  I3   stock"},
    {"UPDATE stock SET warehouse = 2", "FAIL  I3   stock"},
    {"UPDATE events SET stream = 34 WHERE stream = 18", "FAIL  I3   every open"},
    {"DELETE FROM reservations WHERE order_id = 3", "FAIL  I3   every open"},
    {"UPDATE events SET body = replace(body, '750', '751') WHERE stream = 49 AND body LIKE '%t1%'", "FAIL  I4"},
    {"UPDATE accounts SET state = replace(state, 'P001', 'P002')", "FAIL  I10  what is kept"},
    {"UPDATE accounts SET customer = 'bob'", "FAIL  I10  what is kept"},
    {"UPDATE events SET count = 1, more = NULL WHERE stream & 15 = 4", "FAIL  I10  what is kept"},
    {"UPDATE events SET more = 'no JSON' WHERE stream & 15 = 4", "FAIL  I10  what is kept"},
    {"UPDATE events SET count = count + 1 WHERE stream = 49 AND seq = 1", "FAIL  I6"},
    {"DROP INDEX events_by_stream", "FAIL  the database finds no damage"},
    {"DROP INDEX order_state_listed", "FAIL  the database finds no damage"},
};

}  // namespace

TEST_CASE("a journal that the rules made holds every invariant") {
  const auto which = GENERATE(from_range(all_stores()));
  CAPTURE(which.name);
  const auto place = which.fresh();
  shop at{place.url};
  at.fill();
  const auto [holds, text] = at.verify();
  INFO(text);
  CHECK(holds);
  CHECK(text.find("6 orders") != std::string::npos);
  CHECK(text.find("1 accounts") != std::string::npos);
  CHECK(text.find("FAIL") == std::string::npos);
}

TEST_CASE("a store that is written to meanwhile holds every invariant each time") {
  const auto which = GENERATE(from_range(all_stores()));
  CAPTURE(which.name);
  const auto place = which.fresh();
  shop at{place.url};
  at.fill();
  const auto db = make_database(place.url);
  std::atomic<bool> over{false};
  std::thread writing{[&] {
    for (int64_t id = 100; !over; ++id) {
      at.stock(adjust_stock{{"P001"}, 10, "delivery"});
      at.place({id}, 1);
      at.hold({id});
      at.pay({id});
    }
  }};
  std::string alarms;
  for (int round = 0; round < 30; ++round) {
    std::ostringstream out;
    if (!verify_journal(*db->open_reader(), out)) alarms += out.str();
  }
  over = true;
  writing.join();
  CHECK(alarms.empty());
}

TEST_CASE("an empty journal holds every invariant") {
  const auto which = GENERATE(from_range(all_stores()));
  const auto place = which.fresh();
  const auto db = make_database(place.url);
  db->migrate();
  std::ostringstream out;
  CHECK(verify_journal(*db->open_reader(), out));
}

TEST_CASE("a finding that quotes damaged bytes is a text all the same") {
  const temporary_directory directory;
  shop at{"sqlite:" + directory.file("orderflow.db")};
  at.fill();
  damage(directory.file("orderflow.db"), "UPDATE accounts SET customer = CAST(x'61df1b5b324a' AS TEXT)");
  damage(directory.file("orderflow.db"), "UPDATE stock SET product = CAST(x'50df0a' AS TEXT)");
  const auto [holds, text] = at.verify();
  INFO(text);
  CHECK_FALSE(holds);
  CHECK(text.find("account shop/a\uFFFD\uFFFD[2J") != std::string::npos);
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find('\xdf') == std::string::npos);
}

TEST_CASE("each kind of damage is found and named") {
  const auto each = GENERATE(from_range(harms));
  CAPTURE(each.sql, each.found);
  const temporary_directory directory;
  shop at{"sqlite:" + directory.file("orderflow.db")};
  at.fill();
  damage(directory.file("orderflow.db"), each.sql);
  const auto [holds, text] = at.verify();
  INFO(text);
  CHECK_FALSE(holds);
  CHECK(text.find(each.found) != std::string::npos);
}

}  // namespace orderflow::test
