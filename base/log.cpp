#include "base/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <atomic>
#include <memory>

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

  process_log() { use(log_level::info, log_format::text); }

  void use(log_level least, log_format wanted) {
    form = wanted;
    lines.set_pattern(wanted == log_format::json ? json_pattern : text_pattern, spdlog::pattern_time_type::utc);
    lines.set_level(to_spdlog(least));
    lines.flush_on(spdlog::level::debug);
  }
};

/// Never destroyed: a thread that outlives main may still have something to say.
process_log& the_log() {
  static auto& log = *new process_log;
  return log;
}

void append_hex_escape(std::string& out, unsigned char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += "\\u00";
  out += digits[c >> 4];
  out += digits[c & 15];
}

void append_safe(std::string& out, std::string_view text, bool quoted) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      append_hex_escape(out, byte);
    } else {
      if (quoted && (c == '"' || c == '\\')) out += '\\';
      out += c;
    }
  }
}

}  // namespace

void start_logging(log_level least, log_format form) { the_log().use(least, form); }

bool log_enabled(log_level level) { return the_log().lines.should_log(to_spdlog(level)); }

void write_log(log_level level, std::string_view event, std::string_view text) {
  auto& log = the_log();
  log.lines.log(to_spdlog(level), log_line(log.form.load(std::memory_order_relaxed), event, text));
}

std::string log_line(log_format form, std::string_view event, std::string_view text) {
  std::string line;
  line.reserve(event.size() + text.size() + 32);
  switch (form) {
    case log_format::text:
      line.append(event).append(text.empty() ? "" : " ");
      append_safe(line, text, false);
      break;
    case log_format::json:
      line.append("\"event\":\"").append(event).append("\",\"message\":\"");
      append_safe(line, text, true);
      line += '"';
      break;
  }
  return line;
}

}  // namespace orderflow
