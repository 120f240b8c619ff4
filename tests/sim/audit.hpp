// Checks what a run has left behind against the invariants of ARCHITECTURE.md: the store against itself, and against the
// ledger of the gateway, which is the only judge of money. Pure.
#pragma once

#include <string>
#include <vector>

#include "tests/sim/memory_tables.hpp"
#include "tests/sim/simulated_services.hpp"

namespace orderflow::test {

/// `at_rest`: everything owed has had its time, so the books have to be balanced to the end.
enum class audit_depth : uint8_t { at_any_time = 1, at_rest = 2 };

/// Sentences, one for each violation: none is what one wants to see.
[[nodiscard]] std::vector<std::string> audit(const memory_tables& store, const simulated_services& world, audit_depth depth);

}  // namespace orderflow::test
