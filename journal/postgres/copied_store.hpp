// The mark of a copy in a PostgreSQL database, and what its first writer does about it (journal/number_skip.hpp).
#pragma once

#include <optional>

#include "journal/number_skip.hpp"
#include "journal/postgres/connection.hpp"

namespace orderflow::postgres {

/// Throws connection_lost and statement_failed.
void mark_as_copy(connection& link);

/// The same, of a database that others go on with. One that says already that it is a copy leaves its numbers out at once, and
/// its next writer leaves out as many again. Throws store_error as well: a server writes to it.
void mark_in_place(connection& link);

/// In the transaction in which the writer's row is taken, before it is. Two nodes may do it at once: neither goes back behind
/// what the other has given out. Throws connection_lost, statement_failed and store_error.
[[nodiscard]] std::optional<number_skip> skip_numbers_of_copy(connection& link);

}  // namespace orderflow::postgres
