// A SQLite file as a database of the journal.
#pragma once

#include <memory>
#include <string>

#include "journal/sqlite/file_lock.hpp"
#include "journal/store.hpp"

namespace orderflow::sqlite {

/// Thread rule: one thread at a time; what it opens may be used by other threads.
class sqlite_database final : public database {
 public:
  /// Opens nothing yet. A relative path is taken from the present directory, once.
  explicit sqlite_database(const std::string& path);

  [[nodiscard]] bool exists() override;
  void migrate() override;
  [[nodiscard]] std::string describe() const override;
  [[nodiscard]] std::unique_ptr<store> open_writer(uint32_t node) override;
  [[nodiscard]] std::unique_ptr<reader> open_reader() override;
  void backup(const std::string& target) override;
  void restore(const std::string& source) override;
  void mark_as_copy() override;

  [[nodiscard]] const std::string& path() const { return path_; }
  /// The lock on the data directory: taken at the first need, given back when this and all writers are gone.
  [[nodiscard]] std::shared_ptr<file_lock> locked();

 private:
  void create_directory() const;
  /// Throws store_error when the schema is newer than this binary, or the file belongs to another program.
  [[nodiscard]] int64_t schema_version() const;
  void require_present_schema() const;

  std::string path_;
  std::shared_ptr<file_lock> lock_;
};

}  // namespace orderflow::sqlite
