#include "http/server/server.hpp"

#include <linux/filter.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <random>
#include <ranges>
#include <stdexcept>

#include "base/log.hpp"
#include "http/server/session.hpp"

namespace orderflow {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// A client that has sent or taken nothing for so long may lose its place to one that does.
constexpr milliseconds slow_after{2000};
constexpr milliseconds pause_between_looks{20};
/// Connections whose handshakes are under way when the drain begins are made within this.
constexpr milliseconds last_handshakes{100};
constexpr milliseconds sweep_in_drain{50};
/// An attack that goes on is told once in so long.
constexpr std::chrono::seconds between_lines{10};

/// RFC 9110 §5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT". The C library's names would follow the locale.
std::string http_date(timestamp at) {
  static constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(at - day)};
  std::array<char, 64> text{};
  const int size = std::snprintf(
      text.data(), text.size(), "Date: %s, %02u %s %04d %02d:%02d:%02d GMT\r\n", days.at(std::chrono::weekday{day}.c_encoding()),
      static_cast<unsigned>(date.day()), months.at(static_cast<unsigned>(date.month()) - 1), static_cast<int>(date.year()),
      static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  return {text.data(), static_cast<size_t>(size)};
}

std::string random_prefix() {
  std::random_device source;
  std::array<char, 16> text{};
  const int size = std::snprintf(text.data(), text.size(), "%08x", source());
  return {text.data(), static_cast<size_t>(size)};
}

/// What, why, what to do.
std::string cannot_listen(const listener_settings& on, const error_code& why) {
  const auto host = on.address.find(':') == std::string::npos ? on.address : "[" + on.address + "]";
  const auto port = std::to_string(on.port);
  const auto what = "cannot listen on " + host + ":" + port + ": ";
  if (why == asio::error::address_in_use)
    return what + "another process has this port; stop it (`ss -ltnp` shows which one it is) or choose another port";
  if (why == asio::error::access_denied)
    return what + "ports below 1024 are for root and for programs with CAP_NET_BIND_SERVICE; choose a higher one or grant that";
  if (why == boost::system::errc::address_not_available)
    return what + "this machine has no such address; choose one of those that `ip address` shows";
  return what + why.message() + "; choose another address";
}

/// A connection above the limit is told so without a session; whether the few bytes arrive is not worth waiting for.
void turn_away(session::socket_type& socket) {
  static constexpr std::string_view words =
      "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(words), ignored);
  socket.close(ignored);
}

/// Nobody begins a connection here from now on: the first packet is dropped, so its client tries again a second later and meets
/// whoever listens then. Closing at once would reset connections that are made but not yet accepted, with the requests that
/// their clients have already sent. Where the kernel has no such filters, that small gap stays.
void take_no_new_handshakes(int listening) {
  constexpr uint32_t flags_in_header = 13;
  constexpr uint32_t syn = 2;
  sock_filter steps[] = {BPF_STMT(BPF_LD | BPF_B | BPF_ABS, flags_in_header), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, syn, 0, 1),
                         BPF_STMT(BPF_RET | BPF_K, 0), BPF_STMT(BPF_RET | BPF_K, 0xffffffffU)};
  const sock_fprog drop_syn{static_cast<unsigned short>(std::size(steps)), steps};
  ::setsockopt(listening, SOL_SOCKET, SO_ATTACH_FILTER, &drop_syn, sizeof drop_syn);
}

}  // namespace

server::server(asio::io_context& io, server_limits limits, const clock& time, std::function<void(std::string_view)> defect)
    : io_(io), shared_(std::make_shared<session_registry>()), sweeper_(io.get_executor()), closing_(io.get_executor()) {
  shared_->limits = limits;
  shared_->time = &time;
  shared_->defect = std::move(defect);
  shared_->request_prefix = random_prefix();
  sweep();
}

server::~server() { stop(); }

