// The elements of a header field that is a list, and of their parameters (RFC 9110 §5.6.1, §5.6.6).
#pragma once

#include <string_view>

namespace orderflow {

/// Without blanks and tabs around it.
[[nodiscard]] std::string_view without_blanks(std::string_view text);

/// What stands before the next `separator` outside quotes, without the blanks around it. It and the separator are taken off
/// `rest`.
[[nodiscard]] std::string_view take_element(std::string_view& rest, char separator);

}  // namespace orderflow
