#include "base/log.hpp"

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "base/log_limit.hpp"
#include "base/overloaded.hpp"
#include "base/unicode.hpp"

namespace orderflow {

namespace {

constexpr const char* text_pattern = "%Y-%m-%dT%H:%M:%S.%eZ %l %v";
constexpr const char* json_pattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})";

spdlog::level::level_enum to_spdlog(log_level level) {
  switch (level) {
    case log_level::debug: return spdlog::level::debug;
    case log_level::info: return spdlog::level::info;
    case log_level::warn: return spdlog::level::warn;
    case log_level::error: return spdlog::level::err;
    case log_level::off: return spdlog::level::off;
  }
  return spdlog::level::info;
}

/// The process's one log. A line is written through at once: after a crash the last words matter most.
struct process_log {
  spdlog::logger lines{"orderflow", std::make_shared<spdlog::sinks::stderr_sink_mt>()};
  std::atomic<log_format> form{log_format::text};
  std::mutex limits_lock;
  std::map<std::string, log_limit, std::less<>> limits;  ///< By event; there are only as many as the program knows.

  process_log() { use(log_level::info, log_format::text); }

  void use(log_level least, log_format wanted) {
    form = wanted;
    lines.set_pattern(wanted == log_format::json ? json_pattern : text_pattern, spdlog::pattern_time_type::utc);
    lines.set_level(to_spdlog(least));
    lines.flush_on(spdlog::level::debug);
    const std::lock_guard held{limits_lock};
    limits.clear();
  }

  std::optional<uint64_t> admit(std::string_view event) {
    const auto now = std::chrono::steady_clock::now();
    const std::lock_guard held{limits_lock};
    auto found = limits.find(event);
    if (found == limits.end()) found = limits.emplace(std::string{event}, log_limit{}).first;
    return found->second.admit(now);
  }

  std::vector<std::pair<std::string, uint64_t>> ended_floods() {
    const auto now = std::chrono::steady_clock::now();
    std::vector<std::pair<std::string, uint64_t>> ended;
    const std::lock_guard held{limits_lock};
    for (auto& [event, limit] : limits)
      if (const auto count = limit.ended_with(now); count > 0) ended.emplace_back(event, count);
    return ended;
  }

  void write(log_level level, std::string_view event, log_fields fields, uint64_t suppressed) {
    lines.log(to_spdlog(level), log_line(form.load(std::memory_order_relaxed), event, fields, suppressed));
  }
};

/// Never destroyed: a thread that outlives main may still have something to say.
process_log& the_log() {
  static auto& log = *new process_log;
  return log;
}

/// Controls, what a terminal takes for a line's end, and what turns the direction of writing.
bool must_be_escaped(char32_t code) {
  return code < 0x20 || (code >= 0x7f && code <= 0x9f) || (code >= 0x2028 && code <= 0x202e) ||
         (code >= 0x2066 && code <= 0x2069) || code == 0x200e || code == 0x200f;
}

/// `quoted`: it stands between quotation marks.
void append_safe(std::string& out, std::string_view text, bool quoted) {
  while (!text.empty()) {
    auto rest = text;
    const auto point = take_code_point(rest);
    if (!point) {
      out += "\\ufffd";  // One byte that is no UTF-8.
      rest.remove_prefix(1);
    } else if (*point == '\n') {
      out += "\\n";
    } else if (must_be_escaped(*point)) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<uint32_t>(*point));
    } else {
      if (quoted && (*point == '"' || *point == '\\')) out += '\\';
      out.append(text, 0, text.size() - rest.size());
    }
    text = rest;
  }
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  append_safe(out, text, true);
  out += '"';
}

/// In the text form a plain word needs no quotation marks.
bool is_plain(std::string_view text) { return !text.empty() && text.find_first_of(" \"\\=,;") == std::string_view::npos; }

void append_value(std::string& out, const log_field& field, bool quote_always) {
  std::visit(overloaded{[&](std::string_view text) {
                          if (quote_always || !is_plain(text))
                            append_quoted(out, text);
                          else
                            append_safe(out, text, false);
                        },
                        [&](auto plain) { fmt::format_to(std::back_inserter(out), "{}", plain); }},
             field.value);
}

void append_field(std::string& out, log_format form, const log_field& field) {
  switch (form) {
    case log_format::text: out.append(" ").append(field.name).append("="); return append_value(out, field, false);
    case log_format::json: out.append(",\"").append(field.name).append("\":"); return append_value(out, field, true);
  }
}

}  // namespace

void start_logging(log_level least, log_format form) { the_log().use(least, form); }

bool log_enabled(log_level level) { return the_log().lines.should_log(to_spdlog(level)); }

void write_log(log_level level, std::string_view event, log_fields fields) {
  if (!log_enabled(level)) return;
  auto& log = the_log();
  if (level == log_level::debug) return log.write(level, event, fields, 0);
  if (const auto suppressed = log.admit(event)) log.write(level, event, fields, *suppressed);
}

void write_every_log(log_level level, std::string_view event, log_fields fields) {
  if (log_enabled(level)) the_log().write(level, event, fields, 0);
}

void tell_suppressed_lines() {
  if (!log_enabled(log_level::info)) return;
  auto& log = the_log();
  for (const auto& [event, count] : log.ended_floods())
    log.write(log_level::info, "log-lines-suppressed", {{"of", event}, {"suppressed", count}}, 0);
}

std::string log_line(log_format form, std::string_view event, log_fields fields, uint64_t suppressed) {
  std::string line;
  line.reserve(event.size() + fields.size() * 32 + 32);
  if (form == log_format::json) line += "\"event\":\"";
  line += event;
  if (form == log_format::json) line += '"';
  for (const auto& field : fields) append_field(line, form, field);
  if (suppressed > 0) append_field(line, form, {"suppressed", suppressed});
  return line;
}

}  // namespace orderflow
