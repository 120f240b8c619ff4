// What an entity needs to start from.
#pragma once

#include "journal/sqlite/connection.hpp"
#include "journal/store.hpp"

namespace orderflow::sqlite {

/// `of` is left for the caller. Throws `failure`.
[[nodiscard]] opened_stream load_stream(connection& db, stream_key stream);

/// What `add_events` reads.
#define EVENT_COLUMNS "type, version, at, body, count, more"
/// Adds the events of an append. Its EVENT_COLUMNS stand from `first` on.
void add_events(const query& row, int first, std::vector<stored_event>& to);
/// (?1 stream): the sequence number of its last event, or no row.
inline constexpr const char* tail_of_stream = "SELECT seq + count - 1 FROM events WHERE stream = ?1 ORDER BY seq DESC LIMIT 1";
/// tenant, customer, version, state, state_version in the columns from `first` on.
[[nodiscard]] account_row account_at(const query& row, int first);

}  // namespace orderflow::sqlite
