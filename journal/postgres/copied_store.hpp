// The mark of a copy in a PostgreSQL database, and what its first writer does about it (journal/number_skip.hpp).
#pragma once

#include <optional>

#include "journal/number_skip.hpp"
#include "journal/postgres/connection.hpp"

namespace orderflow::postgres {

/// Throws connection_lost and statement_failed.
void mark_as_copy(connection& link);

/// In the transaction in which the writer's row is taken, before it is. Two nodes may do it at once: neither goes back behind
/// what the other has given out. Throws connection_lost, statement_failed and store_error.
[[nodiscard]] std::optional<number_skip> skip_numbers_of_copy(connection& link);

}  // namespace orderflow::postgres
