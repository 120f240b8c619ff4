#include "tests/http/client.hpp"

#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <catch2/catch_test_macros.hpp>

namespace orderflow {

namespace asio = boost::asio;
namespace http = boost::beast::http;

json_value body_of(const seen_reply& seen) {
  auto parsed = parse_json(seen.body);
  REQUIRE(std::holds_alternative<json_value>(parsed));
  return std::get<json_value>(parsed);
}

std::string text_of(const seen_reply& seen, std::string_view name) {
  const auto body = body_of(seen);
  const auto* found = body.find(name);
  return found == nullptr ? "(absent)" : found->text;
}

struct test_client::connection {
  asio::io_context io;
  asio::ip::tcp::socket socket{io};
  boost::beast::flat_buffer buffer;
};

test_client::test_client(uint16_t port) : connection_(std::make_unique<connection>()) {
  connection_->socket.connect({asio::ip::make_address("127.0.0.1"), port});
  const timeval timeout{10, 0};
  setsockopt(connection_->socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
}

test_client::~test_client() = default;

void test_client::send(const std::string& bytes) {
  boost::system::error_code ignored;  // A server that has refused the request may have closed already.
  asio::write(connection_->socket, asio::buffer(bytes), ignored);
}

seen_reply test_client::receive(bool to_head) {
  http::response_parser<http::string_body> parser;
  parser.skip(to_head);
  boost::system::error_code failed;
  http::read(connection_->socket, connection_->buffer, parser, failed);
  if (failed) return {};
  seen_reply seen;
  seen.status = static_cast<int>(parser.get().result_int());
  seen.body = parser.get().body();
  seen.keep_alive = parser.get().keep_alive();
  for (const auto& field : parser.get()) {
    std::string name{field.name_string()};
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    seen.headers.emplace(std::move(name), std::string{field.value()});
  }
  return seen;
}

bool test_client::closed_by_server() {
  char byte = 0;
  boost::system::error_code failed;
  connection_->socket.read_some(asio::buffer(&byte, 1), failed);
  return failed == asio::error::eof || failed == asio::error::connection_reset;
}

seen_reply test_client::ask(const std::string& method, const std::string& target, const std::string& body,
                            const std::string& more_headers) {
  std::string text = method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + more_headers;
  if (!body.empty()) text += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  send(text + "\r\n" + body);
  return receive(method == "HEAD");
}

seen_reply send_raw(uint16_t port, const std::string& bytes) {
  test_client client{port};
  client.send(bytes);
  return client.receive();
}

}  // namespace orderflow
