// A server with routes made for the test, on a free port, on a thread of its own; ended with the test.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <thread>

#include "http/server/server.hpp"
#include "tests/http/fixed_clock.hpp"

namespace orderflow {

inline listener_settings test_listener() {
  listener_settings made;
  made.fixed_principal = dev_principal();
  return made;
}

class running_server {
 public:
  explicit running_server(std::vector<route> table, server_limits limits = {}, listener_settings settings = test_listener(),
                          shared_keys ring = std::make_shared<const key_ring>(), authenticator_limits rates = {})
      : admission({}, [this] { return load; }),
        keys(std::move(ring)),
        auth(
            time_, audit, [this] { return keys; }, rates),
        io_(1),
        work_(io_.get_executor()),
        server_(io_, limits, time_, [this](std::string_view what) { defects.emplace_back(what); }) {
    server_.listen(std::make_unique<request_pipeline>(std::move(settings), std::move(table), admission, auth,
                                                      [this](std::string_view what) { defects.emplace_back(what); }));
    port = server_.port();
    thread_ = std::thread{[this] { io_.run(); }};
  }
  ~running_server() {
    boost::asio::post(io_, [this] {
      server_.stop();
      io_.stop();
    });
    thread_.join();
  }
  /// Runs on the server's thread and waits for it.
  template <class F>
  auto on_thread(F what) {
    std::packaged_task<decltype(what())()> task{std::move(what)};
    auto result = task.get_future();
    boost::asio::post(io_, std::move(task));
    return result.get();
  }
  server& serving() { return server_; }

  fixed_clock time_;
  present_load load;                 ///< Change it on the server's thread.
  std::vector<std::string> defects;  ///< Read it on the server's thread.
  admission_control admission;
  shared_keys keys;  ///< Change it on the server's thread.
  audit_log audit;
  authenticator auth;
  uint16_t port = 0;

 private:
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  server server_;
  std::thread thread_;
};

}  // namespace orderflow
