#include "http/server/head_scan.hpp"

namespace orderflow {

head_state head_scan::look(std::string_view text) {
  while (true) {
    const auto end = text.find('\n', line_start_);
    if (end == std::string_view::npos) return text.size() > limit_ ? head_state::too_large : head_state::incomplete;
    if (end >= limit_) return head_state::too_large;
    const auto line = text.substr(line_start_, end - line_start_);
    if (line.empty() || line.find('\r') != line.size() - 1) return head_state::malformed;  // Bare LF, or a CR inside.
    const bool first = line_start_ == 0;
    line_start_ = end + 1;
    if (line.size() == 1) return first ? head_state::malformed : head_state::complete;
    if (line[0] == ' ' || line[0] == '\t') return head_state::malformed;  // A folded line.
    if (lines_left_-- == 0) return head_state::too_large;
  }
}

bool speaks_http_1(char* head, size_t size) {
  const std::string_view text{head, size};
  const auto line = text.substr(0, text.find('\r'));
  constexpr std::string_view form = " HTTP/1.1";
  if (line.size() < form.size()) return true;
  const auto at = line.size() - form.size();
  const auto is_digit = [&](size_t n) { return line[at + n] >= '0' && line[at + n] <= '9'; };
  if (line.substr(at, 6) != form.substr(0, 6) || !is_digit(6) || line[at + 7] != '.' || !is_digit(8)) return true;
  if (line[at + 6] != '1') return false;
  if (line[at + 8] > '1') head[at + 8] = '1';
  return true;
}

}  // namespace orderflow
