// What an entity needs to start from.
#pragma once

#include "journal/sqlite/connection.hpp"
#include "journal/store.hpp"

namespace orderflow::sqlite {

/// `of` is left for the caller. Throws `failure`.
[[nodiscard]] opened_stream load_stream(connection& db, stream_key stream);

/// The columns type, version, at, body, from `first` on.
[[nodiscard]] stored_event event_at(const query& row, int first);
/// tenant, customer, version, state, state_version in the columns from `first` on.
[[nodiscard]] account_row account_at(const query& row, int first);

}  // namespace orderflow::sqlite
