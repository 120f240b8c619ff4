#include "http/server/session.hpp"

#include <netinet/tcp.h>

#include <array>
#include <boost/beast/http/error.hpp>

#include "http/server/wire.hpp"

namespace orderflow {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

/// What the kernel takes of a reply before the client has taken what was sent: the rest waits here, where it is counted or
/// shared, not in a copy per connection.
constexpr int unsent_in_kernel = 16 * 1024;
/// A chunk header or trailer longer than this is nobody's honest request.
constexpr size_t largest_unread_rest = 8 * 1024;
constexpr size_t head_read_bytes = 2 * 1024;
constexpr size_t body_read_bytes = 16 * 1024;
/// From here on copying a reply costs more than sending it in two pieces.
constexpr size_t large_body_bytes = 16 * 1024;
/// An idle connection keeps no more room than this for its next request and as much for the reply.
constexpr size_t kept_bytes = 4 * 1024;
/// The first byte of a TLS record that begins a handshake.
constexpr unsigned char handshake_record = 0x16;

/// A method, or the empty line that may come before a request (RFC 9112 §2.2).
bool begins_request(unsigned char first) { return (first >= 'A' && first <= 'Z') || first == '\r' || first == '\n'; }

}  // namespace

session::session(socket_type socket, std::shared_ptr<session_registry> shared, request_pipeline& door,
                 std::shared_ptr<asio::ssl::context> tls)
    : stream_(std::move(socket)),
      tls_(std::move(tls)),
      shared_(std::move(shared)),
      door_(door),
      scan_(shared_->limits.head_bytes) {}

session::~session() { close(); }

void session::start() {
  error_code ignored;
  stream_.socket().set_option(asio::ip::tcp::no_delay{true}, ignored);
  ::setsockopt(stream_.socket().native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent_in_kernel, sizeof unsent_in_kernel);
  const auto peer = stream_.socket().remote_endpoint(ignored);
  peer_ = peer.address().to_string();
  shared_->open.insert(this);
  if (tls_) return meet();
  wait_for_request();
  advance();
}

/// Nothing is made for a client of TLS that has not said anything.
void session::meet() {
  phase_ = phase::handshake;
  limit(shared_->limits.head_time);
  stream_.wait_for_bytes([self = shared_from_this()](error_code failed) {
    if (failed || self->phase_ != phase::handshake) return self->close();
    const auto first = self->stream_.first_byte();
    if (first == handshake_record) return self->shake_hands();
    if (!first || !begins_request(*first)) return self->close();
    self->refuse(400, "connection_must_be_encrypted", "This port speaks TLS: ask with https:// in place of http://.");
  });
}

void session::shake_hands() {
  shared_->keep_handshakes_bounded();
  handshake_ = shared_->handshakes.insert(shared_->handshakes.end(), this);
  stream_.start_tls(tls_->native_handle(), [self = shared_from_this()](error_code failed) {
    self->leave_handshakes();
    if (failed || self->phase_ != phase::handshake) return self->close();
    self->wait_for_request();
    self->advance();
  });
}

void session::leave_handshakes() {
  if (handshake_) shared_->handshakes.erase(*std::exchange(handshake_, std::nullopt));
}

void session::advance() {
  if (phase_ == phase::idle) {
    while (in_.size() > 0 &&
           (*static_cast<const char*>(in_.data().data()) == '\r' || *static_cast<const char*>(in_.data().data()) == '\n')) {
      in_.consume(1);  // RFC 9112 §2.2: an empty line before a request is skipped.
    }
    if (in_.size() == 0) return read_more();
    begin_request();
  }
  if (phase_ == phase::head && !read_head()) return;
  if (phase_ == phase::body && !read_body()) return;
  if (phase_ == phase::handling) handle();
}

void session::begin_request() {
  phase_ = phase::head;
  asked_ = request{};
  asked_.address = peer_;
  match_ = {};
  continue_pending_ = false;
  scan_ = head_scan{shared_->limits.head_bytes};
  limit(shared_->limits.head_time);
  asked_at_ = since_;
}

