#include "http/api/common/reading.hpp"

#include <algorithm>

#include "base/unicode.hpp"
#include "base/whole_number.hpp"

namespace orderflow {

namespace {

/// A body of a thousand wrong lines needs no thousand sentences.
constexpr size_t most_errors = 20;

std::string amount_message(amount_error error, currency money) {
  switch (error) {
    case amount_error::too_many_digits:
      return "must have at most " + std::to_string(exponent_of(money)) + " decimals (" + std::string{money.name()} + ")";
    case amount_error::too_large: return "is too large";
    case amount_error::none:
    case amount_error::not_a_number: return "must be a number such as 100.50";
  }
  return "must be a number";
}

}  // namespace

std::variant<json_value, problem> read_object(std::string_view body) {
  auto parsed = parse_json(body);
  if (const auto* error = std::get_if<json_error>(&parsed)) {
    auto why = malformed("body_must_be_json", error->message);
    why.errors.push_back({error->pointer, error->message});
    return why;
  }
  auto& value = std::get<json_value>(parsed);
  if (value.is != json_value::kind::object) return invalid({{"", "must be an object"}});
  return std::move(value);
}

void field_reader::wrong(std::string_view name, std::string message) {
  if (errors_.size() < most_errors) errors_.push_back({pointer_of(name), std::move(message)});
}

std::string field_reader::pointer_of(std::string_view name) const {
  std::string pointer = at_ + '/';
  for (const char c : name) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
  return pointer;
}

const json_value* field_reader::find(std::string_view name) const {
  const auto* found = object_.find(name);
  return found == nullptr || found->is == json_value::kind::null ? nullptr : found;
}

const json_value* field_reader::find(std::string_view name, presence need) {
  const auto* found = find(name);
  if (found == nullptr && need == presence::required) wrong(name, "is required");
  return found;
}

std::string field_reader::checked_text(std::string_view name, const std::string& text, presence need) {
  if (text.size() > max_text) {
    wrong(name, "must be at most " + std::to_string(max_text) + " bytes long");
  } else if (has_control_character(text)) {
    wrong(name, "must not contain control characters");
  } else if (text.empty() && need == presence::required) {
    wrong(name, "must not be empty");
  } else {
    return text;
  }
  return {};
}

std::string field_reader::text(std::string_view name, presence need) {
  const auto* found = find(name, need);
  if (found == nullptr) return {};
  if (found->is != json_value::kind::string) {
    wrong(name, "must be a string");
    return {};
  }
  return checked_text(name, found->text, need);
}

std::string field_reader::reason() {
  const auto said = text("reason", presence::required);
  if (!said.empty() && is_blank(said)) wrong("reason", "must not be blank: say why in a few words, for the records");
  return said;
}

std::string field_reader::text_or_integer(std::string_view name, presence need) {
  const auto* found = find(name, need);
  if (found == nullptr) return {};
  if (const auto number = found->as_integer()) return std::to_string(*number);
  if (found->is != json_value::kind::string) {
    wrong(name, "must be a string or an integer");
    return {};
  }
  return checked_text(name, found->text, need);
}

std::optional<int64_t> field_reader::integer(std::string_view name, int64_t least, int64_t most, presence need) {
  const auto* found = find(name, need);
  if (found == nullptr) return std::nullopt;
  const auto value = found->as_integer();
  if (!value || *value < least || *value > most || found->text.starts_with("-0")) {
    wrong(name, "must be an integer from " + std::to_string(least) + " to " + std::to_string(most));
    return std::nullopt;
  }
  return value;
}

std::optional<bool> field_reader::boolean(std::string_view name) {
  const auto* found = find(name);
  if (found == nullptr) return std::nullopt;
  if (found->is != json_value::kind::boolean) {
    wrong(name, "must be true or false");
    return std::nullopt;
  }
  return found->truth;
}

std::optional<minor_units> field_reader::amount(std::string_view name, currency money, presence need) {
  const auto* found = find(name, need);
  if (found == nullptr) return std::nullopt;
  if (found->is != json_value::kind::number) {
    wrong(name, "must be a number");
    return std::nullopt;
  }
  if (found->text.starts_with('-')) {
    wrong(name, "must not be negative");
    return std::nullopt;
  }
  const auto read = parse_amount(found->text, money);
  if (read.error != amount_error::none) {
    wrong(name, amount_message(read.error, money));
    return std::nullopt;
  }
  return read.amount;
}

std::optional<currency> field_reader::money(std::string_view name) {
  const auto* found = find(name);
  if (found == nullptr) return std::nullopt;
  const auto known = found->is == json_value::kind::string ? find_currency(found->text) : std::nullopt;
  if (!known) wrong(name, "must be an ISO 4217 code such as JPY");
  return known;
}

const json_value* field_reader::array(std::string_view name, size_t least, size_t most) {
  const auto* found = find(name, presence::required);
  if (found == nullptr) return nullptr;
  if (found->is != json_value::kind::array) {
    wrong(name, "must be an array");
    return nullptr;
  }
  if (found->items.size() < least || found->items.size() > most) {
    wrong(name, "must have " + std::to_string(least) + " to " + std::to_string(most) + " elements");
    return nullptr;
  }
  return found;
}

std::optional<order_id> field_reader::order(std::string_view name, presence need) {
  const auto* found = find(name, need);
  if (found == nullptr) return std::nullopt;
  const bool readable = found->is == json_value::kind::string || found->as_integer();
  const auto id = readable ? parse_order_id(found->text) : std::nullopt;
  if (!id) wrong(name, "must be an order's number");
  return id;
}

product_id field_reader::product(std::string_view name, presence need) {
  const auto text = text_or_integer(name, need);
  if (text.empty()) {
    if (has(name) && need == presence::optional && object_.find(name)->text.empty()) wrong(name, "must not be empty");
    return {};
  }
  if (is_product_id(text)) return {text};
  wrong(name, "must not contain ':' or ','");
  return {};
}

void field_reader::refuse_others(std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : object_.members) {
    if (std::find(known.begin(), known.end(), name) == known.end()) wrong(name, "is not known here");
  }
}

void field_reader::refuse_nulls() {
  for (const auto& [name, value] : object_.members)
    if (value.is == json_value::kind::null) wrong(name, "must not be null; leave it out, or give it a value");
}

std::optional<order_id> parse_order_id(std::string_view text) {
  if (text.starts_with("ORD")) {
    text.remove_prefix(3);
    if (text.size() < 6) return std::nullopt;
  }
  if (text.empty() || text[0] < '0' || text[0] > '9') return std::nullopt;
  const auto value = whole_number<int64_t>(text);
  return value && *value > 0 ? std::optional{order_id{*value}} : std::nullopt;
}

bool is_product_id(std::string_view text) {
  return !text.empty() && text.find_first_of(":,") == std::string_view::npos && is_storable_text(text);
}

}  // namespace orderflow
