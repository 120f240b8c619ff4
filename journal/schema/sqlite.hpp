// The SQLite schema, in steps. Stored format: add a step, never change one that was released.
#pragma once

#include <span>

namespace orderflow::sqlite {

/// Step i brings a database from `PRAGMA user_version` i to i + 1. Each runs in one transaction with all the others.
[[nodiscard]] std::span<const char* const> schema_steps();

}  // namespace orderflow::sqlite