void session::read_more() {
  const auto space =
      in_.prepare(phase_ == phase::body ? std::clamp(body_left(), head_read_bytes, body_read_bytes) : head_read_bytes);
  reading_ = true;
  stream_.read_some(space, [self = shared_from_this()](error_code failed, size_t size) {
    self->reading_ = false;
    if (self->phase_ == phase::lingering) return self->linger();
    if (failed) return self->close();
    self->in_.commit(size);
    self->advance();
    self->count_incomplete();
  });
}

size_t session::body_left() const {
  const auto left = parser_->content_length_remaining();
  return left ? static_cast<size_t>(std::min<uint64_t>(*left, body_read_bytes)) : body_read_bytes;
}

void session::count_incomplete() {
  if (phase_ != phase::head && phase_ != phase::body && phase_ != phase::handling) return;
  shared_->incomplete.change(incomplete_, in_.capacity() + (parser_ ? parser_->get().body().capacity() : 0));
  shared_->keep_incomplete_bounded();
}

void session::give_way() {
  auto why = problem_of(failure{errc::overloaded, {}});
  refuse(why.status, std::move(why.word), "There is no room for this request at present. Nothing was done; send it again.",
         why.retry_after_s);
}

bool session::read_head() {
  const std::string_view text{static_cast<const char*>(in_.data().data()), in_.size()};
  switch (scan_.look(text)) {
    case head_state::incomplete: read_more(); return false;
    case head_state::malformed: refuse(400, "head_must_be_well_formed", "The request's head is malformed."); return false;
    case head_state::too_large: refuse_head(); return false;
    case head_state::complete: break;
  }
  if (!speaks_http_1(static_cast<char*>(in_.data().data()), scan_.size())) {
    refuse(505, "http_version_must_be_supported", "This server speaks HTTP/1.1 and HTTP/1.0.");
    return false;
  }
  parser_.emplace();
  parser_->eager(true);
  parser_->header_limit(static_cast<uint32_t>(shared_->limits.head_bytes));
  parser_->body_limit(boost::none);  // Known once the route is.
  error_code failed;
  parser_->put(asio::buffer(text.data(), scan_.size()), failed);
  if ((failed && failed != http::error::need_more) || !parser_->is_header_done()) {
    refuse(400, "head_must_be_well_formed", "The request's head is malformed: " + failed.message() + ".");
    return false;
  }
  in_.consume(scan_.size());
  on_head();
  return phase_ == phase::body;
}

void session::on_head() {
  framing how;
  if (const auto wrong = read_head_into(parser_->get(), asked_, how)) return refuse(wrong->status, wrong->word, wrong->detail);
  if (asked_.id.empty()) asked_.id = shared_->next_request_id();
  keep_alive_ = parser_->get().keep_alive();
  const auto length = parser_->content_length();
  asked_.has_body = how.chunked || (length && *length > 0);
  match_ = door_.examine(asked_);
  if (length && *length > body_limit()) return refuse_body();
  parser_->body_limit(body_limit());
  continue_pending_ = how.expects_continue;
  phase_ = phase::body;
  if (!parser_->is_done()) limit(shared_->limits.body_time);
}

size_t session::body_limit() const {
  const auto own_limit = match_.to != nullptr ? match_.to->options.body_limit : 0;
  return own_limit != 0 ? own_limit : shared_->limits.body_bytes;
}

void session::refuse_head() {
  refuse(431, "head_must_not_be_too_large",
         "Request line and headers are larger than " + std::to_string(shared_->limits.head_bytes) + " bytes, or more than " +
             std::to_string(head_scan::usual_lines) + " lines.");
}

void session::refuse_body() {
  refuse(413, "body_must_not_be_too_large", "The body is larger than " + std::to_string(body_limit()) + " bytes.");
}

