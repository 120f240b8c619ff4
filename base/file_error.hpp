// What is wrong with a file or a directory, for whoever gave its name: what, why, and what to do.
#pragma once

#include <string>
#include <system_error>

namespace orderflow {

/// "cannot make '/x': Permission denied; …". `what` is the sentence's beginning, such as "cannot make '/x'".
[[nodiscard]] std::string file_error(std::string what, std::error_code why);
/// The same of errno.
[[nodiscard]] std::string file_error(std::string what, int error_number);

}  // namespace orderflow
