// Brings the write-ahead log into the database file, beside the writer.
//
// An incomplete PASSIVE pass does not flush the database file, so the last one, which lets the log start again, would flush
// everything in the commit path: 6–33 ms. Instead a thread of its own makes passes and flushes after each; then the writer
// makes the last pass before its next batch and finds nothing left to flush: about 1 ms.
#pragma once

#include <atomic>
#include <string>
#include <thread>

#include "journal/sqlite/connection.hpp"

namespace orderflow::sqlite {

/// Thread rule: all members are called by the writer's thread.
class checkpointer {
 public:
  /// Throws `failure` when the file cannot be opened.
  explicit checkpointer(const std::string& path);
  ~checkpointer();
  checkpointer(const checkpointer&) = delete;
  checkpointer& operator=(const checkpointer&) = delete;

  /// After a commit: how many pages the log holds now. Starts the passes when it has grown enough.
  void grown_to(int pages);

  /// Before a batch: makes the last pass on the writer's connection if the thread has made its own. Throws `failure` only when
  /// a flush has failed: then what the kernel still holds of the database is unknown, and the process must stop writing.
  void finish(connection& writer);

 private:
  enum class phase : uint8_t { idle = 1, asked = 2, passed = 3, flush_failed = 4, stopping = 5 };

  void work();
  phase make_passes();
  void flush_database();

  connection db_;
  int pages_at_last_start_ = 0;
  std::atomic<phase> phase_{phase::idle};
  std::thread thread_;
};

}  // namespace orderflow::sqlite
