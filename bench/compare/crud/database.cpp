#include "bench/compare/crud/database.hpp"

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <stdexcept>

#include "bench/compare/crud/schema.hpp"

namespace orderflow::crud {

namespace asio = boost::asio;

namespace {

std::string field(const PGresult* raw, int which) {
  const char* text = PQresultErrorField(raw, which);
  return text == nullptr ? std::string{} : std::string{text};
}

}  // namespace

class database::link {
 public:
  link(asio::io_context& io, const std::string& url, database& home)
      : home_(home), raw_(PQconnectdb(url.c_str())), socket_(io.get_executor()) {
    if (PQstatus(raw_.get()) != CONNECTION_OK) fail("connect");
    run_script(session_settings);
  }
  ~link() {
    if (socket_.is_open()) socket_.release();  // libpq closes it.
  }
  link(const link&) = delete;
  link& operator=(const link&) = delete;

  postgres::answer run(const char* sql) {
    postgres::answer got{PQexecParams(raw_.get(), sql, 0, nullptr, nullptr, nullptr, nullptr, 1)};
    return checked(std::move(got));
  }

  void run_script(const char* sql) { (void)checked(postgres::answer{PQexec(raw_.get(), sql)}); }

  /// From here on the loop drives it.
  void prepare() {
    for (const auto* each : all_statements())
      (void)checked(postgres::answer{PQprepare(raw_.get(), each->name, each->sql, 0, nullptr)});
    if (PQsetnonblocking(raw_.get(), 1) != 0) fail("prepare");
    socket_.assign(PQsocket(raw_.get()));
  }

  void send(question req) {
    to_ = std::move(req.to);
    const auto& with = req.with;
    if (PQsendQueryPrepared(raw_.get(), req.what->name, with.count(), with.pointers().data(), with.lengths().data(),
                            with.formats().data(), 1) == 0)
      fail("send");
    flush();
    listen();
  }

 private:
  struct close {
    void operator()(PGconn* raw) const { PQfinish(raw); }
  };

  [[noreturn]] void fail(const std::string& doing) {
    throw std::runtime_error{"PostgreSQL: " + doing + ": " + PQerrorMessage(raw_.get())};
  }

  postgres::answer checked(postgres::answer got) {
    const auto status = PQresultStatus(got.raw());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail("ask");
    return got;
  }

  void flush() {
    const int left = PQflush(raw_.get());
    if (left < 0) fail("send");
    if (left == 0) return;
    socket_.async_wait(descriptor::wait_write, [this](boost::system::error_code stopped) {
      if (!stopped) flush();
    });
  }

  void listen() {
    socket_.async_wait(descriptor::wait_read, [this](boost::system::error_code stopped) {
      if (!stopped) receive();
    });
  }

  void receive() {
    if (PQconsumeInput(raw_.get()) == 0) fail("receive");
    while (PQisBusy(raw_.get()) == 0) {
      postgres::answer got{PQgetResult(raw_.get())};
      if (got.raw() == nullptr) return finish();  // ReadyForQuery: committed, or rolled back.
      answer_ = std::make_unique<postgres::answer>(std::move(got));
    }
    listen();
  }

  void finish() {
    if (!answer_) fail("answer");
    outcome told{std::move(*answer_), {}, {}};
    answer_.reset();
    if (PQresultStatus(told.rows.raw()) == PGRES_FATAL_ERROR) {
      told.code = field(told.rows.raw(), PG_DIAG_SQLSTATE);
      told.why = field(told.rows.raw(), PG_DIAG_MESSAGE_PRIMARY);
      if (PQstatus(raw_.get()) != CONNECTION_OK) fail("answer");
    }
    const auto to = std::exchange(to_, nullptr);
    home_.take_next(*this);  // First, so that the server works while the answer is written.
    to(told);
  }

  using descriptor = asio::posix::basic_stream_descriptor<asio::io_context::executor_type>;
  database& home_;
  std::unique_ptr<PGconn, close> raw_;
  descriptor socket_;
  heard to_;
  std::unique_ptr<postgres::answer> answer_;
};

database::database(asio::io_context& io, const std::string& url, unsigned connections) {
  for (unsigned i = 0; i < connections; ++i) {
    links_.push_back(std::make_unique<link>(io, url, *this));
    if (i == 0) links_.front()->run_script(schema);
    idle_.push_back(links_.back().get());
  }
}

database::~database() = default;

int64_t database::take_numbers() { return read("SELECT nextval('order_blocks')").int8(0, 0) << 32; }

postgres::answer database::read(const char* sql) { return links_.front()->run(sql); }

void database::start() {
  for (const auto& each : links_) each->prepare();
}

void database::ask(const postgres::statement& what, postgres::parameters with, heard to) {
  question req{&what, std::move(with), std::move(to)};
  if (idle_.empty()) return waiting_.push(std::move(req));
  auto* by = idle_.back();
  idle_.pop_back();
  by->send(std::move(req));
}

void database::take_next(link& by) {
  if (waiting_.empty()) return idle_.push_back(&by);
  by.send(waiting_.pop());
}

}  // namespace orderflow::crud
