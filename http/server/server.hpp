// Listens, accepts, keeps the connections and their limits.
// Thread rule: all members are called on the io_context's thread, or while it does not run.
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "http/pipeline/request_pipeline.hpp"
#include "http/server/session_registry.hpp"

namespace orderflow {

class server {
 public:
  server(boost::asio::io_context& io, server_limits limits, const clock& time, std::function<void(std::string_view)> defect);
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// Binds and listens at once, accepts from now on. Throws std::runtime_error with a sentence for people,
  /// std::invalid_argument where a certificate cannot be used.
  void listen(std::unique_ptr<request_pipeline> door);
  /// Reads certificates and keys anew, for connections from now on. Empty, or what is wrong; then the old ones go on.
  [[nodiscard]] std::string reload_certificates();
  /// The n-th listener's routes.
  [[nodiscard]] const std::vector<route>& routes(size_t index) const { return listeners_.at(index)->door->routes().table(); }
  /// Port of the n-th listener.
  [[nodiscard]] uint16_t port(size_t index = 0) const;

  /// From now on every reply ends its connection, so that keep-alive clients move on while there is time.
  void leave();
  /// Stops accepting and ends each connection after its present request, or soon where there is none. No request that was sent
  /// on a connection is left without an answer. `done` is called once no connection is left.
  void drain(std::function<void()> done);
  /// Closes everything now.
  void stop();

  [[nodiscard]] size_t connections() const { return shared_->open.size(); }
  /// Requests and connections, as Prometheus text.
  void write_metrics(metric_text& out) const;

 private:
  using executor = boost::asio::io_context::executor_type;
  using steady_timer =
      boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, executor>;
  struct listener {
    std::unique_ptr<request_pipeline> door;
    std::shared_ptr<boost::asio::ssl::context> tls;  ///< nullptr: in the clear.
    boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, executor> acceptor;
    steady_timer pause;
  };
  void accept(listener& on);
  void accept_later(listener& on);
  void serve(listener& on, boost::asio::basic_stream_socket<boost::asio::ip::tcp, executor> socket);
  void close_listeners();
  /// Closes connections that only cost their places, longest first.
  void make_room();
  void sweep();
  void write_certificates(metric_text& out) const;
  void tell_of_cuts(std::chrono::steady_clock::time_point now);

  boost::asio::io_context& io_;
  std::shared_ptr<session_registry> shared_;
  std::vector<std::unique_ptr<listener>> listeners_;
  steady_timer sweeper_;
  steady_timer closing_;
  uint64_t turned_away_ = 0;
  std::chrono::steady_clock::time_point no_room_until_{};  ///< Nothing could be closed: not worth another look before.
  std::chrono::steady_clock::time_point tell_again_{};
  // What the lines so far have told of.
  uint64_t cuts_told_ = 0;
  uint64_t unsent_told_ = 0;
  uint64_t incomplete_told_ = 0;
  uint64_t handshakes_told_ = 0;
};

}  // namespace orderflow
