#include "journal/postgres/store.hpp"

#include <unistd.h>

#include <array>
#include <random>

#include "journal/postgres/copied_store.hpp"
#include "journal/postgres/load.hpp"
#include "journal/postgres/rejected_append.hpp"
#include "journal/postgres/send_batch.hpp"
#include "journal/postgres/statements.hpp"
#include "journal/rehearsal.hpp"

namespace orderflow::postgres {

namespace {

using namespace std::chrono_literals;

/// Longer than every limit that the server keeps itself (see writer_settings).
constexpr auto timeout = 10s;

/// A rejected batch that has met another transaction on its way is simply sent again, this often.
constexpr int tries_after_collision = 3;

/// Ours among the sessions of a server. Two processes of one node have different holders.
std::string session_prefix(int32_t node) { return WRITER_SESSIONS + std::to_string(node) + "-"; }

/// "process 42 on host": whoever replaces us tells it. PostgreSQL cuts names of sessions at 63 bytes, as we do.
std::string with_process(const std::string& session) {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host.fill('\0');
  return (session + " process " + std::to_string(getpid()) + " on " + host.data()).substr(0, 63);
}

/// The session of another writer of this node that is connected now, in words; empty: there is none.
std::string present_writer(connection& link, const std::string& prefix, const std::string& ours) {
  const auto found = link.ask(
      "SELECT substr(application_name, length($1::text) + 1), coalesce(host(client_addr), 'this machine'), "
      "to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM pg_stat_activity "
      "WHERE starts_with(application_name, $1::text) AND pid <> pg_backend_pid() AND datname = current_database() "
      "AND NOT starts_with(application_name, $2::text) ORDER BY backend_start LIMIT 1",
      parameters{}.text(prefix).text(ours));
  if (found.rows() == 0) return {};
  const auto name = found.text(0, 0);
  const auto process = name.find(' ');
  return (process == std::string::npos ? "a process" : name.substr(process + 1)) + ", connected from " + found.text(0, 1) +
         " since " + found.text(0, 2);
}

bool collided(std::string_view code) { return code.starts_with("40"); }

/// Not written, and no append is to blame: out of space or memory, cancelled, shutting down, a standby, a lock held too long.
bool store_is_to_blame(std::string_view code) {
  return code.starts_with("53") || code.starts_with("57") || code.starts_with("58") || code.starts_with("08") ||
         code == "25006" || code == lock_not_available;
}

std::string with_code(const statement_failed& why) { return std::string{why.what()} + " (" + why.code() + ")"; }

batch_outcome unavailable(const statement_failed& why) { return {batch_status::unavailable, {}, {}, with_code(why)}; }

int64_t random_holder() {
  std::random_device source;
  return static_cast<int64_t>((uint64_t{source()} << 32) | source());
}

/// Ends sessions whose name begins so: one that is left behind by a lost connection keeps its locks until it is told to go.
void end_sessions(connection& link, const std::string& prefix) {
  (void)link.ask(
      "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE starts_with(application_name, $1::text) "
      "AND pid <> pg_backend_pid() AND usename = current_user AND datname = current_database()",
      parameters{}.text(prefix));
}

constexpr const char* claim_sql = R"sql(
INSERT INTO writers (node, holder, epoch, last_batch, last_txid) VALUES ($1::integer, $2::bigint, 1, 0, 0)
ON CONFLICT (node) DO UPDATE SET holder = EXCLUDED.holder, epoch = writers.epoch + 1, last_batch = 0, last_txid = 0
RETURNING epoch)sql";

// Waits for the transaction that may still be under way; after it no batch of the old epoch is taken.
constexpr const char* bump_sql = R"sql(
UPDATE writers SET epoch = epoch + 1 WHERE node = $1::integer AND holder = $2::bigint
RETURNING epoch, last_batch, last_txid)sql";

constexpr const char* reserve_sql = R"sql(
INSERT INTO id_blocks (shard, taken) VALUES ($1::integer, $3::bigint + $2::bigint)
ON CONFLICT (shard) DO UPDATE SET taken = id_blocks.taken + $2::bigint
RETURNING taken - $2::bigint)sql";

