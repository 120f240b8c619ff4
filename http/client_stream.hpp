// The bytes of one connection, in the clear or under TLS. Which of both is one look at a pointer per operation, and the clear
// path is the bare socket. Thread rule: the I/O thread.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <memory>

namespace orderflow {

class client_stream {
 public:
  /// The concrete executor saves the type-erased one of tcp::socket (measured: a third of the bridge's cost together with
  /// the single write).
  using socket_type = boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

  /// `tls` nullptr: in the clear.
  client_stream(socket_type socket, boost::asio::ssl::context* tls) : socket_(std::move(socket)) {
    if (tls != nullptr) tls_ = std::make_unique<tls_type>(socket_, *tls);
  }
  client_stream(const client_stream&) = delete;
  client_stream& operator=(const client_stream&) = delete;

  [[nodiscard]] bool is_tls() const { return tls_ != nullptr; }
  [[nodiscard]] socket_type& socket() { return socket_; }

  template <class Done>
  void handshake(Done&& done) {
    tls_->async_handshake(boost::asio::ssl::stream_base::server, std::forward<Done>(done));
  }
  template <class Buffer, class Done>
  void read_some(const Buffer& into, Done&& done) {
    if (tls_) return void(tls_->async_read_some(into, std::forward<Done>(done)));
    socket_.async_read_some(into, std::forward<Done>(done));
  }
  template <class Buffer, class Done>
  void write(const Buffer& from, Done&& done) {
    if (tls_) return void(boost::asio::async_write(*tls_, from, std::forward<Done>(done)));
    boost::asio::async_write(socket_, from, std::forward<Done>(done));
  }
  /// Says goodbye as TLS demands and waits for the other side's.
  template <class Done>
  void say_goodbye(Done&& done) {
    tls_->async_shutdown(std::forward<Done>(done));
  }

 private:
  using tls_type = boost::asio::ssl::stream<socket_type&>;
  socket_type socket_;
  std::unique_ptr<tls_type> tls_;
};

}  // namespace orderflow
