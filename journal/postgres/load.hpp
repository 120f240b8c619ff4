// Reading streams for their entities, many in one round trip.
#pragma once

#include <span>

#include "journal/postgres/connection.hpp"
#include "journal/store.hpp"

namespace orderflow::postgres {

/// All from one snapshot, so that an entity's rows and its sequence number belong together. After any failure the connection
/// may be left inside the transaction: drop it. Throws connection_lost, statement_failed.
[[nodiscard]] std::vector<opened_stream> load_streams(connection& link, std::span<const stream_key> streams);

}  // namespace orderflow::postgres