bool session::read_body() {
  if (!parser_->is_done() && in_.size() > 0) {
    error_code failed;
    in_.consume(parser_->put(in_.data(), failed));
    if (failed == http::error::body_limit) {
      refuse_body();
      return false;
    }
    if ((failed && failed != http::error::need_more) || (!parser_->is_done() && in_.size() > largest_unread_rest)) {
      refuse(400, "body_must_be_well_formed", "The body's framing is malformed.");
      return false;
    }
  }
  if (parser_->is_done()) {
    phase_ = phase::handling;
    return true;
  }
  if (match_.refused) {  // The rest of the body is not worth reading.
    keep_alive_ = false;
    write(std::move(*match_.refused));
  } else if (continue_pending_) {
    write_continue();
  } else {
    read_more();
  }
  return false;
}

void session::handle() {
  deadline_ = steady_time::max();  // The bridge answers each request exactly once, an error included.
  asked_at_ = std::chrono::steady_clock::now();
  if (match_.refused) return write(std::move(*match_.refused));
  asked_.body = parser_->get().body();
  door_.pass(*match_.to, asked_, responder{shared_from_this()});
}

void session::answer(reply with) {
  if (phase_ != phase::handling) return;
  door_.finish(*match_.to, asked_, with);
  write(std::move(with));
}

void session::abandoned() {
  if (phase_ != phase::handling || !shared_->running) return;
  if (shared_->defect) shared_->defect("a handler of " + std::string{asked_.path} + " ended without an answer");
  write(match_.to->options.errors(problem_of(failure{}), asked_.id));
}

void session::refuse(uint16_t status, std::string word, std::string detail, uint32_t retry_after_s) {
  if (asked_.id.empty()) asked_.id = shared_->next_request_id();
  keep_alive_ = false;
  problem why;
  why.status = status;
  why.word = std::move(word);
  why.detail = std::move(detail);
  why.retry_after_s = retry_after_s;
  const auto encode = match_.to != nullptr ? match_.to->options.errors : &problem_json;
  write(encode(why, asked_.id));
}

void session::write(reply with) {
  if (shared_->leaving) keep_alive_ = false;
  answered_ = true;
  const bool http_1_0 = parser_ && parser_->is_header_done() && parser_->get().version() < 11;
  if (with.lasting.empty() && with.body.size() >= large_body_bytes) {
    body_ = std::exchange(with.body, {});
    with.lasting = body_;
  }
  lasting_ = compose(with, asked_, {shared_->date_line, keep_alive_, http_1_0}, out_);
  phase_ = phase::writing;
  limit(shared_->limits.write_time);
  if (asked_at_ != steady_time{})
    shared_->figures.answered(match_.to != nullptr ? match_.to->options.dialect : std::string_view{}, with.status,
                              since_ - asked_at_);
  shared_->unsent.change(unsent_, out_.capacity() + body_.capacity());
  drop_request();
  stream_.write(asio::buffer(out_), asio::buffer(lasting_), [self = shared_from_this()](error_code failed) {
    if (failed) return self->close();
    self->on_written();
  });
  shared_->keep_unsent_bounded();
}

/// What is answered needs no room any more, however slowly the client takes the answer.
void session::drop_request() {
  if (parser_ && parser_->get().body().capacity() > kept_bytes) std::string{}.swap(parser_->get().body());
  if (in_.size() == 0 && in_.capacity() > kept_bytes && !reading_) in_.shrink_to_fit();
  shared_->incomplete.change(incomplete_, in_.capacity() > kept_bytes ? in_.capacity() : 0);
}

void session::write_continue() {
  static constexpr std::string_view words = "HTTP/1.1 100 Continue\r\n\r\n";
  continue_pending_ = false;
  stream_.write(asio::buffer(words), {}, [self = shared_from_this()](error_code failed) {
    if (failed) return self->close();
    if (self->phase_ == phase::body) self->read_more();
  });
}

void session::on_written() {
  if (phase_ != phase::writing) return;
  if (out_.capacity() > kept_bytes) out_ = {};
  body_ = {};
  shared_->unsent.change(unsent_, 0);
  if (!keep_alive_) return linger();
  parser_.reset();
  wait_for_request();
  advance();
}

void session::wait_for_request() {
  phase_ = phase::idle;
  limit(shared_->draining ? last_call : shared_->limits.idle_time);
}

}  // namespace orderflow
