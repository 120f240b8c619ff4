// A batch turned into what the statements take: columns, sorted by key, one row per order, product and sink.
#pragma once

#include <map>
#include <unordered_map>

#include "journal/store.hpp"

namespace orderflow::postgres {

/// The first append of a stream in the batch, and the event that it follows.
struct stream_head {
  size_t append = 0;
  int64_t stream = 0;
  uint64_t expected_seq = 0;
};

/// An order's last state in the batch, and the row that was made with its first; none: it is in the store.
struct written_state {
  const order_state_row* row = nullptr;
  const order_row* created = nullptr;
};

/// Borrowed from the batch, in the order in which they are written: sorted, so that neighbours in an index are written
/// together and two writers take locks in the same order.
struct batch_rows {
  std::vector<stream_head> heads;
  std::vector<const key_claim*> keys;
  std::vector<const order_row*> created;
  std::vector<written_state> states;
  std::map<std::pair<int64_t, std::string_view>, const stock_row*> stock;
  std::vector<reservation_row> reservations;
  std::map<std::pair<int64_t, std::string_view>, const product*> products;
  std::map<int64_t, const account_row*> accounts;
  std::map<std::string_view, position> cursors;
  std::vector<const notification_row*> notifications;
  std::map<int64_t, const message_row*> messages;
  /// Appends that do not follow the one before them in the batch: no store could take them.
  std::vector<rejected_append> misplaced;
};

[[nodiscard]] batch_rows rows_of(const batch& work);

/// Positions of the appends of a batch that was committed as transaction `txid`.
[[nodiscard]] std::vector<position> positions_of(const batch& work, uint64_t txid);

}  // namespace orderflow::postgres
