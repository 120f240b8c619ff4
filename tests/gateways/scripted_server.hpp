// An HTTP server on a free loopback port whose replies the test writes as bytes, so that broken ones can be told, too.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace orderflow::testing {

struct heard_request {
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers;  ///< Names in lower case.
  std::string body;
  size_t connection = 0;  ///< Which one it came over, from 1.
};

/// Bytes to send, and whether the connection stays open afterwards.
struct scripted_reply {
  std::string bytes;
  bool then_close = false;
  bool hang = false;  ///< Nothing more is sent, and the connection stays until the server ends.
};

[[nodiscard]] scripted_reply json_reply(int status, const std::string& body);
[[nodiscard]] scripted_reply closed_without_reply();
[[nodiscard]] scripted_reply no_reply();

class scripted_server {
 public:
  using script = std::function<scripted_reply(const heard_request&)>;
  explicit scripted_server(script replies);
  ~scripted_server();
  scripted_server(const scripted_server&) = delete;
  scripted_server& operator=(const scripted_server&) = delete;

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] std::vector<heard_request> heard() const;

 private:
  struct visitor;
  void accept();
  void serve(const std::shared_ptr<visitor>& from);

  script replies_;
  mutable std::mutex mutex_;
  std::vector<heard_request> heard_;
  boost::asio::io_context io_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::vector<std::shared_ptr<visitor>> visitors_;
  uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace orderflow::testing
