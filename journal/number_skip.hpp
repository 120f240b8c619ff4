// Numbers of orders and messages after a restore. A copy does not know which of them its original gave out after the copy was
// taken, and they are names of charges, shipments and messages at services of others: to give one out again would be to sell a
// new order for the money of a lost one. So whoever first opens a copy for writing goes on beyond all that the original can have
// reached, and beyond what an earlier restore gave out (how far, and why that is enough: number_skip.cpp).
//
// The mark of a copy: something was written or reserved in it, and `writers` is empty. `backup` and `restore` leave that table
// out, and whoever opens a store for writing puts itself in. It needs no column, and travels with the file or the dump.
#pragma once

#include <optional>

#include "base/time.hpp"

namespace orderflow {

/// What was left out: numbers from `from` on are free only at `to` and above.
struct number_skip {
  int64_t from = 0;
  int64_t to = 0;
};

/// `next`: above all numbers that the copy says were given out, or 0. `last_event`: of the newest event in it, or nothing; the
/// copy was not taken before that. `to` is a multiple of shard_count. Throws store_error when the numbers do not reach that far.
[[nodiscard]] number_skip skip_after_copy(int64_t next, std::optional<timestamp> last_event, timestamp now);

}  // namespace orderflow
