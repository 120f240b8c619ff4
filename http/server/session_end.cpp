// How a connection ends: its time is up, its client or the server has had enough.
#include "http/server/session.hpp"

namespace orderflow {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// How long a connection that we end is still read from, so that the client gets to see the last reply: closing a socket
/// with unread bytes resets it.
constexpr milliseconds linger_time = std::chrono::seconds{2};
/// The same for a server that is being stopped.
constexpr milliseconds last_linger_time{500};
/// More than that is not taken off: whoever still sends does not look for a reply.
constexpr size_t linger_bytes = 8 * 1024 * 1024;
/// In one turn, so that other connections have theirs in between.
constexpr size_t discarded_at_once = 256 * 1024;

}  // namespace

void session::say_farewell() {
  // RFC 9110 §15.5.9: the one reply that may come without a request. Whoever has just sent one learns that it was not done.
  asked_ = request{};
  asked_at_ = {};
  match_ = {};
  parser_.reset();
  refuse(408, "request_must_be_sent_in_time",
         "No request came in time, so the connection ends. One that was on its way was not done: send it again on a new one.");
}

void session::linger() {
  phase_ = phase::lingering;
  limit(shared_->leaving ? last_linger_time : linger_time);
  error_code ignored;
  // A read that was under way when the request was refused ends at once, and comes back here.
  if (reading_) return void(stream_.socket().cancel(ignored));
  in_ = {};
  drop_request();
  if (!stream_.is_tls()) return half_close();
  stream_.say_goodbye([self = shared_from_this()](error_code failed) {
    if (failed || self->phase_ != phase::lingering) return self->close();
    self->half_close();
  });
}

void session::half_close() {
  error_code ignored;
  stream_.socket().shutdown(asio::socket_base::shutdown_send, ignored);
  discard_input(linger_bytes);
}

void session::discard_input(size_t left) {
  stream_.wait_for_bytes([self = shared_from_this(), left](error_code failed) {
    if (failed || self->phase_ != phase::lingering) return self->close();
    const auto took = self->stream_.discard(std::min(left, discarded_at_once));
    if (took && (*took == 0 || *took == left)) return self->close();
    self->discard_input(left - took.value_or(0));
  });
}

void session::expire() {
  switch (phase_) {
    case phase::head:
    case phase::body: refuse(408, "request_must_be_sent_in_time", "The request was not sent in time."); break;
    case phase::idle:
      // Whoever opened a connection ahead of need and never used it is not waiting for an answer.
      if (!answered_ && !shared_->draining) return close();
      if (is_unread()) return limit(last_call);
      say_farewell();
      break;
    case phase::handshake:
    case phase::writing:
    case phase::lingering: close(); break;
    case phase::handling:
    case phase::closed: break;
  }
}

session::use session::in_use() const {
  switch (phase_) {
    case phase::idle: return use::idle;
    case phase::handshake:
    case phase::head:
    case phase::body:
    case phase::writing:
    case phase::lingering: return use::client;
    case phase::handling:
    case phase::closed: return use::ours;
  }
  return use::ours;
}

bool session::is_unread() {
  error_code ignored;
  return stream_.socket().available(ignored) > 0;
}

void session::begin_drain() {
  if (phase_ == phase::idle) limit(last_call);
  if (phase_ == phase::handshake) limit(last_linger_time);
}

void session::close() {
  if (phase_ == phase::closed) return;
  phase_ = phase::closed;
  deadline_ = steady_time::max();
  error_code ignored;
  stream_.socket().close(ignored);
  leave_handshakes();
  shared_->unsent.change(unsent_, 0);
  shared_->incomplete.change(incomplete_, 0);
  shared_->open.erase(this);
  shared_->tell_if_empty();
}

}  // namespace orderflow
