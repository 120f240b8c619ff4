#include "codec/json.hpp"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace orderflow {

namespace {

constexpr int number_overflow = 406;  // nlohmann's number of this error.
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

template <class Integer>
std::string text_of(Integer value) {
  char digits[24];
  const auto [end, error] = std::to_chars(std::begin(digits), std::end(digits), value);
  return {digits, end};
}

/// Appends "/name", escaped as RFC 6901 asks.
void append_reference(std::string& pointer, std::string_view name) {
  pointer += '/';
  for (const char c : name) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
}

/// "line 2, column 7": where the byte before `position` stands.
std::string place_of(std::string_view text, size_t position) {
  const std::string_view read = text.substr(0, position > 0 ? position - 1 : 0);
  const auto line = std::count(read.begin(), read.end(), '\n') + 1;
  const size_t line_start = read.find_last_of('\n') + 1;
  return "line " + std::to_string(line) + ", column " + std::to_string(read.size() - line_start + 1);
}

/// nlohmann's reason without its prefix and without the bytes last read, which need not be UTF-8.
std::string reason_of(std::string_view what) {
  if (what.find("ill-formed UTF-8") != std::string_view::npos) return "the text is not valid UTF-8";
  if (what.find("number overflow") != std::string_view::npos) return "the number is beyond the range of a double";
  if (const size_t from = what.find(" - "); from != std::string_view::npos) what.remove_prefix(from + 3);
  if (const size_t to = what.find("; last read"); to != std::string_view::npos) what = what.substr(0, to);
  return std::string{what};
}

/// Empty, too. Asked first, because the parser that tells what is wrong takes milliseconds for a large text of blanks.
bool is_blank(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
}

/// A name that two members have, or nullptr. Sorts for large objects, so that a body of thousands of members stays cheap.
const std::string* name_used_twice(const json_value& object) {
  const auto& members = object.members;
  constexpr size_t few = 16;
  if (members.size() <= few) {
    for (size_t i = 1; i < members.size(); ++i) {
      for (size_t j = 0; j < i; ++j) {
        if (members[i].first == members[j].first) return &members[i].first;
      }
    }
    return nullptr;
  }
  std::vector<const std::string*> names;
  names.reserve(members.size());
  for (const auto& member : members) names.push_back(&member.first);
  std::sort(names.begin(), names.end(), [](const auto* a, const auto* b) { return *a < *b; });
  const auto twice = std::adjacent_find(names.begin(), names.end(), [](const auto* a, const auto* b) { return *a == *b; });
  return twice == names.end() ? nullptr : *twice;
}

/// Builds the value. Open containers are the last element of the container around them, which does not grow meanwhile:
/// pointers to them stay valid.
class tree_builder final : public nlohmann::json::json_sax_t {
 public:
  tree_builder(std::string_view text, json_limits limits) : text_(text), limits_(limits) {}

  bool null() override { return add(json_value::kind::null) != nullptr; }
  bool boolean(bool truth) override {
    json_value* const value = add(json_value::kind::boolean);
    if (value != nullptr) value->truth = truth;
    return value != nullptr;
  }
  // A zero that arrives as a signed number was written "-0": one without a sign arrives unsigned.
  bool number_integer(int64_t value) override { return add_text(json_value::kind::number, value == 0 ? "-0" : text_of(value)); }
  bool number_unsigned(uint64_t value) override { return add_text(json_value::kind::number, text_of(value)); }
  bool number_float(number_float_t, const std::string& text) override { return add_text(json_value::kind::number, text); }
  bool string(std::string& text) override {
    if (has_forbidden_nul(text)) return fail(next_value(), "The text contains the character U+0000.");
    return add_text(json_value::kind::string, std::move(text));
  }
  bool binary(binary_t&) override { return fail(next_value(), "A value that JSON does not have."); }

  bool start_object(size_t) override { return open(json_value::kind::object); }
  bool start_array(size_t) override { return open(json_value::kind::array); }
  bool key(std::string& name) override {
    if (has_forbidden_nul(name)) return fail(container(), "A member's name contains the character U+0000.");
    open_.back()->members.emplace_back().first = std::move(name);
    return true;
  }
  bool end_object() override {
    if (const std::string* twice = name_used_twice(*open_.back())) {
      std::string pointer = container();
      append_reference(pointer, *twice);
      return fail(std::move(pointer), "The member is there twice.");
    }
    open_.pop_back();
    return true;
  }
  bool end_array() override {
    open_.pop_back();
    return true;
  }
  bool parse_error(size_t position, const std::string&, const nlohmann::json::exception& why) override {
    const std::string_view what = why.what();
    const bool in_value = why.id == number_overflow || what.find("while parsing value") != std::string_view::npos;
    return fail(in_value ? next_value() : container(), "Not JSON at " + place_of(text_, position) + ": " + reason_of(what) + ".");
  }

  json_value take_value() { return std::move(root_); }
  json_error take_error() { return std::move(error_); }

