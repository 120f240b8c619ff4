// Reads fields of a JSON body and collects everything that is wrong with them, each with its pointer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "codec/json.hpp"
#include "domain/email_address.hpp"
#include "domain/ids.hpp"
#include "domain/money.hpp"
#include "http/pipeline/problem.hpp"

namespace orderflow {

/// The body as JSON, or 400 where it is none, or 422 where it is not an object.
[[nodiscard]] std::variant<json_value, problem> read_object(std::string_view body);

enum class presence : uint8_t { required = 1, optional = 2 };

/// Longest string a client may send, in bytes.
inline constexpr size_t max_text = 1024;

/// Reads members of one object. Values are never coerced: "2", 2.0 and true are no integers. null counts as absent.
class field_reader {
 public:
  /// `at`: pointer of the object. `errors` outlives the reader.
  field_reader(const json_value& object, std::string at, std::vector<field_error>& errors)
      : object_(object), at_(std::move(at)), errors_(errors) {}

  /// No control characters, at most max_text bytes; not empty where required. Empty where absent or wrong.
  [[nodiscard]] std::string text(std::string_view name, presence need);
  /// Why a person does something, for the records: required, and not blank.
  [[nodiscard]] std::string reason();
  /// The same for identifiers, which may come as an integer: 101 is "101".
  [[nodiscard]] std::string text_or_integer(std::string_view name, presence need);
  /// An integer within [least, most].
  [[nodiscard]] std::optional<int64_t> integer(std::string_view name, int64_t least, int64_t most, presence need);
  [[nodiscard]] std::optional<bool> boolean(std::string_view name);
  /// A JSON number, not negative, with no more digits than the currency has.
  [[nodiscard]] std::optional<minor_units> amount(std::string_view name, currency money, presence need);
  /// An ISO 4217 code.
  [[nodiscard]] std::optional<currency> money(std::string_view name);
  /// An array of `least` to `most` elements; nullptr where wrong.
  [[nodiscard]] const json_value* array(std::string_view name, size_t least, size_t most);
  /// "order_id": a number or "ORD000456".
  [[nodiscard]] std::optional<order_id> order(std::string_view name, presence need);
  [[nodiscard]] product_id product(std::string_view name, presence need);

  void wrong(std::string_view name, std::string message);
  /// Ours are strict: a member that is not one of these is a mistake.
  void refuse_others(std::initializer_list<std::string_view> known);
  /// Where money moves nothing may be said halfway: a member that is null is a mistake too, and never means "all".
  void refuse_nulls();
  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  [[nodiscard]] std::string pointer_of(std::string_view name) const;

 private:
  [[nodiscard]] const json_value* find(std::string_view name) const;
  [[nodiscard]] const json_value* find(std::string_view name, presence need);
  [[nodiscard]] std::string checked_text(std::string_view name, const std::string& text, presence need);

  const json_value& object_;
  std::string at_;
  std::vector<field_error>& errors_;
};

/// Every spelling of an order's number: "456", "ORD000456". Nothing for anything else, 0 included.
[[nodiscard]] std::optional<order_id> parse_order_id(std::string_view text);

/// Sound text without ':', ',' or control characters, not empty.
[[nodiscard]] bool is_product_id(std::string_view text);

}  // namespace orderflow
