// The whole HTTP side over the in-memory shop, on a free port; ended with the test.
#pragma once

#include <string>

#include "http/service.hpp"
#include "tests/http/fixed_clock.hpp"
#include "tests/http/memory_bridge.hpp"

namespace orderflow {

class running_service {
 public:
  explicit running_service(http_settings settings = dev_settings(), shared_keys keys = nullptr)
      : service_(std::move(settings), dependencies(std::move(keys))) {
    shop.time = time_.now();
    service_.start();
    port = service_.port();
  }

  static http_settings dev_settings() {
    http_settings made;
    listener_settings dev;
    dev.fixed_principal = dev_principal();
    made.listeners.push_back(dev);
    return made;
  }

  http_service& service() { return service_; }
  fixed_clock& time() { return time_; }

  /// Prepared before the first request, or between requests: the shop is used only while one is served.
  memory_shop shop;
  health state{true, false, false, {}};
  uint16_t port = 0;

 private:
  http_dependencies dependencies(shared_keys keys) {
    http_dependencies with;
    with.make_bridge = [this](boost::asio::io_context& io) { return make_memory_bridge(io, shop); };
    with.time = &time_;
    with.keys = std::move(keys);
    with.state = [this] { return state; };
    with.metrics = [] { return std::string{"orders_total 7\n"}; };
    return with;
  }

  fixed_clock time_;
  http_service service_;
};

}  // namespace orderflow
