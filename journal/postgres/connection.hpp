// One libpq connection. It waits on the socket itself, with a timeout: a server that hangs without closing
// must not hold our thread for ever. Thread rule: one thread. Blocks.
#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "journal/postgres/binary.hpp"

namespace orderflow::postgres {

/// The connection broke, could not be made, or the server did not answer in time: it is of no use any more.
class connection_lost : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The server refused a statement; whatever transaction it was in is rolled back.
class statement_failed : public std::runtime_error {
 public:
  statement_failed(std::string code, const std::string& what) : std::runtime_error(what), code_(std::move(code)) {}
  /// SQLSTATE.
  [[nodiscard]] const std::string& code() const { return code_; }

 private:
  std::string code_;
};

/// What one statement returned, in binary. Columns are read by the type that the statement casts them to.
class answer {
 public:
  explicit answer(PGresult* raw) : raw_(raw) {}
  [[nodiscard]] int rows() const { return PQntuples(raw_.get()); }
  [[nodiscard]] bool null(int row, int column) const { return PQgetisnull(raw_.get(), row, column) == 1; }
  [[nodiscard]] int64_t int8(int row, int column) const { return read_int8(PQgetvalue(raw_.get(), row, column)); }
  [[nodiscard]] int32_t int4(int row, int column) const { return read_int4(PQgetvalue(raw_.get(), row, column)); }
  [[nodiscard]] int16_t int2(int row, int column) const { return read_int2(PQgetvalue(raw_.get(), row, column)); }
  [[nodiscard]] bool boolean(int row, int column) const { return *PQgetvalue(raw_.get(), row, column) != 0; }
  [[nodiscard]] std::string text(int row, int column) const;
  [[nodiscard]] const PGresult* raw() const { return raw_.get(); }

 private:
  struct clear {
    void operator()(PGresult* raw) const { PQclear(raw); }
  };
  std::unique_ptr<PGresult, clear> raw_;
};

/// A statement that is prepared once per connection.
struct statement {
  const char* name;
  const char* sql;
};

class connection {
 public:
  /// Connects and runs `settings` (SQL). `timeout`: how long any answer may take. `application` is what the server lists
  /// the session under. Throws connection_lost.
  connection(const std::string& url, const std::string& application, const char* settings, std::chrono::milliseconds timeout);

  /// Looks, without waiting, whether the server has closed the connection in the meantime.
  [[nodiscard]] bool alive();

  // One statement as a transaction of its own. Throw connection_lost or statement_failed.
  void run(const std::string& sql);
  [[nodiscard]] answer ask(const char* sql, const parameters& with);
  [[nodiscard]] answer ask(const statement& prepared, const parameters& with);
  void prepare(const statement& wanted);

  // Many statements in one transaction and one round trip: begin, any number of sends, finish.
  // What was sent before `finish` is never committed by the server, so up to then a lost connection is a definite "no".
  void begin();
  void send(const statement& prepared, const parameters& with);
  /// Ends the transaction. One answer per send. Throws statement_failed (rolled back) or connection_lost (outcome unknown).
  [[nodiscard]] std::vector<answer> finish();

 private:
  void flush();
  void wait_for(short events, std::chrono::steady_clock::time_point until);
  answer next(bool& end_of_statement);
  answer only_answer();
  static std::optional<statement_failed> failure_of(const answer& what);
  [[noreturn]] void lost(const std::string& doing);

  struct close {
    void operator()(PGconn* raw) const { PQfinish(raw); }
  };
  std::unique_ptr<PGconn, close> raw_;
  std::chrono::milliseconds timeout_;
  std::unordered_set<std::string_view> prepared_;
};

}  // namespace orderflow::postgres
