#include "journal/postgres/connection.hpp"

#include <poll.h>

#include <array>
#include <cerrno>
#include <optional>

#include "base/assert.hpp"

namespace orderflow::postgres {

namespace {

using steady = std::chrono::steady_clock;

// libpq ends its messages with a newline; ours go into one log line.
std::string one_line(const char* message) {
  std::string text = message == nullptr ? "" : message;
  while (!text.empty() && text.back() == '\n') text.pop_back();
  for (auto& c : text) {
    if (c == '\n' || c == '\t') c = ' ';
  }
  return text.empty() ? "no reason given" : text;
}

std::string_view field(const PGresult* raw, int which) {
  const char* text = PQresultErrorField(raw, which);
  return text == nullptr ? std::string_view{} : std::string_view{text};
}

}  // namespace

std::string answer::text(int row, int column) const {
  return {PQgetvalue(raw_.get(), row, column), static_cast<size_t>(PQgetlength(raw_.get(), row, column))};
}

connection::connection(const std::string& url, const std::string& application, const char* settings,
                       std::chrono::milliseconds timeout)
    : timeout_(timeout) {
  // A primary that takes no writes for a while is still where the orders are read. Later words win, so that the operator's URL
  // may change what stands before it.
  const std::array<const char*, 9> names{"connect_timeout",  "tcp_user_timeout",    "keepalives_idle",
                                         "keepalives_count", "keepalives_interval", "target_session_attrs",
                                         "dbname",           "application_name",    nullptr};
  const std::array<const char*, 9> values{"5", "10000", "5", "3", "2", "primary", url.c_str(), application.c_str(), nullptr};
  raw_.reset(PQconnectdbParams(names.data(), values.data(), 1));
  if (!raw_ || PQstatus(raw_.get()) != CONNECTION_OK) {
    throw connection_lost{"cannot connect to PostgreSQL: " + one_line(raw_ ? PQerrorMessage(raw_.get()) : "out of memory")};
  }
  PQsetNoticeProcessor(
      raw_.get(), [](void*, const char*) {}, nullptr);
  // What is beside an error's first line quotes rows, and rows hold what customers told us.
  PQsetErrorVerbosity(raw_.get(), PQERRORS_TERSE);
  if (PQsetnonblocking(raw_.get(), 1) != 0) lost("set up");
  try {
    run(settings);
  } catch (const statement_failed& why) {
    throw connection_lost{std::string{"PostgreSQL refused the session's settings: "} + why.what()};
  }
}

bool connection::alive() {
  if (PQstatus(raw_.get()) != CONNECTION_OK) return false;
  pollfd socket{PQsocket(raw_.get()), POLLIN, 0};
  if (poll(&socket, 1, 0) <= 0) return true;
  // Nothing was asked, so whatever came is a notice or the end.
  return PQconsumeInput(raw_.get()) == 1 && PQstatus(raw_.get()) == CONNECTION_OK && (socket.revents & (POLLHUP | POLLERR)) == 0;
}

void connection::lost(const std::string& doing) {
  throw connection_lost{"connection to PostgreSQL lost (" + doing + "): " + one_line(PQerrorMessage(raw_.get()))};
}

void connection::wait_for(short events, steady::time_point until) {
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - steady::now());
    if (left.count() <= 0) throw connection_lost{"PostgreSQL did not answer in time"};
    pollfd socket{PQsocket(raw_.get()), events, 0};
    const int ready = poll(&socket, 1, static_cast<int>(left.count()));
    if (ready > 0) return;
    if (ready < 0 && errno != EINTR) lost("poll");
  }
}

void connection::flush() {
  const auto until = steady::now() + timeout_;
  for (;;) {
    const int left = PQflush(raw_.get());
    if (left == 0) return;
    if (left < 0) lost("send");
    // The server may be unable to read on until we take what it has sent.
    wait_for(POLLIN | POLLOUT, until);
    if (PQconsumeInput(raw_.get()) == 0) lost("receive");
  }
}

