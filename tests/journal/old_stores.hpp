// Stores as older versions left them: the first steps of the schema, and rows written by hand.
#pragma once

#include <cstddef>
#include <string>

namespace orderflow::test {

/// Makes the file with the first `steps` steps. `rows`: SQL, may be empty.
void make_old_sqlite(const std::string& path, size_t steps, const std::string& rows);
/// Fills an empty database with the first `steps` steps. `rows` as above.
void make_old_postgres(const std::string& url, size_t steps, const std::string& rows);

}  // namespace orderflow::test
