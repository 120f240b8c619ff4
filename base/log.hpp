// Log lines on stderr: the event's stable id first, then its fields. The id is what alerts and searches hold on to; it never
// changes once released. Card numbers, tokens and secrets are never passed to any of these functions.
// Thread rule: any thread. A level that is off costs one atomic read.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace orderflow {

enum class log_level : uint8_t { debug = 1, info = 2, warn = 3, error = 4, off = 5 };

/// text: `2025-12-01T10:00:00.123Z warning order-append-failed order=7 because="disk full"` · json: one object a line with time,
/// level, event and a member per field; numbers and truth values stay what they are.
enum class log_format : uint8_t { text = 1, json = 2 };

/// A name and what it stands for; texts are only borrowed, for the call.
struct log_field {
  template <std::integral T>
  log_field(std::string_view called, T number) : name{called} {
    if constexpr (std::same_as<T, bool>)
      value = number;
    else if constexpr (std::signed_integral<T>)
      value = static_cast<int64_t>(number);
    else
      value = static_cast<uint64_t>(number);
  }
  log_field(std::string_view called, double number) : name{called}, value{number} {}
  log_field(std::string_view called, std::string_view text) : name{called}, value{text} {}
  log_field(std::string_view called, const char* text) : name{called}, value{std::string_view{text}} {}
  log_field(std::string_view called, const std::string& text) : name{called}, value{std::string_view{text}} {}

  std::string_view name;  ///< snake_case; not time, level or event.
  std::variant<int64_t, uint64_t, double, bool, std::string_view> value;
};

using log_fields = std::initializer_list<log_field>;

/// Called at start; before it, info and above are written as text.
void start_logging(log_level least, log_format form);

[[nodiscard]] bool log_enabled(log_level level);

/// Writes one line. All but debug lines are limited per event (base/log_limit.hpp): when an event speaks again, `suppressed` says
/// how many of its lines were left out.
void write_log(log_level level, std::string_view event, log_fields fields = {});

/// Writes one line, however often: for what would be lost otherwise. Whoever calls it bounds how often.
void write_every_log(log_level level, std::string_view event, log_fields fields);

/// Writes one line for each event whose flood has ended with lines left out. Called now and then by whoever runs the process.
void tell_suppressed_lines();

/// The part of a line after time and level, as `write_log` writes it. Control characters and what is not UTF-8 are escaped, so
/// that no value can forge a line, a field or an object.
[[nodiscard]] std::string log_line(log_format form, std::string_view event, log_fields fields = {}, uint64_t suppressed = 0);

inline void log_debug(std::string_view event, log_fields fields = {}) { write_log(log_level::debug, event, fields); }
inline void log_info(std::string_view event, log_fields fields = {}) { write_log(log_level::info, event, fields); }
inline void log_warn(std::string_view event, log_fields fields = {}) { write_log(log_level::warn, event, fields); }
inline void log_error(std::string_view event, log_fields fields = {}) { write_log(log_level::error, event, fields); }

}  // namespace orderflow
