// A pool of libpq connections on one event loop: each has one statement under way, the next waits for a free one, first come
// first served. No thread is blocked. Thread rule: the io_context's thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/fifo.hpp"
#include "journal/postgres/connection.hpp"

namespace orderflow::crud {

/// What a statement returned, or the SQLSTATE and the words of the server that refused it. Told after its COMMIT: a statement
/// alone is a transaction, and this waits for the server's ReadyForQuery.
struct outcome {
  postgres::answer rows;
  std::string code;  ///< Empty: done.
  std::string why;
};

class database {
 public:
  using heard = std::function<void(const outcome&)>;

  /// Makes the schema and connects; blocks. Throws std::runtime_error with a sentence, later too, from the loop, when a
  /// connection breaks: this service is started again from outside, as such services are.
  database(boost::asio::io_context& io, const std::string& url, unsigned connections);
  ~database();
  database(const database&) = delete;
  database& operator=(const database&) = delete;

  /// Prepares the statements; from here on the loop drives the connections.
  void start();
  void ask(const postgres::statement& what, postgres::parameters with, heard to);

  /// The first of a block of order numbers that nobody else has, 2^32 of them. Blocks; before `start`.
  [[nodiscard]] int64_t take_numbers();
  /// Rows of a query without parameters, in binary. Blocks; before `start`.
  [[nodiscard]] postgres::answer read(const char* sql);

 private:
  struct question {
    const postgres::statement* what = nullptr;
    postgres::parameters with;
    heard to;
  };
  class link;
  void take_next(link& by);

  std::vector<std::unique_ptr<link>> links_;
  std::vector<link*> idle_;
  fifo<question> waiting_;
};

}  // namespace orderflow::crud
