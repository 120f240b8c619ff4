// The journal in PostgreSQL: for more than one machine, or where an operator runs PostgreSQL anyway.
#pragma once

#include <memory>
#include <string>

#include "journal/store.hpp"

namespace orderflow {

/// `url` as libpq reads it: "postgresql://[user[:password]@]host[:port]/name[?options]". Opens nothing yet.
/// Throws store_error when it cannot be read.
[[nodiscard]] std::unique_ptr<database> make_postgres_database(const std::string& url);

}  // namespace orderflow
