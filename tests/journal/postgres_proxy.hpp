// A proxy between a client and a PostgreSQL server on a Unix socket, which cuts the connection at a chosen moment of a commit.
#pragma once

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace orderflow::test {

/// Where to cut, counted by the client's next Sync message, which is what ends a batch's transaction.
enum class cut_at {
  nowhere,
  /// The statements have arrived, the Sync never does.
  before_commit,
  /// The Sync has been passed on; whether the server still acts on it is a race.
  during_commit,
  /// The server has answered; the answer never arrives.
  after_commit,
};

class cutting_proxy {
 public:
  explicit cutting_proxy(std::string server_folder);
  cutting_proxy(const cutting_proxy&) = delete;
  cutting_proxy& operator=(const cutting_proxy&) = delete;
  ~cutting_proxy();

  /// The directory of the proxy's own socket, for `url_at`.
  [[nodiscard]] const std::string& folder() const { return folder_; }
  /// Cuts once, at the next commit of whatever connection.
  void cut_next(cut_at where) { where_ = where; }
  /// How often it has cut.
  [[nodiscard]] int cuts() const { return cuts_; }

 private:
  struct link;
  void serve();
  void accept_one();
  bool from_client(link& of);
  bool from_server(link& of);

  std::string server_folder_;
  std::string folder_;
  int listener_ = -1;
  int wake_[2] = {-1, -1};
  std::atomic<cut_at> where_{cut_at::nowhere};
  std::atomic<int> cuts_{0};
  std::vector<link> links_;
  std::thread thread_;
};

}  // namespace orderflow::test
