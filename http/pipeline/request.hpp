// What a handler is given and what it gives back. No socket, no actor: handlers are tested with a request made by hand.
// Thread rule: everything here lives on the thread of the listener's io_context.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/errc.hpp"
#include "messages/values.hpp"

namespace orderflow {

enum class verb : uint8_t {
  get = 1,
  head = 2,
  post = 3,
  put = 4,
  delete_ = 5,
  patch = 6,
  options = 7,
  other = 8,
  trace = 9,
  query = 10
};

/// "GET", …: as in the request line and in Allow.
[[nodiscard]] std::string_view to_string(verb method);

/// A verb that may change something: the guards against foreign web pages look at these.
[[nodiscard]] constexpr bool is_unsafe(verb method) {
  return method != verb::get && method != verb::head && method != verb::options;
}

/// The fields we act on. A field with one value is refused before a handler sees it where it comes twice; where it is absent
/// its view is null. The lines of a list are joined (RFC 9110 §5.2); an empty line is an empty list and not an absent one.
struct request_headers {
  std::string_view host;
  std::string_view authorization;
  std::string_view content_type;
  std::string_view origin;
  std::string_view sec_fetch_site;
  std::string_view idempotency_key;  ///< The first, where there are several.
  uint32_t idempotency_keys = 0;     ///< How many lines of it: one without a value is not none.
  std::string_view request_id;
  std::string_view traceparent;
  std::string_view signature;  ///< X-Signature of callbacks.

  std::string if_match;
  std::string if_none_match;
  std::string prefer;
  std::string content_encoding;
  std::string accept_encoding;
};

/// One request. Views point into the session's buffers and stay valid until the responder has answered.
struct request {
  verb method = verb::get;
  std::string_view path;  ///< As sent, without the query.
  /// What the request's route is called in the scopes of keys, however the path was spelled.
  std::string_view operation;
  std::string_view query;  ///< As sent, without '?'.
  request_headers headers;
  std::string_view body;
  bool has_body = false;              ///< Known from the header: Content-Length above 0, or chunked.
  std::string id;                     ///< Request-Id of the reply.
  std::array<std::string, 2> values;  ///< What stood at the pattern's {…}, decoded.
  principal from;                     ///< Empty on routes that are open to anyone and on signed callbacks.
  std::string_view token;             ///< The bearer token as sent; empty if none.
  std::string address;                ///< Of the peer, without port.
};

/// What goes back. `extra` holds whole header lines; use `header` to add one.
struct reply {
  uint16_t status = 200;
  std::string body;
  std::string_view content_type = "application/json";  ///< A literal.
  std::string extra;
  errc failed = errc::none;  ///< The failure that this tells: its sentence depends on the request's method.
  /// The body where it lives as long as the program: sent from where it is, however many ask for it. `body` is empty then.
  std::string_view lasting{};
  std::string_view caching = "no-store";  ///< Cache-Control; a literal.

  /// Adds a header. A value with a control character would end the line: it is left out.
  reply& header(std::string_view name, std::string_view value);
};

/// Takes the reply of one request; the session implements it.
class reply_sink {
 public:
  virtual ~reply_sink() = default;
  virtual void answer(reply with) = 0;
  /// The handler is gone without an answer: a defect. The client is told so instead of waiting for ever.
  virtual void abandoned() = 0;
  /// The connection is closed instead of an answer: only stand-ins of other people's systems behave like that.
  virtual void hang_up() { abandoned(); }
};

/// The one right to answer a request. Copies share it; the first answer counts, later ones are dropped.
class responder {
 public:
  explicit responder(std::shared_ptr<reply_sink> to) : turn_(std::make_shared<turn>(std::move(to))) {}
  void operator()(reply with) const {
    if (auto to = std::move(turn_->to)) to->answer(std::move(with));
  }
  void hang_up() const {
    if (auto to = std::move(turn_->to)) to->hang_up();
  }

 private:
  struct turn {
    explicit turn(std::shared_ptr<reply_sink> sink) : to(std::move(sink)) {}
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;
    ~turn() {
      if (to) to->abandoned();
    }
    std::shared_ptr<reply_sink> to;
  };
  std::shared_ptr<turn> turn_;
};

using handler = std::function<void(const request&, responder)>;

}  // namespace orderflow
