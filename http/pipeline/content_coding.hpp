// Accept-Encoding (RFC 9110 §12.5.3) for the two forms that we have of a document: as it is, and gzip.
#pragma once

#include <string_view>

namespace orderflow {

/// The client takes gzip and does not like the bytes as they are better. What cannot be read counts as not accepted.
[[nodiscard]] bool prefers_gzip(std::string_view accept_encoding);

}  // namespace orderflow
