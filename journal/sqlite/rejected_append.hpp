// After a constraint has failed: which appends of the batch are to blame.
#pragma once

#include <vector>

#include "journal/sqlite/connection.hpp"
#include "journal/store.hpp"

namespace orderflow::sqlite {

/// All appends that cannot stand on what is committed. Two appends of one batch that only contradict each other are not found:
/// halving the batch parts them, and then the later one is. Throws `failure`.
[[nodiscard]] std::vector<rejected_append> find_rejected(connection& db, const batch& work);

/// The claim stored under that key.
[[nodiscard]] std::optional<key_claim> find_key(connection& db, const std::string& scope, const std::string& key);

}  // namespace orderflow::sqlite
