#include <algorithm>
#include <map>

#include "domain/order/decide.hpp"
#include "gateways/sandbox.hpp"
#include "http/api/common/reading.hpp"
#include "http/api/orderflow_api/codec.hpp"

namespace orderflow::orderflow_api {

namespace {

constexpr std::string_view events[] = {"InvoiceCreated", "PaymentProcessed", "OrderShipped"};

/// A number that is read when its currency is known.
json_value read_number(const json_value& object, field_reader& from, std::string_view name) {
  const auto* found = object.find(name);
  if (found == nullptr || found->is == json_value::kind::null) {
    from.wrong(name, "is required");
  } else if (found->is != json_value::kind::number) {
    from.wrong(name, "must be a number");
  } else {
    return *found;
  }
  return {};
}

item_body read_item(const json_value& item, const std::string& at, std::vector<field_error>& errors) {
  item_body read;
  if (item.is != json_value::kind::object) {
    errors.push_back({at, "must be an object"});
    return read;
  }
  field_reader from{item, at, errors};
  read.product = from.product("productId", presence::required);
  read.quantity = from.integer("quantity", 1, max_quantity, presence::required).value_or(1);
  read.price = read_number(item, from, "price");
  return read;
}

std::vector<item_body> read_items(field_reader& from, std::vector<field_error>& errors) {
  std::vector<item_body> items;
  const auto* array = from.array("items", 1, max_lines);
  if (array == nullptr) return items;
  items.reserve(array->items.size());
  for (size_t i = 0; i < array->items.size() && errors.size() < 20; ++i)
    items.push_back(read_item(array->items[i], "/items/" + std::to_string(i), errors));
  return items;
}

/// What is wrong with one amount of the document's, or the amount.
minor_units amount_of(std::string_view name, const json_value& number, currency money, std::vector<field_error>& errors,
                      const std::string& at = {}) {
  json_value object;
  object.is = json_value::kind::object;
  object.members.emplace_back(std::string{name}, number);
  return field_reader{object, at, errors}.amount(name, money, presence::required).value_or(-1);
}

void check_amount(std::string_view name, const json_value& said, minor_units ours, currency money,
                  std::vector<field_error>& errors) {
  const auto before = errors.size();
  const auto amount = amount_of(name, said, money, errors);
  if (errors.size() == before && amount != ours)
    errors.push_back({"/" + std::string{name}, "must be the order's, which is " + shortest_text(ours, money)});
}

/// (quantity, price) → how often.
using line_counts = std::map<std::pair<int64_t, minor_units>, int>;

line_counts counted(const std::vector<order_line>& lines) {
  line_counts counts;
  for (const auto& line : lines) ++counts[{line.quantity, line.unit_price}];
  return counts;
}

std::variant<shipment_body, mail_body, problem> read_mail(field_reader& from, std::vector<field_error>& errors) {
  mail_body mail;
  const auto word = from.text("event", presence::required);
  for (const auto known : events)
    if (known == word) mail.event = known;
  if (mail.event.empty() && !word.empty()) from.wrong("event", "must be InvoiceCreated, PaymentProcessed or OrderShipped");
  mail.name = from.text("name", presence::optional);
  mail.email = from.text("email", presence::required);
  if (!mail.email.empty() && !is_plausible_email(mail.email)) from.wrong("email", "must be an e-mail address");
  mail.order = from.order("orderId", presence::optional);
  if (!errors.empty()) return invalid(std::move(errors));
  return mail;
}

}  // namespace

std::variant<cart_body, problem> decode_cart(std::string_view body) {
  auto parsed = read_object(body);
  if (auto* wrong = std::get_if<problem>(&parsed)) return std::move(*wrong);
  std::vector<field_error> errors;
  field_reader from{std::get<json_value>(parsed), {}, errors};
  cart_body cart;
  cart.customer = from.text_or_integer("customerId", presence::required);
  cart.items = read_items(from, errors);
  cart.order = from.order("orderId", presence::optional);
  cart.money = from.money("currency");
  if (!errors.empty()) return invalid(std::move(errors));
  return cart;
}

std::variant<invoice_body, problem> decode_invoice(std::string_view body) {
  auto parsed = read_object(body);
  if (auto* wrong = std::get_if<problem>(&parsed)) return std::move(*wrong);
  const auto& object = std::get<json_value>(parsed);
  std::vector<field_error> errors;
  field_reader from{object, {}, errors};
  invoice_body said;
  said.customer = from.text_or_integer("customerId", presence::required);
  said.order = from.order("orderId", presence::required).value_or(order_id{});
  said.tax = read_number(object, from, "tax");
  said.subtotal = read_number(object, from, "subTotalAmount");
  said.total = read_number(object, from, "totalAmount");
  said.money = from.money("currency");
  said.items = read_items(from, errors);
  said.name = from.text("name", presence::required);
  said.phone = from.text_or_integer("phone", presence::optional);
  said.address = from.text("shipping_address", presence::required);
  if (!errors.empty()) return invalid(std::move(errors));
  return said;
}

std::variant<payment_body, problem> decode_payment(std::string_view body) {
  auto parsed = read_object(body);
  if (auto* wrong = std::get_if<problem>(&parsed)) return std::move(*wrong);
  const auto& object = std::get<json_value>(parsed);
  std::vector<field_error> errors;
  field_reader from{object, {}, errors};
  payment_body input;
  input.customer = from.text_or_integer("customerId", presence::required);
  input.invoice = from.order("invoiceId", presence::required).value_or(order_id{});
  input.total = read_number(object, from, "totalAmount");
  input.method = from.text("payment_method", presence::optional);
  if (!input.method.empty() && !is_sandbox_token(input.method))
    from.wrong("payment_method", "is not a payment method that is known here");
  if (!errors.empty()) return invalid(std::move(errors));
  return input;
}

std::variant<shipment_body, mail_body, problem> decode_shipping(std::string_view body) {
  auto parsed = read_object(body);
  if (auto* wrong = std::get_if<problem>(&parsed)) return std::move(*wrong);
  std::vector<field_error> errors;
  field_reader from{std::get<json_value>(parsed), {}, errors};
  if (from.has("event")) return read_mail(from, errors);
  shipment_body input;
  input.order = from.order("orderId", presence::required).value_or(order_id{});
  input.to.name = from.text("name", presence::required);
  input.to.phone = from.text_or_integer("phone", presence::optional);
  input.to.address = from.text("shipping_address", presence::required);
  if (!errors.empty()) return invalid(std::move(errors));
  return input;
}

std::variant<std::vector<order_line>, problem> order_lines_of(const std::vector<item_body>& items, currency money) {
  std::vector<field_error> errors;
  std::vector<order_line> lines;
  lines.reserve(items.size());
  for (size_t i = 0; i < items.size(); ++i) {
    order_line line;
    line.product = items[i].product;
    // The document has no names; the catalogue's is put in its place where it knows the product.
    line.name = items[i].product.value;
    line.quantity = items[i].quantity;
    line.unit_price = amount_of("price", items[i].price, money, errors, "/items/" + std::to_string(i));
    lines.push_back(std::move(line));
  }
  if (!errors.empty()) return invalid(std::move(errors));
  return lines;
}

std::optional<problem> check_invoice(const invoice_body& said, const order& now) {
  std::vector<field_error> errors;
  if (said.money && *said.money != now.money) {
    errors.push_back({"/currency", "must be the order's, which is " + std::string{now.money.name()}});
    return invalid(std::move(errors));
  }
  check_amount("tax", said.tax, now.tax, now.money, errors);
  check_amount("subTotalAmount", said.subtotal, now.total - now.tax, now.money, errors);
  check_amount("totalAmount", said.total, now.total, now.money, errors);
  if (!errors.empty()) return invalid(std::move(errors));
  auto lines = order_lines_of(said.items, now.money);
  if (auto* wrong = std::get_if<problem>(&lines)) return std::move(*wrong);
  if (counted(std::get<std::vector<order_line>>(lines)) == counted(now.lines)) return std::nullopt;
  return invalid({{"/items", "must have the quantities and prices of the order's lines"}});
}

std::optional<problem> check_total(const json_value& total, const order& now) {
  std::vector<field_error> errors;
  check_amount("totalAmount", total, now.total, now.money, errors);
  if (errors.empty()) return std::nullopt;
  return invalid(std::move(errors));
}

}  // namespace orderflow::orderflow_api
