// Stored form of an account's events and folded state. Stored format: add, never change. The members' names are listed in
// codec/stored_members.hpp. The decoders throw codec_error.
#pragma once

#include "codec/order_json.hpp"
#include "domain/account/account.hpp"

namespace orderflow {

[[nodiscard]] stored_event encode(const account_event& event, timestamp at);
[[nodiscard]] account_event decode_account_event(const stored_event& stored);

/// Form of the folded state below. A row of another version is folded from its events.
inline constexpr uint16_t account_state_version = 1;
[[nodiscard]] std::string encode_state(const account& now);
[[nodiscard]] account decode_account_state(const std::string& text);

}  // namespace orderflow
