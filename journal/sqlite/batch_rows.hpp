// Writes a batch's rows through prepared statements. Several states of one order, and several levels of one product, are
// coalesced: the rows carry present values, so only the last of them in queue order is written.
#pragma once

#include <vector>

#include "journal/sqlite/connection.hpp"
#include "journal/store.hpp"

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
  };
  struct stock_place {
    int64_t warehouse = 0;
    const stock_row* row = nullptr;
  };

  [[nodiscard]] position write_events(const append_request& append);
  void collect(const append_request& append);
  void write_key(const key_claim& claim);
  void write_order(const order_row& row);
  void write_states();
  void write_stock();
  void write_products(int64_t catalogue, const std::vector<product>& products);
  void write_account(int64_t id, const account_row& row);
  void write_follower(const follower_write& write);
  void write_notice(const notice_row& row);

  connection& db_;
  statement expect_event_;
  statement insert_event_;
  statement find_key_;
  statement insert_key_;
  statement insert_order_;
  statement insert_state_;
  statement update_state_;
  statement upsert_stock_;
  statement insert_reservation_;
  statement upsert_product_;
  statement upsert_account_;
  statement upsert_cursor_;
  statement upsert_notification_;
  statement insert_free_notification_;
  statement upsert_notice_;

  // Kept between batches for their memory only.
  std::vector<state_change> states_;
  std::vector<stock_place> stock_;
};

}  // namespace orderflow::sqlite
