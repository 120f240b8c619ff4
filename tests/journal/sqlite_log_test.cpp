// The thread beside SQLite's writer that empties the log.
#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "journal/sqlite/database.hpp"
#include "journal/sqlite/store.hpp"
#include "tests/journal/samples.hpp"

namespace orderflow::test {
namespace {

namespace fs = std::filesystem;

/// A number of the log's index, which all connections share. See https://www.sqlite.org/walformat.html, 2.2.
uint32_t in_log_index(const std::string& path, std::streamoff place) {
  uint32_t value = 0;
  std::ifstream index{path + "-shm", std::ios::binary};
  index.seekg(place);
  index.read(reinterpret_cast<char*>(&value), sizeof value);
  return value;
}

/// One more each time the log begins anew. In its header, big-endian: https://www.sqlite.org/fileformat2.html#walformat.
uint32_t starts_of_log(const std::string& log) {
  std::array<unsigned char, 4> bytes{};
  std::ifstream file{log, std::ios::binary};
  file.seekg(12);
  file.read(reinterpret_cast<char*>(bytes.data()), bytes.size());
  return uint32_t{bytes[0]} << 24 | uint32_t{bytes[1]} << 16 | uint32_t{bytes[2]} << 8 | bytes[3];
}

}  // namespace

TEST_CASE("the thread beside the writer brings the log into the database", "[sqlite]") {
  constexpr std::streamoff frames_in_log = 16;
  constexpr std::streamoff frames_brought_home = 96;
  const temporary_directory directory;
  sqlite::sqlite_database db{directory.file("orderflow.db")};
  db.migrate();
  sqlite::checkpointer beside{db.path()};
  sqlite::connection writer{db.path(), sqlite::connection::mode::write};
  writer.execute("PRAGMA wal_autocheckpoint = 0");
  writer.execute(
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4100) "
      "INSERT INTO idempotency (hash, scope, key, body_hash, order_id, at) SELECT i, hex(zeroblob(1900)), 'key', 0, i, 0 FROM n");
  const auto frames = in_log_index(db.path(), frames_in_log);
  REQUIRE(frames > 4000);
  REQUIRE(in_log_index(db.path(), frames_brought_home) == 0);
  beside.grown_to(static_cast<int>(frames));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (in_log_index(db.path(), frames_brought_home) < frames && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  CHECK(in_log_index(db.path(), frames_brought_home) == frames);
}

TEST_CASE("the log is emptied beside the writer and starts again from its beginning", "[sqlite]") {
  journal_under_test on{all_stores().front()};
  const auto log = on.place.url.substr(std::string{"sqlite:"}.size()) + "-wal";
  const std::string body(20'000, 'x');
  int64_t id = 0;
  const auto commit_orders = [&](int count) {
    for (int n = 0; n < count; ++n) {
      auto request = order_append(++id);
      request.events[0].body = body;
      on.queue(std::move(request));
    }
    for (const auto& each : on.run()) REQUIRE(each.status == append_status::committed);
  };
  uintmax_t largest = 0;
  for (int round = 0; round < 5; ++round) {
    const auto before = starts_of_log(log);
    // 16 MB start a round of the thread beside the writer. How soon it is done is the machine's affair; that it is, and that the
    // writer's next batch then begins the log anew, is promised.
    for (int batch = 0; batch < 20; ++batch) commit_orders(50);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    for (auto next = std::chrono::steady_clock::now(); starts_of_log(log) == before && next < deadline;) {
      std::this_thread::yield();
      if (std::chrono::steady_clock::now() < next) continue;
      commit_orders(1);
      next += std::chrono::milliseconds{100};
    }
    REQUIRE(starts_of_log(log) > before);
    largest = std::max(largest, fs::file_size(log));
  }
  // Had it not begun anew, it would have grown to all that was written.
  CHECK(largest < static_cast<uintmax_t>(id) * body.size() / 2);
}

}  // namespace orderflow::test