 private:
  /// The innermost open container.
  std::string container() const {
    std::string pointer;
    for (size_t i = 0; i + 1 < open_.size(); ++i) {
      const json_value& around = *open_[i];
      append_reference(
          pointer, around.is == json_value::kind::array ? std::to_string(around.items.size() - 1) : around.members.back().first);
    }
    return pointer;
  }
  /// The value that is about to be put into it.
  std::string next_value() const {
    if (open_.empty()) return {};
    std::string pointer = container();
    const json_value& around = *open_.back();
    append_reference(pointer,
                     around.is == json_value::kind::array ? std::to_string(around.items.size()) : around.members.back().first);
    return pointer;
  }
  bool fail(std::string pointer, std::string message) {
    error_ = json_error{std::move(pointer), std::move(message)};
    return false;
  }
  bool has_forbidden_nul(const std::string& text) const { return !limits_.allow_nul && text.find('\0') != std::string::npos; }
  /// Puts a new value where the parser stands; nullptr: refused.
  json_value* add(json_value::kind is) {
    if (values_ == limits_.max_values) {
      fail(next_value(), "More than " + std::to_string(limits_.max_values) + " values.");
      return nullptr;
    }
    ++values_;
    json_value* place = &root_;
    if (!open_.empty()) {
      json_value& around = *open_.back();
      place = around.is == json_value::kind::array ? &around.items.emplace_back() : &around.members.back().second;
    }
    place->is = is;
    return place;
  }
  bool add_text(json_value::kind is, std::string text) {
    json_value* const value = add(is);
    if (value != nullptr) value->text = std::move(text);
    return value != nullptr;
  }
  bool open(json_value::kind is) {
    if (open_.size() == limits_.max_depth) {
      return fail(next_value(), "More than " + std::to_string(limits_.max_depth) + " levels of nesting.");
    }
    json_value* const value = add(is);
    if (value != nullptr) open_.push_back(value);
    return value != nullptr;
  }

  std::string_view text_;
  json_limits limits_;
  json_value root_;
  std::vector<json_value*> open_;
  size_t values_ = 0;
  json_error error_;
};

/// Feeds the same builder from Boost.JSON's parser.
class fast_events {
 public:
  static constexpr size_t max_object_size = std::numeric_limits<size_t>::max();
  static constexpr size_t max_array_size = max_object_size;
  static constexpr size_t max_key_size = max_object_size;
  static constexpr size_t max_string_size = max_object_size;

  explicit fast_events(tree_builder& builder) : builder_(builder) {}

  using part = boost::json::string_view;
  using code = boost::json::error_code;
  bool on_document_begin(code&) { return true; }
  bool on_document_end(code&) { return true; }
  bool on_object_begin(code&) { return builder_.start_object(0); }
  bool on_object_end(size_t, code&) { return builder_.end_object(); }
  bool on_array_begin(code&) { return builder_.start_array(0); }
  bool on_array_end(size_t, code&) { return builder_.end_array(); }
  bool on_key_part(part text, size_t, code&) { return keep(text); }
  bool on_key(part text, size_t, code&) { return builder_.key(whole(text)); }
  bool on_string_part(part text, size_t, code&) { return keep(text); }
  bool on_string(part text, size_t, code&) { return builder_.string(whole(text)); }
  bool on_number_part(part text, code&) { return keep(text); }
  bool on_int64(int64_t, part text, code&) { return builder_.number_float(0, whole(text)); }
  bool on_uint64(uint64_t, part text, code&) { return builder_.number_float(0, whole(text)); }
  /// Near the end of the range the other parser, which rounds correctly, is to say on which side of it the number lies.
  bool on_double(nlohmann::json::number_float_t value, part text, code&) {
    return std::abs(value) < 1e308 && builder_.number_float(value, whole(text));
  }
  bool on_bool(bool truth, code&) { return builder_.boolean(truth); }
  bool on_null(code&) { return builder_.null(); }
  bool on_comment_part(part, code&) { return false; }
  bool on_comment(part, code&) { return false; }

 private:
  bool keep(part text) {
    parts_.append(text.data(), text.size());
    return true;
  }
  /// Whoever gets it takes it or copies it before the next event.
  std::string& whole(part last) {
    whole_ = std::move(parts_);
    parts_.clear();
    whole_.append(last.data(), last.size());
    return whole_;
  }

  tree_builder& builder_;
  std::string parts_;
  std::string whole_;
};

/// Whether Boost.JSON's parser and the builder's rules take the whole text.
bool read_fast(std::string_view text, size_t max_depth, tree_builder& builder) {
  boost::json::parse_options strict;
  strict.max_depth = max_depth;
  boost::json::basic_parser<fast_events> parser{strict, builder};
  boost::json::error_code wrong;
  return parser.write_some(false, text.data(), text.size(), wrong) == text.size() && !wrong;
}

}  // namespace

const json_value* json_value::find(std::string_view name) const {
  for (const auto& member : members) {
    if (member.first == name) return &member.second;
  }
  return nullptr;
}

std::optional<int64_t> json_value::as_integer() const {
  if (is != kind::number) return std::nullopt;
  int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [read, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || read != end) return std::nullopt;
  return value;
}

std::variant<json_value, json_error> parse_json(std::string_view text, json_limits limits) {
  if (is_blank(text)) return json_error{"", "The text is empty."};
  if (text.starts_with(byte_order_mark)) return json_error{"", "The text begins with a byte order mark; send UTF-8 without it."};
  // nlohmann takes a NUL byte for the end of the text, and would accept whatever follows it.
  if (const size_t nul = text.find('\0'); nul != std::string_view::npos) {
    return json_error{"", "Not JSON at " + place_of(text, nul + 1) + ": a NUL byte."};
  }
  if (tree_builder builder{text, limits}; read_fast(text, limits.max_depth, builder)) return builder.take_value();
  // What the fast parser does not take the other one reads again: it can say what is wrong, and has the last word.
  tree_builder builder{text, limits};
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) return builder.take_error();
  return builder.take_value();
}

}  // namespace orderflow
