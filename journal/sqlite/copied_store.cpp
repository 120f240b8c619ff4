#include "journal/sqlite/copied_store.hpp"

#include <filesystem>
#include <system_error>

#include "base/clock.hpp"
#include "journal/append.hpp"
#include "journal/store.hpp"

namespace orderflow::sqlite {
namespace {

namespace fs = std::filesystem;

// A store that was opened once has a row of numbers, so that a copy of one without any order is told from a new store.
void note_first_opening(connection& db) {
  query made{db.prepared("INSERT INTO id_blocks (shard, next) VALUES (?1, ?2) ON CONFLICT (shard) DO NOTHING")};
  static_cast<void>(made.with(int64_t{message_numbers}, shard_count).next());
}

std::optional<timestamp> newest_event(connection& db) {
  query newest{db.prepared("SELECT at FROM events ORDER BY position DESC LIMIT 1")};
  return newest.next() ? std::optional{from_ms(newest.integer(0))} : std::nullopt;
}

bool is_copy(connection& db) {
  return db.number(
             "SELECT NOT EXISTS (SELECT 1 FROM writers WHERE node >= 0) AND "
             "(EXISTS (SELECT 1 FROM id_blocks) OR (SELECT max(position) FROM events) IS NOT NULL)") != 0;
}

/// What is written next goes into the file itself, and not into a log beside it; unless somebody reads the file.
void leave_log(connection& db) {
  try {
    db.execute("PRAGMA journal_mode = DELETE");
  } catch (const failure& e) {
    if (e.primary_code() != SQLITE_BUSY) throw;
  }
}

/// In a row of `writers` that is nobody's.
void note_own_log(connection& db) {
  const bool copied = is_copy(db);
  if (copied) leave_log(db);
  db.execute("INSERT INTO writers (node, holder, epoch, last_batch) VALUES (-1, 0, 0, 0)");
  // Beside a reader it went into the log: into the file with it, before anything else goes there.
  if (copied && db.number("PRAGMA wal_checkpoint(TRUNCATE)") != 0)
    throw failure{SQLITE_BUSY, "another program reads it; end that one"};
}

number_skip skip_of(connection& db, timestamp now) {
  return skip_after_copy(db.number("SELECT max(next) FROM id_blocks"), newest_event(db), now);
}

void raise_numbers(connection& db, int64_t to) {
  for (int64_t shard = 0; shard <= message_numbers; ++shard) {
    query raised{
        db.prepared("INSERT INTO id_blocks (shard, next) VALUES (?1, ?2) "
                    "ON CONFLICT (shard) DO UPDATE SET next = excluded.next")};
    static_cast<void>(raised.with(shard, to + shard).next());
  }
}

}  // namespace

void mark_as_copy(connection& db) {
  db.execute("BEGIN IMMEDIATE");
  note_first_opening(db);
  db.execute("DELETE FROM writers");
  db.execute("COMMIT");
}

void mark_in_place(connection& db) {
  db.execute("BEGIN IMMEDIATE");
  // Without the clock, which may be what is wrong: by the margin.
  if (skip_numbers_of_copy(db)) raise_numbers(db, skip_of(db, timestamp{}).to);
  db.execute("DELETE FROM writers WHERE node >= 0");
  db.execute("COMMIT");
}

void require_own_log(const std::string& path) {
  std::error_code failed;
  const auto beside = fs::canonical(path, failed).string() + "-wal";
  if (failed) return;
  const auto size = fs::file_size(beside, failed);
  if (failed || size == 0) return;
  try {
    connection alone{path, connection::mode::alone};
    if (alone.number("SELECT NOT EXISTS (SELECT 1 FROM writers) AND EXISTS (SELECT 1 FROM id_blocks)") == 0) return;
  } catch (const failure&) {
    // New, or half of it is in the log still: no copy is like that.
    return;
  }
  throw store_error{path + " is a copy that nobody has opened, and " + beside +
                    " is the log of the database that was there before: played into the copy it would spoil it. Move the log "
                    "and its -shm away, or put back the database that they belong to"};
}

void own_log(connection& db) {
  if (db.number("SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'writers')") == 0) return;
  if (db.number("SELECT EXISTS (SELECT 1 FROM writers WHERE node = -1)") == 0) note_own_log(db);
  // Kept in the file: every later connection finds the log.
  db.execute("PRAGMA journal_mode = WAL");
}

std::optional<number_skip> skip_numbers_of_copy(connection& db) {
  const bool copied = is_copy(db);
  note_first_opening(db);
  if (!copied) return std::nullopt;
  const auto skip = skip_of(db, machine_clock::read_machine().wall);
  raise_numbers(db, skip.to);
  return skip;
}

}  // namespace orderflow::sqlite
