// Batches and plain connections for the PostgreSQL tests.
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <string>
#include <vector>

#include "journal/store.hpp"

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

}  // namespace orderflow::test
