// The PostgreSQL schema, in steps. Stored format: add a step, never change one that was released.
#pragma once

#include <span>
#include <string_view>

namespace orderflow::postgres {

/// Step i brings a database from version i to version i + 1. Each runs in one transaction with all the others.
[[nodiscard]] std::span<const std::string_view> schema_steps();

}  // namespace orderflow::postgres
