// What a store in memory has on its "disk": the tables of journal/schema/*.sql with the same constraints. It outlives every
// connection, as a disk does. Thread rule: one thread, that of the deterministic scheduler.
#pragma once

#include <functional>
#include <map>
#include <set>

#include "journal/store.hpp"

namespace orderflow::test {

/// Whose the writer's place is, and the number of the last batch that was committed.
struct writer_place {
  uint64_t holder = 0;
  uint64_t epoch = 0;
  uint64_t last_batch = 0;
};

struct memory_tables {
  std::vector<journal_event> events;               ///< By position, from 1.
  std::map<int64_t, std::vector<size_t>> streams;  ///< Packed key → places in `events`, by sequence number.
  std::map<order_id, order_row> orders;
  std::map<order_id, order_state_row> states;
  std::map<std::pair<int64_t, product_id>, stock_level> stock;  ///< By warehouse.
  std::map<std::pair<int64_t, product_id>, product> products;   ///< By catalogue.
  std::map<int64_t, account_row> accounts;
  std::set<reservation_row> reservations;
  std::map<std::pair<std::string, std::string>, key_claim> keys;  ///< By scope and key.
  std::vector<notification_row> notifications;
  std::map<int64_t, message_row> messages;  ///< By number.
  std::map<std::string, position> cursors;
  std::map<uint32_t, writer_place> writers;
  std::map<uint32_t, int64_t> next_ids;
  std::map<int64_t, std::string> tenants;  ///< By number.

  [[nodiscard]] uint64_t tail_of(stream_key stream) const;
  /// Appends that a constraint refuses. As in SQL, what stands in the same batch is not looked at here.
  [[nodiscard]] std::vector<rejected_append> rejected_of(const batch& work) const;
  /// Whether the whole batch can be written, its own rows included.
  [[nodiscard]] bool accepts(const batch& work) const;
  /// Writes a batch that is accepted; positions of the last event of each append.
  std::vector<position> write(const batch& work);

  [[nodiscard]] opened_stream load(stream_key stream) const;
  [[nodiscard]] listed_order listed(order_id id) const;
  [[nodiscard]] bool matches(const order_query& query, const listed_order& row) const;
};

}  // namespace orderflow::test
