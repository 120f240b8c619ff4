#include "bench/load.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <span>
#include <stdexcept>
#include <utility>

#include "bench/arrivals.hpp"

namespace orderflow::bench {
namespace {

using steady = std::chrono::steady_clock;
using std::chrono::duration_cast;
using std::chrono::microseconds;

/// Answers that stay out longer than this after the end of the load are taken as lost; so is a server that does not come back.
constexpr std::chrono::seconds timeout{20};
/// Before a lost connection is made anew, or a refused request sent again.
constexpr std::chrono::milliseconds pause_before_again{50};
constexpr std::chrono::milliseconds longest_wait{50};
/// epoll_wait counts in milliseconds: for shorter waits another call is needed.
constexpr std::chrono::milliseconds coarse_enough{5};
/// What is begun before answers are looked at again: a backlog that is sent in one go would be counted as the server's slowness.
constexpr unsigned begun_at_once = 64;

struct connection {
  std::optional<socket_handle> socket;
  std::string received;
  std::string request;
  size_t sent = 0;
  steady::time_point work_due;     // of the piece of work
  steady::time_point work_sent;    // its first request
  steady::time_point request_due;  // of the request within it
  steady::time_point request_sent;
  steady::time_point again_at;
  bool awaits_reply = false;
  bool held_up = false;  // the socket takes no more: waiting for EPOLLOUT
};

class load_loop {
 public:
  load_loop(const load_plan& plan, scenario& what, timeline& over, const load_listener& told)
      : plan_(plan), what_(what), over_(over), told_(told), poll_(epoll_create1(EPOLL_CLOEXEC)), connections_(plan.connections) {
    if (poll_.fd() < 0) throw std::runtime_error{"no epoll descriptor"};
    for (const auto& name : what.operations()) report_.operations.push_back({name, {}});
    for (connection& one : connections_) open(one);
  }

  load_report run() {
    const auto now = steady::now();
    start_ = now + plan_.warmup;
    end_ = start_ + plan_.duration;
    next_second_ = now + std::chrono::seconds{1};
    last_finished_ = now;
    if (plan_.rate) due_.emplace(*plan_.rate, now);
    for (connection& one : connections_) {
      if (plan_.rate)
        idle_.push_back(&one);
      else
        begin(one, now, now);
    }
    while (phase_ != phase::draining || busy_ > 0) turn();
    return std::move(report_);
  }

 private:
  enum class phase : uint8_t { warming, measuring, draining };

  // --- time

