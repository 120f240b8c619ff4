// A whole running server: store, actors, HTTP. What `serve` and `demo` start and stop.
// Thread rule: constructed, waited for and destroyed on one thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/exit_code.hpp"
#include "config/settings.hpp"

namespace orderflow {

/// What keeps the server from starting or going on; `code` is for the shell.
struct start_failure {
  exit_code code = exit_code::ok;
  std::string what;
};

class server_process {
 public:
  /// Opens the store, starts the actors and listens. Throws start_failure; nothing is served before everything stands.
  explicit server_process(const settings& with);
  ~server_process();
  server_process(const server_process&) = delete;
  server_process& operator=(const server_process&) = delete;

  /// "http://127.0.0.1:8080", one per listener, that of `listen` first.
  [[nodiscard]] std::vector<std::string> urls() const;

  /// Returns when the process is asked to stop (SIGTERM, SIGINT), after draining, or when another process has taken over.
  [[nodiscard]] exit_code wait();
  /// Makes `wait` return. Thread rule: any thread.
  void stop();

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace orderflow
