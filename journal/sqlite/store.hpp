// The one writer over SQLite: one connection, one transaction per batch, a thread beside it that empties the log.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "journal/sqlite/batch_rows.hpp"
#include "journal/sqlite/checkpointer.hpp"
#include "journal/sqlite/connection.hpp"
#include "journal/sqlite/file_lock.hpp"
#include "journal/sqlite/file_places.hpp"
#include "journal/store.hpp"

namespace orderflow::sqlite {

class sqlite_store : public store {
 public:
  /// Takes the writer row of `node`; whoever held it is fenced from now on. Throws store_error.
  sqlite_store(std::string path, std::shared_ptr<file_lock> lock, uint32_t node);

  [[nodiscard]] std::optional<number_skip> skipped_numbers() const override { return skipped_; }
  [[nodiscard]] std::optional<std::string> taken_by() override;
  [[nodiscard]] batch_outcome commit(const batch& work) override;
  [[nodiscard]] resolution resolve(const batch& work, std::vector<position>& positions) override;
  [[nodiscard]] std::vector<opened_stream> load(std::span<const stream_key> streams) override;
  [[nodiscard]] int64_t number_of_tenant(const std::string& name) override;
  [[nodiscard]] id_block reserve_ids(uint32_t shard, uint32_t count) override;

 protected:
  /// Sends the COMMIT. Tests put themselves here to lose its answer, or to fill the disk. Throws `failure`.
  virtual void send_commit(connection& db);

 private:
  /// What lives as long as the connection does.
  struct session {
    connection db;
    batch_rows rows;
    statement begin;
    statement hold;
    statement commit;
    int log_pages = 0;
    explicit session(const std::string& path);
  };

  session& connected();
  void require_files_in_place() const;
  void take_writer_row();
  [[nodiscard]] bool hold_writer_row(session& on, int64_t batch_number);
  void rehearse(session& on);
  batch_outcome commit_on(session& on, const batch& work);
  batch_outcome after_failed_write(session& on, const batch& work, const failure& why);
  batch_outcome after_failed_commit(session& on, const failure& why);
  batch_outcome unavailable(const failure& why);
  void roll_back(session& on);
  batch_outcome stop_writing(const failure& why);
  resolution resolve_on(session& on, const batch& work, std::vector<position>& positions);
  [[nodiscard]] int64_t give_out(const std::string& failed, const std::function<int64_t(connection&)>& number);
  [[nodiscard]] std::string sentence(const std::string& what, const failure& why) const;

  std::string path_;
  std::shared_ptr<file_lock> lock_;
  int64_t node_;
  int64_t holder_;  ///< Random per opening: an older opening of the same node is told apart by it.
  int64_t epoch_ = 0;
  int64_t last_batch_ = 0;  ///< Never used twice, not even after a failure: it is the receipt.
  std::optional<number_skip> skipped_;
  std::string stopped_;  ///< Not empty: the disk did not take a flush. Nothing is written by this process any more.
  std::unique_ptr<session> session_;
  std::unique_ptr<checkpointer> checkpoints_;
  std::optional<file_places> places_;  ///< Of what the first session opened; no later one may open anything else.
};

}  // namespace orderflow::sqlite
