// The one way from an order's row to its state. Thread rule: the reader's thread.
#pragma once

#include "domain/order/order.hpp"
#include "journal/store.hpp"

namespace orderflow {

/// The stored state, or where another version of the binary wrote it, what its events add up to. Throws store_error, codec_error.
[[nodiscard]] order state_of(reader& from, const listed_order& row);

}  // namespace orderflow
