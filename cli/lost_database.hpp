// Whether a start would begin without orders where there were some: a shop must not silently open empty.
#pragma once

#include <string>

#include "config/settings.hpp"
#include "journal/store.hpp"

namespace orderflow {

/// Why the database is taken for lost, and what to do, as a sentence; empty: it is there, or nothing was sold here before.
/// Throws store_error.
[[nodiscard]] std::string lost_database(const settings& with, database& db);

}  // namespace orderflow
