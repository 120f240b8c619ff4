#include "journal/postgres/copied_store.hpp"

#include "base/clock.hpp"
#include "journal/append.hpp"
#include "journal/postgres/statements.hpp"
#include "journal/store.hpp"

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

number_skip skip_of(connection& link, timestamp now) {
  const auto most = link.ask("SELECT coalesce(max(taken), 0) FROM id_blocks", {}).int8(0, 0);
  // The shard's next number is taken * 64 + shard: none of them has come to a whole block more.
  return skip_after_copy((most + 1) * shard_count, newest_event(link), now);
}

void raise_numbers(connection& link, int64_t to) {
  (void)link.ask(raise_sql, parameters{}.int8(to / shard_count).int4(int32_t{message_numbers}));
}

}  // namespace

void mark_as_copy(connection& link) {
  link.run("BEGIN READ WRITE");
  note_first_opening(link);
  link.run("DELETE FROM writers");
  link.run("COMMIT");
}

void mark_in_place(connection& link) {
  const auto writers = link.ask(
      "SELECT application_name, pid::bigint FROM pg_stat_activity WHERE starts_with(application_name, $1::text) AND datname = "
      "current_database() ORDER BY pid LIMIT 1",
      parameters{}.text(WRITER_SESSIONS));
  if (writers.rows() > 0) {
    throw store_error{"a server writes to this database: session " + writers.text(0, 0) + ", PostgreSQL's process " +
                      std::to_string(writers.int8(0, 1)) + "; stop the server, and skip the numbers then"};
  }
  link.run("BEGIN READ WRITE");
  // Without the clock, which may be what is wrong: by the margin.
  if (skip_numbers_of_copy(link)) raise_numbers(link, skip_of(link, timestamp{}).to);
  link.run("DELETE FROM writers");
  link.run("COMMIT");
}

std::optional<number_skip> skip_numbers_of_copy(connection& link) {
  const auto found =
      link.ask("SELECT NOT EXISTS (SELECT FROM writers) AND (EXISTS (SELECT FROM id_blocks) OR EXISTS (SELECT FROM events))", {});
  note_first_opening(link);
  if (!found.boolean(0, 0)) return std::nullopt;
  const auto skip = skip_of(link, machine_clock::read_machine().wall);
  raise_numbers(link, skip.to);
  return skip;
}

}  // namespace orderflow::postgres
