// Reading streams for their entities, many in one round trip.
#pragma once

#include <span>

#include "journal/postgres/connection.hpp"
#include "journal/store.hpp"

namespace orderflow::postgres {

/// All from one snapshot, so that an entity's rows and its sequence number belong together. After any failure the connection
/// may be left inside the transaction: drop it. Throws connection_lost, statement_failed.
[[nodiscard]] std::vector<opened_stream> load_streams(connection& link, std::span<const stream_key> streams);

/// Adds the events of an append. Its columns type, version, at, body, count, more stand from `first` on.
void add_events(const answer& rows, int row, int first, std::vector<stored_event>& to);

}  // namespace orderflow::postgres
