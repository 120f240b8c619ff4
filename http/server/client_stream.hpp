// The bytes of one connection, in the clear or under TLS. Which of both is one look at a pointer per operation, and the clear
// path is the bare socket. Thread rule: the I/O thread.
#pragma once

#include <sys/socket.h>

#include <boost/asio/write.hpp>
#include <cerrno>
#include <memory>
#include <optional>

#include "http/server/tls_channel.hpp"

namespace orderflow {

class client_stream {
 public:
  /// The concrete executor saves the type-erased one of tcp::socket (measured: a third of the bridge's cost together with
  /// the single write).
  using socket_type = tls_channel::socket_type;

  /// In the clear, until `start_tls`.
  explicit client_stream(socket_type socket) : socket_(std::move(socket)) {}
  client_stream(const client_stream&) = delete;
  client_stream& operator=(const client_stream&) = delete;

  [[nodiscard]] bool is_tls() const { return tls_ != nullptr; }
  [[nodiscard]] socket_type& socket() { return socket_; }

  /// Until the client has sent something or is gone.
  template <class Done>
  void wait_for_bytes(Done&& done) {
    socket_.async_wait(boost::asio::socket_base::wait_read, std::forward<Done>(done));
  }
  /// The first byte that waits to be read, and stays where it is; none where the client is gone.
  [[nodiscard]] std::optional<unsigned char> first_byte() {
    unsigned char byte = 0;
    return ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1 ? std::optional{byte} : std::nullopt;
  }
  /// Throws away what has arrived, at most so much, undecrypted and without copying it; 0: the client is gone, or sends no more.
  /// Nothing: there is nothing at present.
  [[nodiscard]] std::optional<size_t> discard(size_t most) {
    const auto took = ::recv(socket_.native_handle(), nullptr, most, MSG_TRUNC | MSG_DONTWAIT);
    if (took < 0 && (errno == EAGAIN || errno == EINTR)) return std::nullopt;
    return took < 0 ? size_t{0} : static_cast<size_t>(took);
  }
  template <class Done>
  void start_tls(SSL_CTX* context, Done&& done) {
    tls_ = std::make_unique<tls_channel>(socket_, context);
    tls_->handshake(std::forward<Done>(done));
  }
  template <class Done>
  void read_some(const boost::asio::mutable_buffer& into, Done&& done) {
    if (tls_) return tls_->read_some(into, std::forward<Done>(done));
    socket_.async_read_some(into, std::forward<Done>(done));
  }
  /// `then` may be empty.
  template <class Done>
  void write(boost::asio::const_buffer first, boost::asio::const_buffer then, Done done) {
    const tls_channel::parts both{first, then};
    if (tls_) return tls_->write(both, std::move(done));
    const auto told = [done = std::move(done)](boost::system::error_code failed, size_t) { done(failed); };
    if (then.size() == 0) return boost::asio::async_write(socket_, first, told);
    boost::asio::async_write(socket_, both, told);
  }
  /// Says goodbye as TLS demands.
  template <class Done>
  void say_goodbye(Done&& done) {
    tls_->say_goodbye(std::forward<Done>(done));
  }

 private:
  socket_type socket_;
  std::unique_ptr<tls_channel> tls_;
};

}  // namespace orderflow
