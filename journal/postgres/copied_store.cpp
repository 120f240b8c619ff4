#include "journal/postgres/copied_store.hpp"

#include "base/clock.hpp"
#include "journal/append.hpp"

namespace orderflow::postgres {
namespace {

// A store that was opened once has a row of numbers, so that a copy of one without any order is told from a new store.
void note_first_opening(connection& link) {
  (void)link.ask("INSERT INTO id_blocks (shard, taken) VALUES ($1::integer, 0) ON CONFLICT (shard) DO NOTHING",
                 parameters{}.int4(int32_t{message_numbers}));
}

std::optional<timestamp> newest_event(connection& link) {
  const auto newest = link.ask("SELECT at FROM events ORDER BY txid DESC, n DESC LIMIT 1", {});
  return newest.rows() > 0 ? std::optional{from_ms(newest.int8(0, 0))} : std::nullopt;
}

/// `$1`: of 64 numbers each, one a shard.
constexpr const char* raise_sql = R"sql(
INSERT INTO id_blocks (shard, taken) SELECT shard, $1::bigint FROM generate_series(0, $2::integer) AS shard
ON CONFLICT (shard) DO UPDATE SET taken = greatest(id_blocks.taken, EXCLUDED.taken))sql";

}  // namespace

void mark_as_copy(connection& link) {
  link.run("BEGIN READ WRITE");
  note_first_opening(link);
  link.run("DELETE FROM writers");
  link.run("COMMIT");
}

std::optional<number_skip> skip_numbers_of_copy(connection& link) {
  const auto found = link.ask(
      "SELECT NOT EXISTS (SELECT FROM writers) AND (EXISTS (SELECT FROM id_blocks) OR EXISTS (SELECT FROM events)), "
      "(SELECT coalesce(max(taken), 0) FROM id_blocks)",
      {});
  note_first_opening(link);
  if (!found.boolean(0, 0)) return std::nullopt;
  // The shard's next number is taken * 64 + shard: none of them has come to a whole block more.
  const auto next = (found.int8(0, 1) + 1) * shard_count;
  const auto skip = skip_after_copy(next, newest_event(link), machine_clock::read_machine().wall);
  (void)link.ask(raise_sql, parameters{}.int8(skip.to / shard_count).int4(int32_t{message_numbers}));
  return skip;
}

}  // namespace orderflow::postgres
