// Sends the rows of a batch as prepared statements of the open pipeline.
#pragma once

#include "journal/postgres/batch_rows.hpp"
#include "journal/postgres/connection.hpp"

namespace orderflow::postgres {

/// Everything after the fence. Throws connection_lost: then nothing of it will ever be committed.
void send_batch(connection& link, const batch& work, const batch_rows& rows);

}  // namespace orderflow::postgres
