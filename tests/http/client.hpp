// A client for tests: a real loopback connection, raw bytes out, parsed replies in, nothing waits longer than its deadline.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "codec/json.hpp"

namespace orderflow {

struct seen_reply {
  int status = 0;                              ///< 0: the connection ended, or nothing came in time.
  std::map<std::string, std::string> headers;  ///< Names in lower case.
  std::string body;
  bool keep_alive = false;
};

/// The body's JSON; what is none ends the test.
[[nodiscard]] json_value body_of(const seen_reply& seen);
/// What a member of it says; "(absent)" where there is none of that name.
[[nodiscard]] std::string text_of(const seen_reply& seen, std::string_view name);

class test_client {
 public:
  explicit test_client(uint16_t port);
  ~test_client();
  void send(const std::string& bytes);
  /// The next reply. `to_head`: a reply to HEAD has no body. Interim replies (100) are returned like others.
  [[nodiscard]] seen_reply receive(bool to_head = false);
  /// The server has closed the connection, at the latest after the deadline.
  [[nodiscard]] bool closed_by_server();
  /// One request with Host and, where a body is given, JSON content type and length.
  seen_reply ask(const std::string& method, const std::string& target, const std::string& body = {},
                 const std::string& more_headers = {});

 private:
  struct connection;
  std::unique_ptr<connection> connection_;
};

/// Sends these bytes over a connection of their own; the first reply.
[[nodiscard]] seen_reply send_raw(uint16_t port, const std::string& bytes);
/// The one header that every request has to have, as a line.
inline const std::string host_header = "Host: localhost\r\n";

}  // namespace orderflow
