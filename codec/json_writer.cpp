#include <algorithm>
#include <charconv>
#include <string>

#include "codec/json.hpp"

namespace orderflow {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

bool continues(unsigned char byte) { return (byte & 0xC0) == 0x80; }

/// Length of the well-formed UTF-8 sequence that `text` begins with, 0 if it does not (Unicode 15, table 3-7).
size_t sequence_length(std::string_view text) {
  const auto at = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : static_cast<unsigned char>(0); };
  const unsigned char lead = at(0);
  if (lead >= 0xC2 && lead <= 0xDF) return continues(at(1)) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const bool overlong = lead == 0xE0 && at(1) < 0xA0;
    const bool surrogate = lead == 0xED && at(1) > 0x9F;
    return continues(at(1)) && continues(at(2)) && !overlong && !surrogate ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool overlong = lead == 0xF0 && at(1) < 0x90;
    const bool too_large = lead == 0xF4 && at(1) > 0x8F;
    return continues(at(1)) && continues(at(2)) && continues(at(3)) && !overlong && !too_large ? 4 : 0;
  }
  return 0;
}

/// The letter of the short escape, 0 if there is none.
char short_escape(unsigned char c) {
  switch (c) {
    case '"': return '"';
    case '\\': return '\\';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    case '\b': return 'b';
    case '\f': return 'f';
  }
  return '\0';
}

constexpr size_t longest_escape = 6;  // \u001f

char* escape(char* at, unsigned char c) {
  constexpr std::string_view hex = "0123456789abcdef";
  *at++ = '\\';
  if (const char letter = short_escape(c); letter != '\0') {
    *at++ = letter;
    return at;
  }
  for (const char each : {'u', '0', '0', hex[c >> 4], hex[c & 15]}) *at++ = each;
  return at;
}

char* copy(char* at, std::string_view text) {
  std::char_traits<char>::copy(at, text.data(), text.size());
  return at + text.size();
}

constexpr bool is_plain(unsigned char c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; }

/// How much of the text is well-formed and needs no escape.
size_t plain_length(std::string_view text) {
  size_t i = 0;
  while (i < text.size()) {
    const auto c = static_cast<unsigned char>(text[i]);
    const size_t length = is_plain(c) ? 1 : c < 0x80 ? 0 : sequence_length(text.substr(i));
    if (length == 0) break;
    i += length;
  }
  return i;
}

}  // namespace

void append_escaped(std::string& out, std::string_view text) { json_writer{out}.string(text); }

void json_writer::grow(size_t count) {
  constexpr size_t least = 256;
  out_.resize(std::max({size_ + count, 2 * out_.size(), std::min(out_.capacity(), 4 * least), least}));
}

json_writer& json_writer::open(char bracket) {
  ++depth_;
  char* at = separate(room(2));
  *at++ = bracket;
  first_ = true;
  return written_to(at);
}

json_writer& json_writer::close(char bracket) {
  --depth_;
  char* at = room(1);
  *at++ = bracket;
  first_ = false;
  return written_to(at);
}

json_writer& json_writer::key(std::string_view name) {
  char* at = separate(room(name.size() + 4));
  *at++ = '"';
  at = copy(at, name);
  *at++ = '"';
  *at++ = ':';
  first_ = true;  // The value that follows is not separated from its name.
  return written_to(at);
}

json_writer& json_writer::string(std::string_view text) {
  char* at = separate(room(text.size() + 3));
  *at++ = '"';
  for (size_t plain = plain_length(text);; plain = plain_length(text)) {
    at = copy(at, text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    size_ = static_cast<size_t>(at - out_.data());
    at = room(longest_escape + text.size() + 1);
    const auto c = static_cast<unsigned char>(text.front());
    at = c < 0x80 ? escape(at, c) : copy(at, replacement);
    text.remove_prefix(1);
  }
  *at++ = '"';
  return written_to(at);
}

json_writer& json_writer::integer(int64_t value) {
  constexpr size_t longest = 20;
  char* at = separate(room(longest + 1));
  return written_to(std::to_chars(at, at + longest, value).ptr);
}

json_writer& json_writer::raw(std::string_view text) { return written_to(copy(separate(room(text.size() + 1)), text)); }

}  // namespace orderflow
