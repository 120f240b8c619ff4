// A store in memory: a full implementation of store, reader and database, with faults that are switched on by name. It keeps
// every constraint and the writer's fence of the real ones, so that what holds over it holds over them.
// Thread rule: one thread, that of the deterministic scheduler.
#pragma once

#include "tests/sim/memory_tables.hpp"

namespace orderflow::test {

/// What becomes of a batch whose COMMIT gets no answer.
enum class lost_answer : uint8_t { before_commit = 1, after_commit = 2 };

/// What goes wrong. Counts are used up as it happens.
struct store_faults {
  bool down = false;             ///< Nothing is written, loaded or read.
  uint32_t failing_commits = 0;  ///< The next batches find the store unavailable: nothing is written.
  uint32_t failing_loads = 0;
  uint32_t failing_reads = 0;
  uint32_t failing_id_blocks = 0;
  std::optional<lost_answer> abort_answer;  ///< Of the next batch.
  uint32_t failing_resolves = 0;            ///< So often the question how a lost batch ended gets no answer either.
  /// Refuses an append as if it stood elsewhere or its key were known; `committed`: it is fine.
  std::function<append_status(const append_request&)> blame;
  /// Refuses every batch with such an append without saying which: a defect of ours.
  std::function<bool(const append_request&)> spoil;
};

/// What went through. Only batches with appends or writes that were committed count.
struct store_counts {
  uint64_t batches = 0;
  uint64_t appends = 0;
  uint64_t writes = 0;
  uint64_t rejected = 0;
  uint64_t load_number = 0;
};

class memory_database final : public database {
 public:
  memory_database();
  ~memory_database() override;

  [[nodiscard]] bool exists() override { return true; }
  void migrate() override {}
  [[nodiscard]] std::string describe() const override { return "memory:"; }
  [[nodiscard]] std::unique_ptr<store> open_writer(uint32_t node) override;
  [[nodiscard]] std::unique_ptr<reader> open_reader() override;
  /// Kept under that name; a name is used once.
  void backup(const std::string& target) override;
  void restore(const std::string& source) override;
  void mark_as_copy() override { disk_->tables.writers.clear(); }

  /// The tables as they stand, for checks.
  [[nodiscard]] const memory_tables& tables() const { return disk_->tables; }
  /// To damage or repair rows behind everybody's back.
  [[nodiscard]] memory_tables& raw_tables() { return disk_->tables; }
  [[nodiscard]] store_faults& faults() { return disk_->faults; }
  [[nodiscard]] const store_counts& counts() const { return disk_->counts; }
  /// Called with every batch that reaches the store, before its outcome is decided.
  void on_batch(std::function<void(const batch&)> seen) { disk_->seen = std::move(seen); }

  struct disk {
    memory_tables tables;
    store_faults faults;
    store_counts counts;
    std::function<void(const batch&)> seen;
    std::map<std::string, memory_tables> backups;
    uint64_t holders = 0;
  };

 private:
  std::shared_ptr<disk> disk_;
};

}  // namespace orderflow::test
