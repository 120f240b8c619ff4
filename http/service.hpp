// The whole HTTP side for the composition root: settings in, a running server out. Owns the I/O thread; prints nothing.
// Thread rule: construct, start, drain, stop and the destructor on the thread of the composition root.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "http/api/admin/operations.hpp"
#include "http/api/cart_workflow/codec.hpp"
#include "http/api/orderflow_api/codec.hpp"
#include "http/api/orders_v1/codec.hpp"
#include "http/api/shop/codec.hpp"
#include "http/bridge/actor_bridge.hpp"
#include "http/pipeline/admission.hpp"
#include "http/pipeline/authenticator.hpp"
#include "http/pipeline/security.hpp"
#include "http/server/server.hpp"

namespace orderflow {

class sandbox;

struct http_settings {
  std::vector<listener_settings> listeners;
  server_limits limits;
  admission_limits admission;
  authenticator_limits rates;
  orderflow::shop::api_settings shop;
  orderflow::orderflow_api::api_settings orderflow_api;
  orderflow::orders_v1::api_settings orders_v1;
  orderflow::cart_workflow::api_settings cart_workflow;
};

/// What the rest of the process gives to the HTTP side; all of it outlives the service.
struct http_dependencies {
  /// Called once, in the constructor, before any request.
  std::function<actor_bridge(boost::asio::io_context&)> make_bridge;
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
  http_service(http_settings settings, http_dependencies with);
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
  bool drain(milliseconds at_most, const std::function<void()>& flush_waiters = {});

  /// Closes what is left and ends the thread. Idempotent.
  void stop();

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace orderflow
