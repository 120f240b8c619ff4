// The mark of a copy in a SQLite file, and what its first writer does about it (journal/number_skip.hpp).
//
// A copy comes without a log. Where somebody puts it in the place of a database that was killed, that one's log is still there,
// and SQLite would play it into the copy. So what is about to write to a file first notes in it, in a row of `writers` with node
// -1, that the log beside it is its own: before anything of a copy goes into a log. Backups leave the row out with all the
// others.
#pragma once

#include <optional>
#include <string>

#include "journal/number_skip.hpp"
#include "journal/sqlite/connection.hpp"

namespace orderflow::sqlite {

/// Whatever is in `db` is that of a copy from now on. Throws `failure`.
void mark_as_copy(connection& db);

/// The same, of the database that others go on with: its log stays its own. One that says already that it is a copy leaves its
/// numbers out at once, and its next writer leaves out as many again. Throws `failure` and store_error.
void mark_in_place(connection& db);

/// Before the first connection to the file: its end would already play the log into it. Throws store_error where the file alone
/// says that it is a copy, and a log lies beside it.
void require_own_log(const std::string& path);

/// Whatever writes begins with this, holding the lock on the directory. A database without tables is left as it is. From here on
/// there is a log. Throws `failure`.
void own_log(connection& db);

/// In the transaction in which the writer's row is taken, before it is. Throws `failure` and store_error.
[[nodiscard]] std::optional<number_skip> skip_numbers_of_copy(connection& db);

}  // namespace orderflow::sqlite
