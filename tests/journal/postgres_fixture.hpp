// PostgreSQL for the tests: private clusters on Unix sockets (scripts/pg-private), one database per test case.
#pragma once

#include <string>

namespace orderflow::test {

/// The URL of `database` at the server whose socket is in `folder`.
[[nodiscard]] std::string url_at(const std::string& folder, const std::string& database);

/// A cluster in a temporary directory, gone with this object, and with the process however that ends.
class postgres_cluster {
 public:
  /// `durable`: with fsync, for tests that kill the server. Throws std::runtime_error with what went wrong.
  explicit postgres_cluster(bool durable);
  postgres_cluster(const postgres_cluster&) = delete;
  postgres_cluster& operator=(const postgres_cluster&) = delete;
  ~postgres_cluster();

  /// The URL of a new, empty database.
  [[nodiscard]] std::string fresh_database() { return url_at(folder_, fresh_name()); }
  /// Its name alone, for a URL that leads there another way.
  [[nodiscard]] std::string fresh_name();
  /// The directory of the server's socket.
  [[nodiscard]] const std::string& socket_folder() const { return folder_; }
  /// Crashes the server and starts it again; returns when it takes connections.
  void restart();
  void stop();
  void start();

 private:
  std::string folder_;
  int databases_ = 0;
};

/// Whether PostgreSQL's binaries are here; says so once, on stderr, when they are not.
[[nodiscard]] bool have_postgres();

/// The cluster that all test cases share which do not kill it: without fsync, started at first use.
[[nodiscard]] postgres_cluster& shared_postgres();

}  // namespace orderflow::test
