// Writes a batch's rows, all of one table at once. Several states of one order, and several levels of one product, are
// coalesced: the rows carry present values, so only the last of them in queue order is written.
#pragma once

#include <unordered_map>
#include <vector>

#include "journal/sqlite/tables.hpp"

namespace orderflow::sqlite {

class batch_rows {
 public:
  explicit batch_rows(connection& db);

  /// Inside a transaction. Returns the position of each append's last event. Throws `failure`; a constraint one also where an
  /// append would leave a gap in its stream or claims a key that exists.
  [[nodiscard]] std::vector<position> write(const batch& work);

 private:
  struct state_change {
    int64_t version_before = 0;  ///< What the row has to stand at; 0: there is none yet.
    const order_state_row* row = nullptr;
    const order_row* created = nullptr;
  };
  void forget();
  [[nodiscard]] int64_t last_position();
  void collect(const append_request& append, int64_t position);
  void collect_events(const append_request& append, int64_t position);
  void collect_rows(const append_request& append);
  void collect_follower(const follower_write& write);
  void write_key(const key_claim& claim);
  void write_states();
  void update_state(const state_change& change);
  void write_stock();
  void write_ballast(uint32_t bytes);
  void write_free_notification(const notification_row& row);

  connection& db_;
  statement last_position_;
  statement tail_;
  statement find_key_;
  statement insert_key_;
  statement update_state_;
  statement insert_free_notification_;
  bulk_insert<event_place> events_;
  bulk_insert<const order_row*> orders_;
  bulk_insert<first_state> new_states_;
  bulk_insert<stock_place> stock_;
  bulk_insert<reservation_row> reservations_;
  bulk_insert<product_place> products_;
  bulk_insert<account_place> accounts_;
  bulk_insert<const notification_row*> notifications_;
  bulk_insert<const message_row*> messages_;
  bulk_insert<const follower_write*> cursors_;

  /// Where streams other than orders' stand after what was collected.
  std::unordered_map<int64_t, int64_t> tails_;
  // Before they are coalesced. Kept between batches for their memory only.
  std::vector<state_change> states_;
  std::vector<stock_place> levels_;
};

}  // namespace orderflow::sqlite
