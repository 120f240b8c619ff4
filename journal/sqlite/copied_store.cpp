#include "journal/sqlite/copied_store.hpp"

#include "base/clock.hpp"
#include "journal/append.hpp"

namespace orderflow::sqlite {
namespace {

// A store that was opened once has a row of numbers, so that a copy of one without any order is told from a new store.
void note_first_opening(connection& db) {
  query made{db.prepared("INSERT INTO id_blocks (shard, next) VALUES (?1, ?2) ON CONFLICT (shard) DO NOTHING")};
  static_cast<void>(made.with(int64_t{message_numbers}, shard_count).next());
}

std::optional<timestamp> newest_event(connection& db) {
  query newest{db.prepared("SELECT at FROM events ORDER BY position DESC LIMIT 1")};
  return newest.next() ? std::optional{from_ms(newest.integer(0))} : std::nullopt;
}

}  // namespace

void mark_as_copy(connection& db) {
  db.execute("BEGIN IMMEDIATE");
  note_first_opening(db);
  db.execute("DELETE FROM writers");
  db.execute("COMMIT");
}

std::optional<number_skip> skip_numbers_of_copy(connection& db) {
  const bool is_copy = db.number(
                           "SELECT NOT EXISTS (SELECT 1 FROM writers) AND "
                           "(EXISTS (SELECT 1 FROM id_blocks) OR (SELECT max(position) FROM events) IS NOT NULL)") != 0;
  note_first_opening(db);
  if (!is_copy) return std::nullopt;
  const auto skip =
      skip_after_copy(db.number("SELECT max(next) FROM id_blocks"), newest_event(db), machine_clock::read_machine().wall);
  for (int64_t shard = 0; shard <= message_numbers; ++shard) {
    query raised{
        db.prepared("INSERT INTO id_blocks (shard, next) VALUES (?1, ?2) "
                    "ON CONFLICT (shard) DO UPDATE SET next = excluded.next")};
    static_cast<void>(raised.with(shard, skip.to + shard).next());
  }
  return skip;
}

}  // namespace orderflow::sqlite
