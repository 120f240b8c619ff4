#include "tests/journal/postgres_proxy.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace orderflow::test {

struct cutting_proxy::link {
  int client = -1;
  int server = -1;
  bool started = false;       // The start-up packet has no type byte.
  bool cut_at_ready = false;  // The answer to the Sync is swallowed, then both ends are closed.
  std::string to_server;
  std::string to_client;
};

namespace {

constexpr const char* socket_name = "/.s.PGSQL.5432";

sockaddr_un address_of(const std::string& folder) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, (folder + socket_name).c_str(), sizeof address.sun_path - 1);
  return address;
}

void send_all(int to, const std::string& bytes) {
  for (size_t sent = 0; sent < bytes.size();) {
    const auto n = send(to, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) return;
    sent += static_cast<size_t>(n);
  }
}

// False at the end of the stream.
bool receive(int from, std::string& into) {
  std::array<char, 65536> bytes{};
  const auto n = recv(from, bytes.data(), bytes.size(), 0);
  if (n <= 0) return false;
  into.append(bytes.data(), static_cast<size_t>(n));
  return true;
}

// The length of the first whole message in `bytes`, 0 when it is not whole yet.
size_t whole_message(const std::string& bytes, bool typed) {
  const size_t at = typed ? 1 : 0;
  if (bytes.size() < at + 4) return 0;
  size_t length = at;
  for (size_t i = 0, part = 0; i < 4; ++i) {
    part = (part << 8) | static_cast<unsigned char>(bytes[at + i]);
    if (i == 3) length += part;
  }
  return bytes.size() >= length ? length : 0;
}

}  // namespace

cutting_proxy::cutting_proxy(std::string server_folder) : server_folder_(std::move(server_folder)) {
  char name[] = "/tmp/orderflow-proxy-XXXXXX";
  if (mkdtemp(name) == nullptr) throw std::runtime_error{"mkdtemp failed"};
  folder_ = name;
  listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = address_of(folder_);
  if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 || listen(listener_, 16) != 0 ||
      pipe(wake_) != 0) {
    throw std::runtime_error{"the proxy cannot listen"};
  }
  thread_ = std::thread{[this] { serve(); }};
}

cutting_proxy::~cutting_proxy() {
  close(wake_[1]);
  thread_.join();
  close(wake_[0]);
  close(listener_);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void cutting_proxy::accept_one() {
  link made;
  made.client = accept(listener_, nullptr, nullptr);
  made.server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = address_of(server_folder_);
  if (connect(made.server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    close(made.client);
    close(made.server);
    return;
  }
  links_.push_back(made);
}

bool cutting_proxy::from_client(link& of) {
  if (!receive(of.client, of.to_server)) return false;
  for (;;) {
    const auto length = whole_message(of.to_server, of.started);
    if (length == 0) return true;
    const auto message = of.to_server.substr(0, length);
    of.to_server.erase(0, length);
    const bool is_sync = of.started && message[0] == 'S';
    of.started = true;
    const auto where = is_sync ? where_.exchange(cut_at::nowhere) : cut_at::nowhere;
    if (where != cut_at::nowhere) ++cuts_;
    if (where == cut_at::before_commit) return false;
    send_all(of.server, message);
    if (where == cut_at::during_commit) return false;
    if (where == cut_at::after_commit) of.cut_at_ready = true;
  }
}

bool cutting_proxy::from_server(link& of) {
  if (!receive(of.server, of.to_client)) return false;
  for (;;) {
    const auto length = whole_message(of.to_client, true);
    if (length == 0) return true;
    const auto message = of.to_client.substr(0, length);
    of.to_client.erase(0, length);
    if (!of.cut_at_ready) {
      send_all(of.client, message);
    } else if (message[0] == 'Z') {
      return false;
    }
  }
}

void cutting_proxy::serve() {
  for (;;) {
    std::vector<pollfd> waiting{{wake_[0], POLLIN, 0}, {listener_, POLLIN, 0}};
    for (const auto& each : links_) {
      waiting.push_back({each.client, POLLIN, 0});
      waiting.push_back({each.server, POLLIN, 0});
    }
    if (poll(waiting.data(), waiting.size(), -1) < 0) continue;
    if (waiting[0].revents != 0) break;
    // From the back, so that erasing one leaves the places of the others.
    for (size_t i = links_.size(); i-- > 0;) {
      bool alive = true;
      if (waiting[2 + 2 * i].revents != 0) alive = from_client(links_[i]);
      if (alive && waiting[3 + 2 * i].revents != 0) alive = from_server(links_[i]);
      if (alive) continue;
      close(links_[i].client);
      close(links_[i].server);
      links_.erase(links_.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (waiting[1].revents != 0) accept_one();
  }
  for (const auto& each : links_) {
    close(each.client);
    close(each.server);
  }
}

}  // namespace orderflow::test
