// Backups through PostgreSQL's own pg_dump and pg_restore.
#pragma once

#include <string>

namespace orderflow::postgres {

/// Writes a consistent dump (custom format, for pg_restore) to `target`, which appears only when it is complete and is
/// readable by its owner alone. The password is handed over in the environment, never in the list of processes.
/// Throws store_error, also when pg_dump is not on PATH or `target` is there already.
void dump(const std::string& url, const std::string& target);

/// Restores such a dump into a database without tables; the objects belong to whom the URL names. Throws store_error.
void undump(const std::string& url, const std::string& source);

}  // namespace orderflow::postgres
