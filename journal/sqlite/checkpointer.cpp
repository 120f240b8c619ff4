#include "journal/sqlite/checkpointer.hpp"

#include "base/thread.hpp"

namespace orderflow::sqlite {
namespace {

/// Growth of the log between two rounds: 16 MB. Less often makes each round longer (p99 12–14 ms instead of 8).
constexpr int pages_between_rounds = 4000;

/// What the writer adds during one pass is left for the next, ever less of it.
constexpr int passes_per_round = 3;

/// Copies what no reader needs in its old form. SQLITE_BUSY and a full disk leave the rest to a later round.
int passive_pass(sqlite3* db) { return sqlite3_wal_checkpoint_v2(db, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr); }

/// A connection that has read nothing yet knows of no log: SQLite's checkpoints through it do nothing, and say OK.
connection with_log(const std::string& path) {
  connection db{path, connection::mode::write};
  static_cast<void>(db.number("PRAGMA schema_version"));
  return db;
}

failure failed_flush() { return {SQLITE_IOERR_FSYNC, "the database file could not be flushed to the disk"}; }

}  // namespace

checkpointer::checkpointer(const std::string& path)
    : db_{with_log(path)}, thread_{[this] {
        name_this_thread("checkpoint");
        work();
      }} {}

checkpointer::~checkpointer() {
  phase_.store(phase::stopping);
  phase_.notify_one();
  thread_.join();
}

void checkpointer::grown_to(int pages) {
  // The log has started again from its beginning.
  if (pages < pages_at_last_start_) pages_at_last_start_ = 0;
  if (pages - pages_at_last_start_ < pages_between_rounds) return;
  auto idle = phase::idle;
  if (!phase_.compare_exchange_strong(idle, phase::asked)) return;
  pages_at_last_start_ = pages;
  phase_.notify_one();
}

void checkpointer::finish(connection& writer) {
  const auto now = phase_.load();
  if (now == phase::flush_failed) throw failed_flush();
  if (now != phase::passed) return;
  if (failure{passive_pass(writer.raw()), {}}.is_failed_flush()) throw failed_flush();
  phase_.store(phase::idle);
}

void checkpointer::work() {
  for (;;) {
    const auto now = phase_.load();
    if (now == phase::stopping) return;
    if (now != phase::asked) {
      phase_.wait(now);
      continue;
    }
    auto asked = phase::asked;
    // The owner may have asked to stop meanwhile; that must not be overwritten.
    phase_.compare_exchange_strong(asked, make_passes());
  }
}

checkpointer::phase checkpointer::make_passes() {
  for (int pass = 0; pass < passes_per_round && phase_.load() == phase::asked; ++pass) {
    const failure outcome{passive_pass(db_.raw()), {}};
    if (outcome.is_failed_flush()) return phase::flush_failed;
    try {
      flush_database();
    } catch (const failure&) {
      return phase::flush_failed;
    }
  }
  return phase::passed;
}

void checkpointer::flush_database() {
  sqlite3_file* file = nullptr;
  check(db_.raw(), sqlite3_file_control(db_.raw(), "main", SQLITE_FCNTL_FILE_POINTER, &file));
  if (file == nullptr || file->pMethods == nullptr) return;
  if (file->pMethods->xSync(file, SQLITE_SYNC_NORMAL) != SQLITE_OK) throw failed_flush();
}

}  // namespace orderflow::sqlite
