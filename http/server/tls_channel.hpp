// TLS over a socket, as operations with callbacks. Nothing is kept per connection but OpenSSL's own state, which gives its
// buffers back while nothing is under way: an idle connection costs some 10 KB instead of the 80 KB of asio::ssl::stream. Thread
// rule: the I/O thread. The channel lives until the callbacks of its operations have run.
#pragma once

#include <openssl/types.h>

#include <array>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>

namespace orderflow {

class tls_channel {
 public:
  using socket_type = boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;
  using done = std::function<void(boost::system::error_code)>;
  using done_with_size = std::function<void(boost::system::error_code, size_t)>;
  using parts = std::array<boost::asio::const_buffer, 2>;

  /// As a server. Both outlive the channel. Throws std::bad_alloc.
  tls_channel(socket_type& socket, SSL_CTX* context);
  ~tls_channel();
  tls_channel(const tls_channel&) = delete;
  tls_channel& operator=(const tls_channel&) = delete;

  void handshake(done told);
  void read_some(boost::asio::mutable_buffer into, done_with_size told);
  /// Both parts whole, in their order.
  void write(parts from, done told);
  /// Tells the other side that no more comes.
  void say_goodbye(done told);

 private:
  enum class step : uint8_t { finished, wants_read, wants_write, failed };
  /// Runs `attempt` until it has finished or failed; in between the socket is waited for. `told` never runs within this call.
  void run(std::function<step()> attempt, done told);
  void again(std::function<step()> attempt, done told);
  [[nodiscard]] step outcome_of(int result);
  [[nodiscard]] step write_all(parts& rest);

  socket_type& socket_;
  std::unique_ptr<SSL, void (*)(SSL*)> ssl_;
  boost::system::error_code error_;  ///< Of the last attempt that failed.
};

}  // namespace orderflow
