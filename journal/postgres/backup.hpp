// Backups through PostgreSQL's own pg_dump.
#pragma once

#include <string>

namespace orderflow::postgres {

/// Writes a consistent dump (custom format, for pg_restore) to `target`, which appears only when it is complete and is
/// readable by its owner alone. The password is handed over in the environment, never in the list of processes.
/// Throws store_error, also when pg_dump is not on PATH or `target` is there already.
void dump(const std::string& url, const std::string& target);

}  // namespace orderflow::postgres
