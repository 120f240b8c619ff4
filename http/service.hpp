// The whole HTTP side for the composition root: settings in, a running server out. Owns the I/O thread; prints nothing.
// Thread rule: construct, start, drain, stop and the destructor on the thread of the composition root.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "http/admission.hpp"
#include "http/dialects/d0_words.hpp"
#include "http/dialects/d2_words.hpp"
#include "http/dialects/d3_words.hpp"
#include "http/dialects/d4_words.hpp"
#include "http/dialects/operations.hpp"
#include "http/gatekeeper.hpp"
#include "http/gateway.hpp"
#include "http/security.hpp"
#include "http/server.hpp"

namespace orderflow {

class sandbox;

struct http_settings {
  std::vector<listener_settings> listeners;
  server_limits limits;
  admission_limits admission;
  gatekeeper_limits rates;
  d0_settings d0;
  d2_settings d2;
  d4_settings d4;
  d3_settings d3;
};

/// What the rest of the process gives to the HTTP side; all of it outlives the service.
struct http_surroundings {
  /// Called once, in the constructor, before any request.
  std::function<gateway(boost::asio::io_context&)> make_gateway;
  const clock* time = nullptr;
  sandbox* dev = nullptr;                        ///< nullptr: no listener may have dev endpoints.
  std::function<health()> state;                 ///< Called on the I/O thread.
  std::function<std::string()> metrics;          ///< Called on the I/O thread.
  shared_keys keys;                              ///< nullptr: none, so that no token is valid.
  std::string audit_path;                        ///< Empty: no audit log is kept.
  std::function<void(std::string_view)> defect;  ///< For the log: a handler that threw. Called on the I/O thread.
};

class http_service {
 public:
  /// Binds every listener, so that a taken port is told before anything else runs; accepts from `start` on.
  /// Throws boost::system::system_error, std::invalid_argument with a sentence.
  http_service(http_settings settings, http_surroundings with);
  ~http_service();
  http_service(const http_service&) = delete;
  http_service& operator=(const http_service&) = delete;

  void start();
  [[nodiscard]] uint16_t port(size_t listener = 0) const;
  /// What the n-th listener serves.
  [[nodiscard]] const std::vector<route>& routes(size_t listener = 0) const;

  /// Requests that were turned away for that reason since the start. Any thread.
  [[nodiscard]] uint64_t refused(shed_reason why) const;

  /// Reads certificates anew; `told` is called on the I/O thread with what is wrong, empty where nothing is. Any thread.
  void reload_certificates(std::function<void(std::string)> told);

  /// The ring that counts from the next request on. Any thread.
  void put_keys(shared_keys keys);

  /// From now on every reply ends its connection, so that keep-alive clients move on before the drain. Any thread.
  void leave();

  /// Stops accepting, ends idle connections and waits for the open requests. `hurry` is called when nothing new comes in
  /// any more: whoever waits for an order to settle should be answered now. False: some were still open after `at_most`.
  bool drain(milliseconds at_most, const std::function<void()>& hurry = {});

  /// Closes what is left and ends the thread. Idempotent.
  void stop();

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace orderflow
