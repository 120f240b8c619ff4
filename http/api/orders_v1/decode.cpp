#include <limits>

#include "codec/order_json.hpp"
#include "domain/order/decide.hpp"
#include "domain/order/usual_method.hpp"
#include "gateways/sandbox.hpp"
#include "http/api/orders_v1/codec.hpp"

namespace orderflow::orders_v1 {

namespace {

std::string read_method(field_reader& body, const api_settings& settings, std::string_view otherwise) {
  auto method = body.text("payment_method", presence::optional);
  if (method.empty()) return std::string{otherwise};
  if (!settings.any_payment_method && !is_sandbox_token(method))
    body.wrong("payment_method", "is not a payment method that is known here");
  return method;
}

order_line read_line(const json_value& item, const std::string& at, currency money, std::vector<field_error>& errors) {
  order_line line;
  if (item.is != json_value::kind::object) {
    errors.push_back({at, "must be an object"});
    return line;
  }
  field_reader from{item, at, errors};
  line.product = from.product("product_id", presence::optional);
  // The catalogue gives a product's name and price; a line without a product has only its own.
  const auto own = from.has("product_id") ? presence::optional : presence::required;
  line.name = from.text("product_name", own);
  line.quantity = from.integer("quantity", 1, max_quantity, presence::required).value_or(1);
  line.unit_price = from.amount("unit_price", money, own).value_or(price_of_catalogue);
  if (const auto priced_in = from.money("currency"); priced_in && *priced_in != money) {
    from.wrong("currency", "must be the order's currency: an order has exactly one");
  }
  return line;
}

}  // namespace

std::variant<place_order, problem> decode_order(std::string_view body, const api_settings& settings) {
  auto parsed = read_object(body);
  if (auto* wrong = std::get_if<problem>(&parsed)) return std::move(*wrong);
  const auto& object = std::get<json_value>(parsed);
  std::vector<field_error> errors;
  field_reader from{object, {}, errors};
  place_order command;
  command.who.email = from.text("customer_email", presence::required);
  if (!command.who.email.empty() && !is_plausible_email(command.who.email))
    from.wrong("customer_email", "must be an e-mail address");
  command.who.name = from.text("customer_name", presence::optional);
  command.money = from.money("currency").value_or(settings.default_currency);
  command.timers = settings.timers;
  if (const auto* items = from.array("items", 1, max_lines)) {
    command.lines.reserve(items->items.size());
    for (size_t i = 0; i < items->items.size() && errors.size() < 20; ++i) {
      command.lines.push_back(read_line(items->items[i], "/items/" + std::to_string(i), command.money, errors));
    }
  }
  const auto method = read_method(from, settings, default_payment_method);
  if (from.boolean("auto_pay").value_or(true)) command.pay_with = method;
  command.source.batch_id = from.text("batch_id", presence::optional);
  command.source.import_group = from.text("import_group", presence::optional);
  if (!errors.empty()) return invalid(std::move(errors));
  return command;
}

std::variant<status_body, problem> decode_status(std::string_view body, const api_settings& settings) {
  auto parsed = read_object(body);
  if (auto* wrong = std::get_if<problem>(&parsed)) return std::move(*wrong);
  std::vector<field_error> errors;
  field_reader from{std::get<json_value>(parsed), {}, errors};
  status_body input;
  const auto word = from.text("status", presence::required);
  if (const auto status = parse_order_status(word)) {
    input.status = *status;
  } else if (!word.empty()) {
    from.wrong("status", "must be one of pending, payment_processing, paid, shipped, delivered, cancelled");
  }
  if (const auto method = read_method(from, settings, ""); !method.empty()) input.payment_method = method;
  input.tracking = from.text_or_integer("tracking_number", presence::optional);
  if (!errors.empty()) return invalid(std::move(errors));
  return input;
}

namespace {

std::optional<resolution_target> parse_settlement_of(std::string_view word) {
  if (word.empty() || word == "payment") return resolution_target::payment;
  if (word == "shipment") return resolution_target::shipment;
  if (word == "refund") return resolution_target::refund;
  if (word == "capture") return resolution_target::capture;
  if (word == "matter") return resolution_target::matter;
  return std::nullopt;
}

/// A yes or no that has to be said.
bool said(field_reader& from, std::string_view name) {
  const auto word = from.boolean(name);
  if (!word) from.wrong(name, "is required: true or false");
  return word.value_or(false);
}

void read_payment_word(field_reader& from, operator_resolution& word) {
  from.refuse_others({"what", "captured", "transaction_id", "reason"});
  word.transaction = from.text_or_integer("transaction_id", presence::optional);
  word.yes = said(from, "captured");
  if (word.yes == word.transaction.empty())
    from.wrong("transaction_id",
               word.yes ? "is required where the money was captured" : "must be left out where it was not captured");
}

void read_settlement(field_reader& from, operator_resolution& word) {
  constexpr int64_t most = std::numeric_limits<uint32_t>::max();
  switch (word.what) {
    case resolution_target::payment: return read_payment_word(from, word);
    case resolution_target::shipment: return from.refuse_others({"what", "reason"});
    case resolution_target::refund:
      from.refuse_others({"what", "refund", "returned", "reason"});
      word.number = static_cast<uint32_t>(from.integer("refund", 1, most, presence::required).value_or(1));
      word.yes = said(from, "returned");
      return;
    case resolution_target::capture:
      from.refuse_others({"what", "transaction_id", "held", "reason"});
      word.transaction = from.text_or_integer("transaction_id", presence::required);
      word.yes = said(from, "held");
      return;
    case resolution_target::matter:
      from.refuse_others({"what", "number", "reason"});
      word.number = static_cast<uint32_t>(from.integer("number", 0, most, presence::required).value_or(0));
      return;
  }
}

}  // namespace

std::variant<operator_resolution, problem> decode_resolution(std::string_view body) {
  auto parsed = read_object(body);
  if (auto* wrong = std::get_if<problem>(&parsed)) return std::move(*wrong);
  std::vector<field_error> errors;
  field_reader from{std::get<json_value>(parsed), {}, errors};
  from.refuse_nulls();
  operator_resolution word;
  const auto what = parse_settlement_of(from.text("what", presence::optional));
  if (!what) from.wrong("what", "must be payment, shipment, refund, capture or matter");
  word.what = what.value_or(resolution_target::payment);
  word.why = from.reason();
  if (what) read_settlement(from, word);
  if (!errors.empty()) return invalid(std::move(errors));
  return word;
}

std::variant<payment_body, problem> decode_payment(std::string_view body, const api_settings& settings) {
  auto parsed = read_object(body);
  if (auto* wrong = std::get_if<problem>(&parsed)) return std::move(*wrong);
  std::vector<field_error> errors;
  field_reader from{std::get<json_value>(parsed), {}, errors};
  payment_body input;
  input.order = from.order("order_id", presence::required).value_or(order_id{});
  input.money = from.money("currency").value_or(settings.default_currency);
  input.amount = from.amount("amount", input.money, presence::required).value_or(0);
  input.method = read_method(from, settings, "");
  if (!errors.empty()) return invalid(std::move(errors));
  return input;
}

std::variant<refund_body, problem> decode_refund(std::string_view body) {
  auto parsed = read_object(body);
  if (auto* wrong = std::get_if<problem>(&parsed)) return std::move(*wrong);
  const auto& object = std::get<json_value>(parsed);
  std::vector<field_error> errors;
  field_reader from{object, {}, errors};
  // The exception to "unknown fields are ignored": what was meant to bound the money must not be lost on the way.
  from.refuse_others({"payment_id", "order_id", "amount", "currency"});
  from.refuse_nulls();
  refund_body input;
  const auto payment = from.order("payment_id", presence::optional);
  const auto order = from.order("order_id", payment || from.has("payment_id") ? presence::optional : presence::required);
  if (payment && order && *payment != *order) from.wrong("order_id", "is not the order of this payment");
  input.order = order.value_or(payment.value_or(order_id{}));
  input.names_payment = payment && !order;
  input.money = from.money("currency");
  if (from.has("amount")) input.amount = *object.find("amount");
  if (!errors.empty()) return invalid(std::move(errors));
  return input;
}

}  // namespace orderflow::orders_v1
