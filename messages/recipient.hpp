// Whom a message reaches when it names nobody: one rule for the HTTP side and for the actors.
#pragma once

#include <string>

#include "journal/store.hpp"

namespace orderflow {

/// The address or number that the customer is known by; else, where the sandbox delivers mail (`at_sandbox`), a mailbox there;
/// else empty: nobody. Throws store_error.
[[nodiscard]] std::string known_recipient(reader& from, const std::string& tenant, const std::string& user,
                                          const std::string& channel, bool at_sandbox);

}  // namespace orderflow
