// A text that is a whole number and nothing else.
#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>

namespace orderflow {

/// In decimal, with '-' in front where `Number` has a sign. Nothing for anything else: a blank, '+', a part of the text, a number
/// that does not fit.
template <std::integral Number>
[[nodiscard]] std::optional<Number> whole_number(std::string_view text) {
  Number value = 0;
  const auto* end = text.data() + text.size();
  const auto [read, failed] = std::from_chars(text.data(), end, value);
  return failed == std::errc{} && read == end ? std::optional{value} : std::nullopt;
}

}  // namespace orderflow
