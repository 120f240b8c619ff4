#include "codec/payment_json.hpp"

#include <algorithm>
#include <limits>

#include "codec/json.hpp"

namespace orderflow {

namespace {

constexpr size_t longest_text = 256;
constexpr size_t most_entries = 1'000;

std::string_view to_string(payment_state_word word) {
  switch (word) {
    case payment_state_word::processing: return "processing";
    case payment_state_word::completed: return "completed";
    case payment_state_word::failed: return "failed";
    case payment_state_word::refunded: return "refunded";
  }
  return {};
}

std::string_view to_string(refund_state_word word) {
  switch (word) {
    case refund_state_word::started: return "started";
    case refund_state_word::settled: return "settled";
    case refund_state_word::refused: return "refused";
  }
  return {};
}

struct wrong {
  std::string what;
};

/// A text that may go into an order's record: bounded, no control characters. A number is taken as its digits.
std::string text_in(const json_value& object, std::string_view name) {
  const auto* found = object.find(name);
  if (found == nullptr || found->is == json_value::kind::null) return {};
  const bool number = found->is == json_value::kind::number && found->as_integer();
  if (found->is != json_value::kind::string && !number) throw wrong{std::string{name} + " is neither a text nor an integer"};
  const bool odd =
      std::any_of(found->text.begin(), found->text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  if (odd || found->text.size() > longest_text) throw wrong{std::string{name} + " is too long or has control characters"};
  return found->text;
}

std::optional<minor_units> amount_in(const json_value& object, std::string_view name, currency money) {
  const auto* found = object.find(name);
  if (found == nullptr || found->is == json_value::kind::null) return std::nullopt;
  if (found->is != json_value::kind::number) throw wrong{std::string{name} + " is not a number"};
  const auto parsed = parse_amount(found->text, money);
  if (parsed.error != amount_error::none || parsed.amount < 0)
    throw wrong{std::string{name} + " is no amount of " + std::string{money.name()}};
  return parsed.amount;
}

uint32_t number_in(const json_value& object, std::string_view name) {
  const auto* found = object.find(name);
  const auto number = found == nullptr ? std::nullopt : found->as_integer();
  if (!number || *number < 1 || *number > std::numeric_limits<uint32_t>::max()) return 0;
  return static_cast<uint32_t>(*number);
}

timestamp time_in(const json_value& object, std::string_view name) {
  const auto* found = object.find(name);
  if (found == nullptr || found->is != json_value::kind::string) return {};
  return from_ms(parse_rfc3339(found->text).value_or(0));
}

payment_state_word status_in(const json_value& object) {
  using enum payment_state_word;
  const auto word = text_in(object, "status");
  for (const auto known : {processing, completed, failed, refunded})
    if (word == to_string(known)) return known;
  // Our own reference has this word for an attempt of which nothing is known yet.
  if (word == "unknown") return processing;
  throw wrong{"status is not one of processing, completed, failed, refunded"};
}

refund_state_word refund_status_in(const json_value& object) {
  const auto word = text_in(object, "status");
  if (word == "settled" || word == "completed") return refund_state_word::settled;
  if (word == "refused" || word == "failed") return refund_state_word::refused;
  if (word == "started" || word == "processing") return refund_state_word::started;
  throw wrong{"status of a refund is not one of started, settled, refused"};
}

const std::vector<json_value>& list_in(const json_value& object, std::string_view name) {
  static const std::vector<json_value> none;
  const auto* found = object.find(name);
  if (found == nullptr || found->is == json_value::kind::null) return none;
  if (found->is != json_value::kind::array || found->items.size() > most_entries)
    throw wrong{std::string{name} + " is not a list of at most " + std::to_string(most_entries)};
  return found->items;
}

told_attempt read_attempt(const json_value& from, currency money) {
  told_attempt made;
  made.number = number_in(from, "n");
  made.status = status_in(from);
  made.reason = text_in(from, "reason");
  made.at = time_in(from, "at");
  made.key = text_in(from, "idempotency_key");
  made.amount = amount_in(from, "amount", money);
  made.transaction = text_in(from, "transaction_id");
  return made;
}

told_refund read_refund(const json_value& from, currency money) {
  told_refund made;
  made.number = number_in(from, "id");
  made.amount = amount_in(from, "amount", money).value_or(0);
  made.status = refund_status_in(from);
  made.at = time_in(from, "at");
  made.key = text_in(from, "idempotency_key");
  return made;
}

told_payment read(const json_value& from) {
  if (from.is != json_value::kind::object) throw wrong{"it is not an object"};
  told_payment made;
  made.id = number_in(from, "id");
  const auto* order = from.find("order_id");
  made.order.value = order == nullptr ? 0 : order->as_integer().value_or(0);
  if (made.order.value <= 0) throw wrong{"order_id is missing or no order's number"};
  const auto money = find_currency(text_in(from, "currency"));
  if (!money) throw wrong{"currency is missing or not a code of ISO 4217"};
  made.money = *money;
  const auto amount = amount_in(from, "amount", made.money);
  if (!amount) throw wrong{"amount is missing"};
  made.amount = *amount;
  made.status = status_in(from);
  made.transaction = text_in(from, "transaction_id");
  made.refunded = amount_in(from, "refunded_amount", made.money).value_or(0);
  for (const auto& each : list_in(from, "attempts")) made.attempts.push_back(read_attempt(each, made.money));
  for (const auto& each : list_in(from, "refunds")) made.refunds.push_back(read_refund(each, made.money));
  made.created_at = time_in(from, "created_at");
  return made;
}

void write_text_or_null(json_writer& out, std::string_view name, std::string_view text) {
  out.key(name);
  if (text.empty()) {
    out.null();
  } else {
    out.string(text);
  }
}

void write_attempt(json_writer& out, const told_attempt& one, currency money) {
  out.begin_object();
  out.key("n").integer(one.number);
  out.key("status").string(to_string(one.status));
  write_text_or_null(out, "reason", one.reason);
  out.key("at").string(to_rfc3339(to_ms(one.at)));
  out.key("idempotency_key").string(one.key);
  if (one.amount) out.key("amount").raw(shortest_text(*one.amount, money));
  write_text_or_null(out, "transaction_id", one.transaction);
  out.end_object();
}

void write_refund(json_writer& out, const told_refund& one, currency money) {
  out.begin_object();
  out.key("id").integer(one.number);
  out.key("amount").raw(shortest_text(one.amount, money));
  out.key("status").string(to_string(one.status));
  out.key("at").string(to_rfc3339(to_ms(one.at)));
  out.key("idempotency_key").string(one.key);
  out.end_object();
}

}  // namespace

std::variant<told_payment, std::string> read_payment(std::string_view text) {
  const auto parsed = parse_json(text);
  if (const auto* bad = std::get_if<json_error>(&parsed)) return "it is not JSON: " + bad->message;
  try {
    return read(std::get<json_value>(parsed));
  } catch (const wrong& why) {
    return why.what;
  }
}

std::string write_payment(const told_payment& payment) {
  std::string text;
  text.reserve(512);
  json_writer out{text};
  out.begin_object();
  out.key("id").integer(payment.id);
  out.key("order_id").integer(payment.order.value);
  out.key("amount").raw(shortest_text(payment.amount, payment.money));
  out.key("currency").string(payment.money.name());
  out.key("status").string(to_string(payment.status));
  write_text_or_null(out, "transaction_id", payment.transaction);
  out.key("refunded_amount").raw(shortest_text(payment.refunded, payment.money));
  out.key("attempts").begin_array();
  for (const auto& each : payment.attempts) write_attempt(out, each, payment.money);
  out.end_array();
  out.key("refunds").begin_array();
  for (const auto& each : payment.refunds) write_refund(out, each, payment.money);
  out.end_array();
  out.key("created_at").string(to_rfc3339(to_ms(payment.created_at)));
  out.end_object();
  return text;
}

}  // namespace orderflow
