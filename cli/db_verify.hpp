// Checks a journal against the invariants that it must hold whatever happened (I3–I7, I10), and its database for damage.
#pragma once

#include <iosfwd>

#include "journal/store.hpp"

namespace orderflow {

/// Reads everything, prints a line per check and the first findings under it. True when all hold. One snapshot of the store is
/// read, so a server may go on writing meanwhile. Throws store_error when it cannot be read.
[[nodiscard]] bool verify_journal(reader& from, std::ostream& out);

/// The finding for a store that damage keeps from being read.
void tell_damage(const store_damaged& why, std::ostream& out);

}  // namespace orderflow
