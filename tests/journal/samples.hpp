// Appends as the actors would make them, and a journal to put them into.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "journal/writer.hpp"
#include "tests/journal/stores.hpp"

namespace orderflow::test {

/// A moment that every sample counts from.
inline constexpr timestamp noon = from_ms(1'700'000'000'000);

[[nodiscard]] stored_event event_of_type(uint16_t type, std::string body = R"({"a":1})");

/// `count` events of an order that stands at `expected_seq`, with the state that goes with them. The first carries its row.
[[nodiscard]] append_request order_append(int64_t id, uint64_t expected_seq = 0, generation of = no_generation, size_t count = 1);
[[nodiscard]] append_request with_key(append_request request, const std::string& key, uint64_t body_hash = 1);
[[nodiscard]] append_request after(append_request request, const cause& named);
/// What names the last event of an append as a cause.
[[nodiscard]] cause cause_of(const append_request& request);
[[nodiscard]] append_request stock_append(uint64_t expected_seq, generation of, std::vector<stock_row> stock,
                                          std::vector<reservation_row> reservations = {});

[[nodiscard]] std::vector<int64_t> ids_of(const std::vector<listed_order>& listed);

/// A fresh database with its writer, its queue and a reader.
class journal_under_test {
 public:
  explicit journal_under_test(const named_store& which);

  /// Closes everything and opens it again, as a restart would.
  void restart();

  /// Queues without running.
  void queue(append_request request);
  /// Runs until nothing is queued; returns the outcomes told since the last call, in the order in which they were told.
  std::vector<append_outcome> run();
  append_outcome commit(append_request request);
  opened_stream open(stream_key stream);

  /// Events of all types 1 … 9, as soon as there are `count` of them (a store may show them a little later).
  std::vector<journal_event> events_after(position cursor, stream_kind kind, size_t count);

  store_place place;
  std::unique_ptr<database> db;
  std::unique_ptr<store> under;
  std::unique_ptr<reader> look;
  std::optional<writer> journal;
  std::vector<append_outcome> told;
};

}  // namespace orderflow::test
