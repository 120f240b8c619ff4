// Durations as people write them in configuration: a whole number and a unit, "250ms", "5s", "15m", "2h", "1d".
#pragma once

#include <string>
#include <string_view>

#include "base/time.hpp"

namespace orderflow {

/// `error` is empty when the text was a duration; otherwise it says what is wrong and what would be right.
struct parsed_duration {
  milliseconds value{0};
  std::string error;
};

/// Never negative; nothing is rounded: a fraction ("1.5h") is refused rather than guessed at.
[[nodiscard]] parsed_duration parse_duration(std::string_view text);

/// The largest unit that says it exactly: 90 s is "90s", 120 s is "2m". Parsing it gives the same duration. Not for negatives.
[[nodiscard]] std::string to_text(milliseconds value);

}  // namespace orderflow
