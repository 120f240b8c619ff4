#include "tests/gateways/scripted_server.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

namespace orderflow::testing {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

scripted_reply json_reply(int status, const std::string& body) {
  return {"HTTP/1.1 " + std::to_string(status) +
          " Status\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body};
}
scripted_reply closed_without_reply() { return {.bytes = {}, .then_close = true}; }
scripted_reply no_reply() { return {.bytes = {}, .hang = true}; }

struct scripted_server::visitor {
  explicit visitor(asio::ip::tcp::socket from, size_t place) : socket(std::move(from)), number(place) {}
  asio::ip::tcp::socket socket;
  size_t number;
  boost::beast::flat_buffer in;
  http::request<http::string_body> request;
  std::string out;
};

scripted_server::scripted_server(script replies)
    : replies_(std::move(replies)), io_(1), acceptor_(io_, {asio::ip::make_address("127.0.0.1"), 0}) {
  port_ = acceptor_.local_endpoint().port();
  accept();
  thread_ = std::thread{[this] { io_.run(); }};
}

scripted_server::~scripted_server() {
  io_.stop();
  thread_.join();
}

std::vector<heard_request> scripted_server::heard() const {
  std::lock_guard hold{mutex_};
  return heard_;
}

void scripted_server::accept() {
  acceptor_.async_accept([this](error_code failed, asio::ip::tcp::socket socket) {
    if (failed) return;
    visitors_.push_back(std::make_shared<visitor>(std::move(socket), visitors_.size() + 1));
    serve(visitors_.back());
    accept();
  });
}

void scripted_server::serve(const std::shared_ptr<visitor>& from) {
  from->request = {};
  http::async_read(from->socket, from->in, from->request, [this, from](error_code failed, size_t) {
    if (failed) return from->socket.close(failed), void();
    heard_request asked{
        std::string{from->request.method_string()}, std::string{from->request.target()}, {}, from->request.body(), from->number};
    for (const auto& field : from->request) {
      std::string name{field.name_string()};
      std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      asked.headers.emplace(std::move(name), std::string{field.value()});
    }
    const auto reply = replies_(asked);
    {
      std::lock_guard hold{mutex_};
      heard_.push_back(std::move(asked));
    }
    if (reply.hang) return;
    from->out = reply.bytes;
    asio::async_write(from->socket, asio::buffer(from->out), [this, from, close = reply.then_close](error_code broken, size_t) {
      if (broken || close) return from->socket.close(broken), void();
      serve(from);
    });
  });
}

}  // namespace orderflow::testing
