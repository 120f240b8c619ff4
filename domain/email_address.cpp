#include "domain/email_address.hpp"

#include <algorithm>

#include "base/unicode.hpp"

namespace orderflow {

namespace {

constexpr size_t longest_address = 254;
constexpr size_t longest_name = 64;
constexpr size_t longest_label = 63;

bool is_ascii_letter_or_digit(char32_t point) {
  return (point >= '0' && point <= '9') || (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z');
}

/// Characters that some programs read as the '@' or a dot of an address.
bool looks_like_a_separator(char32_t point) {
  return point == 0xff20 || point == 0xfe6b || point == 0x3002 || point == 0xff0e || point == 0xff61;
}

bool may_be_in_an_address(char32_t point) {
  constexpr std::string_view ends_an_address = " \"(),:;<>[\\]";
  if (point < 0x80)
    return point > 0x20 && point != 0x7f && ends_an_address.find(static_cast<char>(point)) == std::string_view::npos;
  return point >= 0xa0 && point != 0xfffd && !is_noncharacter(point) && !is_invisible(point) && !looks_like_a_separator(point);
}

template <class Predicate>
bool all_points(std::string_view text, Predicate fits) {
  while (!text.empty()) {
    const auto point = take_code_point(text);
    if (!point || !fits(*point)) return false;
  }
  return true;
}

bool is_label(std::string_view label) {
  if (label.empty() || label.size() > longest_label || label.starts_with('-') || label.ends_with('-')) return false;
  return all_points(label, [](char32_t point) { return point >= 0x80 || point == '-' || is_ascii_letter_or_digit(point); });
}

bool is_domain(std::string_view domain) {
  size_t labels = 0;
  while (true) {
    const auto dot = std::min(domain.find('.'), domain.size());
    if (!is_label(domain.substr(0, dot))) return false;
    ++labels;
    if (dot == domain.size()) return labels > 1;
    domain.remove_prefix(dot + 1);
  }
}

}  // namespace

bool is_plausible_email(std::string_view text) {
  const auto at = text.find('@');
  if (text.size() > longest_address || at == std::string_view::npos || at == 0 || at > longest_name) return false;
  return text.find('@', at + 1) == std::string_view::npos && all_points(text, may_be_in_an_address) &&
         is_domain(text.substr(at + 1));
}

}  // namespace orderflow
