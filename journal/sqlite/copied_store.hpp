// The mark of a copy in a SQLite file, and what its first writer does about it (journal/number_skip.hpp).
#pragma once

#include <optional>

#include "journal/number_skip.hpp"
#include "journal/sqlite/connection.hpp"

namespace orderflow::sqlite {

/// Whatever is in `db` is that of a copy from now on. Throws `failure`.
void mark_as_copy(connection& db);

/// In the transaction in which the writer's row is taken, before it is. Throws `failure` and store_error.
[[nodiscard]] std::optional<number_skip> skip_numbers_of_copy(connection& db);

}  // namespace orderflow::sqlite
