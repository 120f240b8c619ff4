#include "bench/load.hpp"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <stdexcept>

#include "bench/request_text.hpp"

namespace orderflow::bench {
namespace {

using steady = std::chrono::steady_clock;

// Answers that stay out longer than this after the end of the load are taken as lost.
constexpr std::chrono::seconds patience{20};

struct connection {
  explicit connection(socket_handle made) : socket(std::move(made)) {}
  socket_handle socket;
  std::string received;
  std::string unsent;
  steady::time_point started;
  bool busy = false;
  bool held_up = false;  // the socket takes no more: waiting for EPOLLOUT
};

// The order's id is the first member of the reply, its status the first member of that name.
int64_t order_id_of(std::string_view body) {
  constexpr std::string_view name = "\"id\":";
  const size_t at = body.find(name);
  int64_t id = 0;
  if (at != std::string_view::npos) {
    const char* digits = body.data() + at + name.size();
    while (digits < body.data() + body.size() && *digits == ' ') ++digits;
    std::from_chars(digits, body.data() + body.size(), id);
  }
  if (id == 0) throw std::runtime_error{"a reply without an order id: " + std::string{body.substr(0, 200)}};
  return id;
}

bool has_status(std::string_view body, std::string_view word) {
  const size_t at = body.find("\"status\":");
  if (at == std::string_view::npos) return false;
  return body.substr(at + 9, word.size() + 3).find('"' + std::string{word} + '"') != std::string_view::npos;
}

class closed_loop {
 public:
  closed_loop(const load_plan& plan, std::function<void()> at_start, std::function<void()> at_end)
      : plan_(plan),
        text_(plan),
        at_start_(std::move(at_start)),
        at_end_(std::move(at_end)),
        poll_(epoll_create1(EPOLL_CLOEXEC)) {
    if (poll_.fd() < 0) throw std::runtime_error{"no epoll descriptor"};
    connections_.reserve(plan.connections);
    for (unsigned i = 0; i < plan.connections; ++i) connections_.emplace_back(connect_to(plan.to));
  }

  load_report run() {
    start_ = steady::now() + plan_.warmup;
    end_ = start_ + plan_.duration;
    for (connection& one : connections_) {
      fcntl(one.socket.fd(), F_SETFL, O_NONBLOCK);
      watch(one, EPOLL_CTL_ADD, EPOLLIN);
      issue(one, steady::now());
    }
    while (phase_ != phase::draining || in_flight_ > 0) turn();
    return std::move(report_);
  }

 private:
  enum class phase : uint8_t { warming, measuring, draining };

  void turn() {
    epoll_event ready[256];
    const int count = epoll_wait(poll_.fd(), ready, 256, 50);
    if (count < 0 && errno != EINTR) throw std::runtime_error{"epoll_wait failed"};
    advance(steady::now());
    for (int i = 0; i < count; ++i) {
      connection& one = *static_cast<connection*>(ready[i].data.ptr);
      if ((ready[i].events & EPOLLOUT) != 0) flush(one);
      if ((ready[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) receive(one);
    }
  }

  void advance(steady::time_point now) {
    if (phase_ == phase::warming && now >= start_) {
      phase_ = phase::measuring;
      measured_from_ = now;
      at_start_();
    }
    if (phase_ == phase::measuring && now >= end_) {
      phase_ = phase::draining;
      report_.elapsed = std::chrono::duration_cast<std::chrono::microseconds>(now - measured_from_);
      at_end_();
    }
    if (phase_ == phase::draining && in_flight_ > 0 && now >= end_ + patience)
      throw std::runtime_error{std::to_string(in_flight_) + " requests got no answer within 20 s after the end of the load"};
  }

  void issue(connection& one, steady::time_point now) {
    one.started = now;
    one.busy = true;
    ++in_flight_;
    one.unsent.assign(text_.next());
    flush(one);
  }

  void flush(connection& one) {
    while (!one.unsent.empty()) {
      const ssize_t sent = ::send(one.socket.fd(), one.unsent.data(), one.unsent.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent < 0 && errno == EAGAIN) {
        one.held_up = true;
        return watch(one, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
      }
      if (sent < 0) throw std::runtime_error{std::string{"sending an order failed: "} + std::strerror(errno)};
      one.unsent.erase(0, static_cast<size_t>(sent));
    }
    if (one.held_up) watch(one, EPOLL_CTL_MOD, EPOLLIN);
    one.held_up = false;
  }

  void watch(connection& one, int operation, uint32_t events) {
    epoll_event wanted{};
    wanted.events = events;
    wanted.data.ptr = &one;
    epoll_ctl(poll_.fd(), operation, one.socket.fd(), &wanted);
  }

  void receive(connection& one) {
    char piece[16384];
    const ssize_t got = ::recv(one.socket.fd(), piece, sizeof piece, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got < 0) throw std::runtime_error{std::string{"reading a reply failed: "} + std::strerror(errno)};
    if (got == 0) throw std::runtime_error{"the server closed a connection under load"};
    one.received.append(piece, static_cast<size_t>(got));
    const auto reply = frame_reply(one.received);
    if (!reply) return;
    if (!one.busy) throw std::runtime_error{"a reply without a request"};
    const auto now = steady::now();
    note(*reply, std::chrono::duration_cast<std::chrono::microseconds>(now - one.started));
    one.received.erase(0, reply->size);
    one.busy = false;
    --in_flight_;
    if (phase_ != phase::draining) issue(one, now);
  }

  void note(const framed_reply& reply, std::chrono::microseconds took) {
    if (reply.status == 429 || reply.status == 503) {
      ++report_.refused;
      return;
    }
    if (reply.status != 201)
      throw std::runtime_error{"answered with " + std::to_string(reply.status) + ": " + std::string{reply.body}};
    if (plan_.what == scenario::paid && !has_status(reply.body, "paid"))
      throw std::runtime_error{"an order was answered unpaid: " + std::string{reply.body}};
    report_.acknowledged.push_back(order_id_of(reply.body));
    if (phase_ != phase::measuring) return;
    ++report_.measured;
    report_.latency_us.record(static_cast<uint64_t>(took.count()));
  }

  const load_plan& plan_;
  request_text text_;
  std::function<void()> at_start_;
  std::function<void()> at_end_;
  socket_handle poll_;
  std::vector<connection> connections_;
  load_report report_;
  phase phase_ = phase::warming;
  size_t in_flight_ = 0;
  steady::time_point start_;
  steady::time_point end_;
  steady::time_point measured_from_;
};

}  // namespace

load_report run_load(const load_plan& plan, const std::function<void()>& at_start, const std::function<void()>& at_end) {
  return closed_loop{plan, at_start, at_end}.run();
}

}  // namespace orderflow::bench
