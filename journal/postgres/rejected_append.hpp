// After a batch was rejected: which of its appends the database does not take, and why.
#pragma once

#include "journal/postgres/batch_rows.hpp"
#include "journal/postgres/connection.hpp"

namespace orderflow::postgres {

/// One query per kind over the whole batch. An append is named once; that its key exists comes before everything else,
/// since it is the one answer that a client can use. Throws connection_lost or statement_failed.
[[nodiscard]] std::vector<rejected_append> find_rejected(connection& link, const batch& work, const batch_rows& rows);

}  // namespace orderflow::postgres
