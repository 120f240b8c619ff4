#include <algorithm>
#include <charconv>

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

void append_escape(std::string& out, unsigned char c) {
  constexpr std::string_view hex = "0123456789abcdef";
  out += '\\';
  if (const char letter = short_escape(c); letter != '\0') {
    out += letter;
    return;
  }
  out += "u00";
  out += hex[c >> 4];
  out += hex[c & 15];
}

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
  out += '"';
  size_t plain = 0;  // Start of what needs no escaping and is not yet written.
  size_t i = 0;
  const size_t size = text.size();
  while (i < size) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
      ++i;
      continue;
    }
    const size_t length = c < 0x80 ? 0 : sequence_length(text.substr(i));
    if (length > 0) {
      i += length;
      continue;
    }
    out.append(text, plain, i - plain);
    if (c < 0x80) {
      append_escape(out, c);
    } else {
      out += replacement;
    }
    plain = ++i;
  }
  out.append(text, plain);
  out += '"';
}

json_writer& json_writer::key(std::string_view name) {
  // One append instead of three: names are short, and an order's state has dozens of them.
  char text[64];
  if (name.size() + 4 > sizeof text) {
    separate();
    out_.append(1, '"').append(name).append("\":");
  } else {
    char* at = text;
    if (!first_) *at++ = ',';
    *at++ = '"';
    at = std::copy(name.begin(), name.end(), at);
    *at++ = '"';
    *at++ = ':';
    out_.append(text, static_cast<size_t>(at - text));
  }
  first_ = true;  // The value that follows is not separated from its name.
  return *this;
}

json_writer& json_writer::string(std::string_view text) {
  separate();
  append_escaped(out_, text);
  return *this;
}

json_writer& json_writer::integer(int64_t value) {
  char text[24];
  char* at = text;
  if (!first_) *at++ = ',';
  first_ = false;
  const auto [end, error] = std::to_chars(at, std::end(text), value);
  out_.append(text, static_cast<size_t>(end - text));
  return *this;
}

}  // namespace orderflow