// Two who ask at once for two new tenants may choose one number: the later one fails and asks again.
constexpr const char* number_sql = R"sql(
INSERT INTO tenants (number, name) SELECT coalesce(max(number), 0) + 1, $1::text FROM tenants
ON CONFLICT (name) DO UPDATE SET name = excluded.name
RETURNING number)sql";

}  // namespace

postgres_store::postgres_store(std::string url, uint32_t node) : url_(std::move(url)) {
  mine_.node = static_cast<int32_t>(node);
  mine_.holder = random_holder();
  session_ = session_prefix(mine_.node) + std::to_string(static_cast<uint64_t>(mine_.holder));
  application_ = with_process(session_);
  claim();
}

void postgres_store::claim() {
  // The old holder's transaction may hold the row: it is given one lock timeout to end by itself, then it is ended.
  for (int left = 5;; --left) {
    try {
      auto& link = relinked();
      if (replaced_.empty()) replaced_ = present_writer(link, session_prefix(mine_.node), session_);
      link.run("SELECT go_on_counting()");
      claim_with(link);
      return;
    } catch (const connection_lost& why) {
      throw store_error{why.what()};
    } catch (const statement_failed& why) {
      if (why.code() != lock_not_available || left == 0)
        throw store_error{std::string{"cannot become the writer: "} + why.what()};
      end_sessions(*link_, session_prefix(mine_.node));
    }
  }
}

void postgres_store::claim_with(connection& link) {
  link.run("BEGIN");
  try {
    skipped_ = skip_numbers_of_copy(link);
    mine_.epoch = link.ask(claim_sql, parameters{}.int4(mine_.node).int8(mine_.holder)).int8(0, 0);
  } catch (const statement_failed&) {
    link.run("ROLLBACK");
    throw;
  }
  link.run("COMMIT");
}

std::optional<std::string> postgres_store::taken_by() {
  try {
    if (auto found = present_writer(linked(), session_prefix(mine_.node), session_); !found.empty()) return found;
  } catch (const connection_lost&) {
    link_.reset();
  } catch (const statement_failed&) {
    link_.reset();
  }
  return "another process, which is not connected now";
}

connection& postgres_store::linked() {
  if (link_ && link_->alive()) return *link_;
  return relinked();
}

connection& postgres_store::relinked() {
  link_.reset();
  link_.emplace(url_, application_, writer_settings, timeout);
  try {
    for (const auto& each : batch_statements) link_->prepare(each);
  } catch (const statement_failed& why) {
    link_.reset();
    throw connection_lost{std::string{"PostgreSQL does not have the journal's tables (orderflow db migrate): "} + why.what()};
  }
  return *link_;
}

batch_outcome postgres_store::commit(const batch& work) {
  if (work.rehearsal) {
    if (auto failed = rehearse()) return std::move(*failed);
  }
  const auto rows = rows_of(work);
  if (!rows.misplaced.empty()) return rejected(work, rows, "appends of one stream do not follow each other");
  for (int left = tries_after_collision;; --left) {
    try {
      return commit_once(work, rows);
    } catch (const statement_failed& why) {
      if (collided(why.code()) && left > 1) continue;
      return outcome_of(why, work, rows);
    }
  }
}

/// Nothing: all of it could be written, and was taken back.
std::optional<batch_outcome> postgres_store::rehearse() {
  try {
    auto& link = linked();
    link.run("BEGIN");
    try {
      for (const auto& each : rehearsed_batches()) {
        link.begin();
        send_batch(link, each, rows_of(each));
        (void)link.finish();
      }
      (void)link.ask(reserve_sql, parameters{}.int4(rehearsed_shard).int8(1).int8(0));
      (void)link.ask(number_sql, parameters{}.text(rehearsed_tenant));
    } catch (const statement_failed& why) {
      link.run("ROLLBACK");
      return unavailable(why);
    }
    link.run("ROLLBACK");
    return std::nullopt;
  } catch (const connection_lost& why) {
    link_.reset();
    return batch_outcome{batch_status::unavailable, {}, {}, why.what()};
  } catch (const statement_failed& why) {
    link_.reset();
    return unavailable(why);
  }
}

