#include <algorithm>
#include <map>

#include "base/unicode.hpp"
#include "domain/order/decide.hpp"
#include "http/api/cart_workflow/codec.hpp"

namespace orderflow::cart_workflow {

namespace {

std::string read_user(field_reader& from) { return from.text_or_integer("userId", presence::required); }

stock_line read_line(field_reader& from) {
  stock_line line;
  line.product = from.product("productId", presence::required);
  line.quantity = from.integer("quantity", 1, max_quantity, presence::required).value_or(1);
  return line;
}

/// `items`, or one line in the body itself.
std::map<product_id, int64_t> read_lines(field_reader& from, std::vector<field_error>& errors) {
  std::map<product_id, int64_t> quantities;
  const auto add = [&](const stock_line& line) { quantities[line.product] += line.quantity; };
  if (!from.has("items")) {
    add(read_line(from));
    return quantities;
  }
  const auto* items = from.array("items", 1, max_lines);
  if (items == nullptr) return quantities;
  for (size_t i = 0; i < items->items.size() && errors.empty(); ++i) {
    const auto at = "/items/" + std::to_string(i);
    if (items->items[i].is != json_value::kind::object) {
      errors.push_back({at, "must be an object"});
      break;
    }
    field_reader item{items->items[i], at, errors};
    add(read_line(item));
  }
  return quantities;
}

/// Reads an object with `read`, or says all that is wrong with it.
template <class Wish, class Read>
std::variant<Wish, problem> decode(std::string_view body, Read read) {
  auto parsed = read_object(body);
  if (auto* wrong = std::get_if<problem>(&parsed)) return std::move(*wrong);
  const auto& object = std::get<json_value>(parsed);
  std::vector<field_error> errors;
  field_reader from{object, {}, errors};
  Wish input = read(from, object, errors);
  if (!errors.empty()) return invalid(std::move(errors));
  return input;
}

}  // namespace

std::variant<item_body, problem> decode_add(std::string_view body) {
  return decode<item_body>(body, [](field_reader& from, const json_value&, std::vector<field_error>&) {
    item_body input;
    input.user = read_user(from);
    auto line = read_line(from);
    input.product = std::move(line.product);
    input.quantity = line.quantity;
    return input;
  });
}

std::variant<int64_t, problem> decode_quantity(std::string_view body) {
  return decode<int64_t>(body, [](field_reader& from, const json_value&, std::vector<field_error>&) {
    return from.integer("quantity", 0, max_quantity, presence::required).value_or(0);
  });
}

std::variant<reduce_body, problem> decode_reduce(std::string_view body) {
  return decode<reduce_body>(body, [](field_reader& from, const json_value& object, std::vector<field_error>& errors) {
    reduce_body input;
    from.refuse_nulls();
    input.order = from.text_or_integer("orderId", presence::optional);
    const auto* sent = object.find("orderId");
    if (sent != nullptr && sent->is == json_value::kind::string && is_blank(input.order))
      from.wrong("orderId", std::string{order_must_not_be_blank});
    for (const auto& [product, quantity] : read_lines(from, errors)) input.lines.push_back({product, quantity});
    return input;
  });
}

std::variant<payment_body, problem> decode_payment(std::string_view body) {
  return decode<payment_body>(body, [](field_reader& from, const json_value& object, std::vector<field_error>& errors) {
    payment_body input;
    input.order = from.order("orderId", presence::required).value_or(order_id{});
    input.user = read_user(from);
    const auto* amount = object.find("amount");
    if (amount == nullptr || amount->is == json_value::kind::null)
      from.wrong("amount", "is required");
    else
      input.amount = *amount;
    input.choice = read_payment_choice(object, errors);
    return input;
  });
}

std::variant<place_body, problem> decode_place(std::string_view body, currency money) {
  return decode<place_body>(body, [money](field_reader& from, const json_value& object, std::vector<field_error>& errors) {
    place_body input;
    input.user = read_user(from);
    input.total = from.amount("totalPrice", money, presence::optional);
    const auto expected = from.amount("expectedTotal", money, presence::optional);
    if (input.total && expected && input.total != expected)
      from.wrong("expectedTotal", "must be totalPrice where both are given");
    if (!input.total) input.total = expected;
    input.choice = read_payment_choice(object, errors);
    return input;
  });
}

}  // namespace orderflow::cart_workflow
