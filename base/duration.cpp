#include "base/duration.hpp"

#include <fmt/core.h>

#include <array>
#include <charconv>
#include <limits>

namespace orderflow {

namespace {

struct unit {
  std::string_view name;
  int64_t ms = 0;
};

// Largest first: the order in which a duration is printed.
constexpr std::array<unit, 5> units{{{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

constexpr std::string_view right_form = "write a whole number and a unit (ms, s, m, h or d), such as 15m";

parsed_duration refuse(std::string_view text, std::string_view why) {
  return {milliseconds{0}, fmt::format("\"{}\" {}; {}", text, why, right_form)};
}

}  // namespace

parsed_duration parse_duration(std::string_view text) {
  const char* end = text.data() + text.size();
  uint64_t count = 0;
  const auto number = std::from_chars(text.data(), end, count);
  if (number.ec == std::errc::result_out_of_range) return refuse(text, "is too long a time");
  if (number.ec != std::errc{}) return refuse(text, "does not begin with a number");
  const std::string_view name{number.ptr, static_cast<size_t>(end - number.ptr)};
  if (name.empty()) return refuse(text, "has no unit");
  for (const unit& one : units) {
    if (one.name != name) continue;
    if (count > static_cast<uint64_t>(std::numeric_limits<int64_t>::max() / one.ms)) return refuse(text, "is too long a time");
    return {milliseconds{static_cast<int64_t>(count) * one.ms}, {}};
  }
  if (name.front() == '.' || name.front() == ',') return refuse(text, "has a fraction");
  return refuse(text, "has an unknown unit");
}

std::string to_text(milliseconds value) {
  if (value.count() == 0) return "0s";
  for (const unit& one : units)
    if (value.count() % one.ms == 0) return std::to_string(value.count() / one.ms) + std::string{one.name};
  return std::to_string(value.count()) + "ms";
}

}  // namespace orderflow
