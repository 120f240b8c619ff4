// Look-ups, lists and followers' reads over SQLite. No call keeps a snapshot beyond its statements, unless one was asked for: a
// reader that holds one keeps the log from being restarted.
#pragma once

#include <memory>
#include <string>

#include "journal/sqlite/connection.hpp"
#include "journal/store.hpp"

namespace orderflow::sqlite {

class sqlite_reader final : public reader {
 public:
  explicit sqlite_reader(std::string path) : path_{std::move(path)} {}

  void begin_snapshot() override;
  void end_snapshot() override;
  [[nodiscard]] std::vector<listed_order> list_orders(const order_query& query) override;
  [[nodiscard]] uint64_t count_orders(const order_query& query) override;
  [[nodiscard]] std::optional<listed_order> find_order(order_id id) override;
  [[nodiscard]] std::vector<journal_event> history(stream_key stream) override;
  [[nodiscard]] std::optional<key_claim> find_key(const std::string& scope, const std::string& key) override;
  [[nodiscard]] reservation_mark find_reservation(reservation_key key) override;
  [[nodiscard]] std::vector<due_order> due_before(timestamp until, const std::optional<due_order>& after,
                                                  uint32_t limit) override;
  [[nodiscard]] std::vector<due_order> open_orders(const std::optional<due_order>& after, uint32_t limit) override;
  [[nodiscard]] std::vector<journal_event> events_after(position cursor, stream_kind kind, std::span<const uint16_t> types,
                                                        uint32_t limit) override;
  [[nodiscard]] std::optional<position> find_cursor(const std::string& sink) override;
  [[nodiscard]] bool has_notification(order_id order, uint64_t seq, const std::string& channel) override;
  [[nodiscard]] std::vector<notification_row> notifications(order_id order) override;
  [[nodiscard]] std::vector<message_row> open_messages(uint32_t limit) override;
  [[nodiscard]] std::optional<message_row> find_message(const std::string& scope, const std::string& key) override;
  [[nodiscard]] std::optional<message_row> find_message(int64_t number) override;
  [[nodiscard]] std::vector<message_row> undeliverable_messages(const std::string& tenant, int64_t after,
                                                                uint32_t limit) override;
  [[nodiscard]] std::vector<uint64_t> count_by_status() override;
  [[nodiscard]] std::vector<uint64_t> count_by_operator_reason() override;
  [[nodiscard]] std::vector<listed_order> scan_orders(order_id after, uint32_t limit) override;
  [[nodiscard]] std::vector<std::string> storage_damage() override;
  [[nodiscard]] std::vector<tenant_row> tenants() override;
  [[nodiscard]] std::vector<stock_row> stock(int64_t tenant_number) override;
  [[nodiscard]] std::vector<listed_account> scan_accounts(int64_t after, uint32_t limit) override;

 private:
  /// Runs `read` on the connection; after a failure the next call makes a new one.
  template <class Read>
  auto reading(Read read);

  std::string path_;
  std::unique_ptr<connection> db_;
  std::unique_ptr<snapshot> held_;  ///< Goes before the connection.
};

}  // namespace orderflow::sqlite
