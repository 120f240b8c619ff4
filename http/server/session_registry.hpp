// What the connections of a server share: their limits, and who of them gives way when these are reached.
// Thread rule: the io_context's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <unordered_set>

#include "base/time.hpp"
#include "http/pipeline/request_metrics.hpp"

namespace orderflow {

struct server_limits {
  size_t head_bytes = 8 * 1024;    ///< Request line and headers; above it 431.
  size_t body_bytes = 256 * 1024;  ///< Where no route says otherwise.
  size_t connections = 10'000;     ///< Above it the longest idle ones are closed; where none is idle, a new one is told 503.
  size_t unsent_bytes = 96 * 1024 * 1024;      ///< Of replies that wait to be sent, over all connections.
  size_t incomplete_bytes = 64 * 1024 * 1024;  ///< Of requests that are not answered yet, over all connections.
  size_t handshakes = 512;                     ///< Of TLS at once; a further one ends that which began first.
  milliseconds head_time = std::chrono::seconds{10};
  milliseconds body_time = std::chrono::seconds{30};
  milliseconds idle_time = std::chrono::seconds{60};
  milliseconds write_time = std::chrono::seconds{30};
  milliseconds sweep_every = std::chrono::seconds{1};  ///< Limits are kept this exactly: one timer instead of one per operation.
};

class session;

/// Memory that clients make us hold; each connection accounts for its share.
struct byte_budget {
  size_t held = 0;
  uint64_t cut = 0;  ///< Connections that were ended to keep it.

  void change(size_t& share, size_t now) {
    held = held - share + now;
    share = now;
  }
};

/// Outlives the server while a late answer still holds a session.
struct session_registry {
  server_limits limits;
  const clock* time = nullptr;
  std::function<void(std::string_view)> defect;
  std::unordered_set<session*> open;
  std::list<session*> handshakes;  ///< Of TLS, the first to begin first.
  byte_budget unsent;
  byte_budget incomplete;
  std::chrono::steady_clock::time_point nothing_to_free_until{};  ///< What is held is being answered: not worth another look.
  uint64_t handshakes_cut = 0;
  uint64_t places_taken = 0;  ///< Connections closed to make room for others.
  bool leaving = false;       ///< Replies tell their clients to go elsewhere.
  bool draining = false;      ///< And nobody is waited for.
  bool running = true;
  std::string request_prefix;  ///< Random per process, so that generated Request-Ids differ between restarts.
  uint64_t requests = 0;
  std::string date_line;  ///< "Date: …\r\n", made anew by the sweep.
  std::function<void()> on_empty;
  request_metrics figures;

  [[nodiscard]] std::string next_request_id();
  void tell_if_empty();

  /// Keep the budgets: whoever has taken longest to take its reply, or to send its request, gives way first.
  void keep_unsent_bounded();
  void keep_incomplete_bounded();
  /// Makes a place among the handshakes.
  void keep_handshakes_bounded();
  void write_metrics(metric_text& out) const;
  /// All that were ended to keep limits.
  [[nodiscard]] uint64_t cut() const { return unsent.cut + incomplete.cut + handshakes_cut; }
};

}  // namespace orderflow
