// Which part of a row goes into which column of its table (journal/schema/sqlite.cpp).
#pragma once

#include "journal/sqlite/bulk_insert.hpp"
#include "journal/store.hpp"

namespace orderflow::sqlite {

/// SQLite has signed integers only; hashes and sequence numbers come back the same.
[[nodiscard]] inline int64_t as_int(uint64_t value) { return static_cast<int64_t>(value); }

/// An append's events and their place.
struct event_place {
  int64_t position = 0;  ///< Of the last.
  int64_t stream = 0;
  int64_t seq = 0;  ///< Of the first.
  const stored_event* first = nullptr;
  int64_t count = 1;
  std::optional<std::string> more{};
};
/// An order's first state, and the row that was made with it (none: only a test does that).
struct first_state {
  const order_state_row* state = nullptr;
  const order_row* created = nullptr;
};
struct stock_place {
  int64_t warehouse = 0;
  const stock_row* row = nullptr;
};
struct product_place {
  int64_t catalogue = 0;
  const product* row = nullptr;
};
struct account_place {
  int64_t id = 0;
  const account_row* row = nullptr;
};

[[nodiscard]] bulk_insert<event_place> into_events(connection& db);
[[nodiscard]] bulk_insert<const order_row*> into_orders(connection& db);
[[nodiscard]] bulk_insert<first_state> into_states(connection& db);
[[nodiscard]] bulk_insert<stock_place> into_stock(connection& db);
[[nodiscard]] bulk_insert<reservation_row> into_reservations(connection& db);
[[nodiscard]] bulk_insert<product_place> into_products(connection& db);
[[nodiscard]] bulk_insert<account_place> into_accounts(connection& db);
[[nodiscard]] bulk_insert<const notification_row*> into_notifications(connection& db);
[[nodiscard]] bulk_insert<const message_row*> into_messages(connection& db);
[[nodiscard]] bulk_insert<const follower_write*> into_cursors(connection& db);

}  // namespace orderflow::sqlite
