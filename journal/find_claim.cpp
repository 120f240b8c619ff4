// Looking for what a client's key led to: under its name, and under the one that older versions gave it. The names of today tell
// every two intents apart; those of before did not always, so what is found by one counts only where it is certainly the same.
#include "journal/store.hpp"

namespace orderflow {

std::optional<key_claim> reader::find_claim(const key_claim& claim) {
  if (auto found = find_key(claim.scope, claim.key)) return found;
  if (!claim.former) return std::nullopt;
  auto found = find_key(claim.former->scope, claim.former->key);
  if (!found || found->body_hash != claim.former->body_hash.value_or(claim.body_hash)) return std::nullopt;
  if (!claim.former->tenant.empty()) {
    const auto made = find_order(found->order);
    if (!made || made->row.source.tenant != claim.former->tenant) return std::nullopt;
  }
  found->scope = claim.scope;
  found->key = claim.key;
  found->body_hash = claim.body_hash;
  return found;
}

std::optional<message_row> reader::find_claimed_message(const key_claim& claim) {
  if (auto found = find_message(claim.scope, claim.key)) return found;
  if (!claim.former) return std::nullopt;
  auto found = find_message(claim.former->scope, claim.former->key);
  if (!found || found->key->body_hash != claim.body_hash) return std::nullopt;
  if (!claim.former->tenant.empty() && found->tenant != claim.former->tenant) return std::nullopt;
  return found;
}

void reader::check_keys() {
  static_cast<void>(find_key({}, {}));
  static_cast<void>(find_message(std::string{}, std::string{}));
}

void reader::check_orders() {
  static_cast<void>(find_order({}));
  static_cast<void>(history(stream_of(order_id{})));
}

}  // namespace orderflow
