// What SQLite itself says of its file, and whether the tables and indexes are those of this version.
#pragma once

#include <string>
#include <vector>

#include "journal/sqlite/connection.hpp"

namespace orderflow::sqlite {

/// As sentences; empty: nothing is wrong. Reads the whole file. Throw `failure`, also where it cannot be read for damage.
[[nodiscard]] std::vector<std::string> integrity_errors(connection& db);
/// These, and what is missing of the schema.
[[nodiscard]] std::vector<std::string> storage_damage(connection& db);

}  // namespace orderflow::sqlite
