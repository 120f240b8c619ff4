// Words for principals: in tokens, on the command line, in the configuration.
#pragma once

#include <optional>
#include <string_view>

#include "messages/values.hpp"

namespace orderflow {

/// "customer", "merchant", "service", "operator".
[[nodiscard]] std::string_view to_string(role as);
[[nodiscard]] std::optional<role> parse_role(std::string_view word);

/// "service:shop" or "service:shop@tenant"; nothing where it is neither.
[[nodiscard]] std::optional<principal> parse_principal(std::string_view text);

/// Fit to be a subject, tenant or client: 1 to 255 bytes without control characters.
[[nodiscard]] bool is_principal_name(std::string_view text);

}  // namespace orderflow