answer connection::next(bool& end_of_statement) {
  const auto until = steady::now() + timeout_;
  while (PQisBusy(raw_.get()) == 1) {
    wait_for(POLLIN, until);
    if (PQconsumeInput(raw_.get()) == 0) lost("receive");
  }
  answer got{PQgetResult(raw_.get())};
  end_of_statement = got.raw() == nullptr;
  if (PQstatus(raw_.get()) != CONNECTION_OK) lost("answer");
  return got;
}

std::optional<statement_failed> connection::failure_of(const answer& what) {
  if (PQresultStatus(what.raw()) != PGRES_FATAL_ERROR) return std::nullopt;
  const auto severity = field(what.raw(), PG_DIAG_SEVERITY_NONLOCALIZED);
  const auto text = one_line(PQresultErrorMessage(what.raw()));
  // FATAL and PANIC end the session and say nothing about the transaction: it may have been committed just before.
  if (severity != "ERROR") throw connection_lost{"PostgreSQL ended the session: " + text};
  return statement_failed{std::string{field(what.raw(), PG_DIAG_SQLSTATE)}, text};
}

answer connection::only_answer() {
  bool end = false;
  auto first = next(end);
  ORDERFLOW_ASSERT(!end);
  while (!end) (void)next(end);
  if (const auto failed = failure_of(first)) throw *failed;
  return first;
}

void connection::run(const std::string& sql) {
  if (PQsendQuery(raw_.get(), sql.c_str()) == 0) lost("send");
  flush();
  std::optional<statement_failed> failed;
  for (bool end = false; !end;) {
    const auto got = next(end);
    if (!end && !failed) failed = failure_of(got);
  }
  if (failed) throw *failed;
}

answer connection::ask(const char* sql, const parameters& with) {
  const auto values = with.pointers();
  const auto lengths = with.lengths();
  const auto formats = with.formats();
  if (PQsendQueryParams(raw_.get(), sql, with.count(), nullptr, values.data(), lengths.data(), formats.data(), 1) == 0)
    lost("send");
  flush();
  return only_answer();
}

answer connection::ask(const statement& prepared, const parameters& with) {
  prepare(prepared);
  begin();
  send(prepared, with);
  auto answers = finish();
  return std::move(answers.front());
}

void connection::prepare(const statement& wanted) {
  if (prepared_.contains(wanted.name)) return;
  if (PQsendPrepare(raw_.get(), wanted.name, wanted.sql, 0, nullptr) == 0) lost("send");
  flush();
  (void)only_answer();
  prepared_.insert(wanted.name);
}

void connection::begin() {
  if (PQenterPipelineMode(raw_.get()) == 0) lost("enter pipeline");
}

void connection::send(const statement& prepared, const parameters& with) {
  const auto values = with.pointers();
  const auto lengths = with.lengths();
  const auto formats = with.formats();
  if (PQsendQueryPrepared(raw_.get(), prepared.name, with.count(), values.data(), lengths.data(), formats.data(), 1) == 0) {
    lost("send");
  }
}

std::vector<answer> connection::finish() {
  if (PQpipelineSync(raw_.get()) == 0) lost("commit");
  flush();
  std::vector<answer> answers;
  std::optional<statement_failed> failed;
  for (;;) {
    bool end = false;
    auto got = next(end);
    if (end) continue;
    const auto status = PQresultStatus(got.raw());
    if (status == PGRES_PIPELINE_SYNC) break;
    if (status == PGRES_PIPELINE_ABORTED) continue;
    if (!failed) failed = failure_of(got);
    answers.push_back(std::move(got));
  }
  if (PQexitPipelineMode(raw_.get()) == 0) lost("leave pipeline");
  if (failed) throw *failed;
  return answers;
}

}  // namespace orderflow::postgres
