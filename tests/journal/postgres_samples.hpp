// Batches and plain connections for the PostgreSQL tests.
#pragma once

#include <libpq-fe.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "journal/postgres/postgres.hpp"
#include "journal/store.hpp"
#include "tests/journal/postgres_fixture.hpp"

namespace orderflow::test {

[[nodiscard]] batch batch_of(const std::vector<append_request>& appends);

/// A plain connection beside the store's, for what a test does behind its back. Throws std::runtime_error.
class plain_connection {
 public:
  explicit plain_connection(const std::string& url);
  /// Rows and columns in text form, joined with newlines.
  std::string run(const std::string& sql);

 private:
  std::unique_ptr<PGconn, void (*)(PGconn*)> link_;
};

/// A new database with a writer.
struct fresh_store {
  std::string url = shared_postgres().fresh_database();
  std::unique_ptr<database> db = make_postgres_database(url);
  std::unique_ptr<store> writer;

  fresh_store() {
    db->migrate();
    writer = db->open_writer(1);
  }
};

inline batch_status commit(store& to, const std::vector<append_request>& appends) { return to.commit(batch_of(appends)).status; }

inline constexpr std::array<uint16_t, 1> type_1{1};

/// Orders with events of type 1 after the cursor.
inline std::vector<int64_t> orders_after(reader& from, position cursor) {
  std::vector<int64_t> ids;
  for (const auto& each : from.events_after(cursor, stream_kind::order, type_1, 100)) ids.push_back(each.stream.id);
  return ids;
}

}  // namespace orderflow::test
