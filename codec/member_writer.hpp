// Writes a struct by its `members` (codec/stored_members.hpp), leaving out what has its omitted value.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "codec/json.hpp"
#include "codec/stored_members.hpp"

namespace orderflow {

class member_writer {
 public:
  /// Appends the whole struct as one object.
  template <class T>
  static void write(json_writer& to, const T& whole) {
    member_writer object{to};
    object.begin();
    members(object, whole);
    object.end();
  }

  void operator()(member_name name, const std::string& text) {
    if (!text.empty()) member(name).string(text);
  }
  /// An empty text is not the same as none.
  void operator()(member_name name, const std::optional<std::string>& text) {
    if (text) member(name).string(*text);
  }
  void operator()(member_name name, const product_id& id) { (*this)(name, id.value); }
  void operator()(member_name name, const order_id& id) { (*this)(name, id.value); }
  void operator()(member_name name, const currency& money) {
    if (money.name() != "XXX") member(name).string(money.name());
  }
  void operator()(member_name name, const bool& truth) {
    if (truth) member(name).boolean(true);
  }
  void operator()(member_name name, const uint8_t& number) { (*this)(name, int64_t{number}); }
  void operator()(member_name name, const uint16_t& number) { (*this)(name, int64_t{number}); }
  void operator()(member_name name, const int64_t& number) {
    if (number != 0) member(name).integer(number);
  }
  void operator()(member_name name, const int64_t& number, int64_t omitted) {
    if (number != omitted) member(name).integer(number);
  }
  void operator()(member_name name, const uint32_t& number) {
    if (number != 0) member(name).integer(number);
  }
  void operator()(member_name name, const uint64_t& number) {
    if (number == 0) return;
    char digits[24];
    const auto [end, error] = std::to_chars(std::begin(digits), std::end(digits), number);
    member(name).raw({digits, static_cast<size_t>(end - digits)});
  }
  void operator()(member_name name, const timestamp& at) { (*this)(name, to_ms(at)); }
  void operator()(member_name name, const milliseconds& duration, milliseconds omitted) {
    if (duration != omitted) member(name).integer(duration.count());
  }
  template <class Enum>
  requires std::is_enum_v<Enum>
  void operator()(member_name name, const Enum& value, Enum omitted) {
    if (value != omitted) member(name).integer(static_cast<int64_t>(value));
  }
  void operator()(member_name name, const std::vector<uint32_t>& list) {
    if (list.empty()) return;
    member(name).begin_array();
    for (const uint32_t each : list) to_.integer(each);
    to_.end_array();
  }
  void operator()(member_name name, const std::vector<product_id>& list) {
    if (list.empty()) return;
    member(name).begin_array();
    for (const product_id& each : list) to_.string(each.value);
    to_.end_array();
  }
  template <class T>
  void operator()(member_name name, const std::vector<T>& list) {
    if (list.empty()) return;
    member(name).begin_array();
    for (const T& each : list) write(to_, each);
    to_.end_array();
  }
  template <class T>
  void operator()(member_name name, const std::optional<T>& part) {
    if (part) write(member(name), *part);
  }
  template <class T>
  void operator()(member_name name, const T& part) {
    member_writer object{*this, name};
    members(object, part);
    if (object.begun_) object.end();
  }

 private:
  explicit member_writer(json_writer& to) : to_(to) {}
  /// An object inside another, which begins with its first member: one without members is left out.
  member_writer(member_writer& around, std::string_view name) : to_(around.to_), around_(&around), name_(name) {}

  void begin() {
    if (begun_) return;
    if (around_ != nullptr) around_->member(name_);
    to_.begin_object();
    begun_ = true;
  }
  void end() { to_.end_object(); }
  json_writer& member(std::string_view name) {
    begin();
    return to_.key(name);
  }

  json_writer& to_;
  member_writer* around_ = nullptr;
  std::string_view name_;
  bool begun_ = false;
};

}  // namespace orderflow
