// Whatever the writer and the readers ask on the way of an order is found through an index, also when the tables have grown.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <regex>

#include "tests/journal/observed_plans.hpp"
#include "tests/journal/samples.hpp"

namespace orderflow::test {

namespace {

constexpr int64_t stored_orders = 4000;
constexpr int64_t products = 400;

/// PostgreSQL plans a prepared statement for its values five times, then once for all values: both kinds are to be seen.
constexpr int64_t repetitions = 7;

std::string named(const char* what, int64_t number) { return what + std::to_string(number); }

/// Every filter of a list finds a few orders, as in life.
append_request varied_order(int64_t id) {
  auto request = with_key(order_append(id), named("key-", id));
  auto& rows = std::get<order_rows>(request.rows);
  rows.created->source = {named("owner-", id / 4), "shop", "d4", named("ext-", id), named("batch-", id / 50), "",
                          named("group-", id / 50)};
  rows.created->customer_email = named("customer-", id / 4) + "@example.org";
  rows.state.status = id % 10 == 0 ? order_status::pending : order_status::delivered;
  rows.state.open = id % 10 == 0;
  if (rows.state.open) rows.state.due_at = noon + milliseconds{id};
  return request;
}

stock_row full_shelf(int64_t number) { return {{named("product-", number % products)}, {1'000'000, 0}}; }

message_row message_about(int64_t id) {
  message_row row;
  row.number = id;
  row.tenant = "shop";
  row.user = named("owner-", id);
  row.order = {id};
  row.channel = "sms";
  row.key = key_claim{"shop send", named("notice-", id), 1, {id}, noon};
  row.asked_at = noon;
  if (id % 20 == 0) row.due_at = noon;
  return row;
}

void tell(journal_under_test& on, int64_t id) {
  follower_write telling{"notifications", position{1, static_cast<uint64_t>(id)}, {}, {message_about(id)}};
  telling.notifications.push_back({{id}, 1, "email", "Order received", "ann@example.org", "sent", noon});
  on.journal->write(std::move(telling),
                    [](const append_outcome& outcome) { REQUIRE(outcome.status == append_status::committed); });
}

append_request account_of(int64_t id) {
  const account_key who{"shop", named("owner-", id)};
  append_request request;
  request.stream = stream_of(who);
  request.events.push_back(event_of_type(1));
  request.rows = account_rows{{who, 1, "{}", 1}};
  return request;
}

void fill(journal_under_test& on) {
  std::vector<stock_row> shelf;
  for (int64_t n = 0; n < products; ++n) shelf.push_back(full_shelf(n));
  on.queue(stock_append(0, on.open(main_warehouse).of, shelf));
  for (int64_t id = 1; id <= stored_orders; ++id) {
    on.queue(varied_order(id));
    if (id % 10 == 0) on.queue(account_of(id));
    tell(on, id);
  }
  for (const auto& each : on.run()) REQUIRE(each.status == append_status::committed);
  const auto of = on.open(main_warehouse).of;
  for (int64_t id = 1; id <= stored_orders; ++id)
    on.queue(stock_append(static_cast<uint64_t>(id), of, {full_shelf(id)}, {{{{id}, 1}, false}}));
  for (const auto& each : on.run()) REQUIRE(each.status == append_status::committed);
}

/// What the actors let the writer do between the first order and the last.
void write_as_the_actors_do(journal_under_test& on, int64_t round) {
  const auto fresh = stored_orders + round;
  REQUIRE(on.under->reserve_ids(static_cast<uint32_t>(round), 64).count == 64);
  on.queue(varied_order(fresh));
  const auto known = on.open(stream_of({round}));
  on.queue(order_append(round, known.seq, known.of, 2));
  const auto shelf = on.open(main_warehouse);
  on.queue(stock_append(shelf.seq, shelf.of, {full_shelf(fresh)}, {{{{fresh}, 1}, false}}));
  on.queue(account_of(fresh));
  tell(on, fresh);
  for (const auto& each : on.run()) REQUIRE(each.status == append_status::committed);
  REQUIRE(on.open(stream_of(account_key{"shop", named("owner-", fresh)})).seq == 1);
  // A key that is known rejects its batch: the look for the guilty one is part of the way, too.
  CHECK(on.commit(with_key(order_append(fresh + 1000), named("key-", round))).status == append_status::duplicate);
}

void list_in_every_way(reader& look, int64_t round) {
  const auto list = [&](auto set) {
    order_query query;
    set(query);
    query.tenant = "shop";
    for (const bool oldest_first : {false, true}) {
      auto page = query;
      page.oldest_first = oldest_first;
      const auto first = look.list_orders(page);
      REQUIRE_FALSE(first.empty());
      page.after = first.front().row.place();
      (void)look.list_orders(page);
    }
  };
  list([&](order_query&) {});
  list([&](order_query& q) { q.status = order_status::pending; });
  list([&](order_query& q) { q.created_from = noon, q.created_to = noon + milliseconds{stored_orders}; });
  list([&](order_query& q) { q.status = order_status::delivered, q.created_from = noon; });
  list([&](order_query& q) { q.owner = named("owner-", round), q.status = order_status::delivered; });
  list([&](order_query& q) { q.owner = named("owner-", round); });
  list([&](order_query& q) { q.customer_email = named("customer-", round) + "@example.org"; });
  list([&](order_query& q) { q.external_id = named("ext-", round); });
  list([&](order_query& q) { q.batch_id = named("batch-", round); });
  list([&](order_query& q) { q.import_group = named("group-", round); });
}

/// What supervisors, timers, followers and clients ask.
void read_as_the_actors_do(reader& look, int64_t round) {
  CHECK(look.find_order({round}));
  CHECK(look.find_key("shop/ann/create", named("key-", round)));
  CHECK_FALSE(look.history(stream_of({round})).empty());
  (void)look.find_reservation({{round}, 1});
  CHECK_FALSE(look.due_before(noon + std::chrono::hours{1}, std::nullopt, 100).empty());
  (void)look.due_before(noon + std::chrono::hours{1}, due_order{{round}, noon}, 100);
  CHECK_FALSE(look.open_orders(due_order{{round}, noon}, 100).empty());
  constexpr std::array<uint16_t, 2> types{1, 2};
  (void)look.events_after({1, 0}, stream_kind::order, types, 100);
  CHECK(look.find_cursor("notifications"));
  CHECK(look.has_notification({round}, 1, "email"));
  CHECK_FALSE(look.notifications({round}).empty());
  CHECK_FALSE(look.open_messages(10).empty());
  CHECK(look.find_message("shop send", named("notice-", round)));
  CHECK(look.find_account("shop", named("owner-", round * 10)));
  CHECK_FALSE(look.scan_orders({stored_orders / 2}, 100).empty());
  list_in_every_way(look, round);
}

/// What is bounded by something else than the size of the store.
bool may_read_all(const std::string& statement) {
  const auto has = [&](const char* words) { return statement.find(words) != std::string::npos; };
  // Loaded whole, once.
  const bool the_shelf = has("FROM stock WHERE warehouse") || has("JOIN stock AS s ON s.warehouse") ||
                         has("FROM products WHERE catalogue") || has("JOIN products AS p ON p.catalogue");
  const bool of_one_order = has("FROM notifications WHERE order_id");  // A handful to be sorted.
  // Once, at the start: who writes to the store now.
  const bool the_connections = has("FROM pg_stat_activity");
  return the_shelf || of_one_order || the_connections || has("sqlite_schema");
}

std::string bad_sign_of(const observed_plan& seen, const std::vector<std::string>& signs) {
  for (const auto& sign : signs)
    if (std::regex_search(seen.plan, std::regex{sign})) return sign;
  return {};
}

}  // namespace

TEST_CASE("whatever is asked on the way of an order is found through an index") {
  const auto at = GENERATE(from_range(observed_stores()));
  const bool analyzed = GENERATE(false, true);
  CAPTURE(at.which.name, analyzed);
  journal_under_test on{at.which};
  const auto observer = at.observe(on.place.url);
  fill(on);
  if (analyzed) observer->analyze();
  observer->begin();
  on.restart();
  for (int64_t round = 1; round <= repetitions; ++round) {
    write_as_the_actors_do(on, round);
    read_as_the_actors_do(*on.look, round);
  }
  const auto seen = observer->plans();
  CHECK(seen.size() > 30);
  for (const auto& each : seen) {
    if (may_read_all(each.statement)) continue;
    CAPTURE(each.statement, each.plan);
    CHECK(bad_sign_of(each, at.bad_signs).empty());
  }
}

TEST_CASE("a statement without an index is seen, so that the assertion on plans can fail") {
  const auto at = GENERATE(from_range(observed_stores()));
  CAPTURE(at.which.name);
  journal_under_test on{at.which};
  const auto observer = at.observe(on.place.url);
  fill(on);
  observer->begin();
  on.restart();
  (void)on.look->count_by_status();
  size_t bad = 0;
  for (const auto& each : observer->plans()) bad += bad_sign_of(each, at.bad_signs).empty() ? 0 : 1;
  CHECK(bad > 0);
}

}  // namespace orderflow::test
