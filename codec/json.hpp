// Strict reading and fast writing of JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace orderflow {

/// What is wrong with a text that should be JSON. `pointer` is an RFC 6901 pointer to the place where known.
struct json_error {
  std::string pointer;
  std::string message;
};

/// A value in which a number keeps its own text: money is read from it, never through a double.
struct json_value {
  enum class kind : uint8_t { null, boolean, number, string, array, object };
  kind is = kind::null;
  bool truth = false;
  std::string text;                                         ///< A number's own text, or a string's content.
  std::vector<json_value> items;                            ///< Array.
  std::vector<std::pair<std::string, json_value>> members;  ///< Object, in the order of the text; no key twice.

  [[nodiscard]] const json_value* find(std::string_view name) const;  ///< nullptr: no object, or no such member.
  /// An integer written as one ("2", not "2.0" or "2e0"), within int64; nothing otherwise.
  [[nodiscard]] std::optional<int64_t> as_integer() const;
};

struct json_limits {
  size_t max_depth = 32;
  size_t max_values = 2'000'000;  ///< A value takes about 90 bytes, its text perhaps 2: without a limit 16 MiB become 700 MiB.
  bool allow_nul = false;         ///< For texts that we wrote ourselves.
};

/// Parses the whole text (by Boost.JSON; what that refuses nlohmann reads, to explain it). Refuses invalid UTF-8, more than
/// `max_depth` levels, duplicate keys, a NUL in a string, a byte order mark, numbers beyond a double, and whatever is not JSON.
[[nodiscard]] std::variant<json_value, json_error> parse_json(std::string_view text, json_limits limits = {});

/// Writer without a DOM: appends to one string. The caller is answerable for calling begin/end in pairs.
/// While an object or array is open, the string is longer than what is written: nobody else looks at it or changes it then.
class json_writer {
 public:
  explicit json_writer(std::string& out) : out_(out), size_(out.size()) {}
  json_writer& begin_object() { return open('{'); }
  json_writer& end_object() { return close('}'); }
  json_writer& begin_array() { return open('['); }
  json_writer& end_array() { return close(']'); }
  json_writer& key(std::string_view name);     ///< `name` must need no escaping.
  json_writer& string(std::string_view text);  ///< Escaped. Bytes that are not UTF-8 become U+FFFD.
  json_writer& integer(int64_t value);
  json_writer& boolean(bool value) { return raw(value ? "true" : "false"); }
  json_writer& null() { return raw("null"); }
  json_writer& raw(std::string_view text);  ///< A value that is JSON already, such as an amount's text.

  /// Bytes written, what was in the string before included.
  [[nodiscard]] size_t size() const { return size_; }

 private:
  json_writer& open(char bracket);
  json_writer& close(char bracket);
  /// Where the next bytes go; there is room for `count`.
  char* room(size_t count) {
    if (out_.size() - size_ < count) grow(count);
    return out_.data() + size_;
  }
  void grow(size_t count);
  char* separate(char* at) {
    if (!first_) *at++ = ',';
    first_ = false;
    return at;
  }
  /// Bytes up to `end` are written; outside of objects and arrays the string has its true length again.
  json_writer& written_to(const char* end) {
    size_ = static_cast<size_t>(end - out_.data());
    if (depth_ == 0) out_.resize(size_);
    return *this;
  }

  std::string& out_;
  size_t size_;
  size_t depth_ = 0;
  bool first_ = true;
};

/// Appends the JSON form of `text`, quotes included. Bytes that are not UTF-8 become U+FFFD: what is written can always be read.
void append_escaped(std::string& out, std::string_view text);

/// "2025-12-01T10:00:00Z"; with milliseconds "…:00.123Z" when they are not zero. Years before 0 or after 9999, which the
/// format cannot say, become its first or last moment.
[[nodiscard]] std::string to_rfc3339(int64_t ms_since_epoch);
/// Milliseconds since the epoch; finer fractions are cut. Needs 'T' between date and time, and 'Z' or an offset.
[[nodiscard]] std::optional<int64_t> parse_rfc3339(std::string_view text);

}  // namespace orderflow
