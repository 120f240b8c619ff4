#include "tests/journal/samples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <numeric>
#include <thread>
#include <utility>

namespace orderflow::test {

stored_event event_of_type(uint16_t type, std::string body) { return {type, 1, noon, std::move(body)}; }

append_request order_append(int64_t id, uint64_t expected_seq, generation of, size_t count) {
  append_request request;
  request.stream = stream_of({id});
  request.of = of;
  request.expected_seq = expected_seq;
  for (size_t n = 0; n < count; ++n) request.events.push_back(event_of_type(static_cast<uint16_t>(n + 1)));
  order_rows rows;
  rows.state.id = {id};
  rows.state.version = expected_seq + count;
  rows.state.status = order_status::pending;
  rows.state.state = R"({"version":)" + std::to_string(rows.state.version) + "}";
  if (expected_seq == 0) {
    rows.created = order_row{{id}, {"ann", "shop", "d4", "", "", "", ""}, "ann@example.org", noon + milliseconds{id}};
  }
  request.rows = std::move(rows);
  return request;
}

append_request with_key(append_request request, const std::string& key, uint64_t body_hash) {
  request.key = key_claim{"shop/ann/create", key, body_hash, {request.stream.id}, noon};
  return request;
}

append_request after(append_request request, const cause& named) {
  request.after = named;
  return request;
}

cause cause_of(const append_request& request) {
  return {request.stream, request.of, request.expected_seq + request.events.size()};
}

append_request stock_append(uint64_t expected_seq, generation of, std::vector<stock_row> stock,
                            std::vector<reservation_row> reservations) {
  append_request request;
  request.stream = main_warehouse;
  request.of = of;
  request.expected_seq = expected_seq;
  request.events.push_back(event_of_type(1));
  request.rows = inventory_rows{std::move(stock), std::move(reservations)};
  return request;
}

std::vector<int64_t> ids_of(const std::vector<listed_order>& listed) {
  std::vector<int64_t> ids;
  for (const auto& each : listed) ids.push_back(each.id.value);
  return ids;
}

journal_under_test::journal_under_test(const named_store& which) : place{which.fresh()} {
  make_database(place.url)->migrate();
  restart();
}

void journal_under_test::restart() {
  journal.reset();
  look.reset();
  under.reset();
  db.reset();
  db = make_database(place.url);
  under = db->open_writer(1);
  look = db->open_reader();
  journal.emplace(*under, [] { return true; });
}

void journal_under_test::queue(append_request request) {
  journal->append(std::move(request), [this](append_outcome outcome) { told.push_back(std::move(outcome)); });
}

std::vector<append_outcome> journal_under_test::run() {
  for (int rounds = 0; !journal->idle(); ++rounds) {
    REQUIRE(rounds < 1000);
    if (!journal->run_once()) break;
  }
  return std::exchange(told, {});
}

append_outcome journal_under_test::commit(append_request request) {
  queue(std::move(request));
  auto outcomes = run();
  REQUIRE(outcomes.size() == 1);
  return outcomes.front();
}

opened_stream journal_under_test::open(stream_key stream) {
  std::optional<opened_stream> opened;
  journal->open(
      stream, [&](opened_stream loaded) { opened = std::move(loaded); }, [](const std::string& why) { FAIL(why); });
  journal->run_once();
  REQUIRE(opened);
  return std::move(*opened);
}

std::vector<journal_event> journal_under_test::events_after(position cursor, stream_kind kind, size_t count) {
  std::vector<uint16_t> types(9);
  std::iota(types.begin(), types.end(), uint16_t{1});
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  for (;;) {
    auto events = look->events_after(cursor, kind, types, 1000);
    if (events.size() >= count || std::chrono::steady_clock::now() > deadline) return events;
    std::this_thread::yield();
  }
}

}  // namespace orderflow::test