void server::listen(std::unique_ptr<request_pipeline> door) {
  const auto& settings = door->settings();
  const asio::ip::tcp::endpoint at{asio::ip::make_address(settings.address), settings.port};
  auto tls = settings.tls.certificate.empty() ? nullptr : make_tls_context(settings.tls);
  auto made = std::make_unique<listener>(listener{std::move(door), std::move(tls),
                                                  asio::basic_socket_acceptor<asio::ip::tcp, executor>{io_.get_executor()},
                                                  steady_timer{io_.get_executor()}});
  try {
    made->acceptor.open(at.protocol());
    made->acceptor.set_option(asio::socket_base::reuse_address(true));
    made->acceptor.bind(at);
    made->acceptor.listen(asio::socket_base::max_listen_connections);
  } catch (const boost::system::system_error& why) {
    throw std::runtime_error{cannot_listen(settings, why.code())};
  }
  listeners_.push_back(std::move(made));
  accept(*listeners_.back());
}

uint16_t server::port(size_t index) const { return listeners_.at(index)->acceptor.local_endpoint().port(); }

std::string server::reload_certificates() {
  std::string wrong;
  for (const auto& each : listeners_) {
    if (!each->tls) continue;
    try {
      each->tls = make_tls_context(each->door->settings().tls);  // Open connections hold on to the old one.
    } catch (const std::invalid_argument& why) {
      wrong = why.what();
    }
  }
  return wrong;
}

void server::accept(listener& on) {
  on.acceptor.async_accept([this, &on](error_code failed, session::socket_type socket) {
    if (failed == asio::error::operation_aborted || !on.acceptor.is_open()) return;
    // Out of descriptors or memory: the connection stays in the backlog, and trying again at once would only burn time.
    if (failed) {
      make_room();
      return accept_later(on);
    }
    serve(on, std::move(socket));
    accept(on);
  });
}

void server::serve(listener& on, session::socket_type socket) {
  if (shared_->open.size() >= shared_->limits.connections) make_room();
  if (shared_->open.size() >= shared_->limits.connections) {
    ++turned_away_;
    return turn_away(socket);
  }
  std::make_shared<session>(std::move(socket), shared_, *on.door, on.tls)->start();
}

void server::make_room() {
  const auto now = std::chrono::steady_clock::now();
  if (now < no_room_until_) return;
  std::vector<session*> idle;
  std::vector<session*> slow;
  for (auto* each : shared_->open) {
    if (each->in_use() == session::use::idle) idle.push_back(each);
    if (each->in_use() == session::use::client && now - each->since() >= slow_after) slow.push_back(each);
  }
  auto& among = idle.empty() ? slow : idle;
  if (among.empty()) {
    no_room_until_ = now + pause_between_looks;
    return;
  }
  // Some at once, so that the next newcomers need no look at all connections.
  const auto count = static_cast<std::ptrdiff_t>(std::min(among.size(), 1 + shared_->limits.connections / 64));
  std::partial_sort(among.begin(), among.begin() + count, among.end(),
                    [](const session* a, const session* b) { return a->since() < b->since(); });
  std::vector<std::shared_ptr<session>> closing;
  for (auto each = among.begin(); each != among.begin() + count; ++each) {
    if (!idle.empty() && (*each)->is_unread()) continue;  // Idle no longer: its request is here.
    closing.push_back((*each)->shared_from_this());
  }
  shared_->places_taken += closing.size();
  for (const auto& each : closing) each->close();
}

void server::write_metrics(metric_text& out) const {
  shared_->write_metrics(out);
  uint64_t idle = 0;
  uint64_t client = 0;
  uint64_t ours = 0;
  for (const auto* each : shared_->open) {
    switch (each->in_use()) {
      case session::use::idle: ++idle; break;
      case session::use::client: ++client; break;
      case session::use::ours: ++ours; break;
    }
  }
  out.family("orderflow_http_connections", "gauge",
             "Open connections: between two requests, waiting for their clients, or with a request that is being answered.");
  out.sample("state=\"idle\"", idle).sample("state=\"client\"", client).sample("state=\"answering\"", ours);
  out.counter("orderflow_http_connections_refused_total", "Connections closed at once because there were too many.",
              turned_away_);
  write_certificates(out);
}

