// Looking for an account by its pair: the one place that knows how numbers are probed (see `stream_of` in journal/append.hpp).
#include "codec/account_json.hpp"
#include "journal/store.hpp"

namespace orderflow {

std::optional<account> reader::find_account(const std::string& tenant, const std::string& user) {
  const account_key who{tenant, user};
  for (auto at = stream_of(who);; at = next_account_stream(at)) {
    const auto found = scan_accounts(at.id - 1, 1);
    if (found.empty() || found.front().id != at.id) return std::nullopt;
    const auto& row = found.front().row;
    if (row.who != who) continue;
    if (row.state_version == account_state_version) return decode_account_state(row.state);
    account folded;
    for (const auto& one : history(at)) evolve(folded, decode_account_event(one.event));
    return folded;
  }
}

}  // namespace orderflow
