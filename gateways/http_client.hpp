// Outgoing HTTP: many requests at a time over kept connections, on one thread of its own (libcurl's multi interface).
// http:// and https:// only; certificates are verified; redirects are not followed and proxies of the environment are not
// used, because a request with money in it goes where the configuration says and nowhere else.
// Thread rule: `send` from any thread; callbacks come on the client's thread and must not block it.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "base/secret.hpp"
#include "base/time.hpp"

namespace orderflow {

enum class http_method : uint8_t { get = 1, post = 2, delete_ = 3 };

struct http_request {
  http_method method = http_method::get;
  std::string url;
  std::vector<std::string> headers;  ///< Whole lines without their end, such as "Idempotency-Key: charge/7/1".
  std::string body;                  ///< post: sent as application/json.
  milliseconds timeout{10'000};      ///< From the sending to the last byte of the reply.
  size_t largest_reply = 1U << 20;   ///< Bytes of body; a longer one is a failure.
  /// Sent over a connection of its own. A kept connection may turn out to be dead, and then the library sends the request
  /// again by itself: harmless for a question and for a call with a key, a second charge for one without.
  bool only_once = false;
};

struct http_reply {
  uint16_t status = 0;
  std::string body;
};

/// There is no whole reply.
struct http_failure {
  std::string reason;   ///< For the log; never holds a header or a body.
  bool unsent = false;  ///< Not a byte of the request has left: nobody can have acted on it.
};

using http_outcome = std::variant<http_reply, http_failure>;

/// A request for JSON, with the bearer token unless that is empty.
[[nodiscard]] http_request request_to(http_method method, std::string url, const secret<std::string>& token,
                                      milliseconds timeout);

/// A text as one segment of a path: everything but letters, digits and -._~ is percent-encoded.
[[nodiscard]] std::string escaped_segment(const std::string& text);

class http_client {
 public:
  /// Requests beyond `connections` wait for their turn, within their own timeouts. Throws std::runtime_error.
  explicit http_client(uint32_t connections = 256);
  /// Requests under way are given up; their callbacks are destroyed uncalled.
  ~http_client();
  http_client(const http_client&) = delete;
  http_client& operator=(const http_client&) = delete;

  /// `done` is called exactly once while the client lives, never from within this call.
  void send(http_request request, std::function<void(http_outcome)> done);

 private:
  struct transfer;
  struct engine;

  void run();
  void start_new();
  void finish_done();

  std::mutex mutex_;
  std::vector<std::unique_ptr<transfer>> fresh_;
  bool stopping_ = false;
  std::unique_ptr<engine> engine_;
  std::thread thread_;
};

}  // namespace orderflow
