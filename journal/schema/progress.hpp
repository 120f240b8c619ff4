// What an operator sees while a store that holds orders already is brought to a newer schema: that may take minutes.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/log.hpp"

namespace orderflow {

class schema_progress {
 public:
  /// `from` 0: the tables are made, which takes no time.
  schema_progress(std::string journal, int64_t from, int64_t to, int64_t orders)
      : journal_{std::move(journal)}, tells_{from > 0} {
    if (tells_) log_info("schema-migrating", {{"journal", journal_}, {"from", from}, {"to", to}, {"orders", orders}});
  }
  /// Committed.
  void done() const {
    if (!tells_) return;
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began_);
    log_info("schema-migrated", {{"journal", journal_}, {"took_ms", took.count()}});
  }

 private:
  std::string journal_;
  bool tells_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace orderflow
