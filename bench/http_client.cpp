#include "bench/http_client.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <stdexcept>

namespace orderflow::bench {
namespace {

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error{what + ": " + std::strerror(errno)}; }

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

void send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) fail("sending a request failed");
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

}  // namespace

endpoint parse_endpoint(const std::string& url) {
  constexpr std::string_view scheme = "http://";
  const std::string rest = url.starts_with(scheme) ? url.substr(scheme.size()) : std::string{};
  const std::string host = rest.substr(0, rest.find('/'));
  const size_t colon = host.rfind(':');
  if (colon == std::string::npos) throw std::runtime_error{"'" + url + "' is not of the form http://HOST:PORT"};
  addrinfo wanted{};
  wanted.ai_family = AF_INET;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int code = getaddrinfo(host.substr(0, colon).c_str(), host.substr(colon + 1).c_str(), &wanted, &found);
  if (code != 0) throw std::runtime_error{"no address for '" + host + "': " + gai_strerror(code)};
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner{found, &freeaddrinfo};
  endpoint to;
  to.host = host;
  std::memcpy(&to.address, found->ai_addr, sizeof to.address);
  return to;
}

socket_handle::~socket_handle() {
  if (fd_ >= 0) ::close(fd_);
}

socket_handle connect_to(const endpoint& to) {
  socket_handle made{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (made.fd() < 0) fail("no socket");
  if (::connect(made.fd(), reinterpret_cast<const sockaddr*>(&to.address), sizeof to.address) != 0)
    fail("no connection to " + to.host);
  const int on = 1;
  ::setsockopt(made.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const timeval timeout{60, 0};
  ::setsockopt(made.fd(), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  return made;
}

std::string_view header_of(std::string_view head, std::string_view name) {
  for (size_t at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at + 2)) {
    const std::string_view line = head.substr(at + 2, head.find("\r\n", at + 2) - at - 2);
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos || !equal_ignoring_case(line.substr(0, colon), name)) continue;
    const size_t value = line.find_first_not_of(" \t", colon + 1);
    return value == std::string_view::npos ? std::string_view{} : line.substr(value);
  }
  return {};
}

std::optional<framed_reply> frame_reply(std::string_view buffer) {
  const size_t end = buffer.find("\r\n\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  framed_reply reply;
  reply.head = buffer.substr(0, end + 2);
  if (!buffer.starts_with("HTTP/1.1 ") || end < 12) throw std::runtime_error{"the reply is not HTTP/1.1"};
  std::from_chars(buffer.data() + 9, buffer.data() + 12, reply.status);
  size_t length = 0;
  const std::string_view told = header_of(reply.head, "content-length");
  const bool bodiless = reply.status == 204 || reply.status == 304;
  if (!bodiless && (told.empty() || std::from_chars(told.data(), told.data() + told.size(), length).ec != std::errc{}))
    throw std::runtime_error{"a reply without Content-Length"};
  reply.size = end + 4 + length;
  if (buffer.size() < reply.size) return std::nullopt;
  reply.body = buffer.substr(end + 4, length);
  return reply;
}

http_reply blocking_client::send(const std::string& method, const std::string& target, const std::string& body,
                                 const std::string& headers) {
  std::string request = method + " " + target + " HTTP/1.1\r\nHost: " + to_.host + "\r\n" + headers;
  if (method != "GET") request += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  request += "\r\n" + body;
  // A connection that the server closed while it was idle is no failure: one more try on a new one.
  if (socket_) {
    try {
      return exchange(request);
    } catch (const std::runtime_error&) {
      socket_.reset();
    }
  }
  socket_.emplace(connect_to(to_));
  return exchange(request);
}

http_reply blocking_client::exchange(const std::string& request) {
  send_all(socket_->fd(), request);
  std::string buffer;
  size_t wanted = 0;  // spares parsing the head again for every piece of a long body
  for (;;) {
    char piece[65536];
    const ssize_t got = ::recv(socket_->fd(), piece, sizeof piece, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("reading a reply failed");
    if (got == 0) throw std::runtime_error{"the server closed the connection instead of answering"};
    buffer.append(piece, static_cast<size_t>(got));
    if (buffer.size() < wanted) continue;
    if (const auto reply = frame_reply(buffer)) return {reply->status, std::string{reply->head}, std::string{reply->body}};
    const size_t head = buffer.find("\r\n\r\n");
    if (head == std::string::npos) continue;
    const std::string_view told = header_of(std::string_view{buffer}.substr(0, head + 2), "content-length");
    size_t length = 0;
    std::from_chars(told.data(), told.data() + told.size(), length);
    wanted = head + 4 + length;
  }
}

}  // namespace orderflow::bench
