// Reads a struct by its `members` (codec/stored_members.hpp). A missing member gets its omitted value, one of another kind
// throws codec_error, and one that is not listed is left alone: a newer binary of the same version may have added it.
#pragma once

#include <charconv>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "codec/json.hpp"
#include "codec/order_json.hpp"
#include "codec/stored_members.hpp"

namespace orderflow {

class member_reader {
 public:
  /// Parses `text` and reads the whole struct. `what` names it in the error: "order event order_placed (type 3, version 1)".
  template <class T>
  static T read(const std::string& text, const std::string& what) {
    const json_value root = parse_stored(text, what);
    T whole;
    member_reader object{root, what, ""};
    members(object, whole);
    return whole;
  }

  void operator()(member_name name, std::string& text) {
    const json_value* found = find(name, json_value::kind::string, "a text");
    text = found ? found->text : std::string{};
  }
  void operator()(member_name name, std::optional<std::string>& text) {
    const json_value* found = find(name, json_value::kind::string, "a text");
    text = found ? std::optional{found->text} : std::nullopt;
  }
  void operator()(member_name name, product_id& id) { (*this)(name, id.value); }
  void operator()(member_name name, order_id& id) { (*this)(name, id.value); }
  void operator()(member_name name, currency& money) {
    const json_value* found = find(name, json_value::kind::string, "a text");
    const std::string_view code = found ? std::string_view{found->text} : "XXX";
    if (code.size() != money.code.size()) refuse(name, "a currency of three letters");
    code.copy(money.code.data(), money.code.size());
  }
  void operator()(member_name name, bool& truth) {
    const json_value* found = find(name, json_value::kind::boolean, "true or false");
    truth = found != nullptr && found->truth;
  }
  void operator()(member_name name, uint8_t& number) { number = integer<uint8_t>(name, 0); }
  void operator()(member_name name, uint16_t& number) { number = integer<uint16_t>(name, 0); }
  void operator()(member_name name, int64_t& number) { number = integer<int64_t>(name, 0); }
  void operator()(member_name name, int64_t& number, int64_t omitted) { number = integer<int64_t>(name, omitted); }
  void operator()(member_name name, uint32_t& number) { number = integer<uint32_t>(name, 0); }
  void operator()(member_name name, uint64_t& number) { number = integer<uint64_t>(name, 0); }
  void operator()(member_name name, timestamp& at) { at = from_ms(integer<int64_t>(name, 0)); }
  void operator()(member_name name, milliseconds& duration, milliseconds omitted) {
    duration = milliseconds{integer<int64_t>(name, omitted.count())};
  }
  template <class Enum>
  requires std::is_enum_v<Enum>
  void operator()(member_name name, Enum& value, Enum omitted) {
    value = static_cast<Enum>(integer<std::underlying_type_t<Enum>>(name, static_cast<std::underlying_type_t<Enum>>(omitted)));
    if (to_string(value).empty()) refuse(name, "a number that this version knows");
  }
  void operator()(member_name name, std::vector<uint32_t>& list) {
    list.clear();
    const json_value* found = find(name, json_value::kind::array, "a list");
    if (found == nullptr) return;
    for (const json_value& item : found->items) list.push_back(number_of<uint32_t>(name, item));
  }
  void operator()(member_name name, std::vector<product_id>& list) {
    list.clear();
    const json_value* found = find(name, json_value::kind::array, "a list");
    if (found == nullptr) return;
    for (const json_value& item : found->items) {
      if (item.is != json_value::kind::string) refuse(name, "a list of texts");
      list.push_back({item.text});
    }
  }
  template <class T>
  void operator()(member_name name, std::vector<T>& list) {
    list.clear();
    const json_value* found = find(name, json_value::kind::array, "a list");
    if (found == nullptr) return;
    list.reserve(found->items.size());
    for (const json_value& item : found->items) {
      member_reader object{item, what_, path_of(name) + "/" + std::to_string(list.size())};
      members(object, list.emplace_back());
    }
  }
  /// Missing: nothing; so one whose members all have their omitted values is written as an empty object.
  template <class T>
  void operator()(member_name name, std::optional<T>& part) {
    part.reset();
    if (find(name, json_value::kind::object, "an object")) (*this)(name, part.emplace());
  }
  template <class T>
  void operator()(member_name name, T& part) {
    static const json_value absent = empty_object();
    const json_value* found = find(name, json_value::kind::object, "an object");
    member_reader object{found ? *found : absent, what_, path_of(name)};
    members(object, part);
  }

 private:
  member_reader(const json_value& object, const std::string& what, std::string path);

  [[nodiscard]] static json_value parse_stored(const std::string& text, const std::string& what);
  [[nodiscard]] static json_value empty_object();
  /// nullptr: missing.
  [[nodiscard]] const json_value* find(std::string_view name, json_value::kind kind, std::string_view expected) const;
  [[nodiscard]] std::string path_of(std::string_view name) const;
  [[noreturn]] void refuse(std::string_view name, std::string_view expected) const;

  template <class Integer>
  Integer integer(std::string_view name, Integer omitted) const {
    const json_value* found = find(name, json_value::kind::number, "an integer");
    return found ? number_of<Integer>(name, *found) : omitted;
  }
  template <class Integer>
  Integer number_of(std::string_view name, const json_value& value) const {
    Integer number = 0;
    const char* const end = value.text.data() + value.text.size();
    const auto [read, error] = std::from_chars(value.text.data(), end, number);
    if (value.is != json_value::kind::number || error != std::errc{} || read != end) refuse(name, "an integer in range");
    return number;
  }

  const json_value& object_;
  const std::string& what_;
  std::string path_;
};

}  // namespace orderflow
