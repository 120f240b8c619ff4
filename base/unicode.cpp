#include "base/unicode.hpp"

#include <algorithm>
#include <cstdint>

namespace orderflow {

namespace {

struct form {
  size_t bytes;
  char32_t least;  ///< What fewer bytes could say is overlong.
  char32_t bits;   ///< Of the first byte.
};

std::optional<form> form_of(uint8_t first) {
  if (first < 0x80) return form{1, 0, first};
  if (first < 0xc2) return std::nullopt;
  if (first < 0xe0) return form{2, 0x80, first & 0x1fU};
  if (first < 0xf0) return form{3, 0x800, first & 0x0fU};
  if (first < 0xf5) return form{4, 0x10000, first & 0x07U};
  return std::nullopt;
}

struct span_of_points {
  char32_t first;
  char32_t last;
};

/// Unicode's spaces, line and paragraph separators, format characters and fillers; byte order mark and variation selectors
/// among them.
constexpr span_of_points invisible[] = {
    {0x00a0, 0x00a0},   {0x00ad, 0x00ad},   {0x034f, 0x034f},   {0x061c, 0x061c}, {0x115f, 0x1160}, {0x1680, 0x1680},
    {0x17b4, 0x17b5},   {0x180b, 0x180f},   {0x2000, 0x200f},   {0x2028, 0x202f}, {0x205f, 0x206f}, {0x2800, 0x2800},
    {0x3000, 0x3000},   {0x3164, 0x3164},   {0xfe00, 0xfe0f},   {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff0, 0xfffb},
    {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
};

}  // namespace

std::optional<char32_t> take_code_point(std::string_view& text) {
  const auto shape = text.empty() ? std::nullopt : form_of(static_cast<uint8_t>(text.front()));
  if (!shape || shape->bytes > text.size()) return std::nullopt;
  auto point = shape->bits;
  for (size_t i = 1; i < shape->bytes; ++i) {
    const auto byte = static_cast<uint8_t>(text[i]);
    if ((byte & 0xc0U) != 0x80) return std::nullopt;
    point = (point << 6U) | (byte & 0x3fU);
  }
  const bool surrogate = point >= 0xd800 && point <= 0xdfff;
  if (point < shape->least || point > 0x10ffff || surrogate) return std::nullopt;
  text.remove_prefix(shape->bytes);
  return point;
}

/// Byte by byte: this looks at every text of every request.
bool has_control_character(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<uint8_t>(text[i]);
    if (byte < 0x20 || byte == 0x7f) return true;
    const bool second_half = byte == 0xc2 && i + 1 < text.size() && static_cast<uint8_t>(text[i + 1]) < 0xa0;
    if (second_half) return true;
  }
  return false;
}

bool is_noncharacter(char32_t point) { return (point & 0xfffeU) == 0xfffe || (point >= 0xfdd0 && point <= 0xfdef); }

bool is_invisible(char32_t point) {
  return std::any_of(std::begin(invisible), std::end(invisible),
                     [&](const span_of_points& each) { return point >= each.first && point <= each.last; });
}

bool is_blank(std::string_view text) {
  while (!text.empty()) {
    const auto point = take_code_point(text);
    if (!point || (*point != ' ' && !is_invisible(*point))) return false;
  }
  return true;
}

bool is_sound_text(std::string_view text) {
  while (!text.empty()) {
    const auto point = take_code_point(text);
    if (!point || *point == 0xfffd) return false;
  }
  return true;
}

bool is_storable_text(std::string_view text) { return !has_control_character(text) && is_sound_text(text); }

}  // namespace orderflow
