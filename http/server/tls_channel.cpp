#include "http/server/tls_channel.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <cerrno>
#include <new>

namespace orderflow {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// -1 once the socket is closed, so that a late attempt meets nobody else's connection.
int descriptor_of(BIO* bio) { return static_cast<tls_channel::socket_type*>(BIO_get_data(bio))->native_handle(); }

/// OpenSSL's own socket BIO writes without MSG_NOSIGNAL: a client that is gone would end the process.
int send_bytes(BIO* bio, const char* from, int size) {
  BIO_clear_retry_flags(bio);
  const auto sent = ::send(descriptor_of(bio), from, static_cast<size_t>(size), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

int receive_bytes(BIO* bio, char* into, int size) {
  BIO_clear_retry_flags(bio);
  const auto got = ::recv(descriptor_of(bio), into, static_cast<size_t>(size), MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
  return static_cast<int>(got);
}

long control(BIO*, int what, long, void*) { return what == BIO_CTRL_FLUSH ? 1 : 0; }

int set_up(BIO* bio) {
  BIO_set_init(bio, 1);
  return 1;
}

const BIO_METHOD* socket_method() {
  static const BIO_METHOD* const method = [] {
    auto* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    if (made == nullptr) throw std::bad_alloc{};
    BIO_meth_set_create(made, &set_up);
    BIO_meth_set_write(made, &send_bytes);
    BIO_meth_set_read(made, &receive_bytes);
    BIO_meth_set_ctrl(made, &control);
    return made;
  }();
  return method;
}

}  // namespace

tls_channel::tls_channel(socket_type& socket, SSL_CTX* context) : socket_(socket), ssl_(SSL_new(context), &SSL_free) {
  auto* bio = ssl_ ? BIO_new(socket_method()) : nullptr;
  if (bio == nullptr) throw std::bad_alloc{};
  BIO_set_data(bio, &socket);
  SSL_set_bio(ssl_.get(), bio, bio);  // Belongs to the SSL from here on.
  SSL_set_mode(ssl_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_set_accept_state(ssl_.get());
}

tls_channel::~tls_channel() = default;

tls_channel::step tls_channel::outcome_of(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_NONE: return step::finished;
    case SSL_ERROR_WANT_READ: return step::wants_read;
    case SSL_ERROR_WANT_WRITE: return step::wants_write;
    case SSL_ERROR_ZERO_RETURN: error_ = asio::error::eof; return step::failed;
    default: error_ = asio::error::connection_reset; return step::failed;
  }
}

void tls_channel::again(std::function<step()> attempt, done told) {
  if (!socket_.is_open()) return told(asio::error::operation_aborted);
  ERR_clear_error();  // What is left of another connection's failure would be taken for this one's.
  const auto now = attempt();
  if (now == step::finished) return told({});
  if (now == step::failed) return told(error_);
  const auto wait = now == step::wants_read ? asio::socket_base::wait_read : asio::socket_base::wait_write;
  socket_.async_wait(wait, [this, attempt = std::move(attempt), told = std::move(told)](error_code failed) mutable {
    if (failed) return told(failed);
    again(std::move(attempt), std::move(told));
  });
}

void tls_channel::run(std::function<step()> attempt, done told) {
  asio::post(socket_.get_executor(), [this, attempt = std::move(attempt), told = std::move(told)]() mutable {
    again(std::move(attempt), std::move(told));
  });
}

void tls_channel::handshake(done told) {
  run([this] { return outcome_of(SSL_do_handshake(ssl_.get())); }, std::move(told));
}

void tls_channel::read_some(asio::mutable_buffer into, done_with_size told) {
  auto size = std::make_shared<size_t>(0);
  run([this, into, size] { return outcome_of(SSL_read_ex(ssl_.get(), into.data(), into.size(), size.get())); },
      [size, told = std::move(told)](error_code failed) { told(failed, *size); });
}

tls_channel::step tls_channel::write_all(parts& rest) {
  for (auto& part : rest) {
    while (part.size() > 0) {
      size_t sent = 0;
      const auto now = outcome_of(SSL_write_ex(ssl_.get(), part.data(), part.size(), &sent));
      if (now != step::finished) return now;
      part += sent;
    }
  }
  return step::finished;
}

void tls_channel::write(parts from, done told) {
  run([this, from]() mutable { return write_all(from); }, std::move(told));
}

void tls_channel::say_goodbye(done told) {
  run(
      [this] {
        const int result = SSL_shutdown(ssl_.get());
        return result >= 0 ? step::finished : outcome_of(result);  // 0: ours is sent; theirs is not waited for.
      },
      std::move(told));
}

}  // namespace orderflow