  void turn() {
    const auto before = steady::now();
    const auto wait = time_to_wait(before);
    epoll_event ready[256];
    const int count = wait_for(ready, wait);
    const auto now = steady::now();
    const auto stall = std::max(now - before - wait, steady::duration::zero());
    stalled_ += stall;
    report_.longest_stall = std::max(report_.longest_stall, duration_cast<microseconds>(stall));
    advance(now);
    for (int i = 0; i < count; ++i) {
      connection& one = *static_cast<connection*>(ready[i].data.ptr);
      if (one.socket && (ready[i].events & EPOLLOUT) != 0) flush(one);
      if (one.socket && (ready[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) receive(one);
    }
    send_again(now);
    begin_due();
  }

  [[nodiscard]] steady::duration time_to_wait(steady::time_point now) const {
    steady::duration wait = longest_wait;
    if (due_ && phase_ != phase::draining && !idle_.empty()) wait = std::min(wait, due_->next() - now);
    if (!again_.empty()) wait = std::min(wait, again_.front()->again_at - now);
    return std::max(wait, steady::duration::zero());
  }

  int wait_for(std::span<epoll_event> ready, steady::duration wait) {
    const bool coarse = wait >= coarse_enough;
    if (!coarse && wait > steady::duration::zero()) {
      pollfd watched{poll_.fd(), POLLIN, 0};
      const timespec most{0, duration_cast<std::chrono::nanoseconds>(wait).count()};
      ::ppoll(&watched, 1, &most, nullptr);
    }
    const auto ms = coarse ? duration_cast<std::chrono::milliseconds>(wait).count() : 0;
    const int count = epoll_wait(poll_.fd(), ready.data(), static_cast<int>(ready.size()), static_cast<int>(ms));
    if (count < 0 && errno != EINTR) throw std::runtime_error{"epoll_wait failed"};
    return count;
  }

  void advance(steady::time_point now) {
    if (phase_ == phase::warming && now >= start_) {
      phase_ = phase::measuring;
      measured_from_ = last_finished_ = now;
      told_.at_start();
    }
    if (told_.every_second && now >= next_second_) {
      next_second_ = now + std::chrono::seconds{1};
      if (phase_ == phase::measuring) report_.elapsed = duration_cast<microseconds>(now - measured_from_);
      told_.every_second(report_);
    }
    if (phase_ == phase::measuring && now >= end_) {
      phase_ = phase::draining;
      report_.elapsed = duration_cast<microseconds>(now - measured_from_);
      told_.at_end();
      give_up_unsent(now);
    }
    if (phase_ == phase::draining && busy_ > 0 && now >= end_ + timeout + stalled_)
      throw std::runtime_error{std::to_string(busy_) + " requests got no answer within 20 s after the end of the load"};
  }

  /// What was due and could not be sent has waited at least until now: leaving it out would flatter the server.
  void give_up_unsent(steady::time_point now) {
    if (!due_) return;
    while (due_->next() < now) {
      const auto due = due_->take();
      if (due < measured_from_) continue;
      ++report_.unsent;
      report_.latency.from_due_us.record(us_between(due, now));
    }
  }

  // --- work

  void begin_due() {
    if (!due_ || phase_ == phase::draining) return;
    auto now = steady::now();
    for (unsigned begun = 0; begun < begun_at_once && !idle_.empty() && due_->next() <= now; ++begun) {
      connection& one = *idle_.back();
      idle_.pop_back();
      begin(one, due_->take(), now);
      now = steady::now();
    }
  }

  void begin(connection& one, steady::time_point due, steady::time_point now) {
    ++busy_;
    if (phase_ == phase::measuring) report_.most_busy = std::max<uint64_t>(report_.most_busy, busy_);
    one.work_due = due;
    one.work_sent = now;
    request(one, due, now);
  }

  void request(connection& one, steady::time_point due, steady::time_point now) {
    one.request.assign(what_.next(index_of(one)));
    one.request_due = due;
    one.request_sent = now;
    transmit(one);
  }

  void transmit(connection& one) {
    one.sent = 0;
    one.awaits_reply = true;
    flush(one);
  }

  void on_reply(connection& one, const framed_reply& reply) {
    const auto now = steady::now();
    const reply_meaning told = what_.answered(index_of(one), reply);
    switch (told.what) {
      case meaning::goes_on:
        note(report_.operations[told.operation].took, one.request_due, one.request_sent, now);
        return request(one, now, now);
      case meaning::finished:
        note(report_.operations[told.operation].took, one.request_due, one.request_sent, now);
        note(report_.latency, one.work_due, one.work_sent, now);
        finish(now);
        break;
      case meaning::refused:
      case meaning::unknown:
        if (plan_.survives_loss) return again(one, now);
        note(report_.refusal, one.work_due, one.work_sent, now);
        over_.refused(now);
        if (phase_ == phase::measuring) ++report_.refused;
        break;
    }
    --busy_;
    if (plan_.rate)
      idle_.push_back(&one);
    else if (phase_ != phase::draining)
      begin(one, now, now);
  }

  void finish(steady::time_point now) {
    over_.finished(now);
    const auto silence = duration_cast<microseconds>(now - std::exchange(last_finished_, now));
    if (phase_ == phase::warming) return;
    report_.longest_silence = std::max(report_.longest_silence, silence);
    if (phase_ == phase::measuring) ++report_.finished;
  }

  void note(latencies& into, steady::time_point due, steady::time_point sent, steady::time_point now) const {
    if (phase_ == phase::warming || due < measured_from_ || due >= end_) return;
    into.from_due_us.record(us_between(due, now));
    into.from_sending_us.record(us_between(sent, now));
  }

  static uint64_t us_between(steady::time_point from, steady::time_point to) {
    return static_cast<uint64_t>(std::max<int64_t>(0, duration_cast<microseconds>(to - from).count()));
  }

  // --- sockets

  [[nodiscard]] size_t index_of(const connection& one) const { return static_cast<size_t>(&one - connections_.data()); }

  void open(connection& one) {
    one.socket.emplace(connect_to(plan_.to));
    fcntl(one.socket->fd(), F_SETFL, O_NONBLOCK);
    watch(one, EPOLL_CTL_ADD, EPOLLIN);
  }

  void watch(connection& one, int operation, uint32_t events) {
    epoll_event wanted{};
    wanted.events = events;
    wanted.data.ptr = &one;
    epoll_ctl(poll_.fd(), operation, one.socket->fd(), &wanted);
  }

  void flush(connection& one) {
    while (one.sent < one.request.size()) {
      const ssize_t sent = ::send(one.socket->fd(), one.request.data() + one.sent, one.request.size() - one.sent, MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent < 0 && errno == EAGAIN) {
        one.held_up = true;
        return watch(one, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
      }
      if (sent < 0) return drop(one, std::string{"sending a request failed: "} + std::strerror(errno));
      one.sent += static_cast<size_t>(sent);
    }
    if (one.held_up) watch(one, EPOLL_CTL_MOD, EPOLLIN);
    one.held_up = false;
  }

  void receive(connection& one) {
    char piece[16384];
    const ssize_t got = ::recv(one.socket->fd(), piece, sizeof piece, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got < 0) return drop(one, std::string{"reading a reply failed: "} + std::strerror(errno));
    if (got == 0) return drop(one, "the server closed a connection under load");
    one.received.append(piece, static_cast<size_t>(got));
    const auto reply = frame_reply(one.received);
    if (!reply) return;
    if (!one.awaits_reply) throw std::runtime_error{"a reply without a request"};
    one.awaits_reply = false;
    const size_t size = reply->size;
    on_reply(one, *reply);
    one.received.erase(0, size);
  }

  void drop(connection& one, const std::string& why) {
    if (!plan_.survives_loss) throw std::runtime_error{why};
    ++report_.lost;
    one.socket.reset();
    one.received.clear();
    one.held_up = false;
    again(one, steady::now());
  }

  /// With the same bytes, so with the same key. The list stays sorted by time: the pause is always the same.
  void again(connection& one, steady::time_point now) {
    one.again_at = now + pause_before_again;
    again_.push_back(&one);
  }

  void send_again(steady::time_point now) {
    while (!again_.empty() && again_.front()->again_at <= now) {
      connection& one = *again_.front();
      again_.pop_front();
      if (!one.socket && !reopen(one)) {
        again(one, now);
        continue;
      }
      ++report_.sent_again;
      transmit(one);
    }
  }

  /// False: nobody listens yet.
  bool reopen(connection& one) {
    try {
      open(one);
      return true;
    } catch (const std::runtime_error&) {
      if (steady::now() - last_finished_ > timeout + stalled_) throw;
      return false;
    }
  }

  const load_plan& plan_;
  scenario& what_;
  timeline& over_;
  const load_listener& told_;
  socket_handle poll_;
  std::vector<connection> connections_;
  std::vector<connection*> idle_;  // open loop: without work
  std::deque<connection*> again_;  // waiting to be sent again
  std::optional<arrivals> due_;
  load_report report_;
  phase phase_ = phase::warming;
  size_t busy_ = 0;
  steady::duration stalled_{};  // that this machine stood still: not the server's doing, so it is not held against it
  steady::time_point start_;
  steady::time_point end_;
  steady::time_point measured_from_;
  steady::time_point last_finished_;
  steady::time_point next_second_;
};

}  // namespace

load_report run_load(const load_plan& plan, scenario& what, timeline& over, const load_listener& told) {
  return load_loop{plan, what, over, told}.run();
}

}  // namespace orderflow::bench
