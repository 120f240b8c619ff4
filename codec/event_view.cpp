#include "codec/event_view.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <optional>

#include "base/duration.hpp"
#include "codec/json.hpp"
#include "codec/order_json.hpp"
#include "codec/stored_members.hpp"

namespace orderflow {

namespace {

/// `minor_units` is an integer like others: these members are amounts.
constexpr std::array<std::string_view, 5> amounts{"amount", "cumulative", "tax_amount", "total", "unit_price"};

class event_viewer {
 public:
  event_viewer(json_writer& to, currency money) : to_(to), money_(money) {}

  void operator()(member_name name, const std::string& text) {
    if (!text.empty()) key(name).string(text);
  }
  void operator()(member_name name, const std::optional<std::string>& text) {
    if (text) key(name).string(*text);
  }
  void operator()(member_name name, const product_id& id) { key(name).string(id.value); }
  void operator()(member_name name, const order_id& id) { key(name).integer(id.value); }
  void operator()(member_name name, const currency& money) {
    if (money != currency{}) key(name).string(money.name());
  }
  void operator()(member_name name, const bool& truth) {
    if (truth) key(name).boolean(true);
  }
  void operator()(member_name name, const int64_t& number, int64_t omitted = 0) {
    if (name.shown.empty() || number == omitted) return;
    const bool is_amount = std::ranges::find(amounts, name.shown) != amounts.end();
    is_amount ? key(name).raw(shortest_text(number, money_)) : key(name).integer(number);
  }
  void operator()(member_name name, const uint32_t& number) { (*this)(name, int64_t{number}); }
  void operator()(member_name name, const uint64_t& number) { (*this)(name, static_cast<int64_t>(number)); }
  void operator()(member_name name, const milliseconds& duration, milliseconds) { key(name).string(to_text(duration)); }
  template <class Enum>
  requires std::is_enum_v<Enum>
  void operator()(member_name name, const Enum& value, Enum none) {
    if (value != none) key(name).string(to_string(value));
  }
  void operator()(member_name name, const std::vector<product_id>& list) {
    if (list.empty()) return;
    key(name).begin_array();
    for (const auto& each : list) to_.string(each.value);
    to_.end_array();
  }
  template <class T>
  void operator()(member_name name, const std::vector<T>& list) {
    if (list.empty()) return;
    key(name).begin_array();
    for (const auto& each : list) object(each);
    to_.end_array();
  }
  template <class T>
  void operator()(member_name name, const std::optional<T>& part) {
    if (part) (*this)(name, *part);
  }
  template <class T>
  void operator()(member_name name, const T& part) {
    if (part == T{} && !std::same_as<T, timer_policy>) return;  // The usual timers are no empty ones.
    key(name);
    object(part);
  }

  template <class T>
  void object(const T& whole) {
    to_.begin_object();
    members(*this, whole);
    to_.end_object();
  }

 private:
  json_writer& key(member_name name) { return to_.key(name.shown); }

  json_writer& to_;
  currency money_;
};

template <class Event>
currency currency_of(const Event& event, currency otherwise) {
  if constexpr (requires {
                  { event.money } -> std::convertible_to<currency>;
                })
    return event.money == currency{} ? otherwise : event.money;
  else
    return otherwise;
}

}  // namespace

std::string view_of(const order_event& event, currency money) {
  std::string text;
  json_writer to{text};
  std::visit([&](const auto& each) { event_viewer{to, currency_of(each, money)}.object(each); }, event);
  return text;
}

}  // namespace orderflow
