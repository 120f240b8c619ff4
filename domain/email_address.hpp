// The one rule for e-mail addresses, wherever one is taken.
#pragma once

#include <string_view>

namespace orderflow {

/// Something@host.domain that a mail server may be asked to deliver to: one '@', at most 254 bytes of UTF-8 (RFC 6531: letters of
/// any script), nothing that could end a header line or an address, nothing that cannot be seen or that turns the direction of
/// writing, and a domain of labels that neither begin nor end with a hyphen (RFC 5321 §4.1.2). No quoted names, no literals.
[[nodiscard]] bool is_plausible_email(std::string_view text);

}  // namespace orderflow
