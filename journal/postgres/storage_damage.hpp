// Whether the tables, columns, indexes and functions in a PostgreSQL database are those of this version.
#pragma once

#include <string>
#include <vector>

namespace orderflow::postgres {

/// As sentences; empty: nothing is wrong. An index that is not valid counts as missing. A standby cannot make the tables to
/// compare with, and is not compared. Throws store_error.
[[nodiscard]] std::vector<std::string> storage_damage(const std::string& url);

}  // namespace orderflow::postgres
