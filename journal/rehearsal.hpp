// What a store is asked to write and to take back after it has failed: a row of every kind, so that what made a real append fail
// (a right that was taken away, a table that is gone, a lock, a constraint) makes this fail too.
#pragma once

#include <array>

#include "journal/store.hpp"

namespace orderflow {

/// Written with it to stay, replacing those of the last time: as much as a batch of some size needs.
inline constexpr uint32_t rehearsed_bytes = 64 * 1024;

/// A shard that no order is of.
inline constexpr int32_t rehearsed_shard = -1;
inline constexpr std::string_view rehearsed_tenant = "rehearsal";

/// Of entities that nobody has.
inline constexpr std::array rehearsed_streams{stream_key{stream_kind::order, 0}, warehouse_of(0), catalogue_of(0),
                                              stream_key{stream_kind::account, 0}};

/// Two batches to be written in one transaction that is rolled back: the first makes the rows, the second changes them.
[[nodiscard]] std::span<const batch, 2> rehearsed_batches();

}  // namespace orderflow
