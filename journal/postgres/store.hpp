// The writer of one node over PostgreSQL: one connection, one transaction and one round trip per batch.
#pragma once

#include <optional>

#include "journal/postgres/batch_rows.hpp"
#include "journal/postgres/connection.hpp"
#include "journal/store.hpp"

namespace orderflow::postgres {

/// What our writer row has to say for our batches to be taken.
struct writer_claim {
  int32_t node = 0;
  int64_t holder = 0;  ///< Random per opening.
  int64_t epoch = 0;
};

class postgres_store final : public store {
 public:
  /// Takes the writer row; whoever held it is fenced from now on. Throws store_error.
  postgres_store(std::string url, uint32_t node);

  [[nodiscard]] std::string replaced() const override { return replaced_; }
  [[nodiscard]] std::optional<number_skip> skipped_numbers() const override { return skipped_; }
  [[nodiscard]] std::optional<std::string> taken_by() override;
  [[nodiscard]] batch_outcome commit(const batch& work) override;
  [[nodiscard]] resolution resolve(const batch& work, std::vector<position>& positions) override;
  [[nodiscard]] std::vector<opened_stream> load(std::span<const stream_key> streams) override;
  [[nodiscard]] int64_t number_of_tenant(const std::string& name) override;
  [[nodiscard]] id_block reserve_ids(uint32_t shard, uint32_t count) override;

 private:
  connection& linked();
  connection& relinked();
  void claim();
  void claim_with(connection& link);
  void end_left_behind();
  [[nodiscard]] int64_t give_out(const std::string& failed, const char* sql, const parameters& with);
  [[nodiscard]] std::optional<batch_outcome> rehearse();
  batch_outcome commit_once(const batch& work, const batch_rows& rows);
  batch_outcome outcome_of(const statement_failed& why, const batch& work, const batch_rows& rows);
  batch_outcome rejected(const batch& work, const batch_rows& rows, const std::string& detail);

  std::string url_;
  writer_claim mine_;
  std::string session_;      ///< What the names of our sessions begin with, so that one left behind can be found and ended.
  std::string application_;  ///< That, and who we are, for whoever replaces us.
  std::string replaced_;
  std::optional<number_skip> skipped_;
  std::optional<connection> link_;
  int64_t last_batch_ = 0;  ///< Never used twice, not even after a failure: it is the receipt.
};

}  // namespace orderflow::postgres
