#include "journal/sqlite/store.hpp"

#include <random>

#include "journal/rehearsal.hpp"
#include "journal/sqlite/copied_store.hpp"
#include "journal/sqlite/load.hpp"
#include "journal/sqlite/rejected_append.hpp"

namespace orderflow::sqlite {
namespace {

int64_t random_holder() {
  std::random_device source;
  const auto high = static_cast<uint64_t>(source()) << 32;
  return static_cast<int64_t>((high | source()) >> 1);
}

int remember_log_pages(void* pages, sqlite3*, const char*, int in_log) {
  *static_cast<int*>(pages) = in_log;
  return SQLITE_OK;
}

/// FULL: a commit is on the disk before it is acknowledged. 8 MB of cache hold the hot pages; more was slower. The thread
/// beside the writer empties the log, so SQLite must not do it within a commit. Debian's SQLite overwrites what it deletes, and
/// every change of an order deletes index entries.
constexpr const char* writer_settings =
    "PRAGMA synchronous = FULL; PRAGMA locking_mode = NORMAL; PRAGMA cache_size = -8192; PRAGMA wal_autocheckpoint = 0; "
    "PRAGMA temp_store = MEMORY; PRAGMA secure_delete = 0;";

connection with_settings(const std::string& path) {
  connection db{path, connection::mode::write};
  db.execute(writer_settings);
  return db;
}

int64_t number_of(connection& db, std::string_view tenant) {
  {
    query known{db.prepared("SELECT number FROM tenants WHERE name = ?1")};
    if (known.with(tenant).next()) return known.integer(0);
  }
  query made{
      db.prepared("INSERT INTO tenants (number, name) SELECT coalesce(max(number), 0) + 1, ?1 FROM tenants RETURNING number")};
  return made.with(tenant).next() ? made.integer(0) : 0;
}

/// Where the next block begins.
int64_t take_ids(connection& db, int64_t shard, int64_t first, int64_t size) {
  query taken{
      db.prepared("INSERT INTO id_blocks (shard, next) VALUES (?1, ?2 + ?3) "
                  "ON CONFLICT (shard) DO UPDATE SET next = next + ?3 RETURNING next")};
  return taken.with(shard, first, size).next() ? taken.integer(0) : 0;
}

std::string meaning_of(const failure& why) {
  // The files that we have open may be the last copy of the orders, so this process is not to end before they are safe.
  if (why.code() == SQLITE_READONLY_DBMOVED) return meaning_of_moved_files();
  switch (why.primary_code()) {
    case SQLITE_FULL: return "the disk or the file's quota is full; make room, writing goes on by itself";
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "another program holds the database's write lock; end its transaction";
    case SQLITE_IOERR: return "the disk reported an error";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return "the file is damaged; restore a backup";
    default: return "SQLite refused";
  }
}

}  // namespace

sqlite_store::session::session(const std::string& path)
    : db{with_settings(path)},
      rows{db},
      begin{db.raw(), "BEGIN IMMEDIATE"},
      hold{db.raw(), "UPDATE writers SET last_batch = ?4 WHERE node = ?1 AND holder = ?2 AND epoch = ?3"},
      commit{db.raw(), "COMMIT"} {
  sqlite3_wal_hook(db.raw(), remember_log_pages, &log_pages);
}

sqlite_store::sqlite_store(std::string path, std::shared_ptr<file_lock> lock, uint32_t node)
    : path_{std::move(path)}, lock_{std::move(lock)}, node_{node}, holder_{random_holder()} {
  try {
    take_writer_row();
    checkpoints_ = std::make_unique<checkpointer>(path_);
    places_.emplace(path_);
  } catch (const failure& e) {
    throw store_error{sentence("cannot take the writer's place in", e)};
  }
}

std::string sqlite_store::sentence(const std::string& what, const failure& why) const {
  return what + " " + path_ + ": " + meaning_of(why) + " (" + why.what() + ", code " + std::to_string(why.code()) + ")";
}

std::optional<std::string> sqlite_store::taken_by() {
  if (!stopped_.empty()) return std::nullopt;
  return store::taken_by();
}

/// Throws `failure`.
void sqlite_store::require_files_in_place() const {
  if (!places_) return;
  if (const auto lost = places_->misplaced(); !lost.empty()) throw failure{SQLITE_READONLY_DBMOVED, lost};
}

sqlite_store::session& sqlite_store::connected() {
  if (session_) return *session_;
  require_files_in_place();
  session_ = std::make_unique<session>(path_);
  return *session_;
}

void sqlite_store::take_writer_row() {
  auto& on = connected();
  on.begin.execute();
  skipped_ = skip_numbers_of_copy(on.db);
  {
    query taken{
        on.db.prepared("INSERT INTO writers (node, holder, epoch, last_batch) VALUES (?1, ?2, 1, 0) ON CONFLICT (node) "
                       "DO UPDATE SET holder = excluded.holder, epoch = epoch + 1 RETURNING epoch, last_batch")};
    if (taken.with(node_, holder_).next()) {
      epoch_ = taken.integer(0);
      last_batch_ = taken.integer(1);
    }
  }
  on.commit.execute();
}

bool sqlite_store::hold_writer_row(session& on, int64_t batch_number) {
  on.hold.bind(1, node_);
  on.hold.bind(2, holder_);
  on.hold.bind(3, epoch_);
  on.hold.bind(4, batch_number);
  on.hold.execute();
  return sqlite3_changes(on.db.raw()) == 1;
}

batch_outcome sqlite_store::commit(const batch& work) {
  if (!stopped_.empty()) return {batch_status::fenced, {}, {}, stopped_};
  try {
    require_files_in_place();
    auto& on = connected();
    checkpoints_->finish(on.db);
    if (work.rehearsal) rehearse(on);
    on.begin.execute();
    return commit_on(on, work);
  } catch (const failure& e) {
    // Nothing was begun.
    return unavailable(e);
  }
}

batch_outcome sqlite_store::commit_on(session& on, const batch& work) {
  batch_outcome outcome{batch_status::committed, {}, {}, {}};
  try {
    if (!hold_writer_row(on, ++last_batch_)) {
      roll_back(on);
      return {batch_status::fenced, {}, {}, "the writer's place in " + path_ + " was taken by another process"};
    }
    outcome.positions = on.rows.write(work);
  } catch (const failure& e) {
    return after_failed_write(on, work, e);
  }
  try {
    send_commit(on.db);
  } catch (const failure& e) {
    return after_failed_commit(on, e);
  }
  checkpoints_->grown_to(on.log_pages);
  try {
    // Once more: only what is where the next start finds it is acknowledged.
    require_files_in_place();
  } catch (const failure& e) {
    return {batch_status::unknown, {}, {}, sentence("written, but not to", e)};
  }
  return outcome;
}

/// Throws `failure`.
void sqlite_store::rehearse(session& on) {
  on.begin.execute();
  try {
    for (const auto& each : rehearsed_batches()) static_cast<void>(on.rows.write(each));
    static_cast<void>(take_ids(on.db, rehearsed_shard, 0, 1));
    static_cast<void>(number_of(on.db, rehearsed_tenant));
  } catch (const failure&) {
    roll_back(on);
    throw;
  }
  on.db.execute("ROLLBACK");
}

void sqlite_store::send_commit(connection&) { session_->commit.execute(); }

batch_outcome sqlite_store::after_failed_write(session& on, const batch& work, const failure& why) {
  roll_back(on);
  if (!why.is_constraint()) return unavailable(why);
  try {
    // `on` may have been closed by a roll back that did not succeed.
    return {batch_status::rejected, {}, find_rejected(connected().db, work), why.what()};
  } catch (const failure& e) {
    return unavailable(e);
  }
}

/// A full disk is told before the commit record is written, so nothing is in doubt. Anything else may have come after it.
batch_outcome sqlite_store::after_failed_commit(session& on, const failure& why) {
  if (why.is_failed_flush()) {
    auto stopped = stop_writing(why);
    stopped.may_be_written = true;
    return stopped;
  }
  if (why.primary_code() == SQLITE_FULL) {
    roll_back(on);
    return unavailable(why);
  }
  session_.reset();
  return {batch_status::unknown, {}, {}, sentence("no answer to COMMIT in", why)};
}

/// The transaction is over and nothing of it was written.
batch_outcome sqlite_store::unavailable(const failure& why) {
  if (why.is_failed_flush()) return stop_writing(why);
  const bool passes =
      why.primary_code() == SQLITE_FULL || why.primary_code() == SQLITE_BUSY || why.code() == SQLITE_READONLY_DBMOVED;
  if (!passes) session_.reset();
  return {batch_status::unavailable, {}, {}, sentence("cannot write to", why)};
}

/// A connection whose transaction cannot be ended is closed: that ends it.
void sqlite_store::roll_back(session& on) {
  if (sqlite3_get_autocommit(on.db.raw()) != 0) return;
  try {
    on.db.execute("ROLLBACK");
  } catch (const failure&) {
    session_.reset();
  }
}

/// After a failed flush a second one may succeed although the pages are gone. Only a start that reads the disk again may go on.
batch_outcome sqlite_store::stop_writing(const failure& why) {
  stopped_ = sentence("writing has ended; start again after looking at the disk under", why);
  session_.reset();
  return {batch_status::fenced, {}, {}, stopped_};
}

resolution sqlite_store::resolve(const batch& work, std::vector<position>& positions) {
  if (!stopped_.empty()) return resolution::fenced;
  try {
    require_files_in_place();
    return resolve_on(connected(), work, positions);
  } catch (const failure& e) {
    if (e.code() != SQLITE_READONLY_DBMOVED) session_.reset();
    return resolution::still_unknown;
  }
}

resolution sqlite_store::resolve_on(session& on, const batch& work, std::vector<position>& positions) {
  {
    query row{on.db.prepared("SELECT last_batch FROM writers WHERE node = ?1 AND holder = ?2 AND epoch = ?3")};
    if (!row.with(node_, holder_, epoch_).next()) return resolution::fenced;
    if (row.integer(0) != last_batch_) return resolution::not_committed;
  }
  positions.clear();
  auto& find = on.db.prepared("SELECT position FROM events WHERE stream = ?1 AND seq = ?2 AND count = ?3");
  for (const auto* append : work.appends) {
    if (append->events.empty()) {
      positions.emplace_back();
      continue;
    }
    query found{find};
    const auto first = static_cast<int64_t>(append->expected_seq + 1);
    if (!found.with(append->stream.packed(), first, static_cast<int64_t>(append->events.size())).next()) {
      throw failure{SQLITE_CORRUPT, "an event of a committed batch is not there"};
    }
    positions.push_back({static_cast<uint64_t>(found.integer(0)), 0});
  }
  return resolution::committed;
}

std::vector<opened_stream> sqlite_store::load(std::span<const stream_key> streams) {
  if (!stopped_.empty()) throw store_error{stopped_};
  std::vector<opened_stream> loaded;
  loaded.reserve(streams.size());
  try {
    auto& on = connected();
    for (const auto& stream : streams) loaded.push_back(load_stream(on.db, stream));
  } catch (const failure& e) {
    session_.reset();
    throw store_error{sentence("cannot read", e)};
  }
  return loaded;
}

/// A number that is given out once, in a transaction of its own. One whose COMMIT got no answer is asked for again, or not used.
int64_t sqlite_store::give_out(const std::string& failed, const std::function<int64_t(connection&)>& number) {
  if (!stopped_.empty()) throw store_error{stopped_};
  try {
    require_files_in_place();
    auto& on = connected();
    on.begin.execute();
    if (!hold_writer_row(on, ++last_batch_)) {
      roll_back(on);
      throw store_error{"the writer's place in " + path_ + " was taken by another process"};
    }
    const auto given = number(on.db);
    on.commit.execute();
    return given;
  } catch (const failure& e) {
    if (e.code() != SQLITE_READONLY_DBMOVED) session_.reset();
    if (e.is_failed_flush()) stopped_ = stop_writing(e).detail;
    throw store_error{sentence(failed, e)};
  }
}

int64_t sqlite_store::number_of_tenant(const std::string& name) {
  return give_out("cannot give a tenant its number in", [&](connection& db) { return number_of(db, name); });
}

id_block sqlite_store::reserve_ids(uint32_t shard, uint32_t count) {
  // Ids are positive, so shard 0 begins with its second one.
  const int64_t first = shard == 0 ? shard_count : int64_t{shard};
  const auto size = int64_t{count} * shard_count;
  const auto next = give_out("cannot reserve order ids in", [&](connection& db) { return take_ids(db, shard, first, size); });
  return {next - size, count};
}

}  // namespace orderflow::sqlite
