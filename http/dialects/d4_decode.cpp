#include <limits>

#include "codec/order_json.hpp"
#include "domain/order/decide.hpp"
#include "gateways/sandbox.hpp"
#include "http/dialects/d4_words.hpp"

namespace orderflow {

namespace {

std::string read_method(field_reader& body, const d4_settings& settings, const char* otherwise) {
  auto method = body.text("payment_method", presence::optional);
  if (method.empty()) return otherwise;
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

std::variant<place_order, problem> d4_decode_order(std::string_view body, const d4_settings& settings) {
  auto parsed = read_object(body);
  if (auto* wrong = std::get_if<problem>(&parsed)) return std::move(*wrong);
  const auto& object = std::get<json_value>(parsed);
  std::vector<field_error> errors;
  field_reader from{object, {}, errors};
  place_order wish;
  wish.who.email = from.text("customer_email", presence::required);
  if (!wish.who.email.empty() && !is_plausible_email(wish.who.email)) from.wrong("customer_email", "must be an e-mail address");
  wish.who.name = from.text("customer_name", presence::optional);
  wish.money = from.money("currency").value_or(settings.default_currency);
  wish.timers = settings.timers;
  if (const auto* items = from.array("items", 1, max_lines)) {
    wish.lines.reserve(items->items.size());
    for (size_t i = 0; i < items->items.size() && errors.size() < 20; ++i) {
      wish.lines.push_back(read_line(items->items[i], "/items/" + std::to_string(i), wish.money, errors));
    }
  }
  const auto method = read_method(from, settings, "ok");
  if (from.boolean("auto_pay").value_or(true)) wish.pay_with = method;
  wish.source.batch_id = from.text("batch_id", presence::optional);
  wish.source.import_group = from.text("import_group", presence::optional);
  if (!errors.empty()) return invalid(std::move(errors));
  return wish;
}

std::variant<d4_status_wish, problem> d4_decode_status(std::string_view body, const d4_settings& settings) {
  auto parsed = read_object(body);
  if (auto* wrong = std::get_if<problem>(&parsed)) return std::move(*wrong);
  std::vector<field_error> errors;
  field_reader from{std::get<json_value>(parsed), {}, errors};
  d4_status_wish wish;
  const auto word = from.text("status", presence::required);
  if (const auto status = parse_order_status(word)) {
    wish.status = *status;
  } else if (!word.empty()) {
    from.wrong("status", "must be one of pending, payment_processing, paid, shipped, delivered, cancelled");
  }
  if (const auto method = read_method(from, settings, ""); !method.empty()) wish.payment_method = method;
  wish.tracking = from.text_or_integer("tracking_number", presence::optional);
  if (!errors.empty()) return invalid(std::move(errors));
  return wish;
}

namespace {

std::optional<settlement_of> parse_settlement_of(std::string_view word) {
  if (word.empty() || word == "payment") return settlement_of::payment;
  if (word == "shipment") return settlement_of::shipment;
  if (word == "refund") return settlement_of::refund;
  if (word == "capture") return settlement_of::capture;
  if (word == "matter") return settlement_of::matter;
  return std::nullopt;
}

/// A yes or no that has to be said.
bool said(field_reader& from, std::string_view name) {
  const auto word = from.boolean(name);
  if (!word) from.wrong(name, "is required: true or false");
  return word.value_or(false);
}

void read_payment_word(field_reader& from, d4_settlement& word) {
  from.refuse_others({"what", "captured", "transaction_id", "reason"});
  word.transaction = from.text_or_integer("transaction_id", presence::optional);
  word.yes = said(from, "captured");
  if (word.yes == word.transaction.empty())
    from.wrong("transaction_id",
               word.yes ? "is required where the money was captured" : "must be left out where it was not captured");
}

void read_settlement(field_reader& from, d4_settlement& word) {
  constexpr int64_t most = std::numeric_limits<uint32_t>::max();
  switch (word.what) {
    case settlement_of::payment: return read_payment_word(from, word);
    case settlement_of::shipment: return from.refuse_others({"what", "reason"});
    case settlement_of::refund:
      from.refuse_others({"what", "refund", "returned", "reason"});
      word.number = static_cast<uint32_t>(from.integer("refund", 1, most, presence::required).value_or(1));
      word.yes = said(from, "returned");
      return;
    case settlement_of::capture:
      from.refuse_others({"what", "transaction_id", "held", "reason"});
      word.transaction = from.text_or_integer("transaction_id", presence::required);
      word.yes = said(from, "held");
      return;
    case settlement_of::matter:
      from.refuse_others({"what", "number", "reason"});
      word.number = static_cast<uint32_t>(from.integer("number", 0, most, presence::required).value_or(0));
      return;
  }
}

}  // namespace

std::variant<d4_settlement, problem> d4_decode_settlement(std::string_view body) {
  auto parsed = read_object(body);
  if (auto* wrong = std::get_if<problem>(&parsed)) return std::move(*wrong);
  std::vector<field_error> errors;
  field_reader from{std::get<json_value>(parsed), {}, errors};
  from.refuse_nulls();
  d4_settlement word;
  const auto what = parse_settlement_of(from.text("what", presence::optional));
  if (!what) from.wrong("what", "must be payment, shipment, refund, capture or matter");
  word.what = what.value_or(settlement_of::payment);
  word.why = from.reason();
  if (what) read_settlement(from, word);
  if (!errors.empty()) return invalid(std::move(errors));
  return word;
}

std::variant<d4_payment_wish, problem> d4_decode_payment(std::string_view body, const d4_settings& settings) {
  auto parsed = read_object(body);
  if (auto* wrong = std::get_if<problem>(&parsed)) return std::move(*wrong);
  std::vector<field_error> errors;
  field_reader from{std::get<json_value>(parsed), {}, errors};
  d4_payment_wish wish;
  wish.order = from.order("order_id", presence::required).value_or(order_id{});
  wish.money = from.money("currency").value_or(settings.default_currency);
  wish.amount = from.amount("amount", wish.money, presence::required).value_or(0);
  wish.method = read_method(from, settings, "");
  if (!errors.empty()) return invalid(std::move(errors));
  return wish;
}

std::variant<d4_refund_wish, problem> d4_decode_refund(std::string_view body) {
  auto parsed = read_object(body);
  if (auto* wrong = std::get_if<problem>(&parsed)) return std::move(*wrong);
  const auto& object = std::get<json_value>(parsed);
  std::vector<field_error> errors;
  field_reader from{object, {}, errors};
  // The exception to "unknown fields are ignored": what was meant to bound the money must not be lost on the way.
  from.refuse_others({"payment_id", "order_id", "amount", "currency"});
  from.refuse_nulls();
  d4_refund_wish wish;
  const auto payment = from.order("payment_id", presence::optional);
  const auto order = from.order("order_id", payment || from.has("payment_id") ? presence::optional : presence::required);
  if (payment && order && *payment != *order) from.wrong("order_id", "is not the order of this payment");
  wish.order = order.value_or(payment.value_or(order_id{}));
  wish.names_payment = payment && !order;
  wish.money = from.money("currency");
  if (from.has("amount")) wish.amount = *object.find("amount");
  if (!errors.empty()) return invalid(std::move(errors));
  return wish;
}

}  // namespace orderflow
