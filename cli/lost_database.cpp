#include "cli/lost_database.hpp"

#include <filesystem>
#include <system_error>

namespace orderflow {

namespace {

/// What a server leaves in its data directory once it has been used; empty: nothing.
std::string trace_of_earlier_runs(const std::string& data) {
  for (const auto* name : {"/audit.log", "/sandbox/ledger"}) {
    std::error_code absent;
    if (const auto size = std::filesystem::file_size(data + name, absent); !absent && size > 0) return data + name;
  }
  return {};
}

}  // namespace

std::string lost_database(const settings& with, database& db) {
  const auto trace = trace_of_earlier_runs(with.data);
  if (trace.empty() || db.exists()) return {};
  return trace + " is of an earlier run, but " + db.describe() +
         " is not there. Move the database back (with its -wal), or restore a backup (orderflow db restore), or name the right "
         "one "
         "with --journal. To begin without orders: orderflow db migrate " +
         (with.journal.empty() ? "--data " + with.data : "--journal " + db.describe());
}

}  // namespace orderflow
