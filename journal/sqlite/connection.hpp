// Thin ownership over the SQLite C API: a connection, a prepared statement, one run of it.
// Thread rule: a connection and all that was made from it belong to one thread.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>

namespace orderflow::sqlite {

/// What SQLite answered. `code` is the extended result code.
class failure : public std::runtime_error {
 public:
  failure(int code, const std::string& what) : std::runtime_error{what}, code_{code} {}
  [[nodiscard]] int code() const { return code_; }
  [[nodiscard]] int primary_code() const { return code_ & 0xff; }
  [[nodiscard]] bool is_constraint() const { return primary_code() == SQLITE_CONSTRAINT; }
  /// What is in the file cannot be true.
  [[nodiscard]] bool is_damage() const { return primary_code() == SQLITE_CORRUPT || primary_code() == SQLITE_NOTADB; }
  /// After a failed flush the kernel may have dropped what it could not write: nothing may be trusted or acknowledged.
  [[nodiscard]] bool is_failed_flush() const { return code_ == SQLITE_IOERR_FSYNC || code_ == SQLITE_IOERR_DIR_FSYNC; }

 private:
  int code_;
};

/// Where a text for SQLite starts: a null pointer would mean NULL, and an empty view may carry one.
[[nodiscard]] inline const char* start_of(std::string_view text) { return text.data() == nullptr ? "" : text.data(); }

class statement {
 public:
  statement(sqlite3* db, std::string_view sql);

  void bind(int place, int64_t value) { check(sqlite3_bind_int64(raw_.get(), place, value)); }
  /// Not copied: the text must live until the statement is reset.
  void bind(int place, std::string_view text);
  void bind_null(int place) { check(sqlite3_bind_null(raw_.get(), place)); }

  /// True: there is a row. Throws `failure`.
  [[nodiscard]] bool step();
  /// Runs a statement that returns no rows, and resets it also when it fails.
  void execute();
  void reset() { sqlite3_reset(raw_.get()); }

  [[nodiscard]] int64_t integer(int column) const { return sqlite3_column_int64(raw_.get(), column); }
  [[nodiscard]] bool is_null(int column) const { return sqlite3_column_type(raw_.get(), column) == SQLITE_NULL; }
  [[nodiscard]] std::string text(int column) const;

 private:
  struct finalize {
    void operator()(sqlite3_stmt* raw) const { sqlite3_finalize(raw); }
  };
  void check(int code) const;

  std::unique_ptr<sqlite3_stmt, finalize> raw_;
};

/// One run of a query. Its end resets the statement, which ends the read transaction: a reader that held one open would keep
/// the log from being restarted.
class query {
 public:
  explicit query(statement& under) : under_{under} {}
  ~query() { under_.reset(); }
  query(const query&) = delete;
  query& operator=(const query&) = delete;

  template <class... Values>
  query& with(const Values&... values) {
    int place = 0;
    (under_.bind(++place, values), ...);
    return *this;
  }
  [[nodiscard]] bool next() { return under_.step(); }
  [[nodiscard]] int64_t integer(int column) const { return under_.integer(column); }
  [[nodiscard]] bool is_null(int column) const { return under_.is_null(column); }
  [[nodiscard]] std::string text(int column) const { return under_.text(column); }

 private:
  statement& under_;
};

class connection {
 public:
  enum class mode : uint8_t { create = 1, write = 2, read = 3, alone = 4 };

  /// Opens the file. `alone`: to read it as if nobody wrote and no log were beside it. `read` still maps the shared index of the
  /// log, so the directory must be writable. Throws `failure`.
  connection(const std::string& path, mode how);

  void execute(const char* sql);
  /// A statement prepared once and kept; `sql` must be one of few texts.
  [[nodiscard]] statement& prepared(std::string_view sql);
  /// The first column of the first row of a query without parameters; 0 without a row.
  [[nodiscard]] int64_t number(std::string_view sql);
  [[nodiscard]] sqlite3* raw() const { return raw_.get(); }

 private:
  struct close {
    void operator()(sqlite3* raw) const { sqlite3_close_v2(raw); }
  };
  std::unique_ptr<sqlite3, close> raw_;
  std::unordered_map<std::string_view, std::unique_ptr<statement>> kept_;
};

/// One view of the database for several statements of a reader; inside another one it is that one's.
class snapshot {
 public:
  /// Throws `failure`.
  explicit snapshot(connection& db);
  ~snapshot();
  snapshot(const snapshot&) = delete;
  snapshot& operator=(const snapshot&) = delete;

 private:
  sqlite3* began_ = nullptr;
};

/// Throws the connection's present error unless `code` says that all is well.
void check(sqlite3* db, int code);

}  // namespace orderflow::sqlite