void server::write_certificates(metric_text& out) const {
  const auto is_tls = [](const auto& each) { return each->tls != nullptr; };
  if (std::ranges::none_of(listeners_, is_tls)) return;
  out.family("orderflow_tls_certificate_expiry_timestamp_seconds", "gauge",
             "When the first certificate of the listener's chain ends, in seconds since 1970.");
  for (const auto& each : listeners_ | std::views::filter(is_tls)) {
    const auto& settings = each->door->settings();
    const auto until = std::max<int64_t>(0, to_ms(validity_of(*each->tls).until) / 1000);
    out.sample("listener=\"" + settings.address + ":" + std::to_string(settings.port) + "\"", static_cast<uint64_t>(until));
  }
}

void server::accept_later(listener& on) {
  on.pause.expires_after(milliseconds{100});
  on.pause.async_wait([this, &on](error_code cancelled) {
    if (!cancelled && on.acceptor.is_open()) accept(on);
  });
}

void server::sweep() {
  shared_->date_line = http_date(shared_->time->now());
  const auto now = std::chrono::steady_clock::now();
  std::vector<std::shared_ptr<session>> late;
  for (auto* each : shared_->open) {
    if (each->late_at(now)) late.push_back(each->shared_from_this());
  }
  for (const auto& each : late) each->expire();
  tell_of_cuts(now);
  sweeper_.expires_after(shared_->draining ? sweep_in_drain : shared_->limits.sweep_every);
  sweeper_.async_wait([this](error_code cancelled) {
    if (!cancelled && shared_->running) sweep();
  });
}

void server::tell_of_cuts(std::chrono::steady_clock::time_point now) {
  if (now < tell_again_ || shared_->cut() == cuts_told_) return;
  tell_again_ = now + between_lines;
  const auto since = [](uint64_t now_cut, uint64_t& told) { return now_cut - std::exchange(told, now_cut); };
  log_warn("connections-cut", {{"count", since(shared_->cut(), cuts_told_)},
                               {"because", "a limit of the memory that clients may hold was reached"},
                               {"unsent", since(shared_->unsent.cut, unsent_told_)},
                               {"incomplete", since(shared_->incomplete.cut, incomplete_told_)},
                               {"handshakes", since(shared_->handshakes_cut, handshakes_told_)}});
}

void server::leave() { shared_->leaving = true; }

void server::drain(std::function<void()> done) {
  leave();
  shared_->draining = true;
  for (const auto& each : listeners_) take_no_new_handshakes(each->acceptor.native_handle());
  for (auto* each : shared_->open) each->begin_drain();
  sweep();  // At the drain's own pace from now on.
  closing_.expires_after(last_handshakes);
  closing_.async_wait([this, done = std::move(done)](error_code cancelled) {
    if (cancelled || !shared_->running) return;
    close_listeners();
    shared_->on_empty = done;
    shared_->tell_if_empty();
  });
}

void server::close_listeners() {
  for (const auto& each : listeners_) {
    error_code failed;
    each->acceptor.non_blocking(true, failed);
    while (!failed) {
      auto socket = each->acceptor.accept(failed);
      if (!failed) serve(*each, std::move(socket));
    }
    each->acceptor.close(failed);
  }
}

void server::stop() {
  shared_->running = false;
  sweeper_.cancel();
  closing_.cancel();
  for (const auto& each : listeners_) {
    error_code ignored;
    each->acceptor.close(ignored);
    each->pause.cancel();
  }
  shared_->on_empty = {};
  std::vector<std::shared_ptr<session>> all;
  for (auto* each : shared_->open) all.push_back(each->shared_from_this());
  for (const auto& each : all) each->close();
}

}  // namespace orderflow
