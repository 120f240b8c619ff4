// Looking for what a client's key led to: under its name, and under the one that older versions gave it. The names of today tell
// every two intents apart; those of before did not always, so what is found by one counts only where it is certainly the same.
#include "journal/store.hpp"

namespace orderflow {

std::optional<key_claim> reader::find_claim(const key_claim& wish) {
  if (auto found = find_key(wish.scope, wish.key)) return found;
  if (!wish.former) return std::nullopt;
  auto found = find_key(wish.former->scope, wish.former->key);
  if (!found || found->body_hash != wish.body_hash) return std::nullopt;
  if (!wish.former->tenant.empty()) {
    const auto made = find_order(found->order);
    if (!made || made->row.source.tenant != wish.former->tenant) return std::nullopt;
  }
  found->scope = wish.scope;
  found->key = wish.key;
  return found;
}

std::optional<notice_row> reader::find_claimed_notice(const key_claim& wish) {
  if (auto found = find_notice(wish.scope, wish.key)) return found;
  if (!wish.former) return std::nullopt;
  auto found = find_notice(wish.former->scope, wish.former->key);
  if (!found || found->key->body_hash != wish.body_hash) return std::nullopt;
  if (!wish.former->tenant.empty() && found->tenant != wish.former->tenant) return std::nullopt;
  return found;
}

}  // namespace orderflow
