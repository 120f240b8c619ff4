// From the configuration to what is listened on, and whether that may be.
#pragma once

#include <string>
#include <vector>

#include "config/settings.hpp"
#include "http/auth/keys.hpp"
#include "http/pipeline/security.hpp"

namespace orderflow {

/// `listen` first where it is opened, then each `[[listener]]`.
[[nodiscard]] std::vector<listener_settings> listeners_of(const settings& from);

/// Sentences: what may not be listened on like that, why, and what to do. Looks at certificates, too.
[[nodiscard]] std::vector<std::string> listener_errors(const settings& from, const key_ring& keys);

/// Certificates that are not valid at `now`: sentences. Those that cannot be read are `listener_errors`' to tell.
[[nodiscard]] std::vector<std::string> certificate_faults(const settings& from, timestamp now);

[[nodiscard]] bool is_loopback(const std::string& host);

/// "https://[::1]:8443".
[[nodiscard]] std::string url_of(const listener_settings& on, uint16_t port);

}  // namespace orderflow
