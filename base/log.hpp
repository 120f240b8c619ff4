// Log lines on stderr: the event's stable id first, then `key=value`. The id is what alerts and searches hold on to; it never
// changes once released. Card numbers, tokens and secrets are never passed to any of these functions.
// Thread rule: any thread. A level that is off costs one atomic read.
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace orderflow {

enum class log_level : uint8_t { debug = 1, info = 2, warn = 3, error = 4, off = 5 };

/// text: `2025-12-01T10:00:00.123Z warning order-append-failed order=7 …` · json: one object a line with time, level, event,
/// message.
enum class log_format : uint8_t { text = 1, json = 2 };

/// Called at start; before it, info and above are written as text.
void start_logging(log_level least, log_format form);

[[nodiscard]] bool log_enabled(log_level level);

/// Writes one line; line breaks and other control characters inside it are escaped, so that no value can forge a line.
void write_log(log_level level, std::string_view event, std::string_view text);

/// The part of a line after time and level, as `write_log` writes it.
[[nodiscard]] std::string log_line(log_format form, std::string_view event, std::string_view text);

template <class... Ts>
void log_at(log_level level, std::string_view event, fmt::format_string<Ts...> form, Ts&&... values) {
  if (log_enabled(level)) write_log(level, event, fmt::format(form, std::forward<Ts>(values)...));
}

template <class... Ts>
void log_debug(std::string_view event, fmt::format_string<Ts...> form, Ts&&... values) {
  log_at(log_level::debug, event, form, std::forward<Ts>(values)...);
}
template <class... Ts>
void log_info(std::string_view event, fmt::format_string<Ts...> form, Ts&&... values) {
  log_at(log_level::info, event, form, std::forward<Ts>(values)...);
}
template <class... Ts>
void log_warn(std::string_view event, fmt::format_string<Ts...> form, Ts&&... values) {
  log_at(log_level::warn, event, form, std::forward<Ts>(values)...);
}
template <class... Ts>
void log_error(std::string_view event, fmt::format_string<Ts...> form, Ts&&... values) {
  log_at(log_level::error, event, form, std::forward<Ts>(values)...);
}

}  // namespace orderflow
