// The little HTTP/1.1 that a load generator needs: sockets, framing of replies, and a plain blocking client for setting up and
// reading back. Not a general client: replies must carry Content-Length, as all of orderflow's do apart from live streams.
// Errors: std::runtime_error with a sentence.
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orderflow::bench {

struct endpoint {
  std::string host;  ///< As the Host header shows it, port included.
  sockaddr_in address{};
};

/// "http://127.0.0.1:8080", with or without a trailing slash.
[[nodiscard]] endpoint parse_endpoint(const std::string& url);

/// A file descriptor that closes itself.
class socket_handle {
 public:
  explicit socket_handle(int fd) : fd_(fd) {}
  ~socket_handle();
  socket_handle(socket_handle&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  socket_handle(const socket_handle&) = delete;
  socket_handle& operator=(const socket_handle&) = delete;
  socket_handle& operator=(socket_handle&&) = delete;
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

/// Connected, without Nagle's delay, blocking; a read gives up after a minute.
[[nodiscard]] socket_handle connect_to(const endpoint& to);

/// A whole reply at the beginning of a buffer; the views point into it.
struct framed_reply {
  int status = 0;
  std::string_view head;
  std::string_view body;
  size_t size = 0;  ///< Of both: where the next reply begins.
};

/// Nothing while the reply is not complete. Throws when it is not HTTP or carries no length.
[[nodiscard]] std::optional<framed_reply> frame_reply(std::string_view buffer);

/// The value of a header, name without regard to case; empty when absent.
[[nodiscard]] std::string_view header_of(std::string_view head, std::string_view name);

struct http_reply {
  int status = 0;
  std::string head;
  std::string body;
};

/// One keep-alive connection, made anew when the server has closed it.
class blocking_client {
 public:
  explicit blocking_client(endpoint to) : to_(std::move(to)) {}
  [[nodiscard]] http_reply get(const std::string& target, const std::string& headers = {}) {
    return send("GET", target, "", headers);
  }
  [[nodiscard]] http_reply post(const std::string& target, const std::string& json) { return send("POST", target, json); }
  [[nodiscard]] http_reply put(const std::string& target, const std::string& json) { return send("PUT", target, json); }

 private:
  /// `headers`: lines, each with its line break.
  http_reply send(const std::string& method, const std::string& target, const std::string& body, const std::string& headers = {});
  http_reply exchange(const std::string& request);
  endpoint to_;
  std::optional<socket_handle> socket_;
};

}  // namespace orderflow::bench