batch_outcome postgres_store::commit_once(const batch& work, const batch_rows& rows) {
  bool may_be_committed = false;
  try {
    auto& link = linked();
    link.begin();
    link.send(hold_writer, parameters{}.int4(mine_.node).int8(mine_.holder).int8(mine_.epoch).int8(++last_batch_));
    send_batch(link, work, rows);
    may_be_committed = true;
    const auto answers = link.finish();
    return {batch_status::committed, positions_of(work, static_cast<uint64_t>(answers.front().int8(0, 0))), {}, {}};
  } catch (const connection_lost& why) {
    link_.reset();
    return {may_be_committed ? batch_status::unknown : batch_status::unavailable, {}, {}, why.what()};
  }
}

batch_outcome postgres_store::outcome_of(const statement_failed& why, const batch& work, const batch_rows& rows) {
  if (why.code() == writer_was_replaced) return {batch_status::fenced, {}, {}, why.what()};
  if (store_is_to_blame(why.code())) return unavailable(why);
  auto detail = with_code(why);
  if (why.code() != unique_violation && why.code() != stream_has_a_gap) return {batch_status::rejected, {}, {}, detail};
  return rejected(work, rows, detail);
}

batch_outcome postgres_store::rejected(const batch& work, const batch_rows& rows, const std::string& detail) {
  try {
    return {batch_status::rejected, {}, find_rejected(linked(), work, rows), detail};
  } catch (const connection_lost& lost) {
    link_.reset();
    return {batch_status::unavailable, {}, {}, lost.what()};
  } catch (const statement_failed& failed) {
    return unavailable(failed);
  }
}

resolution postgres_store::resolve(const batch& work, std::vector<position>& positions) {
  try {
    const auto found = relinked().ask(bump_sql, parameters{}.int4(mine_.node).int8(mine_.holder));
    if (found.rows() == 0) return resolution::fenced;
    mine_.epoch = found.int8(0, 0);
    if (found.int8(0, 1) != last_batch_) return resolution::not_committed;
    positions = positions_of(work, static_cast<uint64_t>(found.int8(0, 2)));
    return resolution::committed;
  } catch (const connection_lost&) {
    link_.reset();
    return resolution::still_unknown;
  } catch (const statement_failed& why) {
    if (why.code() == lock_not_available) end_left_behind();
    return resolution::still_unknown;
  }
}

void postgres_store::end_left_behind() {
  try {
    end_sessions(*link_, session_);
  } catch (const connection_lost&) {
    link_.reset();
  } catch (const statement_failed&) {
    // Not allowed here: the transaction ends by the server's own limits, and we are asked again.
    link_.reset();
  }
}

std::vector<opened_stream> postgres_store::load(std::span<const stream_key> streams) {
  try {
    return load_streams(linked(), streams);
  } catch (const connection_lost& why) {
    link_.reset();
    throw store_error{why.what()};
  } catch (const statement_failed& why) {
    link_.reset();
    throw store_error{std::string{"cannot load from PostgreSQL: "} + why.what()};
  }
}

int64_t postgres_store::give_out(const std::string& failed, const char* sql, const parameters& with) {
  try {
    return linked().ask(sql, with).int8(0, 0);
  } catch (const connection_lost& why) {
    link_.reset();
    throw store_error{why.what()};
  } catch (const statement_failed& why) {
    throw store_error{failed + " in PostgreSQL: " + with_code(why)};
  }
}

int64_t postgres_store::number_of_tenant(const std::string& name) {
  return give_out("cannot give a tenant its number", number_sql, parameters{}.text(name));
}

id_block postgres_store::reserve_ids(uint32_t shard, uint32_t count) {
  // Ids are positive, so shard 0 begins with its second one.
  const int64_t before_first = shard == 0 ? 1 : 0;
  const auto taken = give_out("cannot reserve order ids", reserve_sql,
                              parameters{}.int4(static_cast<int32_t>(shard)).int8(count).int8(before_first));
  return {taken * shard_count + shard, count};
}

}  // namespace orderflow::postgres
