#include "journal/sqlite/connection.hpp"

#include "journal/sqlite/gathered_log.hpp"

namespace orderflow::sqlite {
namespace {

/// How long a call waits for another connection's lock. Our own connections hold none for longer than a batch; a shell that
/// holds the write lock open makes the batch `unavailable`, which is tried again.
constexpr int busy_timeout_ms = 250;

int flags_of(connection::mode how) {
  switch (how) {
    case connection::mode::create: return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    case connection::mode::write:
    case connection::mode::read: return SQLITE_OPEN_READWRITE;
    case connection::mode::alone: return SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
  }
  return SQLITE_OPEN_READONLY;
}

/// See https://www.sqlite.org/uri.html.
std::string uri_alone(const std::string& path) {
  std::string uri = "file:";
  for (const char c : path) uri += c == '%' ? "%25" : c == '?' ? "%3f" : c == '#' ? "%23" : std::string{c};
  return uri + "?immutable=1";
}

/// Once per process, before the first connection: SQLite's own count of its memory takes a lock at each allocation, and nobody
/// asks for it.
void set_up_library() { [[maybe_unused]] static const int done = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

}  // namespace

void check(sqlite3* db, int code) {
  if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return;
  const bool known = db != nullptr && sqlite3_extended_errcode(db) == code;
  throw failure{code, known ? sqlite3_errmsg(db) : sqlite3_errstr(code)};
}

statement::statement(sqlite3* db, std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  raw_.reset(raw);
  sqlite::check(db, code);
}

void statement::check(int code) const { sqlite::check(sqlite3_db_handle(raw_.get()), code); }

void statement::bind(int place, std::string_view text) {
  check(sqlite3_bind_text64(raw_.get(), place, start_of(text), text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

bool statement::step() {
  const int code = sqlite3_step(raw_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  check(code);
  return false;
}

void statement::execute() {
  const int code = sqlite3_step(raw_.get());
  if (code == SQLITE_DONE || code == SQLITE_ROW) {
    reset();
    return;
  }
  const failure why{code, sqlite3_errmsg(sqlite3_db_handle(raw_.get()))};
  reset();
  throw why;
}

std::string statement::text(int column) const {
  const auto* start = reinterpret_cast<const char*>(sqlite3_column_text(raw_.get(), column));
  if (start == nullptr) return {};
  return {start, static_cast<size_t>(sqlite3_column_bytes(raw_.get(), column))};
}

connection::connection(const std::string& path, mode how) {
  set_up_library();
  sqlite3* raw = nullptr;
  const char* vfs = how == mode::write ? gathered_log() : nullptr;
  const auto name = how == mode::alone ? uri_alone(path) : path;
  const int code = sqlite3_open_v2(name.c_str(), &raw, flags_of(how) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, vfs);
  raw_.reset(raw);
  check(raw, code);
  check(raw, sqlite3_busy_timeout(raw, busy_timeout_ms));
  if (how == mode::read) execute("PRAGMA query_only = 1");
}

void connection::execute(const char* sql) { check(raw(), sqlite3_exec(raw(), sql, nullptr, nullptr, nullptr)); }

statement& connection::prepared(std::string_view sql) {
  auto& kept = kept_[sql];
  if (!kept) kept = std::make_unique<statement>(raw(), sql);
  return *kept;
}

snapshot::snapshot(connection& db) {
  if (sqlite3_get_autocommit(db.raw()) == 0) return;
  db.execute("BEGIN");
  began_ = db.raw();
}

snapshot::~snapshot() {
  if (began_ != nullptr) sqlite3_exec(began_, "COMMIT", nullptr, nullptr, nullptr);
}

int64_t connection::number(std::string_view sql) {
  statement one{raw(), sql};
  return one.step() ? one.integer(0) : 0;
}

}  // namespace orderflow::sqlite
